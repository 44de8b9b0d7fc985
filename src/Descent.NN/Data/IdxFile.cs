using System.Buffers.Binary;
using System.IO.Compression;
using Descent.Tensors.Formats;

namespace Descent.NN;

/// <summary>
/// Files of MNIST's format: two zero bytes, the element type, the rank, the sizes as big-endian 32-bit numbers, then
/// the elements, big-endian. Plain or packed by gzip, which the first bytes tell.
/// </summary>
/// <remarks>LeCun, Cortes and Burges, "The MNIST database of handwritten digits": "The IDX file format".</remarks>
public static class IdxFile
{
    // A gzip file above both figures is taken for a bomb; MNIST's own are packed 2 to 6 times.
    const int MaxRatio = 100;
    const int SmallBytes = 16 << 20;

    /// <summary>Reads a file of the IDX format, as it is or packed by gzip.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not a complete IDX file; the message names the byte.</exception>
    public static IdxArray Read(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file, path);
    }

    /// <summary>Reads a whole stream that can seek; <paramref name="name"/> is how messages call it.</summary>
    /// <exception cref="InvalidDataException">It is not a complete IDX file; the message names the byte.</exception>
    public static IdxArray Read(Stream file, string name = "IDX file")
    {
        ArgumentNullException.ThrowIfNull(file);
        var isPacked = IsGzip(file);
        var total = isPacked ? UnpackedLength(file, name) : file.Length;
        file.Position = 0;
        using var unpacked = isPacked ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : null;
        var stream = unpacked ?? file;

        var (type, dims, length) = ReadHeader(stream, name);
        var header = 4 + 4 * dims.Length;
        if (total - header is var rest && rest != length)
            throw Damaged(name, header + Math.Min(rest, length),
                $"the header promises {length} bytes of data, but {rest} follow it.");

        var data = new byte[length];
        stream.ReadExactly(data);
        SwapBytes(data, IdxArray.SizeOf(type));
        return new(type, dims, data);
    }

    /// <summary>Writes a file, packed if its name ends in ".gz". What was there before stays whole until the end.</summary>
    public static void Write(string path, IdxArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        AtomicFile.Write(path, file =>
        {
            if (!path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            {
                Write(file, array);
                return;
            }
            using var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            Write(gzip, array);
        });
    }

    /// <summary>Writes the array, unpacked.</summary>
    public static void Write(Stream stream, IdxArray array)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(array);
        stream.Write([0, 0, (byte)array.Type, (byte)array.Dims.Length]);
        Span<byte> size = stackalloc byte[sizeof(int)];
        foreach (var dim in array.Dims)
        {
            BinaryPrimitives.WriteInt32BigEndian(size, dim);
            stream.Write(size);
        }

        var data = array.Data;
        if (IdxArray.SizeOf(array.Type) > 1)
            SwapBytes(data = [.. data], IdxArray.SizeOf(array.Type));
        stream.Write(data);
    }

    static bool IsGzip(Stream file)
    {
        file.Position = 0;
        return file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
    }

    static long UnpackedLength(Stream file, string name)
    {
        file.Position = 0;
        var limit = Math.Max(SmallBytes, MaxRatio * file.Length);
        long length;
        try
        {
            using var gzip = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
            length = Inflated.Count(gzip, limit);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(name, file.Position, $"the gzip data are damaged before here. {error.Message}", error);
        }

        if (length > limit)
            throw Damaged(name, file.Position, $"{file.Length} packed bytes unpack to more than {MaxRatio} times as many, " +
                "as gzip bombs do. If the file is sound, unpack it with gunzip and read that.");

        // A gzip file ends with its unpacked length: what is cut off or appended shows there.
        Span<byte> end = stackalloc byte[sizeof(uint)];
        file.Position = Math.Max(0, file.Length - end.Length);
        var read = file.ReadAtLeast(end, end.Length, throwOnEndOfStream: false);
        if (read < end.Length || BinaryPrimitives.ReadUInt32LittleEndian(end) != (uint)length)
            throw Damaged(name, file.Length, "the gzip data are cut off, or something follows them.");
        return length;
    }

    static (IdxType Type, int[] Dims, long Length) ReadHeader(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(stream, bytes, name, 0);
        var type = (IdxType)bytes[2];
        if (bytes[0] != 0 || bytes[1] != 0)
            throw Damaged(name, 0, $"found {bytes[0]:x2} {bytes[1]:x2} where IDX files start with 00 00.");
        if (IdxArray.SizeOf(type) == 0)
            throw Damaged(name, 2, $"the element type 0x{bytes[2]:x2} is none of 08, 09, 0b, 0c, 0d, 0e.");
        if (bytes[3] == 0)
            throw Damaged(name, 3, "the rank is 0. Expected at least 1.");

        var dims = new int[bytes[3]];
        for (var i = 0; i < dims.Length; i++)
        {
            Fill(stream, bytes, name, 4 + 4 * i);
            dims[i] = BinaryPrimitives.ReadInt32BigEndian(bytes);
            if (dims[i] < 0)
                throw Damaged(name, 4 + 4 * i, $"size {i} is {(uint)dims[i]}. Expected at most {int.MaxValue}.");
        }

        if (IdxArray.ByteLength(type, dims) is not { } length || length > Array.MaxLength)
            throw Damaged(name, 4, $"{type} of shape ({string.Join(", ", dims)}) is more than {Array.MaxLength} bytes.");
        return (type, dims, length);
    }

    static void Fill(Stream stream, Span<byte> bytes, string name, long offset)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) is var read && read < bytes.Length)
            throw Damaged(name, offset + read, "the header is cut off.");
    }

    static void SwapBytes(byte[] data, int size)
    {
        if (size == 1 || !BitConverter.IsLittleEndian)
            return;
        for (var start = 0; start < data.Length; start += size)
            data.AsSpan(start, size).Reverse();
    }

    static InvalidDataException Damaged(string name, long offset, string what, Exception? cause = null) =>
        new($"{name}: byte {offset}: {what}", cause);
}
