using System.Numerics;
using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>From tensors to elementwise kernels: promotion, broadcasting and layout, once for all operations.</summary>
static class Pointwise
{
    /// <summary>f over every element. Integers and bools are converted to the default floating type first.</summary>
    internal static Tensor Map<F>(Tensor x) where F : struct, IUnaryKernel
    {
        if (!x.DType.IsFloatingPoint) x = x.To(Tensor.DefaultDType);
        if (x.DType.IsReduced) return NarrowPointwise.Map<F>(x);
        int elements = x.Elements;
        if (Chains.Take(elements, x.DType) && StepOfMap<F>(x.DType) is { } step && Chains.Map(step, x, elements) is { } later) return later;
        var source = x.Contiguous();
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (x.DType == DType.Float32) Elementwise.Map<float, F>(source.AsSpan<float>(), y.AsSpan<float>());
        else Elementwise.Map<double, F>(source.AsSpan<double>(), y.AsSpan<double>());
        GC.KeepAlive(source);
        return y;
    }

    /// <summary>f over every element, in the tensor's own type; bools are not numbers and are refused.</summary>
    internal static Tensor MapNumber<F>(Tensor x, [CallerMemberName] string operation = "") where F : struct, INumberUnaryKernel
    {
        if (x.DType.IsReduced) return NarrowPointwise.MapNumber<F>(x);
        int elements = x.Elements;
        if (Chains.Take(elements, x.DType) && Chains.Map(x.DType == DType.Float32 ? NumberStep<float, F>.Instance : NumberStep<double, F>.Instance, x, elements) is { } later)
            return later;
        var source = x.Contiguous();
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        switch (x.DType)
        {
            case DType.Float32: Elementwise.MapNumber<float, F>(source.AsSpan<float>(), y.AsSpan<float>()); break;
            case DType.Float64: Elementwise.MapNumber<double, F>(source.AsSpan<double>(), y.AsSpan<double>()); break;
            case DType.Int64: Elementwise.MapNumber<long, F>(source.AsSpan<long>(), y.AsSpan<long>()); break;
            case DType.Int32: Elementwise.MapNumber<int, F>(source.AsSpan<int>(), y.AsSpan<int>()); break;
            case DType.Int8: Elementwise.MapNumber<sbyte, F>(source.AsSpan<sbyte>(), y.AsSpan<sbyte>()); break;
            case DType.UInt8: Elementwise.MapNumber<byte, F>(source.AsSpan<byte>(), y.AsSpan<byte>()); break;
            default: throw new NotSupportedException($"{operation} is not defined for {x.DType}. Convert with To(DType).");
        }
        GC.KeepAlive(source);
        return y;
    }

    /// <summary>f over the broadcast operands, in their promoted type.</summary>
    /// <param name="floating">Integers are converted to the default floating type first, as division does.</param>
    internal static Tensor Zip<F>(Tensor a, Tensor b, bool floating = false, [CallerMemberName] string operation = "") where F : struct, IBinaryKernel
    {
        // A 0-d operand of the same category does not widen the other, as PyTorch has it.
        var dtype = ResultType(a, b);
        if (floating && !dtype.IsFloatingPoint) dtype = Tensor.DefaultDType;
        return Zip<F>(a, b, dtype, operation);
    }

    /// <summary>f over the broadcast operands, converted to one type.</summary>
    internal static Tensor Zip<F>(Tensor a, Tensor b, DType dtype, string operation) where F : struct, IBinaryKernel
    {
        if (a.DType == dtype && b.DType == dtype && dtype is (DType.Float32 or DType.Float64)) return ZipSame<F>(a, b, dtype, operation);
        if (NarrowPointwise.TryZip<F>(a, b, dtype, operation) is { } narrow) return narrow;
        if (dtype.IsReduced) return Zip<F>(a, b, DType.Float32, operation).To(dtype);
        return ZipSame<F>(a.To(dtype), b.To(dtype), dtype, operation);
    }

    /// <summary>f over the broadcast operands, both of one type that is computed in.</summary>
    static Tensor ZipSame<F>(Tensor a, Tensor b, DType dtype, string operation) where F : struct, IBinaryKernel
    {
        var shape = Shape.Broadcast(a.Shape, b.Shape, operation);
        int elements = shape.Elements;
        if (Chains.Take(elements, dtype) && Chains.Zip(StepOf<F>(dtype), a, b, shape, elements) is { } later) return later;
        var y = Tensor.Uninitialized(shape, dtype);
        ZipInto<F>(y, a, b, operation);
        return y;
    }

    /// <summary>The function as a step of a chain, or null where a chain would give other bits.</summary>
    internal static ChainStep? StepOfMap<F>(DType type) where F : struct, IUnaryKernel => type == DType.Float32
        ? F.LooksAside<float>() ? null : MapStep<float, F>.Instance
        : F.LooksAside<double>() ? null : MapStep<double, F>.Instance;

