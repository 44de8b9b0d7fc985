using Descent.Tensors;

namespace Descent.NN;

/// <summary>Square images with classes, part of them held out.</summary>
sealed class ImageSet
{
    const int DrawnSize = 28;

    ImageSet(string description, IReadOnlyList<string>? names, PixelDataset train, PixelDataset heldOut)
    {
        (Description, Names, Train, HeldOut) = (description, names, train, heldOut);
        Classes = names?.Count ?? (int)Math.Max(train.Targets.Max().Item(), heldOut.Targets.Max().Item()) + 1;
    }

    internal string Description { get; }
    internal int Classes { get; }

    /// <summary>The classes' names, where the data has any.</summary>
    internal IReadOnlyList<string>? Names { get; }

    internal PixelDataset Train { get; }
    internal PixelDataset HeldOut { get; }
    internal int Size => Train.Pixels.Shape[2];
    internal int Channels => Train.Pixels.Shape[1];

    /// <summary>What is taken out of pixels from 0 to 1: MNIST's figures for gray images, the middle of the range for colours.</summary>
    internal static (float Mean, float Deviation) Usual(int channels) => channels == 1 ? (0.1307f, 0.3081f) : (0.5f, 0.25f);

    /// <summary>Held-out image <paramref name="index"/> as it was before normalisation.</summary>
    internal PngImage Picture(int index) =>
        new(Size, Size, Channels, HeldOut.Pixels.Select(0, index).Permute(1, 2, 0).Contiguous().ToArray<byte>());

    /// <summary>A folder of images, or digits drawn on the spot.</summary>
    /// <param name="folder">The folder, or null.</param>
    /// <param name="drawn">Digits to draw.</param>
    /// <param name="size">Pixels a side that a folder's PNG files are scaled to.</param>
    /// <param name="seed">What digits are drawn from.</param>
    /// <exception cref="IOException">The files cannot be read.</exception>
    /// <exception cref="InvalidDataException">They are damaged, or no square images.</exception>
    internal static ImageSet Load(string? folder, int drawn, int size, ulong seed)
    {
        var (name, train, heldOut, names) = Read(folder, drawn, size, seed);
        var (mean, deviation) = Usual(train.Channels);
        return Build(name, names, train, heldOut, mean, deviation);
    }

    /// <summary>The same in gray, with other values for black and white.</summary>
    /// <inheritdoc cref="Load"/>
    internal static ImageSet LoadGray(string? folder, int drawn, int size, ulong seed, (float Black, float White) range)
    {
        var (name, train, heldOut, names) = Read(folder, drawn, size, seed);
        // A pixel p from 0 to 1 becomes (p − mean) / deviation.
        return Build(name, names, train.ToGrayscale(), heldOut.ToGrayscale(), -range.Black / (range.White - range.Black), 1 / (range.White - range.Black));
    }

    static (string Name, LabelledImages Train, LabelledImages HeldOut, IReadOnlyList<string>? Names) Read(string? folder, int drawn, int size, ulong seed)
    {
        if (folder is null)
        {
            var drawing = Digits.Dataset(drawn, seed, DrawnSize);
            var digits = new LabelledImages(drawing.Pixels, drawing.Targets);
            return ("drawn digits", digits.Slice(0, drawn - drawn / 6), digits.Slice(drawn - drawn / 6, drawn / 6), null);
        }
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        var (train, test, names) = ImageSource.Read(folder, size);
        if (test is not null)
            return train.Pixels.Shape[1..] == test.Pixels.Shape[1..] ? (name, train, test, names) : throw new InvalidDataException(
                $"{folder}: the training images are {train.Pixels.Shape[1..]}, the test images {test.Pixels.Shape[1..]}; expected the same.");
        // Where none are set apart, the last tenth is held out.
        int heldOut = train.Count / 10;
        if (heldOut < 1) throw new InvalidDataException($"{folder}: {train.Count} images are too few to train on and hold some out.");
        return (name, train.Slice(0, train.Count - heldOut), train.Slice(train.Count - heldOut, heldOut), names);
    }

    static ImageSet Build(string name, IReadOnlyList<string>? names, LabelledImages train, LabelledImages heldOut, float mean, float deviation) =>
        train.Count > 0 && heldOut.Count > 0 ? new(name, names, new(train.Pixels, train.Labels, mean, deviation), new(heldOut.Pixels, heldOut.Labels, mean, deviation))
        : throw new InvalidDataException($"{name}: there are {train.Count} images to train on and {heldOut.Count} held out; expected some of both.");
}
