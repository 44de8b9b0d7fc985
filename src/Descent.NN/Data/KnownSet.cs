namespace Descent.NN;

/// <summary>A file of a known data set.</summary>
/// <param name="Name">Its name, in a folder and at a mirror.</param>
/// <param name="Md5">The checksum that the distribution is known by.</param>
sealed record KnownFile(string Name, string Md5);

/// <summary>A known data set: its files, and where they can be had.</summary>
/// <param name="Title">What messages call it.</param>
/// <param name="Folder">The name of its folder.</param>
/// <param name="Files">All files.</param>
/// <param name="Mirrors">Addresses that the files' names are put behind.</param>
sealed record KnownSet(string Title, string Folder, IReadOnlyList<KnownFile> Files, IReadOnlyList<Uri> Mirrors)
{
    /// <summary>The folder that holds all files, once missing ones were fetched if that is wanted.</summary>
    internal string Find(string? root, bool download, HttpMessageHandler? handler, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        root ??= KnownData.DefaultFolder;
        string own = Path.Combine(root, Folder);
        if (Missing(root) is { Length: 0 }) return root;
        var missing = Missing(own);
        if (missing.Length == 0) return own;
        // Files that lie in the root itself are completed there.
        if (Missing(root).Length < Files.Count) (own, missing) = (root, Missing(root));
        string names = string.Join(", ", missing.Select(f => f.Name));
        string place = $"Put {(missing.Length == 1 ? "it" : "them")} into '{own}' yourself, from {string.Join(" or ", Mirrors)}; the environment variable DESCENT_DATA names another folder for all sets.";
        if (!download)
            throw new FileNotFoundException($"{Title}: {names} {(missing.Length == 1 ? "is" : "are")} missing from '{own}'. Where there is a network, ask for download: true. {place}");

        Directory.CreateDirectory(own);
        using var downloader = new Downloader(handler);
        foreach (var file in missing)
        {
            try
            {
                downloader.Fetch(file, Mirrors, Path.Combine(own, file.Name), progress, cancellation);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw new IOException($"{Title}: {file.Name} could not be fetched: {e.Message} {place}", e);
            }
        }
        return own;
    }

    /// <summary>Files that are neither there as they are distributed nor unpacked.</summary>
    KnownFile[] Missing(string folder) => [.. Files.Where(f => !File.Exists(Path.Combine(folder, f.Name)) && !IsUnpacked(folder, f.Name))];

    static bool IsUnpacked(string folder, string name) => name == NN.Cifar10.Archive
        ? new[] { folder, Path.Combine(folder, NN.Cifar10.ArchiveFolder) }.Any(f => NN.Cifar10.TrainFiles.Append(NN.Cifar10.TestFile).All(n => File.Exists(Path.Combine(f, n))))
        : name.EndsWith(".gz", StringComparison.Ordinal) && File.Exists(Path.Combine(folder, name[..^3]));
}
