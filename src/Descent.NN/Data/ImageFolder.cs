using Descent.Tensors;

namespace Descent.NN;

/// <summary>PNG pictures in folders, one folder for each class, read when they are asked for.</summary>
public sealed class ImageFolder : IDataset<Example>
{
    readonly (string Path, int Class)[] _files;
    readonly int _channels;

    /// <param name="root">The folder of the classes' folders; pictures may lie in folders within those.</param>
    /// <param name="channels">1 makes them gray, 3 colours. What is transparent is laid over white.</param>
    /// <exception cref="IOException">There is no such folder, or no folder or no picture in it.</exception>
    public ImageFolder(string root, int channels = 3)
    {
        if (channels is not (1 or 3)) throw new ArgumentOutOfRangeException(nameof(channels), channels, $"ImageFolder: {channels} channels; expected 1, gray, or 3, colours.");
        if (!Directory.Exists(root)) throw new DirectoryNotFoundException($"There is no folder '{root}'.");
        _channels = channels;
        string[] folders = [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)];
        Classes = [.. folders.Select(f => Path.GetFileName(f))];
        _files = [.. folders.SelectMany((folder, label) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".png", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Select(f => (f, label)))];
        if (_files.Length == 0)
            throw new FileNotFoundException($"'{root}' holds no pictures. Expected a folder for each class, with .png files in it; found {(folders.Length == 0 ? "no folders" : $"the folders {string.Join(", ", Classes.Take(8))} without any")}.");
    }

    /// <summary>The names of the classes: those of the folders, in ordinal order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The class of each picture.</summary>
    public IReadOnlyList<long> Labels => Array.ConvertAll(_files, f => (long)f.Class);

    /// <inheritdoc/>
    public int Count => _files.Length;

    /// <summary>One picture, <c>(C, H, W)</c> in [0, 1], and its class, Int64 of rank 0.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message names it.</exception>
    public Example this[int index]
    {
        get
        {
            var picture = Picture(index);
            picture = _channels == 1 ? picture.ToGrayscale() : picture.ToColour();
            var x = IdxDataset.ToInputs(picture.Pixels, picture.Height, picture.Width, _channels);
            return new(x.Select(0, 0), Tensor.Scalar((long)_files[index].Class));
        }
    }

    /// <summary>One picture as its file has it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message names it.</exception>
    public PngImage Picture(int index) => PngImage.Load(PathOf(index));

    /// <summary>The file of a picture.</summary>
    public string PathOf(int index) => _files[index].Path;
}
