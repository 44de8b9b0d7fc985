using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>Little-endian numbers from a file of known length; every length is checked against what is left before memory is taken.</summary>
/// <param name="stream">The file.</param>
/// <param name="file">What errors call it.</param>
/// <param name="checksums">Whether sections are held against their checksums; false for what whoever made the file may have put right.</param>
sealed class IndexReader(Stream stream, string file, bool checksums = true)
{
    bool _isPassedOver;

    internal long Position { get; private set; }

    internal long Left => stream.Length - Position;

    /// <summary>CRC-32 of the section so far.</summary>
    internal uint Checksum { get; private set; }

    /// <summary>The version of the file.</summary>
    internal int Version { get; set; }

    /// <summary>The file, where what can stay in it is to do so.</summary>
    internal MappedFile? Mapped { get; init; }

    internal InvalidDataException Damage(string what) => DamageAt(Position, what);

    internal InvalidDataException DamageAt(long position, string what) => new($"{file}: byte {position}: {what}");

    internal void Bytes(Span<byte> bytes)
    {
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            Position += read;
            throw Damage("the file is cut off.");
        }
        Checksum = Crc32.Compute(bytes, Checksum);
        Position += read;
    }

    /// <summary>Reads the checksum at the end of a section.</summary>
    internal void EndSection(string name)
    {
        uint checksum = Checksum;
        if (Int32() != (int)checksum && checksums && !_isPassedOver) throw Damage($"the checksum of {name} is wrong.");
        (Checksum, _isPassedOver) = (0, false);
    }

    /// <summary>Passes over zeros to a place that is a multiple of some bytes; they belong to no section.</summary>
    internal void Align(int bytes)
    {
        Span<byte> zeros = stackalloc byte[(int)((bytes - Position % bytes) % bytes)];
        Bytes(zeros);
        if (zeros.ContainsAnyExcept((byte)0)) throw Damage("there is something where the file should be empty.");
        Checksum = 0;
    }

    /// <summary>Passes over bytes, which leaves the section's checksum open.</summary>
    internal void PassOver(long bytes)
    {
        if (bytes > Left) throw Damage("the file is cut off.");
        stream.Seek(bytes, SeekOrigin.Current);
        Position += bytes;
        _isPassedOver = true;
    }

    internal int Int32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        Bytes(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    internal long Int64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        Bytes(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>A number of a range.</summary>
    internal int Int32(int least, int most, string name)
    {
        int value = Int32();
        return value >= least && value <= most ? value : throw Damage($"{name} is {value}; expected {least} to {most}.");
    }

    /// <summary>A finite number of a range.</summary>
    internal float Single(float least, float most, string name)
    {
        float value = BitConverter.Int32BitsToSingle(Int32());
        return value >= least && value <= most ? value : throw Damage($"{name} is {value}; expected {least} to {most}.");
    }

    /// <summary>Finite numbers of at most some magnitude; the caller has checked that they are there.</summary>
    internal void Singles(Span<float> values, float most, string name)
    {
        var words = MemoryMarshal.Cast<float, int>(values);
        Bytes(MemoryMarshal.AsBytes(values));
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(words, words);
        int wrong = values.IndexOfAnyExceptInRange(-most, most);
        if (wrong >= 0) throw Damage($"{name}: number {wrong} of the last {values.Length} is {values[wrong]}; expected magnitudes of at most {most}.");
    }

    /// <summary>A count of things that take at least some bytes each of what is left.</summary>
    internal int Count(long bytesEach, string name)
    {
        int count = Int32(0, int.MaxValue, name);
        return count * bytesEach <= Left ? count : throw Damage($"{name} is {count}, for which {count * bytesEach} bytes should follow; {Left} do.");
    }

    internal string Text(int most, string name)
    {
        byte[] bytes = new byte[Int32(0, most, $"the length of {name}")];
        Bytes(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Numbers of a range; the caller has checked that they are there.</summary>
    internal void Int32s(Span<int> values, int least, int most, string name)
    {
        Bytes(MemoryMarshal.AsBytes(values));
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(values, values);
        int wrong = values.IndexOfAnyExceptInRange(least, most);
        if (wrong >= 0) throw Damage($"{name} {wrong} of the last {values.Length} is {values[wrong]}; expected {least} to {most}.");
    }
}
