using System.Formats.Tar;
using System.IO.Compression;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>CIFAR-10 in its binary form: records of a class byte and 3 × 32 × 32 pixels, red, green, then blue.</summary>
/// <remarks>Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.</remarks>
public static class Cifar10
{
    const int Size = 32, Record = 1 + 3 * Size * Size;

    // Ten times the files of the set.
    const long MostBytes = 100_000L * Record;

    internal const string Archive = "cifar-10-binary.tar.gz", ArchiveFolder = "cifar-10-batches-bin";

    internal static readonly string[] TrainFiles = ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"];
    internal const string TestFile = "test_batch.bin";

    /// <summary>The names of the classes.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Whether a folder holds the archive or the first of its files.</summary>
    internal static bool IsIn(string folder) =>
        ((string[])[Archive, TrainFiles[0], Path.Combine(ArchiveFolder, TrainFiles[0])]).Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Reads <c>cifar-10-binary.tar.gz</c>, or the files that it holds, from a folder.</summary>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; the message names the byte.</exception>
    public static (PixelDataset Train, PixelDataset Test) Load(string folder, float mean = 0, float std = 1)
    {
        var files = Path.Combine(folder, Archive) is var archive && File.Exists(archive) ? Unpack(archive) : Read(folder);
        return (Build(files.Take(TrainFiles.Length), mean, std), Build(files.Skip(TrainFiles.Length), mean, std));
    }

    /// <summary>Reads one <c>.bin</c> file.</summary>
    /// <inheritdoc cref="Load"/>
    public static PixelDataset ReadFile(string path, float mean = 0, float std = 1) => Build([(path, File.ReadAllBytes(path))], mean, std);

    static (string Name, byte[] Bytes)[] Read(string folder)
    {
        var paths = Array.ConvertAll([.. TrainFiles, TestFile], f => Path.Combine(folder, f));
        if (!File.Exists(paths[0])) paths = Array.ConvertAll([.. TrainFiles, TestFile], f => Path.Combine(folder, ArchiveFolder, f));
        return Array.ConvertAll(paths, p => (p, File.ReadAllBytes(p)));
    }

    static (string Name, byte[] Bytes)[] Unpack(string archive)
    {
        using var file = File.OpenRead(archive);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        var found = new Dictionary<string, byte[]>();
        while (tar.GetNextEntry() is { } entry)
        {
            string name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
            if (entry.DataStream is not { } data || name != TestFile && !TrainFiles.Contains(name)) continue;
            if (entry.Length > Math.Min(MostBytes, file.Length * Inflated.MaxRatio))
                throw new InvalidDataException($"{archive}: byte {file.Position}: {name} is said to have {entry.Length} bytes; expected at most {MostBytes}, and no more than the archive can hold.");
            var bytes = new byte[entry.Length];
            data.ReadExactly(bytes);
            if (!found.TryAdd(name, bytes)) throw new InvalidDataException($"{archive}: byte {file.Position}: {name} comes twice.");
        }
        return Array.ConvertAll<string, (string, byte[])>([.. TrainFiles, TestFile], name => found.TryGetValue(name, out var bytes)
            ? ($"{archive}/{name}", bytes)
            : throw new InvalidDataException($"{archive}: byte {file.Position}: the archive ends without {name}. Download it again."));
    }

    static PixelDataset Build(IEnumerable<(string Name, byte[] Bytes)> files, float mean, float std)
    {
        var parts = files.ToArray();
        foreach (var (name, bytes) in parts)
            if (bytes.Length % Record != 0)
                throw new InvalidDataException($"{name}: byte {bytes.Length / Record * Record}: the last record is cut off; the file has {bytes.Length} bytes, no multiple of {Record}.");
        int count = checked(parts.Sum(p => p.Bytes.Length / Record)), at = 0;
        var pixels = Tensor.Empty([count, 3, Size, Size], DType.UInt8);
        var labels = new long[count];
        foreach (var (name, bytes) in parts)
        {
            for (int start = 0; start < bytes.Length; start += Record, at++)
            {
                labels[at] = bytes[start] < Classes.Count ? bytes[start] : throw new InvalidDataException($"{name}: byte {start}: the class is {bytes[start]}; expected 0 to 9.");
                bytes.AsSpan(start + 1, Record - 1).CopyTo(pixels.AsSpan<byte>()[(at * (Record - 1))..]);
            }
        }
        return new(pixels, Tensor.From<long>(labels), mean, std);
    }
}
