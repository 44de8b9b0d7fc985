using System.Buffers.Binary;

namespace Descent.Search;

/// <summary>One change in the body of a frame.</summary>
/// <param name="Key">What changes.</param>
/// <param name="At">Where in the body the vector begins, with the payload's length and the payload behind it; −1 where the key is deleted.</param>
readonly record struct LogChange<TKey>(TKey Key, int At) where TKey : notnull;

/// <summary>Changes as they stand in a log, and where in those bytes each is.</summary>
sealed class LogBody<TKey>(byte[] bytes, LogChange<TKey>[] changes) where TKey : notnull
{
    internal byte[] Bytes => bytes;

    internal LogChange<TKey>[] Changes => changes;

    internal static LogBody<TKey> OfUpserts(IReadOnlyList<CollectionRecord<TKey>> records)
    {
        byte[][] keys = new byte[records.Count][], payloads = new byte[records.Count][];
        long length = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = KeyCodec<TKey>.Instance.Write(records[i].Key);
            payloads[i] = records[i].PayloadBytes;
            length += 1 + 2 * sizeof(int) + keys[i].Length + payloads[i].Length + (long)sizeof(float) * records[i].Vector.Length;
        }
        byte[] bytes = new byte[CheckLength(length)];
        var changes = new LogChange<TKey>[keys.Length];
        int at = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            WriteKey(bytes, ref at, LogFormat.Put, keys[i]);
            changes[i] = new(records[i].Key, at);
            StoredBytes.WriteVector(records[i].Vector.Span, bytes.AsSpan(at));
            at += sizeof(float) * records[i].Vector.Length;
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), payloads[i].Length);
            at += sizeof(int);
            payloads[i].CopyTo(bytes, at);
            at += payloads[i].Length;
        }
        return new(bytes, changes);
    }

    internal static LogBody<TKey> OfDeletes(IReadOnlyList<TKey> deleted)
    {
        byte[][] keys = [.. deleted.Select(KeyCodec<TKey>.Instance.Write)];
        byte[] bytes = new byte[CheckLength(keys.Sum(key => 1L + sizeof(int) + key.Length))];
        int at = 0;
        foreach (byte[] key in keys) WriteKey(bytes, ref at, LogFormat.Delete, key);
        return new(bytes, [.. deleted.Select(static key => new LogChange<TKey>(key, -1))]);
    }

    /// <exception cref="InvalidDataException">The bytes are no changes of such a collection.</exception>
    internal static LogBody<TKey> Parse(byte[] bytes, int entries, RowCodec codec, string file, long origin)
    {
        var reader = new ByteReader(bytes, file, origin);
        // A change takes at least 5 bytes.
        if (entries > bytes.Length / 5) throw reader.Damage($"{entries} changes do not fit into {bytes.Length} bytes.");
        var changes = new LogChange<TKey>[entries];
        for (int i = 0; i < entries; i++)
        {
            byte operation = reader.Byte("a change");
            if (operation is not (LogFormat.Put or LogFormat.Delete)) throw reader.Damage($"a change of kind {operation} is unknown.");
            var key = reader.Key(KeyCodec<TKey>.Instance);
            int at = reader.Position;
            if (operation == LogFormat.Put)
            {
                StoredBytes.CheckVector(reader.Bytes(sizeof(float) * codec.Dimension, "a vector"), codec, reader);
                reader.Bytes(reader.Int32("the length of a payload"), "a payload");
            }
            changes[i] = new(key, operation == LogFormat.Put ? at : -1);
        }
        return reader.Left == 0 ? new(bytes, changes) : throw reader.Damage($"{reader.Left} bytes follow the last change of a frame.");
    }

    static int CheckLength(long length) => length <= LogFormat.MostBody ? (int)length
        : throw new ArgumentException($"One call would write {length} bytes; at most {LogFormat.MostBody} are possible. Write in several calls.");

    static void WriteKey(byte[] bytes, ref int at, byte operation, byte[] key)
    {
        bytes[at++] = operation;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), key.Length);
        at += sizeof(int);
        key.CopyTo(bytes, at);
        at += key.Length;
    }
}