    /// <summary>The function as a step of a chain.</summary>
    internal static ChainStep StepOf<F>(DType type) where F : struct, IBinaryKernel =>
        type == DType.Float32 ? ZipStep<float, F>.Instance : ZipStep<double, F>.Instance;

    /// <summary>y = f(a, b) where y has the broadcast shape, and all have one type; y may be a or b.</summary>
    internal static void ZipInto<F>(Tensor y, Tensor a, Tensor b, [CallerMemberName] string operation = "") where F : struct, IBinaryKernel
    {
        switch (y.DType)
        {
            case DType.Float32: ZipAs<float, F>(y, a, b); break;
            case DType.Float64: ZipAs<double, F>(y, a, b); break;
            case DType.Int64: ZipAs<long, F>(y, a, b); break;
            case DType.Int32: ZipAs<int, F>(y, a, b); break;
            case DType.Int8: ZipAs<sbyte, F>(y, a, b); break;
            case DType.UInt8: ZipAs<byte, F>(y, a, b); break;
            default: throw new NotSupportedException($"{operation} is not defined for {y.DType}. Convert with To(DType).");
        }
        GC.KeepAlive(a);
        GC.KeepAlive(b);
    }

    static void ZipAs<T, F>(Tensor y, Tensor a, Tensor b) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        if (y.IsContiguous && a.IsContiguous && b.IsContiguous)
        {
            int n = y.Elements, na = a.Elements, nb = b.Elements;
            if ((na == n && (nb == n || nb == 1)) || (na == 1 && nb == n))
            {
                Elementwise.Zip<T, F>(a.AsSpan<T>(), b.AsSpan<T>(), y.AsSpan<T>());
                return;
            }
            if ((na == n && EndsWith(y.Shape, b.Shape)) || (nb == n && EndsWith(y.Shape, a.Shape)))
            {
                Elementwise.ZipRows<T, F>(a.AsSpan<T>(), b.AsSpan<T>(), y.AsSpan<T>());
                return;
            }
        }
        if (y.Elements == 0) return;
        Elementwise.Zip<T, F>(new LoopNest(y.Shape.AsSpan(), y.StrideArray, BroadcastStrides(a, y.Shape), BroadcastStrides(b, y.Shape)),
            ref y.First<T>(), ref a.First<T>(), ref b.First<T>());
    }

    /// <summary>Whether an operand of shape <paramref name="part"/> repeats as a whole: a bias beside the rows of a batch.</summary>
    internal static bool EndsWith(Shape whole, Shape part)
    {
        ReadOnlySpan<int> all = whole.AsSpan(), end = part.AsSpan();
        while (end.Length > 0 && end[0] == 1) end = end[1..];
        return end.Length > 0 && whole.Elements > 0 && all.EndsWith(end);
    }

    /// <summary>f over every element and one number, without a tensor for the number.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="number">The number.</param>
    /// <param name="floating">Integers are converted to the default floating type first.</param>
    /// <param name="left">The number is the first operand.</param>
    /// <param name="operation">The operation's name.</param>
    internal static Tensor Zip<F>(Tensor x, Scalar number, bool floating = false, bool left = false, [CallerMemberName] string operation = "") where F : struct, IBinaryKernel
    {
        var dtype = DType.Promote(x.DType, number);
        if (floating && !dtype.IsFloatingPoint) dtype = Tensor.DefaultDType;
        if (x.DType != dtype) x = x.To(dtype);
        if (dtype.IsReduced) return NarrowPointwise.Zip<F>(x, number, left);
        int elements = x.Elements;
        if (Chains.Take(elements, dtype) && Chains.Zip(StepOf<F>(dtype), x, number, left, elements) is { } later) return later;
        var y = Tensor.Uninitialized(x.Shape, dtype);
        ZipInto<F>(y, x, number, left, operation);
        return y;
    }

    /// <summary>y = f(x, number), all of one type; y is contiguous, and may be x.</summary>
    internal static void ZipInto<F>(Tensor y, Tensor x, Scalar number, bool left = false, [CallerMemberName] string operation = "") where F : struct, IBinaryKernel
    {
        var source = x.Contiguous();
        switch (y.DType)
        {
            case DType.Float32: ZipNumber<float, F>(y, source, number, left); break;
            case DType.Float64: ZipNumber<double, F>(y, source, number, left); break;
            case DType.Int64: ZipNumber<long, F>(y, source, number, left); break;
            case DType.Int32: ZipNumber<int, F>(y, source, number, left); break;
            case DType.Int8: ZipNumber<sbyte, F>(y, source, number, left); break;
            case DType.UInt8: ZipNumber<byte, F>(y, source, number, left); break;
            default: throw new NotSupportedException($"{operation} is not defined for {y.DType}. Convert with To(DType).");
        }
        GC.KeepAlive(source);
        GC.KeepAlive(y);
    }

    static void ZipNumber<T, F>(Tensor y, Tensor x, Scalar number, bool left) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, IBinaryKernel
    {
        T value = number.To<T>();
        var one = new ReadOnlySpan<T>(in value);
        if (left) Elementwise.Zip<T, F>(one, x.AsSpan<T>(), y.AsSpan<T>());
        else Elementwise.Zip<T, F>(x.AsSpan<T>(), one, y.AsSpan<T>());
    }

    /// <summary>A comparison of every element with one number.</summary>
    internal static Tensor Compare<F>(Tensor given, Scalar number, [CallerMemberName] string operation = "") where F : struct, ICompareKernel
    {
        var dtype = ComputedAs(DType.Promote(given.DType, number));
        var x = given.To(dtype).Contiguous();
        var y = Tensor.Uninitialized(x.Shape, DType.Bool);
        switch (dtype)
        {
            case DType.Float32: CompareNumber<float, F>(y, x, number); break;
            case DType.Float64: CompareNumber<double, F>(y, x, number); break;
            case DType.Int64: CompareNumber<long, F>(y, x, number); break;
            case DType.Int32: CompareNumber<int, F>(y, x, number); break;
            case DType.Int8: CompareNumber<sbyte, F>(y, x, number); break;
            default: CompareNumber<byte, F>(y, x, number); break;
        }
        GC.KeepAlive(x);
        return OperationTrace.IsOn ? OperationTrace.Add(y, [given], number, operation) : y;
    }

    static void CompareNumber<T, F>(Tensor y, Tensor x, Scalar number) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel
    {
        if (y.Elements == 0) return;
        T value = number.To<T>();
        int[] along = [1], still = [0];
        Elementwise.Compare<T, F>(new LoopNest([y.Elements], along, along, still), ref y.First<byte>(), ref x.First<T>(), ref value);
    }

    static DType ComputedAs(DType type) => type.IsReduced ? DType.Float32 : type == DType.Bool ? DType.UInt8 : type;

    /// <summary>Both operands in their promoted type, the conversion recorded, so that each gradient has its operand's type.</summary>
    internal static (Tensor A, Tensor B) Promoted(Tensor a, Tensor b, bool floating = false)
    {
        var dtype = ResultType(a, b);
        if (floating && !dtype.IsFloatingPoint) dtype = Tensor.DefaultDType;
        return (a.To(dtype), b.To(dtype));
    }

    /// <summary>A comparison of the broadcast operands in their promoted type.</summary>
    internal static Tensor Compare<F>(Tensor a, Tensor b, [CallerMemberName] string operation = "") where F : struct, ICompareKernel
    {
        var dtype = ComputedAs(ResultType(a, b));
        var y = Tensor.Uninitialized(Shape.Broadcast(a.Shape, b.Shape, operation), DType.Bool);
        if (OperationTrace.IsOn) OperationTrace.Add(y, [a, b], null, operation);
        a = a.To(dtype);
        b = b.To(dtype);
        if (y.Elements == 0) return y;
        switch (dtype)
        {
            case DType.Float32: CompareAs<float, F>(y, a, b); break;
            case DType.Float64: CompareAs<double, F>(y, a, b); break;
            case DType.Int64: CompareAs<long, F>(y, a, b); break;
            case DType.Int32: CompareAs<int, F>(y, a, b); break;
            case DType.Int8: CompareAs<sbyte, F>(y, a, b); break;
            default: CompareAs<byte, F>(y, a, b); break;
        }
        GC.KeepAlive(a);
        GC.KeepAlive(b);
        return y;
    }

    static void CompareAs<T, F>(Tensor y, Tensor a, Tensor b) where T : unmanaged, INumber<T>, IMinMaxValue<T> where F : struct, ICompareKernel =>
        Elementwise.Compare<T, F>(new LoopNest(y.Shape.AsSpan(), y.StrideArray, BroadcastStrides(a, y.Shape), BroadcastStrides(b, y.Shape)),
            ref y.First<byte>(), ref a.First<T>(), ref b.First<T>());

    /// <summary>
    /// The promoted type: tensors with dimensions decide; a 0-d tensor changes the result only if its category is higher.
    /// </summary>
    internal static DType ResultType(Tensor a, Tensor b)
    {
        if (a.DType == b.DType) return a.DType;
        if (a.Rank == 0 == (b.Rank == 0)) return DType.Promote(a.DType, b.DType);
        var (wide, number) = a.Rank > 0 ? (a.DType, b.DType) : (b.DType, a.DType);
        return Category(number) > Category(wide) ? number : wide;
    }

    static int Category(DType type) => type == DType.Bool ? 0 : type.IsInteger ? 1 : 2;

    /// <summary>Strides of a tensor seen as of a shape it broadcasts to: 0 where it repeats.</summary>
    internal static int[] BroadcastStrides(Tensor x, Shape shape)
    {
        var strides = new int[shape.Rank];
        var own = x.StrideArray;
        for (int i = 1; i <= x.Rank; i++)
            strides[^i] = x.Shape[^i] == 1 ? 0 : own[^i];
        return strides;
    }

    /// <summary>A 0-d tensor of a number, in the type that it has beside <paramref name="beside"/>.</summary>
    internal static Tensor Number(Scalar value, Tensor beside) => Tensor.Full([], value, DType.Promote(beside.DType, value));
}
