using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Normalisation of each channel, something added, and what is below zero cut off, in one pass; and its gradients in one more.</summary>
/// <remarks>Sums are taken as in <see cref="BatchNorm"/>. Planes must have more than one pixel.</remarks>
static unsafe class BatchNormRelu
{
    /// <summary>y = max((x − mean) · inverseDeviation · gamma + beta + residual, 0); gamma, beta and residual may be null.</summary>
    public static void Forward<T>(BatchNormShape shape, T* x, T* mean, T* inverseDeviation, T* gamma, T* beta, T* residual, T* y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        WorkerPool.For(shape.C, new ForwardBody<T>(shape, x, mean, inverseDeviation, gamma, beta, residual, y));

    /// <summary>The gradients from x, y and dy, as <see cref="BatchNorm.Gradient"/>; dResidual too may be null.</summary>
    public static void Gradient<T>(
        BatchNormShape shape, T* x, T* y, T* mean, T* inverseDeviation, T* gamma, T* dy, T* dx, T* dResidual, T* dGamma, T* dBeta, bool training)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        WorkerPool.For(shape.C, new GradientBody<T>(shape, x, y, mean, inverseDeviation, gamma, dy, dx, dResidual, dGamma, dBeta, training));

    readonly struct ForwardBody<T>(BatchNormShape shape, T* x, T* mean, T* inverseDeviation, T* gamma, T* beta, T* residual, T* y) : IParallelBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int c)
        {
            T centre = mean[c], scale = inverseDeviation[c] * (gamma == null ? T.One : gamma[c]), shift = beta == null ? T.Zero : beta[c];
            for (int n = 0; n < shape.N; n++)
            {
                nint at = ((nint)n * shape.C + c) * shape.Plane;
                Plane(x + at, centre, scale, shift, residual == null ? null : residual + at, y + at);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Plane(T* from, T centre, T scale, T shift, T* added, T* to)
        {
            var (c, m, s) = (new Vector<T>(centre), new Vector<T>(scale), new Vector<T>(shift));
            int i = 0;
            for (; i + Vector<T>.Count <= shape.Plane; i += Vector<T>.Count)
            {
                var value = (Vector.Load(from + i) - c) * m + s;
                if (added != null)
                    value += Vector.Load(added + i);
                // Not a number is not below zero, and stays.
                Vector.Store(Vector.AndNot(value, Vector.LessThanOrEqual(value, Vector<T>.Zero)), to + i);
            }
            for (; i < shape.Plane; i++)
            {
                T value = (from[i] - centre) * scale + shift;
                if (added != null)
                    value += added[i];
                to[i] = value <= T.Zero ? T.Zero : value;
            }
        }
    }

    readonly struct GradientBody<T>(
        BatchNormShape shape, T* x, T* y, T* mean, T* inverseDeviation, T* gamma, T* dy, T* dx, T* dResidual, T* dGamma, T* dBeta, bool training)
        : IParallelBody
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int c)
        {
            double sum = 0, product = 0, deviation = double.CreateTruncating(inverseDeviation[c]);
            for (int n = 0; n < shape.N; n++)
            {
                nint at = ((nint)n * shape.C + c) * shape.Plane;
                Sums(x + at, mean[c], y + at, dy + at, ref sum, ref product);
            }
            if (dBeta != null)
                dBeta[c] = T.CreateTruncating(sum);
            if (dGamma != null)
                dGamma[c] = T.CreateTruncating(product * deviation);
            if (dx == null && dResidual == null)
                return;
            T scale = inverseDeviation[c] * (gamma == null ? T.One : gamma[c]);
            T shift = training ? T.CreateTruncating(sum / shape.Count) : T.Zero;
            T slope = training ? T.CreateTruncating(product / shape.Count * deviation * deviation) : T.Zero;
            for (int n = 0; n < shape.N; n++)
            {
                nint at = ((nint)n * shape.C + c) * shape.Plane;
                Plane(x + at, mean[c], slope, y + at, dy + at, shift, scale, dx == null ? null : dx + at, dResidual == null ? null : dResidual + at);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Sums(T* from, T centre, T* gate, T* slope, ref double sum, ref double product)
        {
            const int chunk = 4096;
            var c = new Vector<T>(centre);
            for (int i = 0; i < shape.Plane;)
            {
                int end = Math.Min(shape.Plane, i + chunk);
                Vector<T> s = default, p = default;
                for (; i + Vector<T>.Count <= end; i += Vector<T>.Count)
                {
                    var open = Vector.AndNot(Vector.Load(slope + i), Vector.LessThanOrEqual(Vector.Load(gate + i), Vector<T>.Zero));
                    s += open;
                    p += open * (Vector.Load(from + i) - c);
                }
                T tail = T.Zero, tailProduct = T.Zero;
                for (; i < end; i++)
                    if (!(gate[i] <= T.Zero))
                    {
                        tail += slope[i];
                        tailProduct += slope[i] * (from[i] - centre);
                    }
                sum += double.CreateTruncating(Vector.Sum(s) + tail);
                product += double.CreateTruncating(Vector.Sum(p) + tailProduct);
            }
        }

        // As BatchNorm: dx = scale · (g − mean(g) − (x − mean) · slope), of g = dy where y is above zero.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Plane(T* from, T centre, T slope, T* gate, T* above, T shift, T scale, T* to, T* added)
        {
            var (c, p, s, m) = (new Vector<T>(centre), new Vector<T>(slope), new Vector<T>(shift), new Vector<T>(scale));
            int i = 0;
            for (; i + Vector<T>.Count <= shape.Plane; i += Vector<T>.Count)
            {
                var open = Vector.AndNot(Vector.Load(above + i), Vector.LessThanOrEqual(Vector.Load(gate + i), Vector<T>.Zero));
                if (added != null)
                    Vector.Store(open, added + i);
                if (to != null)
                    Vector.Store(m * (open - s - (Vector.Load(from + i) - c) * p), to + i);
            }
            for (; i < shape.Plane; i++)
            {
                T open = gate[i] <= T.Zero ? T.Zero : above[i];
                if (added != null)
                    added[i] = open;
                if (to != null)
                    to[i] = scale * (open - shift - (from[i] - centre) * slope);
            }
        }
    }
}
