namespace Descent.Tensors.Formats;

/// <summary>One array in NumPy's .npy format.</summary>
/// <remarks>https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1.0 to 3.0.</remarks>
public static class Npy
{
    /// <summary>
    /// Reads an array of numbers or bools in either byte order. One in Fortran order becomes a transposed view, without a
    /// copy. <c>i2</c> and <c>u2</c> are widened to Int32, <c>u4</c> and <c>u8</c> to Int64.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is damaged, or holds what tensors do not; the message names the byte.</exception>
    public static Tensor Load(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Read(file, file.Length, path);
    }

    /// <summary>Reads an array from a file in memory, as <see cref="Load(string)"/> does.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or holds what tensors do not; the message names the byte.</exception>
    public static Tensor Load(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var stream = new MemoryStream(file, writable: false);
        return Read(stream, file.Length, "npy");
    }

    /// <summary>Writes version 1.0, row-major and little-endian; what was there before stays whole until the new file is on the disk.</summary>
    /// <exception cref="NotSupportedException">The elements are BFloat16.</exception>
    public static void Save(string path, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        AtomicFile.Write(path, file => Save(file, tensor));
    }

    /// <summary>Writes version 1.0, row-major and little-endian.</summary>
    /// <exception cref="NotSupportedException">The elements are BFloat16.</exception>
    public static void Save(Stream stream, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensor);
        stream.Write(NpyHeader.Create(tensor.DType, tensor.Shape));
        ElementStream.Write(tensor, stream);
    }

    /// <summary>Reads an array that takes exactly <paramref name="length"/> bytes, which must really be there.</summary>
    internal static Tensor Read(Stream stream, long length, string file)
    {
        var header = NpyHeader.Read(stream, file);
        if (length - header.Bytes != header.DataBytes)
            throw Damage.At(file, Math.Min(length, header.Bytes + header.DataBytes),
                $"the header promises {header.DataBytes} bytes of data, but {length - header.Bytes} follow it.");
        int[] sizes = header.Sizes;
        if (!header.IsFortran || sizes.Length < 2)
        {
            var x = Tensor.Uninitialized(new(sizes), header.Type.Loaded);
            ElementStream.Read(x, stream, header.Type, header.IsBigEndian, file, header.Bytes);
            return x;
        }
        // Read as the row-major array of the reversed shape that it also is.
        var reversed = Tensor.Uninitialized(new(sizes.Reverse().ToArray()), header.Type.Loaded);
        ElementStream.Read(reversed, stream, header.Type, header.IsBigEndian, file, header.Bytes);
        var shape = new Shape(sizes);
        return new(reversed.Storage, shape, Tensor.Normalize(shape, [.. reversed.StrideArray.Reverse()]), 0, reversed.DType);
    }
}
