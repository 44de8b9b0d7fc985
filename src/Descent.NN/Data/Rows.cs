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
        ReadOnlySpan<byte> from = x.AsBytes();
        var to = y.AsBytes();
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
}
