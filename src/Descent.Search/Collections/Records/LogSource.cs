using System.Buffers.Binary;

namespace Descent.Search;

/// <summary>Records that are in no segment yet, in the bytes that went to the log.</summary>
sealed class LogSource(byte[] bytes, int dimension) : IRecordSource
{
    public byte[] Payload(int at)
    {
        at += sizeof(float) * dimension;
        return bytes.AsSpan(at + sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at))).ToArray();
    }

    public void CopyVector(int at, Span<float> vector) => StoredBytes.ReadVector(bytes.AsSpan(at), vector);
}
