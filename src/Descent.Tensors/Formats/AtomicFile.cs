namespace Descent.Tensors.Formats;

/// <summary>Writing so that at every moment the path holds the old file or the new one, whole.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the path, flushes to the disk, then renames over what was there.</summary>
    /// <param name="path">The file to replace or make.</param>
    /// <param name="write">Writes the content; if it throws, the old file stays.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{path} cannot be written: there is no folder {folder}.");
        string temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
