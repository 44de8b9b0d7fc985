namespace Descent.Tensors.Formats;

/// <summary>The lines of a file as bytes, none longer than allowed; a byte order mark and line ends are left out.</summary>
/// <param name="stream">The file, closed with the reader.</param>
/// <param name="file">What messages call it.</param>
/// <param name="maxBytes">The longest line that is read.</param>
public sealed class BoundedLines(Stream stream, string file, int maxBytes) : IDisposable
{
    byte[] _buffer = new byte[1 << 16];
    int _start, _end, _lineEnd;
    bool _isOver;

    /// <summary>The number of the current line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The current line, valid until the next is read.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Goes to the next line.</summary>
    /// <returns>False behind the last.</returns>
    /// <exception cref="InvalidDataException">The line is longer than allowed.</exception>
    public bool Read()
    {
        _start = _lineEnd;
        int scanned = _start;
        while (true)
        {
            int at = _buffer.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n');
            if (at >= 0) return Give(scanned + at, scanned + at + 1);
            if (_isOver) return _end > _start && Give(_end, _end);
            if (_end - _start > maxBytes)
                throw new InvalidDataException($"{file}: line {Number + 1} is longer than {maxBytes} bytes. Expected lines; allow longer ones if it is meant.");
            scanned = Fill();
        }
    }

    bool Give(int end, int next)
    {
        Number++;
        _lineEnd = next;
        if (end > _start && _buffer[end - 1] == '\r') end--;
        if (Number == 1 && _buffer.AsSpan(_start, end - _start) is [0xEF, 0xBB, 0xBF, ..]) _start += 3;
        Current = _buffer.AsMemory(_start, end - _start);
        return true;
    }

    /// <summary>Reads on; gives where what is new begins.</summary>
    int Fill()
    {
        int kept = _end - _start;
        if (_start > 0) _buffer.AsSpan(_start, kept).CopyTo(_buffer);
        else if (_end == _buffer.Length) Array.Resize(ref _buffer, checked(2 * _buffer.Length));
        (_start, _end) = (0, kept);
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _isOver = read == 0;
        _end += read;
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
