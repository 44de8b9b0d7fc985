namespace Descent.Search;

/// <summary>Collections in folders.</summary>
public static class VectorCollection
{
    /// <summary>Opens a collection to read and write, and makes it where there is none. One writer at a time: the others may read.</summary>
    /// <typeparam name="TKey"><see cref="string"/> or <see cref="long"/>.</typeparam>
    /// <param name="folder">A folder of its own.</param>
    /// <exception cref="NotSupportedException">The type of keys is another.</exception>
    /// <exception cref="ArgumentException">The collection is another than the options say, or they do not say enough to make one.</exception>
    /// <exception cref="IOException">It is open for writing elsewhere; the message names the process.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; the message names the byte, and the file is left as it is.</exception>
    public static VectorCollection<TKey> Open<TKey>(string folder, CollectionOptions? options = null) where TKey : notnull
    {
        CheckKeys<TKey>();
        options ??= new();
        return new(options, CollectionWriter<TKey>.Open(new(folder), options), null);
    }

    /// <summary>Opens a collection to read, while another process may be writing it; <see cref="VectorCollection{TKey}.Refresh"/> takes in what it wrote.</summary>
    /// <typeparam name="TKey"><see cref="string"/> or <see cref="long"/>.</typeparam>
    /// <exception cref="NotSupportedException">The type of keys is another.</exception>
    /// <exception cref="ArgumentException">The collection is another than the options say.</exception>
    /// <exception cref="FileNotFoundException">There is no collection.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; the message names the byte.</exception>
    public static VectorCollection<TKey> OpenReadOnly<TKey>(string folder, CollectionOptions? options = null) where TKey : notnull
    {
        CheckKeys<TKey>();
        options ??= new();
        return new(options, null, new(new(folder), options));
    }

    /// <summary>Whether there is a collection in a folder.</summary>
    public static bool Exists(string folder) => File.Exists(new CollectionFolder(folder).Manifest);

    /// <summary>The folders below one that have a collection in them, by name.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IReadOnlyList<string> List(string root) => [.. Directory.EnumerateDirectories(root).Where(Exists).Order(StringComparer.Ordinal)];

    /// <summary>Removes a collection with all its files, and its folder if nothing else is in it.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="IOException">It is open for writing; the message names the process.</exception>
    public static bool Delete(string folder)
    {
        var files = new CollectionFolder(folder);
        if (!File.Exists(files.Manifest)) return false;
        using (CollectionLock.Take(files))
        {
            // Without a manifest there is no collection, whatever else is left.
            File.Delete(files.Manifest);
            foreach (long number in files.Numbers("log").ToArray()) File.Delete(files.Log(number));
            foreach (long number in files.Numbers("segment").ToArray()) File.Delete(files.Segment(number));
            foreach (long number in files.Numbers("index").ToArray()) File.Delete(files.Index(number));
            File.Delete(files.Owner);
        }
        File.Delete(files.Lock);
        if (!Directory.EnumerateFileSystemEntries(files.Root).Any()) Directory.Delete(files.Root);
        return true;
    }

    static void CheckKeys<TKey>() where TKey : notnull
    {
        if (KeyCodec<TKey>.Instance is null) throw new NotSupportedException($"Keys of type {typeof(TKey).Name} are not possible; expected string or long.");
    }
}
