namespace Descent.Search;

/// <summary>Bytes that hold records and never change: those of a log's frame, or a segment.</summary>
interface IRecordSource
{
    /// <exception cref="InvalidDataException">The bytes on the disk are damaged.</exception>
    byte[] Payload(int at);

    /// <exception cref="InvalidDataException">The bytes on the disk are damaged.</exception>
    void CopyVector(int at, Span<float> vector);
}
