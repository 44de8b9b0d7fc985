using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Descent.Search;

/// <summary>Reads a log frame by frame, while it may still be written by another process.</summary>
sealed class ReadLog<TKey> : IDisposable where TKey : notnull
{
    readonly SafeFileHandle _file;
    readonly string _path;
    readonly RowCodec _codec;

    /// <exception cref="InvalidDataException">The header is damaged or another's.</exception>
    internal ReadLog(CollectionFolder folder, Manifest manifest, long number, RowCodec codec)
    {
        (_path, _codec, Number) = (folder.Log(number), codec, number);
        _file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] header = new byte[LogFormat.HeaderBytes];
        if (StoredBytes.TryRead(_file, header, 0) && header.AsSpan().SequenceEqual(LogFormat.Header(manifest.Collection, number))) return;
        _file.Dispose();
        throw Damage(0, $"this is not the header of log {number} of this collection.");
    }

    internal long Number { get; }

    /// <summary>Where the next frame begins.</summary>
    internal long Position { get; private set; } = LogFormat.HeaderBytes;

    internal long Length => RandomAccess.GetLength(_file);

    /// <summary>Whether the log was ended and the next goes on.</summary>
    internal bool IsEnded { get; private set; }

    /// <summary>The next frame's changes; null at the end, and before a frame that is not whole.</summary>
    /// <exception cref="InvalidDataException">The frame is whole and yet cannot be.</exception>
    internal LogBody<TKey>? Next(long sequence)
    {
        if (IsEnded || !TryRead(Position, out var frame, out byte[] body)) return null;
        if (frame.FirstSequence != sequence) throw Damage(Position, $"the frame begins with change {frame.FirstSequence}; expected {sequence}.");
        if (frame.Entries == 0 && frame.Length != 0) throw Damage(Position, "the end of the log has a body.");
        IsEnded = frame.Entries == 0;
        var changes = LogBody<TKey>.Parse(body, frame.Entries, _codec, _path, Position + LogFormat.FrameBytes);
        Position += LogFormat.FrameBytes + frame.Length;
        return IsEnded ? null : changes;
    }

    /// <summary>
    /// Looks behind the last whole frame: what is there may be the rest of a write that was never acknowledged, but not if a whole
    /// frame further on says that all up to it was on the disk.
    /// </summary>
    /// <returns>Bytes that are to be cut off.</returns>
    /// <exception cref="InvalidDataException">Something that was on the disk is damaged.</exception>
    internal long CheckTail()
    {
        long length = Length;
        if (IsEnded) return length == Position ? 0 : throw Damage(Position, $"{length - Position} bytes follow the end of the log.");
        byte[] block = new byte[1 << 16];
        // Marks may be anywhere, so checksums are bounded by some times the length: a file made to be slow is damaged.
        long budget = 4 * (length - Position) + block.Length;
        for (long start = Position + 1; start + LogFormat.FrameBytes <= length; start += block.Length - sizeof(uint) + 1)
        {
            int read = RandomAccess.Read(_file, block, start);
            for (int i = 0; i + sizeof(uint) <= read; i++)
            {
                int next = block.AsSpan(i, read - i).IndexOf((byte)(LogFormat.Mark & 0xFF));
                if (next < 0 || (i += next) + sizeof(uint) > read) break;
                if (BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(i)) != LogFormat.Mark) continue;
                bool isFrame = TryRead(start + i, out var frame, out byte[] body);
                budget -= body.Length;
                if (isFrame && frame.Durable > Position || budget < 0)
                    throw Damage(Position, $"the frame here is damaged, and is not the last: one at byte {start + i} was written when this one was on the disk. The file is left as it is.");
            }
        }
        return length - Position;
    }

    public void Dispose() => _file.Dispose();

    /// <param name="body">What the header says follows, where so much does; else empty.</param>
    bool TryRead(long position, out LogFrame frame, out byte[] body)
    {
        byte[] header = new byte[LogFormat.FrameBytes];
        body = [];
        if (!StoredBytes.TryRead(_file, header, position)) frame = default;
        else if (LogFormat.TryParse(header, out frame) && frame.Length <= Length - position - header.Length)
        {
            body = new byte[frame.Length];
            return StoredBytes.TryRead(_file, body, position + header.Length) && LogFormat.IsWhole(header, body);
        }
        return false;
    }

    InvalidDataException Damage(long position, string what) => new($"{_path}: byte {position}: {what}");
}
