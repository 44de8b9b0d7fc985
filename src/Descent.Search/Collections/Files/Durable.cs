using System.Runtime.InteropServices;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>Files that are there after a loss of power: their bytes, and their names in the folder.</summary>
static partial class Durable
{
    /// <summary>Writes a file whole: when this returns, it and its name are on the disk; before, the old one is.</summary>
    internal static void Write(string path, Action<Stream> write)
    {
        AtomicFile.Write(path, write);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Brings the names in a folder to the disk. Windows does so by itself.</summary>
    internal static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int handle = OpenFile(folder, 0);
        if (handle < 0) throw new IOException($"{folder} cannot be opened to flush it: error {Marshal.GetLastPInvokeError()}.");
        try
        {
            // Some file systems have nothing to flush for a folder, and say so.
            const int invalid = 22;
            if (FlushFile(handle) != 0 && Marshal.GetLastPInvokeError() is not invalid and var error)
                throw new IOException($"{folder} cannot be flushed: error {error}.");
        }
        finally
        {
            _ = CloseFile(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushFile(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int handle);
}
