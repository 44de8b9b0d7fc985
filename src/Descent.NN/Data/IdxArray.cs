using System.Runtime.InteropServices;

namespace Descent.NN;

/// <summary>Element types of the IDX format, by the code in its header.</summary>
public enum IdxType : byte
{
    /// <summary>Unsigned bytes: images and labels.</summary>
    UInt8 = 0x08,

    /// <summary>Signed bytes.</summary>
    Int8 = 0x09,

    /// <summary>16-bit integers.</summary>
    Int16 = 0x0B,

    /// <summary>32-bit integers.</summary>
    Int32 = 0x0C,

    /// <summary>Single precision.</summary>
    Float32 = 0x0D,

    /// <summary>Double precision.</summary>
    Float64 = 0x0E,
}

/// <summary>What an IDX file holds: a dense row-major array.</summary>
public sealed class IdxArray
{
    /// <param name="type">Type of the elements.</param>
    /// <param name="dims">Sizes, the slowest first; one to 255 of them.</param>
    /// <param name="data">The elements in this machine's byte order.</param>
    /// <exception cref="ArgumentException">The sizes and the length of the data do not agree.</exception>
    public IdxArray(IdxType type, int[] dims, byte[] data)
    {
        ArgumentNullException.ThrowIfNull(dims);
        ArgumentNullException.ThrowIfNull(data);
        if (dims.Length is 0 or > 255 || dims.Any(d => d < 0))
            throw new ArgumentException($"The shape is ({string.Join(", ", dims)}). " +
                "Expected 1 to 255 sizes of at least 0.", nameof(dims));
        if (ByteLength(type, dims) is var expected && expected != data.Length)
            throw new ArgumentException($"{type} of shape ({string.Join(", ", dims)}) takes {expected} bytes, " +
                $"not {data.Length}.", nameof(data));
        (Type, Dims, Data) = (type, dims, data);
    }

    /// <summary>Type of the elements.</summary>
    public IdxType Type { get; }

    /// <summary>Sizes, the slowest first; images are (count, height, width).</summary>
    public int[] Dims { get; }

    /// <summary>The elements in this machine's byte order.</summary>
    public byte[] Data { get; }

    /// <summary>The elements as what they are.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public ReadOnlySpan<T> AsSpan<T>() where T : unmanaged =>
        TypeOf<T>() == Type
            ? MemoryMarshal.Cast<byte, T>(Data)
            : throw new InvalidOperationException($"The elements are {Type}, not {typeof(T).Name}.");

    internal static int SizeOf(IdxType type) => type switch
    {
        IdxType.UInt8 or IdxType.Int8 => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Float32 => 4,
        IdxType.Float64 => 8,
        _ => 0,
    };

    /// <summary>Bytes of the elements; null where they do not fit a 64-bit number.</summary>
    internal static long? ByteLength(IdxType type, int[] dims)
    {
        if (dims.Contains(0))
            return 0;
        long length = SizeOf(type);
        foreach (var dim in dims)
        {
            if (length > long.MaxValue / dim)
                return null;
            length *= dim;
        }

        return length;
    }

    static IdxType? TypeOf<T>() =>
        typeof(T) == typeof(byte) ? IdxType.UInt8
        : typeof(T) == typeof(sbyte) ? IdxType.Int8
        : typeof(T) == typeof(short) ? IdxType.Int16
        : typeof(T) == typeof(int) ? IdxType.Int32
        : typeof(T) == typeof(float) ? IdxType.Float32
        : typeof(T) == typeof(double) ? IdxType.Float64
        : null;
}
