using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>
/// A whole file mapped into memory; writes to it stay private to the process. It is unmapped when neither this object
/// nor a storage made from it is reachable.
/// </summary>
sealed unsafe class MappedFile
{
    readonly SafeBuffer _view;
    readonly byte* _start;

    MappedFile(SafeBuffer view, long length)
    {
        _view = view;
        // The handle itself is kept, never a count on it: a count that nobody releases would outlive the finalizer.
        _start = (byte*)view.DangerousGetHandle();
        Length = length;
    }

    internal long Length { get; }

    /// <summary>Maps a file of at least one byte.</summary>
    internal static MappedFile Open(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        long length = file.Length;
        if (length == 0) throw new InvalidDataException($"{path}: byte 0: the file is empty.");
        using var mapping = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        var view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.CopyOnWrite);
        return new(view.SafeMemoryMappedViewHandle, length);
    }

    /// <summary>A part of the file as the bytes behind a tensor.</summary>
    internal Storage Window(long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)start, (ulong)Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)length, (ulong)(Length - start));
        return Storage.Of(new(_start + start, _view), length);
    }

    /// <summary>A part of the file as a stream; it keeps the file mapped.</summary>
    internal Stream OpenStream(long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)start, (ulong)Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)length, (ulong)(Length - start));
        return new UnmanagedMemoryStream(_view, start, length);
    }
}
