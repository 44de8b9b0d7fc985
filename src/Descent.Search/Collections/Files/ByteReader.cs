using System.Buffers.Binary;

namespace Descent.Search;

/// <summary>Little-endian numbers from bytes of a file that may be anything; what does not fit is damage at a byte.</summary>
/// <param name="bytes">What is read.</param>
/// <param name="file">The file's name for messages.</param>
/// <param name="origin">Where in the file the bytes begin.</param>
ref struct ByteReader(ReadOnlySpan<byte> bytes, string file, long origin)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;

    internal int Position { get; private set; }

    internal readonly int Left => _bytes.Length - Position;

    internal readonly InvalidDataException Damage(string what) => new($"{file}: byte {origin + Position}: {what}");

    internal ReadOnlySpan<byte> Bytes(int count, string name)
    {
        if (count < 0 || count > Left) throw Damage($"{name} takes {count} bytes; {Left} are left.");
        var part = _bytes.Slice(Position, count);
        Position += count;
        return part;
    }

    internal byte Byte(string name) => Bytes(1, name)[0];

    internal int Int32(string name) => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int), name));

    internal long Int64(string name) => BinaryPrimitives.ReadInt64LittleEndian(Bytes(sizeof(long), name));

    internal TKey Key<TKey>(KeyCodec<TKey> keys) where TKey : notnull
    {
        var stored = Bytes(Int32("the length of a key"), "a key");
        return keys.TryRead(stored, out var key) ? key : throw Damage("the key before is none.");
    }
}
