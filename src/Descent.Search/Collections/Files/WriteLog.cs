using Microsoft.Win32.SafeHandles;

namespace Descent.Search;

/// <summary>The end of a log, where frames are added.</summary>
sealed class WriteLog : IDisposable
{
    readonly SafeFileHandle _file;
    long _durable;

    WriteLog(SafeFileHandle file, long number, long length) => (_file, Number, Length, _durable) = (file, number, length, length);

    internal long Number { get; }

    internal long Length { get; private set; }

    /// <summary>Whether there is something that a loss of power would take.</summary>
    internal bool IsDirty => _durable < Length;

    /// <summary>An empty log; it and its name are on the disk.</summary>
    /// <exception cref="UnwrittenException">It cannot be made.</exception>
    internal static WriteLog Create(CollectionFolder folder, long collection, long number)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(folder.Log(number), FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Write(file, LogFormat.Header(collection, number), 0);
            RandomAccess.FlushToDisk(file);
            Durable.FlushFolder(folder.Root);
            return new(file, number, LogFormat.HeaderBytes);
        }
        catch (IOException error)
        {
            file?.Dispose();
            File.Delete(folder.Log(number));
            throw new UnwrittenException($"{folder.Log(number)} cannot be made: {error.Message}", error);
        }
    }

    /// <summary>Goes on with a log behind its last whole frame; what is behind that is cut off.</summary>
    internal static WriteLog Continue(CollectionFolder folder, long number, long length)
    {
        var file = File.OpenHandle(folder.Log(number), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (RandomAccess.GetLength(file) > length) RandomAccess.SetLength(file, length);
            // What a killed writer left in the system's memory is to count from now on.
            RandomAccess.FlushToDisk(file);
            return new(file, number, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Adds a frame; no bodies end the log.</summary>
    /// <exception cref="UnwrittenException">There is no room; the log is as it was.</exception>
    /// <exception cref="IOException">Nobody knows what of it is there.</exception>
    internal void Append(IReadOnlyList<byte[]> bodies, int entries, long firstSequence)
    {
        var frame = new LogFrame(bodies.Sum(body => body.Length), entries, firstSequence, _durable);
        var parts = new List<ReadOnlyMemory<byte>>(bodies.Count + 1) { LogFormat.Frame(frame, bodies) };
        foreach (byte[] body in bodies) parts.Add(body);
        try
        {
            RandomAccess.Write(_file, parts, Length);
        }
        // A file system that has no room for a file so long says so by the other.
        catch (Exception error) when (error is IOException or ArgumentOutOfRangeException)
        {
            RandomAccess.SetLength(_file, Length);
            throw new UnwrittenException($"{frame.Length} bytes could not be written behind byte {Length} of log {Number}: {error.Message} Nothing of them is there, and what was acknowledged is safe; make room and write them again.", error);
        }
        Length += LogFormat.FrameBytes + frame.Length;
    }

    internal void Flush()
    {
        long length = Length;
        RandomAccess.FlushToDisk(_file);
        _durable = length;
    }

    public void Dispose() => _file.Dispose();
}
