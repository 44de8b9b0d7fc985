using Descent.Tensors;

namespace Descent.NN;

/// <summary>Square images of bytes with a class each.</summary>
/// <param name="Pixels">Shape <c>(count, channels, size, size)</c>, UInt8; 1 channel, gray, or 3, colours.</param>
/// <param name="Labels">Shape <c>(count)</c>, Int64.</param>
sealed record LabelledImages(Tensor Pixels, Tensor Labels)
{
    internal int Count => Pixels.Shape[0];
    internal int Channels => Pixels.Shape[1];
    internal int Size => Pixels.Shape[2];

    internal LabelledImages Slice(int start, int count) => new(Pixels.Narrow(0, start, count).Contiguous(), Labels.Narrow(0, start, count).Contiguous());

    /// <summary>The luma of colours, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); gray images themselves.</summary>
    internal LabelledImages ToGrayscale()
    {
        if (Channels == 1) return this;
        var weights = Tensor.From<float>([0.299f, 0.587f, 0.114f], [1, 3, 1, 1]);
        return this with { Pixels = (Pixels.To(DType.Float32) * weights).Sum(1, keepDim: true).Round().To(DType.UInt8) };
    }
}

/// <summary>The forms in which a folder may hold images with classes.</summary>
static class ImageSource
{
    /// <summary>Fails where a folder holds none of the forms.</summary>
    /// <exception cref="IOException">It does not.</exception>
    internal static void Check(string folder) => Find(folder);

    /// <summary>The images to train on, those to test on where the folder sets some apart, and the classes' names where it has any.</summary>
    /// <param name="folder">IDX files, CIFAR-10's binary files, or a folder of PNG files for each class.</param>
    /// <param name="size">Pixels a side that PNG files are scaled to.</param>
    /// <exception cref="IOException">It cannot be read, or holds none of these.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or its images are not square.</exception>
    internal static (LabelledImages Train, LabelledImages? Test, IReadOnlyList<string>? Names) Read(string folder, int size) => Find(folder)(size);

    /// <summary>How the form that a folder has is read, given the size of scaled pictures.</summary>
    static Func<int, (LabelledImages Train, LabelledImages? Test, IReadOnlyList<string>? Names)> Find(string folder)
    {
        if (Cifar10.IsIn(folder)) return _ => ReadCifar(folder);
        if (ClassFolders(folder) is { } folders) return size => ReadPictures(folders.Train, folders.Test, size);
        try
        {
            var found = IdxFolder.Find(folder);
            return _ => found is { Train: { } a, Test: { } b } ? (Read(a), Read(b), null) : (Read((found.Train ?? found.Test)!), null, null);
        }
        catch (FileNotFoundException error)
        {
            throw new FileNotFoundException($"{error.Message} A folder may also hold CIFAR-10's binary files, or a folder of .png files for each class (or two such folders, train and test).");
        }
    }

    static (LabelledImages Train, LabelledImages? Test, IReadOnlyList<string>? Names) ReadCifar(string folder)
    {
        var (train, test) = Cifar10.Load(folder);
        return (new(train.Pixels, train.Targets), new(test.Pixels, test.Targets), Cifar10.Classes);
    }

    static LabelledImages Read(IdxPair pair)
    {
        var (images, labels) = pair.Read();
        int channels = images.Dims.Length == 4 ? images.Dims[3] : 1;
        if (images.Dims is not [var count, var height, var width, ..] || height != width || height < 4 || channels is not (1 or 3))
            throw new InvalidDataException($"{pair.Images}: holds images ({string.Join(", ", images.Dims)}); expected (count, size, size) or (count, size, size, 3), size at least 4.");
        var pixels = Tensor.From(images.AsSpan<byte>(), [count, height, width, channels]).Permute(0, 3, 1, 2).Contiguous();
        return new(pixels, Tensor.From(labels.AsSpan<byte>(), [count]).To(DType.Int64));
    }

    /// <summary>The root of the classes' folders: the folder itself, or its folders train and test.</summary>
    static (string Train, string? Test)? ClassFolders(string folder)
    {
        string train = Path.Combine(folder, "train");
        string? test = ((string[])["test", "val", "valid", "validation"]).Select(name => Path.Combine(folder, name)).FirstOrDefault(HoldsPictures);
        return HoldsPictures(train) ? (train, test) : HoldsPictures(folder) ? (folder, null) : null;

        static bool HoldsPictures(string root) => Directory.Exists(root) && Directory.EnumerateDirectories(root)
            .Any(of => Directory.EnumerateFiles(of, "*", SearchOption.AllDirectories).Any(f => f.EndsWith(".png", StringComparison.OrdinalIgnoreCase)));
    }

    static (LabelledImages Train, LabelledImages? Test, IReadOnlyList<string> Names) ReadPictures(string train, string? test, int size)
    {
        var files = new ImageFolder(train);
        var seen = test is null ? null : new ImageFolder(test);
        if (seen is not null && !seen.Classes.SequenceEqual(files.Classes))
            throw new InvalidDataException($"{train} has the classes {string.Join(", ", files.Classes)}, but {test} {string.Join(", ", seen.Classes)}; expected the same folders.");
        var (pictures, unseen) = (Pictures(files, size), seen is null ? [] : Pictures(seen, size));
        int channels = pictures.Concat(unseen).All(p => p.Channels < 3) ? 1 : 3;
        // In an order that mixes the classes, so that a part of it has some of each.
        int[] order = [.. Enumerable.Range(0, files.Count)];
        new Generator(1).Shuffle<int>(order);
        return (Stack(files, pictures, order, channels, size), seen is null ? null : Stack(seen, unseen, [.. Enumerable.Range(0, seen.Count)], channels, size), files.Classes);
    }

    static PngImage[] Pictures(ImageFolder files, int size) => [.. Enumerable.Range(0, files.Count).Select(i => files.Picture(i).Resize(size, size))];

    static LabelledImages Stack(ImageFolder files, PngImage[] pictures, int[] order, int channels, int size)
    {
        var pixels = Tensor.Empty([order.Length, size, size, channels], DType.UInt8);
        for (int i = 0; i < order.Length; i++)
            (channels == 1 ? pictures[order[i]].ToGrayscale() : pictures[order[i]].ToColour()).Pixels.CopyTo(pixels.AsSpan<byte>()[(i * size * size * channels)..]);
        return new(pixels.Permute(0, 3, 1, 2).Contiguous(), Tensor.From<long>([.. order.Select(i => files.Labels[i])]));
    }
}
