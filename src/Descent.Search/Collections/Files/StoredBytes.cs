using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Descent.Search;

/// <summary>Bytes of files, and vectors in them as little-endian float32.</summary>
static class StoredBytes
{
    internal static void WriteVector(ReadOnlySpan<float> vector, Span<byte> bytes)
    {
        if (BitConverter.IsLittleEndian) MemoryMarshal.AsBytes(vector).CopyTo(bytes);
        else
            for (int i = 0; i < vector.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes[(sizeof(float) * i)..], vector[i]);
    }

    internal static void ReadVector(ReadOnlySpan<byte> bytes, Span<float> vector)
    {
        if (BitConverter.IsLittleEndian) bytes[..(sizeof(float) * vector.Length)].CopyTo(MemoryMarshal.AsBytes(vector));
        else
            for (int i = 0; i < vector.Length; i++) vector[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(sizeof(float) * i)..]);
    }

    /// <summary>Fills bytes from a place in a file; false where it ends before.</summary>
    internal static bool TryRead(SafeFileHandle file, Span<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            int read = RandomAccess.Read(file, bytes, position);
            if (read == 0) return false;
            position += read;
            bytes = bytes[read..];
        }
        return true;
    }

    /// <exception cref="InvalidDataException">An element cannot be in an index.</exception>
    internal static void CheckVector(ReadOnlySpan<byte> bytes, RowCodec codec, in ByteReader reader)
    {
        for (int i = 0; i < bytes.Length; i += sizeof(float))
            if (!(Math.Abs(BinaryPrimitives.ReadSingleLittleEndian(bytes[i..])) <= codec.Greatest))
                throw reader.Damage($"element {i / sizeof(float)} of the vector before is not finite or too large.");
    }
}
