using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Normalisation of what is stored narrow: a few samples, or a channel of all, are widened into scratch memory, taken through
/// the kernels of float32 there, and narrowed.
/// </summary>
static unsafe class NarrowNorms
{
    /// <inheritdoc cref="RowNorm.Forward"/>
    public static void Forward(RowNormShape shape, FloatLine x, float* gamma, float* beta, double epsilon, float* mean, float* inverse, FloatLine y) =>
        WorkerPool.For(shape.Pieces, new RowForward { Shape = shape, X = x, Y = y, Gamma = gamma, Beta = beta, Epsilon = epsilon, Mean = mean, Inverse = inverse });

    /// <inheritdoc cref="RowNorm.Gradient"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(RowNormShape shape, FloatLine x, float* gamma, float* mean, float* inverse, FloatLine dy, FloatLine dx, float* dGamma, float* dBeta)
    {
        int pieces = shape.Pieces;
        // What each piece adds to the parameters' gradients: scales, then shifts.
        float* partials = Scratch.Get<float>(ScratchSlot.Sums, (nint)pieces * 2 * shape.C);
        WorkerPool.For(pieces, new RowGradient
        {
            Shape = shape,
            X = x,
            Dy = dy,
            Dx = dx,
            Gamma = gamma,
            Mean = mean,
            Inverse = inverse,
            Partials = dGamma == null && dBeta == null ? null : partials,
        });
        for (int c = 0; c < shape.C; c++)
        {
            if (dGamma != null) dGamma[c] = Total(partials + c);
            if (dBeta != null) dBeta[c] = Total(partials + shape.C + c);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        float Total(float* first)
        {
            double sum = 0;
            for (nint p = 0; p < pieces; p++) sum += first[p * 2 * shape.C];
            return (float)sum;
        }
    }

    /// <summary>Batch normalisation with this batch's moments, which are written; or with given ones.</summary>
    public static void Forward(BatchNormShape shape, FloatLine x, float* mean, float* variance, float* inverse, float* gamma, float* beta, double epsilon, bool training, FloatLine y) =>
        WorkerPool.For(shape.C, new ChannelForward { Shape = shape, X = x, Y = y, Mean = mean, Variance = variance, Inverse = inverse, Gamma = gamma, Beta = beta, Epsilon = epsilon, Training = training });

    /// <inheritdoc cref="BatchNorm.Gradient"/>
    public static void Gradient(BatchNormShape shape, FloatLine x, float* mean, float* inverse, float* gamma, FloatLine dy, FloatLine dx, float* dGamma, float* dBeta, bool training) =>
        WorkerPool.For(shape.C, new ChannelGradient { Shape = shape, X = x, Dy = dy, Dx = dx, Mean = mean, Inverse = inverse, Gamma = gamma, DGamma = dGamma, DBeta = dBeta, Training = training });

    struct RowForward : IParallelBody
    {
        internal RowNormShape Shape;
        internal FloatLine X, Y;
        internal float* Gamma, Beta, Mean, Inverse;
        internal double Epsilon;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int first = index * Shape.SamplesOfPiece, count = Math.Min(Shape.SamplesOfPiece, Shape.N - first), size = Shape.C * Shape.Plane;
            float* x = Scratch.Get<float>(ScratchSlot.LeftPanel, size), y = Scratch.Get<float>(ScratchSlot.RightPanels, size);
            for (int n = first; n < first + count; n++)
            {
                float* to = Y.Target((nint)n * size, y);
                RowNorm.Forward(Shape with { N = 1 }, X.Read((nint)n * size, size, x), Gamma, Beta, Epsilon, Mean + n * Shape.Groups, Inverse + n * Shape.Groups, to);
                Y.Write((nint)n * size, size, y);
            }
        }
    }

    struct RowGradient : IParallelBody
    {
        internal RowNormShape Shape;
        internal FloatLine X, Dy, Dx;
        internal float* Gamma, Mean, Inverse, Partials;

