using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Rows of a tensor, copied into a new one.</summary>
static class Rows
{
    /// <summary>The rows of these numbers: <c>(count, …)</c> becomes <c>(indices, …)</c>.</summary>
    /// <exception cref="DatasetException">A number is out of range.</exception>
    internal static Tensor Gather(Tensor x, ReadOnlySpan<int> indices)
    {
        var shape = x.Shape.ToArray();
        shape[0] = indices.Length;
        var y = Tensor.Empty(shape, x.DType);
        ReadOnlySpan<byte> from = Bytes(x);
        var to = Bytes(y);
        int row = x.Shape[1..].Elements * x.DType.Size;
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)x.Shape[0]) throw OutOfRange(indices[i], x.Shape[0]);
            from.Slice(indices[i] * row, row).CopyTo(to[(i * row)..]);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return y;
    }

    internal static DatasetException OutOfRange(int index, int count) =>
        new(index, new ArgumentOutOfRangeException(nameof(index), $"There are {count} examples."));

    /// <summary>The memory of a contiguous tensor; valid while the tensor is reachable.</summary>
    internal static Span<byte> Bytes(Tensor x) => x.DType switch
    {
        DType.Float32 => MemoryMarshal.AsBytes(x.AsSpan<float>()),
        DType.Float64 => MemoryMarshal.AsBytes(x.AsSpan<double>()),
        DType.Float16 => MemoryMarshal.AsBytes(x.AsSpan<Half>()),
        DType.BFloat16 => MemoryMarshal.AsBytes(x.AsSpan<BFloat16>()),
        DType.Int64 => MemoryMarshal.AsBytes(x.AsSpan<long>()),
        DType.Int32 => MemoryMarshal.AsBytes(x.AsSpan<int>()),
        DType.Int8 => MemoryMarshal.AsBytes(x.AsSpan<sbyte>()),
        DType.UInt8 => x.AsSpan<byte>(),
        _ => MemoryMarshal.AsBytes(x.AsSpan<bool>()),
    };
}
