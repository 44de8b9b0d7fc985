namespace Descent.NN;

/// <summary>Data sets that everybody knows. They are read where they lie, and fetched where that is asked for.</summary>
/// <remarks>A fetched file is compared with the checksum that its distribution is known by; a file found is checked by its form.</remarks>
public static class KnownData
{
    internal static readonly KnownSet MnistSet = new("MNIST", "mnist",
    [
        new("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        new("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        new("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        new("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ], [new("https://ossci-datasets.s3.amazonaws.com/mnist/"), new("https://storage.googleapis.com/cvdf-datasets/mnist/")]);

    internal static readonly KnownSet FashionSet = new("Fashion-MNIST", "fashion-mnist",
    [
        new("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        new("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        new("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        new("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ], [new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/")]);

    internal static readonly KnownSet CifarSet = new("CIFAR-10", "cifar-10",
        [new(NN.Cifar10.Archive, "c32a1d4ab5d03f1284b67883e8d87530")], [new("https://www.cs.toronto.edu/~kriz/")]);

    /// <summary>Where the sets lie unless another folder is named: <c>DESCENT_DATA</c>, or else <c>descent/data</c> among the user's data.</summary>
    public static string DefaultFolder =>
        Environment.GetEnvironmentVariable("DESCENT_DATA") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "descent", "data");

    /// <summary>70,000 handwritten digits of 28 × 28 pixels, 60,000 of them to train on; inputs <c>(count, 1, 28, 28)</c>.</summary>
    /// <remarks>LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998.</remarks>
    /// <param name="root">The folder that holds the files, or holds a folder <c>mnist</c> of them; <see cref="DefaultFolder"/> if null.</param>
    /// <param name="download">Whether missing files are fetched.</param>
    /// <param name="mean">Subtracted from the pixels of [0, 1]; 0.1307 is the training set's.</param>
    /// <param name="std">Divides what is left; 0.3081 is the training set's.</param>
    /// <param name="progress">Is told how far fetching is.</param>
    /// <param name="cancellation">Ends fetching; what has come is kept and gone on with the next time.</param>
    /// <exception cref="IOException">Files are missing, and the message says which and where to put them, or could not be fetched.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static (TensorDataset Train, TensorDataset Test) Mnist(string? root = null, bool download = false, float mean = 0, float std = 1,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        IdxDataset.Load(MnistSet.Find(root, download, null, progress, cancellation), mean, std);

    /// <summary>70,000 pictures of clothes in the form of <see cref="Mnist"/>; <paramref name="root"/> may hold a folder <c>fashion-mnist</c>.</summary>
    /// <remarks>Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017, arXiv:1708.07747.</remarks>
    /// <inheritdoc cref="Mnist"/>
    public static (TensorDataset Train, TensorDataset Test) FashionMnist(string? root = null, bool download = false, float mean = 0, float std = 1,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        IdxDataset.Load(FashionSet.Find(root, download, null, progress, cancellation), mean, std);

    /// <summary>60,000 colour pictures of ten things, 50,000 of them to train on; inputs <c>(count, 3, 32, 32)</c>. <paramref name="root"/> may hold a folder <c>cifar-10</c>.</summary>
    /// <remarks>Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.</remarks>
    /// <inheritdoc cref="Mnist"/>
    public static (PixelDataset Train, PixelDataset Test) Cifar10(string? root = null, bool download = false, float mean = 0, float std = 1,
        IProgress<DownloadProgress>? progress = null, CancellationToken cancellation = default) =>
        NN.Cifar10.Load(CifarSet.Find(root, download, null, progress, cancellation), mean, std);
}
