using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>From tensors to the kernels that follow indices; nothing here is recorded.</summary>
static class Indexed
{
    /// <summary>The indices as contiguous Int64, each checked to lie within a dimension.</summary>
    /// <param name="index">Integers.</param>
    /// <param name="dim">The dimension they point into.</param>
    /// <param name="shape">The shape it belongs to.</param>
    /// <param name="wraps">Whether negative ones count from the end.</param>
    internal static Tensor Checked(Tensor index, int dim, Shape shape, bool wraps = false, [CallerMemberName] string operation = "")
    {
        if (!index.DType.IsInteger)
            throw new ArgumentException($"{operation}: the indices are {index.DType}; expected Int64 or another integer type.");
        int size = shape.Rank == 0 ? 1 : shape[dim];
        var y = index.To(DType.Int64).Contiguous();
        if (y.Elements == 0) return y;
        var values = y.AsSpan<long>();
        long least = TensorPrimitives.Min<long>(values), most = TensorPrimitives.Max<long>(values), low = wraps ? -size : 0;
        if (least < low || most >= size)
            throw new ArgumentOutOfRangeException(nameof(index), $"{operation}: index {(least < low ? least : most)} is out of range for " +
                $"dimension {dim} of {shape}. " + (size == 0 ? "The dimension is empty." : $"Expected {low} to {size - 1}."));
        if (least >= 0) return y;
        var wrapped = Tensor.Uninitialized(y.Shape, DType.Int64);
        var target = wrapped.AsSpan<long>();
        for (int i = 0; i < target.Length; i++) target[i] = values[i] < 0 ? values[i] + size : values[i];
        GC.KeepAlive(y);
        return wrapped;
    }

    /// <summary>The rows along a dimension that a list of checked indices names, contiguous.</summary>
    internal static Tensor FetchRows(Tensor x, int dim, Tensor rows)
    {
        var source = x.Detach().Contiguous();
        var y = Tensor.Uninitialized([.. x.Shape[..dim], rows.Elements, .. x.Shape[(dim + 1)..]], x.DType);
        switch (x.DType.Size)
        {
            case 8: Run<long>(); break;
            case 4: Run<int>(); break;
            case 2: Run<short>(); break;
            default: Run<byte>(); break;
        }
        GC.KeepAlive(source);
        GC.KeepAlive(rows);
        return y;

        void Run<T>() where T : unmanaged, INumber<T> => IndexedRows.Fetch(ref source.First<T>(), ref rows.First<long>(), ref y.First<T>(),
            x.Shape[..dim].Elements, x.Shape[dim], x.Shape[(dim + 1)..].Elements, rows.Elements);
    }

    /// <summary>Rows of a contiguous y along a dimension meet the rows of values, of y's type.</summary>
    internal static void UpdateRows<F>(Tensor y, int dim, Tensor rows, Tensor values) where F : struct, IIndexedKernel
    {
        var plain = values.Detach().Contiguous();
        Dispatch<F, RowsCall>(y.DType, new() { Y = y, Dim = dim, Index = rows, Plain = plain });
        GC.KeepAlive(plain);
        GC.KeepAlive(rows);
        GC.KeepAlive(y);
    }

    /// <summary>Elements of x along a dimension meet those of plain; the checked index has the shape of plain.</summary>
    internal static void Lines<F>(Tensor x, int dim, Tensor index, Tensor plain) where F : struct, IIndexedKernel
    {
        if (index.Elements == 0) return;
        Dispatch<F, LinesCall>(x.DType, new() { Y = x, Dim = dim, Index = index, Plain = plain });
        GC.KeepAlive(x);
        GC.KeepAlive(index);
        GC.KeepAlive(plain);
    }

    interface ICall
    {
        void Run<T, F>() where T : unmanaged, INumber<T> where F : struct, IIndexedKernel;
    }

    static void Dispatch<F, TCall>(DType type, TCall call) where F : struct, IIndexedKernel where TCall : struct, ICall
    {
        // Moves look at bits only, so that one instance serves every type of that size.
        bool moves = typeof(F) == typeof(FetchKernel) || typeof(F) == typeof(PutKernel);
        switch (type)
        {
            case DType.Float32 when !moves: call.Run<float, F>(); break;
            case DType.Float64 when !moves: call.Run<double, F>(); break;
            case DType.Float64 or DType.Int64: call.Run<long, F>(); break;
            case DType.Float32 or DType.Int32: call.Run<int, F>(); break;
            case DType.Float16 or DType.BFloat16 when moves: call.Run<short, F>(); break;
            case DType.Int8 when !moves: call.Run<sbyte, F>(); break;
            case DType.UInt8: call.Run<byte, F>(); break;
            case DType.Bool or DType.Int8 when moves: call.Run<byte, F>(); break;
            default: throw new NotSupportedException($"Accumulating at indices is not defined for {type}. Convert with To(DType).");
        }
    }

    struct RowsCall : ICall
    {
        internal Tensor Y, Index, Plain;
        internal int Dim;

        public readonly void Run<T, F>() where T : unmanaged, INumber<T> where F : struct, IIndexedKernel =>
            IndexedRows.Update<T, F>(ref Y.First<T>(), ref Index.First<long>(), ref Plain.First<T>(),
                Y.Shape[..Dim].Elements, Y.Shape[Dim], Y.Shape[(Dim + 1)..].Elements, Index.Elements);
    }

    struct LinesCall : ICall
    {
        internal Tensor Y, Index, Plain;
        internal int Dim;

        public readonly void Run<T, F>() where T : unmanaged, INumber<T> where F : struct, IIndexedKernel
        {
            int[] x = Y.StrideArray, at = Index.StrideArray, plain = Plain.StrideArray;
            int dim = Dim;
            var lines = new LoopNest([.. Index.Shape[..dim], .. Index.Shape[(dim + 1)..]], Without(x), Without(at), Without(plain));
            IndexedLines.Run<T, F>(lines, Index.Shape[dim], (x[dim], at[dim], plain[dim]), ref Y.First<T>(), ref Index.First<long>(), ref Plain.First<T>());

            int[] Without(int[] strides) => [.. strides[..dim], .. strides[(dim + 1)..]];
        }
    }
}
