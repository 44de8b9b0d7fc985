using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Elementwise operations with operands or results stored narrow: block by block in float32, without a float32 copy of a tensor.</summary>
static unsafe class NarrowPointwise
{
    /// <summary>f over every element of a narrow tensor.</summary>
    internal static Tensor Map<F>(Tensor x) where F : struct, IUnaryKernel
    {
        var (source, y) = (x.Contiguous(), Tensor.Uninitialized(x.Shape, x.DType));
        fixed (byte* px = source.AsBytes(), py = y.AsBytes())
            NarrowElementwise.Map<F>(new(px, x.DType), new(py, x.DType), y.Elements);
        GC.KeepAlive(source);
        return y;
    }

    /// <summary>f over every element of a narrow tensor.</summary>
    internal static Tensor MapNumber<F>(Tensor x) where F : struct, INumberUnaryKernel
    {
        var (source, y) = (x.Contiguous(), Tensor.Uninitialized(x.Shape, x.DType));
        fixed (byte* px = source.AsBytes(), py = y.AsBytes())
            NarrowElementwise.MapNumber<F>(new(px, x.DType), new(py, x.DType), y.Elements);
        GC.KeepAlive(source);
        return y;
    }

    /// <summary>f over every element of a narrow tensor.</summary>
    internal static Tensor Map<F>(Tensor x, F f) where F : struct, IActivation
    {
        var (source, y) = (x.Contiguous(), Tensor.Uninitialized(x.Shape, x.DType));
        fixed (byte* px = source.AsBytes(), py = y.AsBytes())
            NarrowElementwise.Map(f, new(px, x.DType), new(py, x.DType), y.Elements);
        GC.KeepAlive(source);
        return y;
    }

    /// <summary>dy times the slope at x; in the type of x, while dy may have another.</summary>
    internal static Tensor Gradient<F>(Tensor dy, Tensor x, F f) where F : struct, ISlope
    {
        if (dy.DType == DType.Float64) dy = dy.To(DType.Float32);
        Tensor source = x.Contiguous(), upstream = dy.Contiguous(), dx = Tensor.Uninitialized(x.Shape, x.DType);
        fixed (byte* px = source.AsBytes(), pdy = upstream.AsBytes(), pdx = dx.AsBytes())
            NarrowElementwise.Gradient(f, new(px, x.DType), new(pdy, dy.DType), new(pdx, x.DType), dx.Elements);
        GC.KeepAlive(source);
        GC.KeepAlive(upstream);
        return dx;
    }

    /// <summary>f of a narrow tensor and a number, which may be the first operand.</summary>
    internal static Tensor Zip<F>(Tensor x, Scalar number, bool left) where F : struct, IBinaryKernel
    {
        var (source, y) = (x.Contiguous(), Tensor.Uninitialized(x.Shape, x.DType));
        float value = number.To<float>();
        fixed (byte* px = source.AsBytes(), py = y.AsBytes())
        {
            FloatLine one = new(&value, DType.Float32), line = new(px, x.DType), to = new(py, x.DType);
            if (left) NarrowElementwise.Zip<F>(one, 1, line, y.Elements, to, y.Elements);
            else NarrowElementwise.Zip<F>(line, y.Elements, one, 1, to, y.Elements);
        }
        GC.KeepAlive(source);
        return y;
    }

    /// <summary>
    /// f of operands of float32 and narrow types with a result of one of these, or null where the way through converted
    /// copies is to be taken: no operand is narrow, or one is repeated otherwise than as a whole.
    /// </summary>
    internal static Tensor? TryZip<F>(Tensor a, Tensor b, DType dtype, [CallerMemberName] string operation = "") where F : struct, IBinaryKernel
    {
        if (!(IsFloat(a.DType) && IsFloat(b.DType) && IsFloat(dtype) && (a.DType.IsReduced || b.DType.IsReduced))) return null;
        var shape = Shape.Broadcast(a.Shape, b.Shape, operation);
        if (Period(a, shape) is not { } aPeriod || Period(b, shape) is not { } bPeriod) return null;
        var y = Tensor.Uninitialized(shape, dtype);
        if (y.Elements == 0) return y;
        fixed (byte* pa = a.AsBytes(), pb = b.AsBytes(), py = y.AsBytes())
            NarrowElementwise.Zip<F>(new(pa, a.DType), aPeriod, new(pb, b.DType), bPeriod, new(py, dtype), y.Elements);
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return y;
    }

    static bool IsFloat(DType type) => type == DType.Float32 || type.IsReduced;

    /// <summary>After how many elements an operand repeats as the last dimensions of the result.</summary>
    static int? Period(Tensor x, Shape shape) =>
        x.IsContiguous && (x.Elements == shape.Elements || x.Elements == 1 || Pointwise.EndsWith(shape, x.Shape)) ? x.Elements : null;
}
