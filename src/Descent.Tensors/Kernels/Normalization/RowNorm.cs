using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Sizes of what is normalised: <c>(N, C, Plane)</c>, contiguous, the channels in so many groups; each of the
/// <c>N · Groups</c> rows has a mean and a deviation of its own, each channel a scale and a shift.
/// </summary>
/// <param name="N">Samples.</param>
/// <param name="C">Channels; the width in layer normalisation.</param>
/// <param name="Plane">Values of a channel; 1 in layer normalisation.</param>
/// <param name="Groups">Groups of channels; 1 in layer normalisation.</param>
/// <param name="Centred">Whether the mean is subtracted; not in normalisation by the root mean square.</param>
readonly record struct RowNormShape(int N, int C, int Plane, int Groups, bool Centred = true)
{
    public int Channels => C / Groups;
    public int Length => Channels * Plane;
    public int Rows => N * Groups;

    // Some thousand elements are worth a piece of work, and not more than 32 partial sums of parameters' gradients are kept.
    internal int SamplesOfPiece => Math.Max((8192 + Length - 1) / Math.Max(1, Length), (N + 31) / 32);
    internal int Pieces => (N + SamplesOfPiece - 1) / SamplesOfPiece;
}

/// <summary>Normalisation of rows, and its gradients: what layer, group, instance and RMS normalisation have in common.</summary>
static unsafe class RowNorm
{
    /// <summary>y = f((x − mean) · inverse · gamma + beta), with the mean and the inverse deviation of each row; f is for planes of floats.</summary>
    internal static void Forward<T>(RowNormShape shape, T* x, T* gamma, T* beta, double epsilon, T* mean, T* inverse, T* y, NormEnd? end = null)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        WorkerPool.For(shape.Pieces * shape.Groups, new ForwardBody<T>(shape, x, gamma, beta, epsilon, mean, inverse, y, end));

    /// <summary>The gradients; any of dx, dGamma and dBeta may be null. Beta is read where there was an end.</summary>
    internal static void Gradient<T>(RowNormShape shape, T* x, T* gamma, T* mean, T* inverse, T* dy, T* dx, T* dGamma, T* dBeta, NormEnd? end = null, T* beta = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int pieces = shape.Pieces;
        T* partials = dGamma == null && dBeta == null ? null : Scratch.Get<T>(ScratchSlot.Partials, (nint)pieces * 2 * shape.C);
        WorkerPool.For(pieces * shape.Groups, new GradientBody<T>(shape, x, gamma, mean, inverse, dy, dx, partials, end, beta));
        if (partials == null) return;
        var total = new TotalBody<T>(partials, dGamma, dBeta, shape.C, pieces);
        WorkerPool.For((shape.C + TotalBody<T>.Columns - 1) / TotalBody<T>.Columns, total);
    }

    /// <summary>The sum of the pieces' partial sums, in their order, a strip of columns at a time.</summary>
    readonly struct TotalBody<T>(T* partials, T* dGamma, T* dBeta, int count, int pieces) : IParallelBody where T : unmanaged, IFloatingPointIeee754<T>
    {
        internal const int Columns = 512;

        public void Invoke(int index)
        {
            int from = index * Columns, to = Math.Min(count, from + Columns);
            if (dGamma != null) RowNormLoops.Total(partials, 2 * count, pieces, dGamma, from, to);
            if (dBeta != null) RowNormLoops.Total(partials + count, 2 * count, pieces, dBeta, from, to);
        }
    }

    static float Single<T>(T value) where T : unmanaged => *(float*)&value;

