using System.Buffers.Binary;
using System.Text;

namespace Descent.Tensors.Formats;

/// <summary>
/// A zip file whose entries are stored as they are, each starting at a multiple of 64 bytes, so that a reader can map
/// it: the layout that <c>torch.save</c> writes.
/// </summary>
/// <remarks>Checksums stand behind the data, so nothing is written twice; sizes from 4 GiB on take the 64-bit fields.</remarks>
sealed class StoredZip(Stream stream)
{
    const int Alignment = 64, LocalBytes = 30, CentralBytes = 46;
    /// <summary>A checksum follows the data; names are UTF-8.</summary>
    const ushort Flags = 0x0808;
    /// <summary>1 January 1980, the first day that zip files know: the same content gives the same bytes.</summary>
    const ushort FirstDay = 0x0021;

    readonly List<Entry> _entries = [];
    long _at;

    sealed record Entry(byte[] Name, long Start, long Length, uint Crc);

    /// <summary>Writes an entry of a known length.</summary>
    internal void Add(string name, long length, Action<Stream> write)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        long start = _at;
        bool isLarge = length >= uint.MaxValue;
        int extra = isLarge ? 20 : 0;
        // The padding is an extra field, which begins with four bytes of its own.
        int padding = 4 + (int)(-(start + LocalBytes + utf8.Length + extra + 4) & (Alignment - 1));
        Span<byte> header = stackalloc byte[LocalBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034b50);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], Version(isLarge));
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[12..], FirstDay);
        if (isLarge) BinaryPrimitives.WriteUInt64LittleEndian(header[18..], ulong.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(header[26..], (ushort)utf8.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[28..], (ushort)(extra + padding));
        Put(header);
        Put(utf8);
        if (isLarge)
        {
            Span<byte> sizes = stackalloc byte[20];
            sizes.Clear();
            sizes[0] = 1;
            sizes[2] = 16;
            Put(sizes);
        }
        Span<byte> filler = stackalloc byte[padding];
        filler.Fill((byte)'Z');
        "FB"u8.CopyTo(filler);
        BinaryPrimitives.WriteUInt16LittleEndian(filler[2..], (ushort)(padding - 4));
        Put(filler);

        var data = new Summing(stream);
        write(data);
        if (data.Length != length) throw new InvalidOperationException($"The zip entry {name} was to have {length} bytes and got {data.Length}.");
        _at += length;
        Span<byte> behind = stackalloc byte[isLarge ? 24 : 16];
        BinaryPrimitives.WriteUInt32LittleEndian(behind, 0x08074b50);
        BinaryPrimitives.WriteUInt32LittleEndian(behind[4..], data.Crc);
        if (isLarge)
        {
            BinaryPrimitives.WriteInt64LittleEndian(behind[8..], length);
            BinaryPrimitives.WriteInt64LittleEndian(behind[16..], length);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(behind[8..], (uint)length);
            BinaryPrimitives.WriteUInt32LittleEndian(behind[12..], (uint)length);
        }
        Put(behind);
        _entries.Add(new(utf8, start, length, data.Crc));
    }

    internal void Add(string name, ReadOnlyMemory<byte> data) => Add(name, data.Length, to => to.Write(data.Span));

    /// <summary>Writes the directory, after which nothing can be added.</summary>
    internal void Finish()
    {
        long start = _at;
        foreach (var entry in _entries) PutCentral(entry);
        long size = _at - start;
        bool isLarge = start >= uint.MaxValue || size >= uint.MaxValue || _entries.Count >= ushort.MaxValue;
        if (isLarge) PutLargeEnd(start, size);
        Span<byte> end = stackalloc byte[22];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        ushort count = (ushort)Math.Min(_entries.Count, ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(end[8..], count);
        BinaryPrimitives.WriteUInt16LittleEndian(end[10..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], (uint)Math.Min(size, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(end[16..], (uint)Math.Min(start, uint.MaxValue));
        Put(end);
    }

    void PutCentral(Entry entry)
    {
        bool isLarge = entry.Length >= uint.MaxValue || entry.Start >= uint.MaxValue;
        Span<byte> header = stackalloc byte[CentralBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], Version(isLarge));
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], Version(isLarge));
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(header[14..], FirstDay);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], entry.Crc);
        uint length = isLarge ? uint.MaxValue : (uint)entry.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[28..], (ushort)entry.Name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[30..], (ushort)(isLarge ? 28 : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(header[42..], isLarge ? uint.MaxValue : (uint)entry.Start);
        Put(header);
        Put(entry.Name);
        if (!isLarge) return;
        Span<byte> sizes = stackalloc byte[28];
        BinaryPrimitives.WriteUInt16LittleEndian(sizes, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(sizes[2..], 24);
        BinaryPrimitives.WriteInt64LittleEndian(sizes[4..], entry.Length);
        BinaryPrimitives.WriteInt64LittleEndian(sizes[12..], entry.Length);
        BinaryPrimitives.WriteInt64LittleEndian(sizes[20..], entry.Start);
        Put(sizes);
    }

    void PutLargeEnd(long start, long size)
    {
        long at = _at;
        Span<byte> end = stackalloc byte[76];
        end.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06064b50);
        BinaryPrimitives.WriteInt64LittleEndian(end[4..], 44);
        BinaryPrimitives.WriteUInt16LittleEndian(end[12..], Version(true));
        BinaryPrimitives.WriteUInt16LittleEndian(end[14..], Version(true));
        BinaryPrimitives.WriteInt64LittleEndian(end[24..], _entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(end[32..], _entries.Count);
        BinaryPrimitives.WriteInt64LittleEndian(end[40..], size);
        BinaryPrimitives.WriteInt64LittleEndian(end[48..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(end[56..], 0x07064b50);
        BinaryPrimitives.WriteInt64LittleEndian(end[64..], at);
        BinaryPrimitives.WriteUInt32LittleEndian(end[72..], 1);
        Put(end);
    }

    static ushort Version(bool isLarge) => (ushort)(isLarge ? 45 : 20);

    void Put(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _at += bytes.Length;
    }

    /// <summary>Passes on what is written, and sums it up.</summary>
    sealed class Summing(Stream to) : Stream
    {
        long _length;

        internal uint Crc { get; private set; }

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => _length;
        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Crc = Crc32.Compute(buffer, Crc);
            _length += buffer.Length;
            to.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
        public override void Flush() => to.Flush();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
