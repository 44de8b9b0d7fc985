using Descent.Tensors;

namespace Descent.NN;

/// <summary>Element types by the numbers that ONNX gives them, and elements as bytes.</summary>
static class OnnxTypes
{
    internal static int Number(DType type) => type switch
    {
        DType.Float32 => 1,
        DType.UInt8 => 2,
        DType.Int8 => 3,
        DType.Int32 => 6,
        DType.Int64 => 7,
        DType.Bool => 9,
        DType.Float16 => 10,
        DType.Float64 => 11,
        _ => 16,
    };

    internal static DType? Find(long number) => number switch
    {
        1 => DType.Float32,
        2 => DType.UInt8,
        3 => DType.Int8,
        6 => DType.Int32,
        7 => DType.Int64,
        9 => DType.Bool,
        10 => DType.Float16,
        11 => DType.Float64,
        16 => DType.BFloat16,
        _ => null,
    };

    /// <summary>The elements in row-major order, little-endian.</summary>
    internal static byte[] Bytes(Tensor x)
    {
        x = x.Detach().Contiguous();
        byte[] bytes = x.AsBytes().ToArray();
        GC.KeepAlive(x);
        Swap(bytes, x.DType.Size);
        return bytes;
    }

    /// <summary>A tensor of a shape that holds exactly these bytes.</summary>
    internal static Tensor Read(ReadOnlySpan<byte> bytes, Shape shape, DType type)
    {
        var y = Tensor.Empty(shape, type);
        var memory = y.AsBytes();
        bytes.CopyTo(memory);
        Swap(memory, type.Size);
        return y;
    }

    static void Swap(Span<byte> bytes, int size)
    {
        if (BitConverter.IsLittleEndian || size == 1) return;
        for (int i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
    }
}
