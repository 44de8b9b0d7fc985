using System.Globalization;

namespace Descent.Search;

/// <summary>What lets one writer in: a lock of the operating system on a file, gone with the process that held it.</summary>
sealed class CollectionLock : IDisposable
{
    readonly FileStream _held;

    CollectionLock(FileStream held) => _held = held;

    /// <exception cref="IOException">Another process, or another collection of this one, holds it; the message names the process.</exception>
    internal static CollectionLock Take(CollectionFolder folder)
    {
        FileStream held;
        try
        {
            held = new(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new IOException($"{folder.Root} is open for writing in {Owner(folder)}; one writer at a time. Close it there, or open the collection read-only.", error);
        }
        try
        {
            File.WriteAllText(folder.Owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch
        {
            held.Dispose();
            throw;
        }
        return new(held);
    }

    public void Dispose() => _held.Dispose();

    static string Owner(CollectionFolder folder)
    {
        try
        {
            string text = File.ReadAllText(folder.Owner);
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? $"process {id}" : "another process";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
