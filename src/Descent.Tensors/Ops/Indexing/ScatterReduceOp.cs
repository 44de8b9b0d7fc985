using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>How values that meet at one place become one.</summary>
public enum ScatterReduction
{
    /// <summary>Their sum.</summary>
    Sum,
    /// <summary>Their mean.</summary>
    Mean,
    /// <summary>Their product.</summary>
    Prod,
    /// <summary>The greatest.</summary>
    Amax,
    /// <summary>The least.</summary>
    Amin,
}

/// <summary>Reduction of values that indices send to the same place.</summary>
public static class ScatterReduceOp
{
    extension(Tensor x)
    {
        /// <summary>A copy in which the values that indices along a dimension send to one place are reduced.</summary>
        /// <param name="dim">The dimension that the indices point into.</param>
        /// <param name="index">Integers, of x's rank and no larger than x but along <paramref name="dim"/>.</param>
        /// <param name="source">Values, no smaller than the indices.</param>
        /// <param name="reduction">How.</param>
        /// <param name="includeSelf">Whether x's own value takes part where values arrive.</param>
        /// <remarks>Among equal greatest or least values the gradient is shared evenly.</remarks>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the size.</exception>
        public Tensor ScatterReduce(int dim, Tensor index, Tensor source, ScatterReduction reduction, bool includeSelf = true)
        {
            if (x.Rank == 0)
                return x.Unsqueeze(0).ScatterReduce(0, index.Reshape(-1), source.Reshape(-1), reduction, includeSelf).Reshape();
            var values = ScatteringOps.Prepare(x, ref dim, index, source, nameof(ScatterReduce), out var at);
            var start = includeSelf ? x : x.Scatter(dim, at, Identity(reduction, x.DType));
            return reduction switch
            {
                ScatterReduction.Sum => start.ScatterAdd(dim, at, values),
                ScatterReduction.Mean => Average(start.ScatterAdd(dim, at, values), dim, at, includeSelf),
                ScatterReduction.Prod => Product(start, dim, at, values),
                ScatterReduction.Amax => Extreme<RaiseKernel>(start, dim, at, values),
                _ => Extreme<LowerKernel>(start, dim, at, values),
            };
        }
    }

    static Tensor Average(Tensor sum, int dim, Tensor at, bool includeSelf)
    {
        var ones = Tensor.Ones(at.Shape, DType.Int64);
        var counts = Tensor.Ones(sum.Shape, DType.Int64);
        if (!includeSelf) counts = Tensor.Zeros(sum.Shape, DType.Int64);
        counts = counts.ScatterAdd(dim, at, ones);
        // Where nothing arrived the value itself stays.
        foreach (ref long count in counts.AsSpan<long>()) count = Math.Max(count, 1);
        if (sum.DType.IsFloatingPoint) return sum / counts.To(sum.DType);
        var y = sum.To(DType.Int64).Contiguous().Clone();
        var (numbers, divisors) = (y.AsSpan<long>().ToArray(), counts.ToArray<long>());
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = (numbers[i] - ((numbers[i] % divisors[i] + divisors[i]) % divisors[i])) / divisors[i];
        return Tensor.From<long>(numbers, sum.Shape).To(sum.DType);
    }

    static Tensor Extreme<F>(Tensor start, int dim, Tensor at, Tensor values) where F : struct, IIndexedKernel
    {
        var y = ScatteringOps.Updated<F>(start, dim, at, values);
        return Record(y, start, dim, at, values, nameof(ScatterReduce), static (dy, s, needed, dx) =>
        {
            // 1 where an element is the result of its place; the place's gradient is shared among them.
            var (own, sent) = (Same(s.start, s.y, dy.DType), Same(s.values, s.y.Gather(s.dim, s.at), dy.DType));
            var share = dy / own.ScatterAdd(s.dim, s.at, sent);
            if (needed[0]) dx[0] = own * share;
            if (needed[1]) dx[1] = sent * share.Gather(s.dim, s.at);
        });
    }

    static Tensor Product(Tensor start, int dim, Tensor at, Tensor values)
    {
        var y = ScatteringOps.Updated<ScaleKernel>(start, dim, at, values);
        return Record(y, start, dim, at, values, nameof(ScatterReduce), static (dy, s, needed, dx) =>
        {
            // The product of the other factors of a place: with one factor 0 only that one has any, with more none has.
            var (startZero, valueZero) = (Same(s.start, Tensor.Full([], 0, dy.DType), dy.DType), Same(s.values, Tensor.Full([], 0, dy.DType), dy.DType));
            var zeros = startZero.ScatterAdd(s.dim, s.at, valueZero);
            var rest = Product(s.start + startZero, s.dim, s.at, s.values + valueZero);
            var (none, one) = (Same(zeros, Tensor.Full([], 0, dy.DType), dy.DType), Same(zeros, Tensor.Full([], 1, dy.DType), dy.DType));
            if (needed[0]) dx[0] = dy * rest * (none * (1 - startZero) + one * startZero) / (s.start + startZero);
            if (needed[1])
                dx[1] = (dy * rest).Gather(s.dim, s.at) *
                    (none.Gather(s.dim, s.at) * (1 - valueZero) + one.Gather(s.dim, s.at) * valueZero) / (s.values + valueZero);
        });
    }

    delegate void Reduced(Tensor dy, (Tensor start, Tensor values, Tensor y, Tensor at, int dim) s, ReadOnlySpan<bool> needed, Span<Tensor?> dx);

    static Tensor Record(Tensor y, Tensor start, int dim, Tensor at, Tensor values, string operation, Reduced gradient)
    {
        Autograd.RecordJoint([y], (start: start.Saved, values: values.Saved, y: y.Detach().Saved, at: at.Saved, dim, gradient), [start, values],
            static (dy, s, needed, dx) => s.gradient(dy[0]!, (s.start, s.values, s.y, s.at, s.dim), needed, dx), operation: operation);
        return y;
    }

    /// <summary>1 where two tensors are equal, else 0.</summary>
    static Tensor Same(Tensor a, Tensor b, DType dtype)
    {
        using var mode = Autograd.NoGrad();
        return Pointwise.Compare<EqualKernel>(a, b).To(dtype);
    }

    static Scalar Identity(ScatterReduction reduction, DType dtype) => reduction switch
    {
        ScatterReduction.Prod => 1,
        ScatterReduction.Amax => Extreme(dtype, least: true),
        ScatterReduction.Amin => Extreme(dtype, least: false),
        _ => 0,
    };

    static Scalar Extreme(DType dtype, bool least) => dtype switch
    {
        DType.Int64 => least ? long.MinValue : long.MaxValue,
        DType.Int32 => least ? int.MinValue : int.MaxValue,
        DType.Int8 => least ? sbyte.MinValue : sbyte.MaxValue,
        DType.UInt8 => least ? byte.MinValue : byte.MaxValue,
        _ => least ? double.NegativeInfinity : double.PositiveInfinity,
    };
}
