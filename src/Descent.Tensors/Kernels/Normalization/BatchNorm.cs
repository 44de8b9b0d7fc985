using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Sizes of what batch normalisation sees: <c>(N, C, Plane)</c>, contiguous; a plane of 1 for <c>(N, C)</c>.</summary>
readonly record struct BatchNormShape(int N, int C, int Plane)
{
    /// <summary>Values of one channel.</summary>
    public long Count => (long)N * Plane;
}

/// <summary>Normalisation of each channel over batch and plane, and its gradients.</summary>
/// <remarks>
/// Ioffe and Szegedy, "Batch Normalization", 2015, arXiv:1502.03167. Sums over a plane are taken in the element's type,
/// lane by lane, sums of planes in double.
/// </remarks>
static unsafe class BatchNorm
{
    /// <summary>The mean of each channel, and the mean square of what differs from it (divided by the count, not by one less).</summary>
    public static void Moments<T>(BatchNormShape shape, T* x, T* mean, T* variance)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ForEachBlock(shape, new MomentsBody<T>(shape, x, mean, variance));

    /// <summary>y = (x − mean) · inverseDeviation · gamma + beta; gamma and beta may be null.</summary>
    public static void Normalize<T>(BatchNormShape shape, T* x, T* mean, T* inverseDeviation, T* gamma, T* beta, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ForEachBlock(shape, new NormalizeBody<T>(shape, x, mean, inverseDeviation, gamma, beta, y));

    /// <summary>
    /// The gradients from x, what it was normalised by, and dy. With <paramref name="training"/> mean and deviation
    /// were those of x itself and dx takes that into account. Any of dx, dGamma, dBeta and gamma may be null.
    /// </summary>
    public static void Gradient<T>(
        BatchNormShape shape, T* x, T* mean, T* inverseDeviation, T* gamma, T* dy, T* dx, T* dGamma, T* dBeta, bool training)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ForEachBlock(shape, new GradientBody<T>(shape, x, mean, inverseDeviation, gamma, dy, dx, dGamma, dBeta, training));

    // With planes an item is a channel; without, the channels that lie side by side in a few cache lines.
    const int ChannelsOfBlock = 32;

    static void ForEachBlock<TBody>(BatchNormShape shape, in TBody body) where TBody : struct, IParallelBody =>
        WorkerPool.For(shape.Plane == 1 ? (shape.C + ChannelsOfBlock - 1) / ChannelsOfBlock : shape.C, in body);

    static (int First, int Count) Block(BatchNormShape shape, int index) => shape.Plane == 1
        ? (index * ChannelsOfBlock, Math.Min(ChannelsOfBlock, shape.C - index * ChannelsOfBlock))
        : (index, 1);

    readonly struct MomentsBody<T>(BatchNormShape shape, T* x, T* mean, T* variance) : IParallelBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            var (first, count) = Block(shape, index);
            Span<double> sums = stackalloc double[count], centres = stackalloc double[count];
            centres.Clear();
            for (int power = 1; power <= 2; power++)
            {
                sums.Clear();
                for (int n = 0; n < shape.N; n++)
                {
                    T* from = x + ((nint)n * shape.C + first) * shape.Plane;
                    if (shape.Plane != 1)
                        sums[0] += power == 1 ? PlaneSums.Sum(from, shape.Plane)
                            : PlaneSums.SquaredDistance(from, T.CreateTruncating(centres[0]), shape.Plane);
                    else
                        for (int c = 0; c < count; c++)
                        {
                            double value = double.CreateTruncating(from[c]) - centres[c];
                            sums[c] += power == 1 ? value : value * value;
                        }
                }
                for (int c = 0; c < count; c++)
                {
                    double result = sums[c] / shape.Count;
                    (power == 1 ? mean : variance)[first + c] = T.CreateTruncating(result);
                    centres[c] = result;
                }
            }
        }
    }

    readonly struct NormalizeBody<T>(BatchNormShape shape, T* x, T* mean, T* inverseDeviation, T* gamma, T* beta, T* y) : IParallelBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            var (first, count) = Block(shape, index);
            Span<T> scales = stackalloc T[count], shifts = stackalloc T[count];
            for (int c = 0; c < count; c++)
            {
                scales[c] = inverseDeviation[first + c] * (gamma == null ? T.One : gamma[first + c]);
                shifts[c] = beta == null ? T.Zero : beta[first + c];
            }
            for (int n = 0; n < shape.N; n++)
            {
                nint at = ((nint)n * shape.C + first) * shape.Plane;
                if (shape.Plane != 1)
                    PlaneSums.Affine(x + at, mean[first], scales[0], shifts[0], y + at, shape.Plane);
                else
                    for (int c = 0; c < count; c++)
                        y[at + c] = (x[at + c] - mean[first + c]) * scales[c] + shifts[c];
            }
        }
    }

    readonly struct GradientBody<T>(
        BatchNormShape shape, T* x, T* mean, T* inverseDeviation, T* gamma, T* dy, T* dx, T* dGamma, T* dBeta, bool training)
        : IParallelBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            var (first, count) = Block(shape, index);
            Span<double> sums = stackalloc double[count], products = stackalloc double[count];
            sums.Clear();
            products.Clear();
            for (int n = 0; n < shape.N; n++)
            {
                nint at = ((nint)n * shape.C + first) * shape.Plane;
                if (shape.Plane != 1)
                {
                    sums[0] += PlaneSums.Sum(dy + at, shape.Plane);
                    products[0] += PlaneSums.CentredDot(x + at, mean[first], dy + at, shape.Plane);
                }
                else
                {
                    for (int c = 0; c < count; c++)
                    {
                        double slope = double.CreateTruncating(dy[at + c]);
                        sums[c] += slope;
                        products[c] += slope * double.CreateTruncating(x[at + c] - mean[first + c]);
                    }
                }
            }
            for (int c = 0; c < count; c++)
            {
                if (dBeta != null)
                    dBeta[first + c] = T.CreateTruncating(sums[c]);
                if (dGamma != null)
                    dGamma[first + c] = T.CreateTruncating(products[c] * double.CreateTruncating(inverseDeviation[first + c]));
            }
            if (dx != null)
                InputGradient(first, count, sums, products);
        }

        // dx = scale · (dy − mean(dy) − (x − mean) · deviation⁻² · mean(dy · (x − mean)))
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void InputGradient(int first, int count, Span<double> sums, Span<double> products)
        {
            Span<T> scales = stackalloc T[count], shifts = stackalloc T[count], slopes = stackalloc T[count];
            for (int c = 0; c < count; c++)
            {
                double deviation = double.CreateTruncating(inverseDeviation[first + c]);
                scales[c] = inverseDeviation[first + c] * (gamma == null ? T.One : gamma[first + c]);
                shifts[c] = training ? T.CreateTruncating(sums[c] / shape.Count) : T.Zero;
                slopes[c] = training ? T.CreateTruncating(products[c] / shape.Count * deviation * deviation) : T.Zero;
            }
            for (int n = 0; n < shape.N; n++)
            {
                nint at = ((nint)n * shape.C + first) * shape.Plane;
                if (shape.Plane != 1)
                    PlaneSums.Residual(x + at, mean[first], slopes[0], dy + at, shifts[0], scales[0], dx + at, shape.Plane);
                else
                    for (int c = 0; c < count; c++)
                        dx[at + c] = scales[c] * (dy[at + c] - shifts[c] - (x[at + c] - mean[first + c]) * slopes[c]);
            }
        }
    }
}
