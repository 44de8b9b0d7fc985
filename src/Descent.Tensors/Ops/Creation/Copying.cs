using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Copies: of layout, of element type, of contents.</summary>
public static class Copying
{
    extension(Tensor x)
    {
        /// <summary>This tensor if its layout is row-major without gaps, otherwise a copy that is.</summary>
        public Tensor Contiguous() => x.IsContiguous ? x : x.Clone();

        /// <summary>A copy in memory of its own.</summary>
        public Tensor Clone()
        {
            var y = Tensor.Uninitialized(x.Shape, x.DType);
            CopyInto(y, x);
            return Autograd.Record(y, 0, (x, static (dy, _) => dy));
        }

        /// <summary>This tensor if it has that type, otherwise a converted copy. Fractions are cut towards zero; a bool is "not zero".</summary>
        public Tensor To(DType dtype)
        {
            if (x.DType == dtype) return x;
            var y = Tensor.Uninitialized(x.Shape, dtype);
            CopyInto(y, x);
            return Autograd.Record(y, x.DType, (x, static (dy, type) => dy.To(type)));
        }

        /// <summary>Overwrites this tensor with <paramref name="source"/>, broadcast and converted.</summary>
        /// <exception cref="ShapeException">The source does not broadcast to this shape.</exception>
        public Tensor Copy_(Tensor source) => InPlace.Apply(x, source, static (old, source) => source.To(old.DType).Expand(old.Shape),
            static (x, source) => CopyInto(x, source.Expand(x.Shape)), source: source);
    }

    /// <summary>y = x, converted; the shapes agree. Neither the version nor the graph is touched.</summary>
    internal static void CopyInto(Tensor y, Tensor x)
    {
        if (x.Elements == 0) return;
        var nest = new LoopNest(y.Shape.AsSpan(), y.StrideArray, x.StrideArray);
        if (y.DType == x.DType)
        {
            switch (y.DType.Size)
            {
                case 8: StridedCopy.Copy(nest, ref y.First<long>(), ref x.First<long>()); break;
                case 4: StridedCopy.Copy(nest, ref y.First<int>(), ref x.First<int>()); break;
                case 2: StridedCopy.Copy(nest, ref y.First<short>(), ref x.First<short>()); break;
                default: StridedCopy.Copy(nest, ref y.First<byte>(), ref x.First<byte>()); break;
            }
        }
        else Convert(nest, y, x);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
    }

    static void Convert(in LoopNest nest, Tensor y, Tensor x)
    {
        switch (x.DType)
        {
            case DType.Float32: ConvertFrom<float>(nest, y, x); break;
            case DType.Float64: ConvertFrom<double>(nest, y, x); break;
            case DType.Float16: ConvertFrom<Half>(nest, y, x); break;
            case DType.BFloat16: WidenBFloat16(nest, y, x); break;
            case DType.Int64: ConvertFrom<long>(nest, y, x); break;
            case DType.Int32: ConvertFrom<int>(nest, y, x); break;
            case DType.Int8: ConvertFrom<sbyte>(nest, y, x); break;
            default: ConvertFrom<byte>(nest, y, x); break;
        }
    }

    static void ConvertFrom<T>(in LoopNest nest, Tensor y, Tensor x) where T : unmanaged, INumber<T>
    {
        ref T from = ref x.First<T>();
        switch (y.DType)
        {
            case DType.Float32: StridedCopy.Convert(nest, ref y.First<float>(), ref from); break;
            case DType.Float64: StridedCopy.Convert(nest, ref y.First<double>(), ref from); break;
            case DType.Float16: StridedCopy.Convert(nest, ref y.First<Half>(), ref from); break;
            case DType.BFloat16: StridedCopy.ToBFloat16(nest, ref y.First<BFloat16>(), ref from); break;
            case DType.Int64: StridedCopy.Convert(nest, ref y.First<long>(), ref from); break;
            case DType.Int32: StridedCopy.Convert(nest, ref y.First<int>(), ref from); break;
            case DType.Int8: StridedCopy.Convert(nest, ref y.First<sbyte>(), ref from); break;
            case DType.UInt8: StridedCopy.Convert(nest, ref y.First<byte>(), ref from); break;
            default: StridedCopy.ToBool(nest, ref y.First<byte>(), ref from); break;
        }
    }

    static void WidenBFloat16(in LoopNest nest, Tensor y, Tensor x)
    {
        if (y.DType == DType.Float32)
        {
            StridedCopy.FromBFloat16(nest, ref y.First<float>(), ref x.First<BFloat16>());
            return;
        }
        var wide = Tensor.Uninitialized(x.Shape, DType.Float32);
        CopyInto(wide, x);
        CopyInto(y, wide);
    }
}
