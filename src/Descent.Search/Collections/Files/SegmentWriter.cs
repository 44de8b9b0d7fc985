using System.Buffers.Binary;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>Writes what <see cref="Segment"/> reads.</summary>
static class SegmentWriter
{
    /// <returns>Bytes of the file, which is on the disk.</returns>
    internal static long Save<TKey>(string path, Manifest manifest, IReadOnlyList<StoredRecord<TKey>> records, IReadOnlyList<(TKey Key, long Sequence)> deleted) where TKey : notnull
    {
        long length = 0;
        Durable.Write(path, stream =>
        {
            stream.Write(new byte[Segment.HeaderBytes]);
            using var buffer = new MemoryStream();
            var table = new IndexWriter(buffer);
            long at = Segment.HeaderBytes;
            float[] vector = new float[manifest.Dimension];
            byte[] bytes = new byte[sizeof(float) * vector.Length];
            foreach (var record in records)
            {
                record.Source.CopyVector(record.At, vector);
                StoredBytes.WriteVector(vector, bytes);
                byte[] payload = record.Source.Payload(record.At);
                stream.Write(bytes);
                stream.Write(payload);
                table.Int64(record.Sequence);
                table.Int64(at);
                table.Int32(payload.Length);
                table.Int32((int)Crc32.Compute(bytes));
                table.Int32((int)Crc32.Compute(payload));
                WriteKey(table, record.Key);
                at += bytes.Length + payload.Length;
            }
            foreach (var (key, sequence) in deleted)
            {
                table.Int64(sequence);
                WriteKey(table, key);
            }
            buffer.WriteTo(stream);
            stream.Position = 0;
            stream.Write(Header(manifest, records.Count, deleted.Count, at, table.Checksum));
            length = stream.Length;
        });
        return length;
    }

    static byte[] Header(Manifest manifest, int rows, int deleted, long tableAt, uint checksum)
    {
        byte[] header = new byte[Segment.HeaderBytes];
        Segment.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), Segment.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), manifest.Keys);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), manifest.Dimension);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), rows);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), deleted);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(28), manifest.Collection);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(36), tableAt);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(44), checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(Segment.HeaderFields), Crc32.Compute(header.AsSpan(0, Segment.HeaderFields)));
        return header;
    }

    static void WriteKey<TKey>(IndexWriter table, TKey key) where TKey : notnull
    {
        byte[] bytes = KeyCodec<TKey>.Instance.Write(key);
        table.Int32(bytes.Length);
        table.Bytes(bytes);
    }
}
