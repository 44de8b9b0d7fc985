using System.IO.Compression;

namespace Descent.Tensors.Formats;

/// <summary>The entries of a zip file from a stranger.</summary>
sealed class ZipParts : IDisposable
{
    /// <summary>More than this many times its packed size is unpacked twice: first to count what comes out.</summary>
    const int TrustedRatio = 4;

    readonly ZipArchive _zip;
    readonly string _file;
    readonly long _bytes;

    internal ZipParts(Stream stream, string file)
    {
        (_file, _bytes) = (file, stream.Length);
        try
        {
            _zip = new(stream, ZipArchiveMode.Read, leaveOpen: true);
            var names = new HashSet<string>();
            foreach (var entry in _zip.Entries)
            {
                if (!names.Add(entry.FullName)) throw Damage.At(file, 0, $"the entry {Damage.Quote(entry.FullName)} occurs twice.");
            }
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Refused("the list of entries", error);
        }
    }

    internal IReadOnlyList<ZipArchiveEntry> Entries => _zip.Entries;

    internal ZipArchiveEntry? Find(string name) => _zip.GetEntry(name);

    /// <summary>
    /// Reads an entry with a function that gets its stream and its length; the function must bound what it takes by that
    /// length, which is true when it is called, or at most <see cref="TrustedRatio"/> times the bytes in the file.
    /// </summary>
    internal T Read<T>(ZipArchiveEntry entry, Func<Stream, long, string, T> read)
    {
        string name = $"{_file}: {Damage.Quote(entry.FullName)}";
        try
        {
            long length = CheckedLength(entry);
            using var stream = entry.Open();
            return read(stream, length, name);
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Refused($"the entry {Damage.Quote(entry.FullName)}", error);
        }
    }

    /// <summary>The length of an entry, after making sure that its packed bytes can give as many.</summary>
    internal long CheckedLength(ZipArchiveEntry entry)
    {
        string name = $"{_file}: {Damage.Quote(entry.FullName)}";
        if (entry.CompressedLength > _bytes) throw Damage.At(name, 0, $"the entry has {entry.CompressedLength} bytes, but the whole file only {_bytes}.");
        if (entry.Length <= TrustedRatio * entry.CompressedLength) return entry.Length;
        try
        {
            Count(entry, name);
            return entry.Length;
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw Refused($"the entry {Damage.Quote(entry.FullName)}", error);
        }
    }

    static void Count(ZipArchiveEntry entry, string name)
    {
        using var stream = entry.Open();
        Span<byte> buffer = stackalloc byte[4096];
        long count = 0;
        while (count <= entry.Length && stream.Read(buffer) is > 0 and var read) count += read;
        if (count != entry.Length) throw Damage.At(name, count, $"the entry unpacks to other than the {entry.Length} bytes that the zip file promises.");
    }

    // What ZipArchive throws for damaged files is not documented; these were seen.
    static bool IsDamage(Exception error) =>
        error is ArgumentException or IOException or NotSupportedException or OverflowException or IndexOutOfRangeException;

    InvalidDataException Refused(string what, Exception error) => Damage.At(_file, 0, $"{what} of the zip file cannot be read. {error.Message}", error);

    public void Dispose() => _zip.Dispose();
}
