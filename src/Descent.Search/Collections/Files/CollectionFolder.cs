using System.Globalization;

namespace Descent.Search;

/// <summary>The names of a collection's files.</summary>
sealed class CollectionFolder(string path)
{
    internal string Root { get; } = Path.GetFullPath(path);

    internal string Manifest => Path.Combine(Root, "manifest");

    /// <summary>Whoever writes holds this file open; what it holds is nothing.</summary>
    internal string Lock => Path.Combine(Root, "lock");

    /// <summary>Who holds <see cref="Lock"/>, for those who find it held.</summary>
    internal string Owner => Path.Combine(Root, "owner");

    internal string Log(long number) => Numbered("log", number);

    internal string Segment(long number) => Numbered("segment", number);

    internal string Index(long number) => Numbered("index", number);

    /// <summary>The numbered files of a kind that are there.</summary>
    internal IEnumerable<long> Numbers(string kind)
    {
        foreach (string file in Directory.EnumerateFiles(Root, kind + "-*"))
            if (long.TryParse(Path.GetFileName(file).AsSpan(kind.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number) &&
                Path.GetFileName(file) == Path.GetFileName(Numbered(kind, number)))
                yield return number;
    }

    /// <summary>Removes what a manifest does not name and no log after it is: leftovers of a compaction, done or broken off.</summary>
    internal void RemoveUnnamed(Manifest manifest)
    {
        foreach (long number in Numbers("log").Where(n => n < manifest.FirstLog).ToArray()) TryDelete(Log(number));
        foreach (long number in Numbers("segment").Where(n => manifest.Segments.All(s => s.Number != n)).ToArray()) TryDelete(Segment(number));
        foreach (long number in Numbers("index").Where(n => n != manifest.Index).ToArray()) TryDelete(Index(number));
        foreach (string file in Directory.GetFiles(Root, "*.tmp"))
            if (Path.GetFileName(file) is var name && (name.StartsWith("manifest.", StringComparison.Ordinal) || name.StartsWith("segment-", StringComparison.Ordinal) || name.StartsWith("index-", StringComparison.Ordinal)))
                TryDelete(file);
    }

    string Numbered(string kind, long number) => Path.Combine(Root, $"{kind}-{number.ToString("D8", CultureInfo.InvariantCulture)}");

    /// <summary>A file that another process has mapped stays on Windows; the next compaction tries again.</summary>
    static void TryDelete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
