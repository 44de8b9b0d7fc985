using System.Numerics;
using System.Numerics.Tensors;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The paths of connectionist temporal classification. A state is a place in the target with blanks between and around; a
/// path stays, moves on by one state, or skips a blank between labels that differ.
/// </summary>
/// <remarks>
/// Graves et al., "Connectionist Temporal Classification", ICML 2006, in logarithms. Everything is in double, so that the
/// sums of long sequences keep their digits.
/// </remarks>
static unsafe class CtcLattice
{
    /// <summary>Rows of working memory for each sample.</summary>
    internal const int WorkRows = 7;

    /// <summary>One less than any logarithm of a probability that is not 0, so that maxima are finite where all is impossible.</summary>
    const double Least = -1e300;

    /// <summary>What both passes are given.</summary>
    /// <param name="Steps">T of the log-probabilities (T, N, C).</param>
    /// <param name="Samples">N.</param>
    /// <param name="Classes">C.</param>
    /// <param name="Width">Elements of a row: the most states of any sample and two more, which hold −∞.</param>
    internal readonly record struct Sizes(int Steps, int Samples, int Classes, int Width);

    /// <summary>−log of the sum of all paths' probabilities, and for every step and state that of the paths up to there.</summary>
    /// <param name="logP">(T, N, C).</param>
    /// <param name="labels">(N, width): the class of each state.</param>
    /// <param name="skips">(N, width): 0 where the state may be reached from two before, else −∞.</param>
    /// <param name="lengths">(N, 2): steps and states.</param>
    /// <param name="alpha">(N, T, width), of which the first two of each row are −∞.</param>
    /// <param name="work">(N, <see cref="WorkRows"/>, width).</param>
    internal static void Forward<T>(T* logP, int* labels, double* skips, int* lengths, double* alpha, double* work, double* losses, Sizes sizes)
        where T : unmanaged, IFloatingPoint<T> =>
        WorkerPool.For(sizes.Samples, new ForwardBody<T>(logP, labels, skips, lengths, alpha, work, losses, sizes));

    /// <summary>Subtracts from <paramref name="gradient"/>, (T, N, C), the probability that a path is in each class at each step, times <paramref name="upstream"/>.</summary>
    /// <param name="zeroInfinity">Leaves out samples that have no path.</param>
    internal static void Backward<T>(T* logP, int* labels, double* skips, int* lengths, double* alpha, double* work, double* losses, double* upstream,
        T* gradient, bool zeroInfinity, Sizes sizes) where T : unmanaged, IFloatingPoint<T> =>
        WorkerPool.For(sizes.Samples, new BackwardBody<T>(logP, labels, skips, lengths, alpha, work, losses, upstream, gradient, zeroInfinity, sizes));

    /// <summary>y = log(eᵃ + eᵇ + eᶜ), where c may be overwritten; the spans are of one length.</summary>
    static void LogSum(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> c, Span<double> y, Span<double> top, Span<double> term)
    {
        TensorPrimitives.Max(a, b, top);
        TensorPrimitives.Max(top, c, top);
        TensorPrimitives.Max(top, Least, top);
        TensorPrimitives.Subtract(a, top, y);
        TensorPrimitives.Exp(y, y);
        TensorPrimitives.Subtract(b, top, term);
        TensorPrimitives.Exp(term, term);
        TensorPrimitives.Add(y, term, y);
        TensorPrimitives.Subtract(c, top, c);
        TensorPrimitives.Exp(c, c);
        TensorPrimitives.Add(y, c, y);
        TensorPrimitives.Log(y, y);
        TensorPrimitives.Add(y, top, y);
    }

