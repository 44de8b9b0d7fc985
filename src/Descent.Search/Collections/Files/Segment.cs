using System.IO.MemoryMappedFiles;
using Descent.Tensors.Formats;
using Microsoft.Win32.SafeHandles;

namespace Descent.Search;

/// <summary>Records in a file that never changes, mapped into memory: vectors and payloads are read where they are when they are asked for.</summary>
/// <remarks>
/// Header: magic, version, type of keys, dimension, rows, deleted keys, collection, where the table begins, its CRC-32, CRC-32 of the header.
/// Then each row's vector and payload, then the table: for each row sequence, place, length of the payload, CRC-32 of vector and
/// payload, key; for each deleted key sequence and key. The table is checked when the file is opened, a vector when it is first read, a payload whenever it is.
/// </remarks>
sealed class Segment : IRecordSource
{
    internal const int Version = 1, HeaderBytes = 64, HeaderFields = 48;

    readonly MemoryMappedFile _file;
    readonly MemoryMappedViewAccessor _view;
    readonly Place[] _places;
    // A bit for each row whose vector has been read once and was sound.
    readonly ulong[] _verified;
    readonly string _path;
    readonly RowCodec _codec;

    Segment(string path, MemoryMappedFile file, Place[] places, RowCodec codec)
    {
        (_path, _file, _places, _codec, _verified) = (path, file, places, codec, new ulong[(places.Length + 63) >> 6]);
        _view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    internal static ReadOnlySpan<byte> Magic => "DESCSEG\n"u8;

    internal int Rows => _places.Length;

    /// <param name="row">Called for each row, with its key and sequence.</param>
    /// <param name="deleted">Called for each deleted key.</param>
    /// <exception cref="InvalidDataException">The file is damaged or another's; the message names the byte.</exception>
    internal static Segment Open<TKey>(string path, Manifest manifest, long length, RowCodec codec, Action<Segment, int, TKey, long> row, Action<TKey, long> deleted) where TKey : notnull
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Segment? segment = null;
        try
        {
            byte[] table = ReadTable(handle, path, manifest, length, out int rows, out int deletions, out long tableAt);
            segment = new(path, MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false), new Place[rows], codec);
            segment.Fill(new(table, path, tableAt), tableAt, deletions, row, deleted);
            return segment;
        }
        catch
        {
            segment?.Close();
            handle.Dispose();
            throw;
        }
    }

    public byte[] Payload(int row)
    {
        var place = _places[row];
        byte[] payload = new byte[place.PayloadLength];
        Read(place.At + sizeof(float) * _codec.Dimension, payload, place.PayloadChecksum);
        return payload;
    }

    public void CopyVector(int row, Span<float> vector)
    {
        ref ulong verified = ref _verified[row >> 6];
        if (BitConverter.IsLittleEndian && (Volatile.Read(ref verified) >> row & 1) != 0)
        {
            _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)_places[row].At, vector);
            return;
        }
        byte[] bytes = new byte[sizeof(float) * _codec.Dimension];
        Read(_places[row].At, bytes, _places[row].VectorChecksum);
        StoredBytes.CheckVector(bytes, _codec, new(bytes, _path, _places[row].At));
        StoredBytes.ReadVector(bytes, vector);
        Interlocked.Or(ref verified, 1UL << row);
    }

    /// <summary>Gives the mapping back; else it goes when nobody can ask for a record of it any more.</summary>
    internal void Close()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <returns>The bytes of the table, with the right checksum.</returns>
    static byte[] ReadTable(SafeFileHandle handle, string path, Manifest manifest, long length, out int rows, out int deletions, out long tableAt)
    {
        long actual = RandomAccess.GetLength(handle);
        if (actual != length) throw new InvalidDataException($"{path}: byte {Math.Min(length, actual)}: the file has {actual} bytes; the manifest says {length}.");
        byte[] bytes = new byte[HeaderBytes];
        var header = new ByteReader(bytes, path, 0);
        if (!StoredBytes.TryRead(handle, bytes, 0)) throw header.Damage("the file is cut off.");
        if (!header.Bytes(Magic.Length, "the magic").SequenceEqual(Magic)) throw header.Damage("this is no segment of a collection.");
        if (header.Int32("the version") is not Version and var version) throw header.Damage($"the version is {version}; expected {Version}.");
        if (header.Int32("the type of keys") != manifest.Keys) throw header.Damage("the type of keys is another than the manifest's.");
        if (header.Int32("the dimension") != manifest.Dimension) throw header.Damage("the dimension is another than the manifest's.");
        (rows, deletions) = (header.Int32("the number of rows"), header.Int32("the number of deleted keys"));
        if (header.Int64("the collection") != manifest.Collection) throw header.Damage("the segment is another collection's.");
        tableAt = header.Int64("where the table begins");
        uint tableChecksum = (uint)header.Int32("the checksum of the table");
        if ((uint)header.Int32("the checksum") != Crc32.Compute(bytes.AsSpan(0, HeaderFields))) throw header.Damage("the checksum of the header is wrong.");
        if (tableAt < HeaderBytes || tableAt > length || length - tableAt > Array.MaxLength || rows < 0 || deletions < 0 || rows * 32L + deletions * 12L > length - tableAt)
            throw header.Damage($"a table of {rows} rows and {deletions} deleted keys at {tableAt} does not fit into {length} bytes.");
        byte[] table = new byte[length - tableAt];
        if (!StoredBytes.TryRead(handle, table, tableAt) || Crc32.Compute(table) != tableChecksum)
            throw new InvalidDataException($"{path}: byte {tableAt}: the checksum of the table is wrong.");
        return table;
    }

    void Read(long at, byte[] bytes, uint checksum)
    {
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)at, bytes.AsSpan());
        if (Crc32.Compute(bytes) != checksum) throw new InvalidDataException($"{_path}: byte {at}: the checksum of {bytes.Length} bytes is wrong.");
    }

    void Fill<TKey>(ByteReader reader, long tableAt, int deletions, Action<Segment, int, TKey, long> row, Action<TKey, long> deleted) where TKey : notnull
    {
        for (int i = 0; i < _places.Length; i++)
        {
            long sequence = reader.Int64("a sequence");
            var place = _places[i] = new(reader.Int64("a place"), reader.Int32("the length of a payload"), (uint)reader.Int32("a checksum"), (uint)reader.Int32("a checksum"));
            if (place.At < HeaderBytes || place.PayloadLength < 0 || place.At > tableAt || place.At + sizeof(float) * _codec.Dimension + place.PayloadLength > tableAt)
                throw reader.Damage($"row {i} at {place.At} with a payload of {place.PayloadLength} bytes is not before the table.");
            row(this, i, reader.Key(KeyCodec<TKey>.Instance), sequence);
        }
        for (int i = 0; i < deletions; i++)
        {
            long sequence = reader.Int64("a sequence");
            deleted(reader.Key(KeyCodec<TKey>.Instance), sequence);
        }
        if (reader.Left != 0) throw reader.Damage($"{reader.Left} bytes follow the table.");
    }

    /// <summary>Where a row's vector and payload are, and their checksums.</summary>
    readonly record struct Place(long At, int PayloadLength, uint VectorChecksum, uint PayloadChecksum);
}
