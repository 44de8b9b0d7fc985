using System.Diagnostics.CodeAnalysis;

namespace Descent.Tabular;

/// <summary>
/// A stream that can be opened at its start again and again. One that cannot seek is kept as far as it was read, in memory
/// first and then in a file that vanishes with the spool: a reader that gives up early has not waited for the rest.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A frame may be read again as long as anybody holds its reader: the file goes with its handle, whoever was the last.")]
sealed class StreamSpool(Stream source)
{
    const int MostInMemory = 64 << 20;

    readonly long _start = source.CanSeek ? source.Position : 0;
    Stream _store = new MemoryStream();

    internal Stream Open() => new Reader(this);

    int Read(long position, Span<byte> buffer)
    {
        if (source.CanSeek)
        {
            source.Position = _start + position;
            return source.Read(buffer);
        }
        if (position < _store.Length)
        {
            _store.Position = position;
            return _store.Read(buffer);
        }
        int read = source.Read(buffer);
        if (_store is MemoryStream && _store.Length + read > MostInMemory) MoveToFile();
        _store.Position = _store.Length;
        _store.Write(buffer[..read]);
        return read;
    }

    void MoveToFile()
    {
        var file = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        _store.Position = 0;
        _store.CopyTo(file);
        _store = file;
    }

    sealed class Reader(StreamSpool spool) : Stream
    {
        long _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = buffer.IsEmpty ? 0 : spool.Read(_position, buffer);
            _position += read;
            return read;
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