        public readonly void Invoke(int index)
        {
            int first = index * Shape.SamplesOfPiece, count = Math.Min(Shape.SamplesOfPiece, Shape.N - first), size = Shape.C * Shape.Plane;
            float* x = Scratch.Get<float>(ScratchSlot.LeftPanel, (nint)count * size), dy = Scratch.Get<float>(ScratchSlot.RightPanels, (nint)count * size),
                dx = Scratch.Get<float>(ScratchSlot.Tile, (nint)count * size);
            nint at = (nint)first * size;
            float* dGamma = Partials == null ? null : Partials + (nint)index * 2 * Shape.C, dBeta = Partials == null ? null : dGamma + Shape.C;
            RowNorm.Gradient(Shape with { N = count }, X.Read(at, count * size, x), Gamma, Mean + first * Shape.Groups, Inverse + first * Shape.Groups,
                Dy.Read(at, count * size, dy), Dx.IsNull ? null : Dx.Target(at, dx), dGamma, dBeta);
            if (!Dx.IsNull) Dx.Write(at, count * size, dx);
        }
    }

    struct ChannelForward : IParallelBody
    {
        internal BatchNormShape Shape;
        internal FloatLine X, Y;
        internal float* Mean, Variance, Inverse, Gamma, Beta;
        internal double Epsilon;
        internal bool Training;

        public readonly void Invoke(int index)
        {
            float* x = Scratch.Get<float>(ScratchSlot.LeftPanel, (nint)Shape.Count), y = Scratch.Get<float>(ScratchSlot.RightPanels, (nint)Shape.Count);
            var one = Shape with { C = 1 };
            Gather(Shape, X, index, x);
            if (Training) BatchNorm.Moments(one, x, Mean + index, Variance + index);
            Inverse[index] = (float)(1 / Math.Sqrt(Variance[index] + Epsilon));
            BatchNorm.Normalize(one, x, Mean + index, Inverse + index, Gamma == null ? null : Gamma + index, Beta == null ? null : Beta + index, y);
            Scatter(Shape, y, index, Y);
        }
    }

    struct ChannelGradient : IParallelBody
    {
        internal BatchNormShape Shape;
        internal FloatLine X, Dy, Dx;
        internal float* Mean, Inverse, Gamma, DGamma, DBeta;
        internal bool Training;

        public readonly void Invoke(int index)
        {
            nint count = (nint)Shape.Count;
            float* x = Scratch.Get<float>(ScratchSlot.LeftPanel, count), dy = Scratch.Get<float>(ScratchSlot.RightPanels, count),
                dx = Dx.IsNull ? null : Scratch.Get<float>(ScratchSlot.Tile, count);
            Gather(Shape, X, index, x);
            Gather(Shape, Dy, index, dy);
            BatchNorm.Gradient(Shape with { C = 1 }, x, Mean + index, Inverse + index, Gamma == null ? null : Gamma + index, dy, dx,
                DGamma == null ? null : DGamma + index, DBeta == null ? null : DBeta + index, Training);
            if (dx != null) Scatter(Shape, dx, index, Dx);
        }
    }

    /// <summary>The planes of a channel, image after image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather(BatchNormShape shape, FloatLine from, int channel, float* to)
    {
        for (int n = 0; n < shape.N; n++)
        {
            float* plane = to + (nint)n * shape.Plane;
            float* read = from.Read(((nint)n * shape.C + channel) * shape.Plane, shape.Plane, plane);
            if (read != plane) Packing.Copy(read, plane, shape.Plane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Scatter(BatchNormShape shape, float* from, int channel, FloatLine to)
    {
        for (int n = 0; n < shape.N; n++)
        {
            float* plane = from + (nint)n * shape.Plane;
            nint at = ((nint)n * shape.C + channel) * shape.Plane;
            float* target = to.Target(at, plane);
            if (target != plane) Packing.Copy(plane, target, shape.Plane);
            to.Write(at, shape.Plane, plane);
        }
    }
}
