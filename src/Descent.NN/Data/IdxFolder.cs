namespace Descent.NN;

/// <summary>Images and the labels that belong to them, as two IDX files.</summary>
/// <param name="Images">Path of the images, (count, height, width) or (count, height, width, channels) of bytes.</param>
/// <param name="Labels">Path of the labels, (count) of bytes.</param>
public sealed record IdxPair(string Images, string Labels)
{
    /// <summary>Reads both and checks that they belong together.</summary>
    /// <exception cref="InvalidDataException">One is damaged, or their types, ranks or counts do not fit.</exception>
    public (IdxArray Images, IdxArray Labels) Read()
    {
        var (images, labels) = (IdxFile.Read(Images), IdxFile.Read(Labels));
        Check(Images, images, images.Dims.Length is 3 or 4, "(count, height, width)");
        Check(Labels, labels, labels.Dims.Length == 1, "(count)");
        if (images.Dims[0] != labels.Dims[0])
            throw new InvalidDataException($"{Images} holds {images.Dims[0]} images, but {Labels} {labels.Dims[0]} labels.");
        return (images, labels);
    }

    static void Check(string path, IdxArray array, bool rankFits, string expected)
    {
        if (array.Type != IdxType.UInt8 || !rankFits)
            throw new InvalidDataException($"{path}: byte 2: found {array.Type} of shape " +
                $"({string.Join(", ", array.Dims)}). Expected UInt8 of shape {expected}.");
    }
}

/// <summary>A folder of IDX files named as MNIST's are.</summary>
/// <param name="Train">The training set; null where the folder lacks its images or its labels.</param>
/// <param name="Test">The test set; null likewise.</param>
public sealed record IdxFolder(IdxPair? Train, IdxPair? Test)
{
    /// <summary>
    /// Looks for <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c> and the same of <c>t10k</c> or
    /// <c>test</c>, each also with ".idx" for "-idx" and with ".gz" at the end.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no set complete with images and labels.</exception>
    public static IdxFolder Find(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}'. Expected one with IDX files, named as MNIST's are.");
        var (train, test) = (Pair(folder, "train"), Pair(folder, "t10k") ?? Pair(folder, "test"));
        if (train is null && test is null)
        {
            var found = Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(8).ToArray();
            throw new FileNotFoundException($"'{folder}' holds no pair of images and labels. Looked for " +
                "train-images-idx3-ubyte with train-labels-idx1-ubyte, and for the same of t10k or test (also with " +
                $"'.idx', also with '.gz'); found {(found.Length == 0 ? "no files" : string.Join(", ", found))}.");
        }

        return new(train, test);
    }

    static IdxPair? Pair(string folder, string set) =>
        Existing(folder, $"{set}-images", "idx3-ubyte", "idx4-ubyte") is { } images
        && Existing(folder, $"{set}-labels", "idx1-ubyte") is { } labels
            ? new(images, labels)
            : null;

    static string? Existing(string folder, string stem, params string[] formats) =>
        (from format in formats
         from separator in (string[])["-", "."]
         from packing in (string[])["", ".gz"]
         select Path.Combine(folder, stem + separator + format + packing)).FirstOrDefault(File.Exists);
}
