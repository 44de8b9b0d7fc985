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
        catch (IOException error) when (IsHeld(error))
        {
            throw new IOException($"{folder.Root} is open for writing in {Owner(folder)}; one writer at a time. Close it there, or open the collection read-only.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnauthorizedAccessException($"{folder.Root} cannot be written: {error.Message} To read the collection, open it with OpenReadOnly.", error);
        }
        try
        {
            File.WriteAllText(folder.Owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            // A full disk keeps others from learning who it is, no more.
        }
        return new(held);
    }

    public void Dispose() => _held.Dispose();

    /// <summary>Whether the file could not be opened because somebody has it: EWOULDBLOCK of Linux and macOS, a sharing or lock violation of Windows.</summary>
    static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

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