    readonly struct ForwardBody<T>(T* logP, int* labels, double* skips, int* lengths, double* alpha, double* work, double* losses, Sizes sizes) : IParallelBody
        where T : unmanaged, IFloatingPoint<T>
    {
        public void Invoke(int n)
        {
            int steps = lengths[2 * n], states = lengths[2 * n + 1], width = sizes.Width;
            int* label = labels + (nint)n * width;
            double* rows = alpha + (nint)n * sizes.Steps * width, scratch = work + (nint)n * WorkRows * width;
            if (steps == 0)
            {
                losses[n] = states == 1 ? 0 : double.PositiveInfinity;
                return;
            }
            Span<double> Scratch(int row) => new(scratch + row * width, states);
            var skip = new ReadOnlySpan<double>(skips + (nint)n * width, states);
            for (int t = 0; t < steps; t++)
            {
                double* now = rows + (nint)t * width;
                now[0] = now[1] = double.NegativeInfinity;
                var row = new Span<double>(now + 2, states);
                if (t == 0)
                {
                    row.Fill(double.NegativeInfinity);
                    row[..Math.Min(2, states)].Clear();
                }
                else
                {
                    double* before = now - width;
                    TensorPrimitives.Add(new ReadOnlySpan<double>(before, states), skip, Scratch(0));
                    LogSum(new(before + 2, states), new(before + 1, states), Scratch(0), row, Scratch(1), Scratch(2));
                }
                T* p = logP + ((nint)t * sizes.Samples + n) * sizes.Classes;
                for (int s = 0; s < states; s++) row[s] += double.CreateTruncating(p[label[s]]);
            }
            double* last = rows + (nint)(steps - 1) * width + 2;
            double end = last[states - 1], other = states > 1 ? last[states - 2] : double.NegativeInfinity, top = Math.Max(end, other);
            losses[n] = double.IsNegativeInfinity(top) ? double.PositiveInfinity : -(top + Math.Log(Math.Exp(end - top) + Math.Exp(other - top)));
        }
    }

    readonly struct BackwardBody<T>(T* logP, int* labels, double* skips, int* lengths, double* alpha, double* work, double* losses, double* upstream,
        T* gradient, bool zeroInfinity, Sizes sizes) : IParallelBody where T : unmanaged, IFloatingPoint<T>
    {
        public void Invoke(int n)
        {
            int steps = lengths[2 * n], states = lengths[2 * n + 1], width = sizes.Width;
            if (steps == 0 || (zeroInfinity && double.IsPositiveInfinity(losses[n]))) return;
            int* label = labels + (nint)n * width;
            double* scratch = work + (nint)n * WorkRows * width, beta = scratch + 3 * width, next = scratch + 4 * width;
            Span<double> Scratch(int row) => new(scratch + row * width, states);
            // From state s a path may skip to s + 2 where that state may be reached so.
            Span<double> skip = Scratch(5), emitted = Scratch(6);
            skip.Fill(double.NegativeInfinity);
            if (states > 2) new ReadOnlySpan<double>(skips + (nint)n * width + 2, states - 2).CopyTo(skip);

            for (int t = steps - 1; t >= 0; t--)
            {
                var row = new Span<double>(beta, states);
                beta[states] = beta[states + 1] = double.NegativeInfinity;
                if (t == steps - 1)
                {
                    row.Fill(double.NegativeInfinity);
                    row[Math.Max(0, states - 2)..].Clear();
                }
                else
                {
                    TensorPrimitives.Add(new ReadOnlySpan<double>(next + 2, states), skip, Scratch(0));
                    LogSum(new(next, states), new(next + 1, states), Scratch(0), row, Scratch(1), Scratch(2));
                }
                nint at = ((nint)t * sizes.Samples + n) * sizes.Classes;
                // Without this step's own emission, which alpha holds.
                var share = Scratch(1);
                TensorPrimitives.Add(row, new ReadOnlySpan<double>(alpha + ((nint)n * sizes.Steps + t) * width + 2, states), share);
                TensorPrimitives.Add(share, losses[n], share);
                TensorPrimitives.Exp(share, share);
                for (int s = 0; s < states; s++)
                {
                    gradient[at + label[s]] -= T.CreateTruncating(share[s] * upstream[n]);
                    emitted[s] = double.CreateTruncating(logP[at + label[s]]);
                }
                TensorPrimitives.Add(row, emitted, row);
                double* done = beta;
                beta = next;
                next = done;
            }
        }
    }
}