    readonly struct ForwardBody<T>(RowNormShape shape, T* x, T* gamma, T* beta, double epsilon, T* mean, T* inverse, T* y, NormEnd? end) : IParallelBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            (int piece, int group) = Math.DivRem(index, shape.Groups);
            int first = piece * shape.SamplesOfPiece, last = Math.Min(shape.N, first + shape.SamplesOfPiece), channel = group * shape.Channels;
            for (int n = first; n < last; n++)
            {
                int row = n * shape.Groups + group;
                T* from = x + (nint)row * shape.Length, to = y + (nint)row * shape.Length;
                T centre = shape.Centred ? T.CreateTruncating(PlaneSums.Sum(from, shape.Length) / shape.Length) : T.Zero;
                double variance = PlaneSums.SquaredDistance(from, centre, shape.Length) / shape.Length;
                T scale = T.CreateTruncating(1 / Math.Sqrt(variance + epsilon));
                (mean[row], inverse[row]) = (centre, scale);
                if (shape.Plane == 1) RowNormLoops.Scale(from, centre, scale, gamma + channel, beta + channel, to, shape.Length);
                else
                    for (int c = 0; c < shape.Channels; c++)
                    {
                        T* plane = from + (nint)c * shape.Plane, result = to + (nint)c * shape.Plane;
                        if (end is null) PlaneSums.Affine(plane, centre, scale * gamma[channel + c], beta[channel + c], result, shape.Plane);
                        else
                            end.Value((float*)plane, Single(centre), Single(scale * gamma[channel + c]), Single(beta[channel + c]), (float*)result, shape.Plane);
                    }
            }
        }
    }

    readonly struct GradientBody<T>(RowNormShape shape, T* x, T* gamma, T* mean, T* inverse, T* dy, T* dx, T* partials, NormEnd? end, T* beta) : IParallelBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            (int piece, int group) = Math.DivRem(index, shape.Groups);
            int first = piece * shape.SamplesOfPiece, last = Math.Min(shape.N, first + shape.SamplesOfPiece), channel = group * shape.Channels;
            T* dGamma = partials == null ? null : partials + (nint)piece * 2 * shape.C + channel, dBeta = dGamma + shape.C;
            if (partials != null)
            {
                new Span<T>(dGamma, shape.Channels).Clear();
                new Span<T>(dBeta, shape.Channels).Clear();
            }
            for (int n = first; n < last; n++)
            {
                int row = n * shape.Groups + group;
                if (shape.Plane == 1) Row(row, channel, dGamma, dBeta);
                else Planes(row, channel, Above(row, channel), dGamma, dBeta);
            }
        }

        // dx = inverse · (dy · gamma − mean(dy · gamma) − (x − centre) · inverse² · mean(dy · gamma · (x − centre))), where the
        // first mean is left out if x was not centred.
        (T Slope, T Shift) Residual(int row, double sum, double product)
        {
            double scale = double.CreateTruncating(inverse[row]);
            return (T.CreateTruncating(-scale * scale * scale * product / shape.Length), shape.Centred ? T.CreateTruncating(-scale * sum / shape.Length) : T.Zero);
        }

        void Row(int row, int channel, T* dGamma, T* dBeta)
        {
            nint at = (nint)row * shape.Length;
            if (dx != null)
            {
                var (sum, product) = RowNormLoops.Sums(x + at, mean[row], dy + at, gamma + channel, shape.Length);
                var (slope, shift) = Residual(row, sum, product);
                if (partials != null)
                {
                    RowNormLoops.Both(x + at, mean[row], slope, dy + at, gamma + channel, inverse[row], shift, dx + at, dGamma, dBeta, shape.Length);
                    return;
                }
                RowNormLoops.Residual(x + at, mean[row], slope, dy + at, gamma + channel, inverse[row], shift, dx + at, shape.Length);
            }
            else if (partials != null) RowNormLoops.Accumulate(x + at, mean[row], inverse[row], dy + at, dGamma, dBeta, shape.Length);
        }

        /// <summary>The gradient of what was normalised of a row: that of the result, or carried back through what followed.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        T* Above(int row, int channel)
        {
            nint at = (nint)row * shape.Length;
            if (end is null) return dy + at;
            T* d = Scratch.Get<T>(ScratchSlot.Slopes, shape.Length);
            for (int c = 0; c < shape.Channels; c++)
            {
                nint plane = (nint)c * shape.Plane;
                end.Gradient((float*)(x + at + plane), Single(mean[row]), Single(inverse[row] * gamma[channel + c]), Single(beta[channel + c]), (float*)(dy + at + plane),
                    (float*)(d + plane), shape.Plane);
            }
            return d;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Planes(int row, int channel, T* above, T* dGamma, T* dBeta)
        {
            nint at = (nint)row * shape.Length;
            double sum = 0, product = 0;
            for (int c = 0; c < shape.Channels; c++)
            {
                nint plane = (nint)c * shape.Plane;
                double s = PlaneSums.Sum(above + plane, shape.Plane), p = PlaneSums.CentredDot(x + at + plane, mean[row], above + plane, shape.Plane);
                double weight = double.CreateTruncating(gamma[channel + c]);
                (sum, product) = (sum + s * weight, product + p * weight);
                if (partials == null) continue;
                dGamma[c] += T.CreateTruncating(p * double.CreateTruncating(inverse[row]));
                dBeta[c] += T.CreateTruncating(s);
            }
            if (dx == null) return;
            var (slope, shift) = Residual(row, sum, product);
            for (int c = 0; c < shape.Channels; c++)
            {
                nint plane = at + (nint)c * shape.Plane;
                PlaneSums.Mix(x + plane, mean[row], slope, above + (nint)c * shape.Plane, inverse[row] * gamma[channel + c], shift, dx + plane, shape.Plane);
            }
        }
    }
}
