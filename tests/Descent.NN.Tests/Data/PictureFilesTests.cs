using System.Formats.Tar;
using System.IO.Compression;
using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class PictureFilesTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-pictures-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    void Save(string path, PngImage picture)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        picture.Save(Path.Combine(_folder, path));
    }

    [Fact]
    public void A_folder_of_pictures_has_a_class_for_each_folder()
    {
        Save("dog/b.png", new(2, 1, 3, [255, 0, 51, 0, 255, 102]));
        Save("dog/deep/a.PNG", new(2, 1, 1, [0, 255]));
        Save("cat/x.png", new(2, 1, 4, [255, 0, 0, 255, 255, 0, 0, 0]));
        File.WriteAllText(Path.Combine(_folder, "cat", "notes.txt"), "no picture");
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        var set = new ImageFolder(_folder);
        Assert.Equal(["cat", "dog", "empty"], set.Classes);
        Assert.Equal([0L, 1, 1], set.Labels);
        var (x, y) = set[1];
        Assert.Equal((new Shape(3, 1, 2), 1L), (x.Shape, y.Item<long>()));
        Assert.Equal([1f, 0, 0, 1, 0.2f, 0.4f], x.ToArray<float>());
        // What is transparent is white.
        Assert.Equal([1f, 1, 0, 1, 0, 1], set[0].Input.ToArray<float>());
        Assert.Equal([0f, 1, 0, 1, 0, 1], set[2].Input.ToArray<float>());
        var batch = Assert.Single(new DataLoader(new ImageFolder(_folder, channels: 1), 3, workers: 2));
        Assert.Equal(new Shape(3, 1, 1, 2), batch.Input.Shape);
        Assert.EndsWith("x.png", set.PathOf(0), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_picture_is_named()
    {
        Save("a/good.png", new(1, 1, 1, [3]));
        File.WriteAllText(Path.Combine(_folder, "a", "z.png"), "no picture");
        var error = Assert.Throws<DatasetException>(() => new DataLoader(new ImageFolder(_folder), 2).Count());
        Assert.Equal(1, error.Index);
        Assert.Contains("z.png", error.Message, StringComparison.Ordinal);
        Save("a/z.png", new(2, 1, 1, [3, 4]));
        Assert.Contains("Resize or crop", Assert.Throws<DatasetException>(() => new DataLoader(new ImageFolder(_folder), 2).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_pictures_is_refused()
    {
        Assert.Contains("found no folders", Assert.Throws<FileNotFoundException>(() => new ImageFolder(_folder)).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => new ImageFolder(Path.Combine(_folder, "none")));
    }

    /// <summary>A record whose pixels are all that number.</summary>
    static byte[] Records(params byte[] labels) => [.. labels.SelectMany(l => (byte[])[l, .. Enumerable.Repeat((byte)(l * 10), 3072)])];

    static byte[] Archive()
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            for (int i = 0; i < 5; i++)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/data_batch_{i + 1}.bin") { DataStream = new MemoryStream(Records((byte)i, 9)) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/readme.html") { DataStream = new MemoryStream([1, 2]) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "cifar-10-batches-bin/test_batch.bin") { DataStream = new MemoryStream(Records(7)) });
        }
        return stream.ToArray();
    }

    [Fact]
    public void Cifar_is_read_from_its_archive_and_from_its_files()
    {
        File.WriteAllBytes(Path.Combine(_folder, "cifar-10-binary.tar.gz"), Archive());
        Check(Cifar10.Load(_folder, mean: 0.5f, std: 0.25f));
        File.Delete(Path.Combine(_folder, "cifar-10-binary.tar.gz"));
        Assert.ThrowsAny<IOException>(() => Cifar10.Load(_folder));
        var inner = Directory.CreateDirectory(Path.Combine(_folder, "cifar-10-batches-bin")).FullName;
        for (int i = 0; i < 5; i++) File.WriteAllBytes(Path.Combine(inner, $"data_batch_{i + 1}.bin"), Records((byte)i, 9));
        File.WriteAllBytes(Path.Combine(inner, "test_batch.bin"), Records(7));
        Check(Cifar10.Load(_folder, mean: 0.5f, std: 0.25f));
        Check(Cifar10.Load(inner, mean: 0.5f, std: 0.25f));

        static void Check((PixelDataset Train, PixelDataset Test) sets)
        {
            Assert.Equal((10, 1), (sets.Train.Count, sets.Test.Count));
            Assert.Equal([0L, 9, 1, 9, 2, 9, 3, 9, 4, 9], sets.Train.Targets.ToArray<long>());
            var (x, y) = new DataLoader(sets.Train, 4).First();
            Assert.Equal((new Shape(4, 3, 32, 32), DType.Float32, new Shape(4)), (x.Shape, x.DType, y.Shape));
            Assert.Equal((90 / 255f - 0.5f) / 0.25f, x[1].Mean().Item(), 1e-6);
            Assert.Equal(x[2].ToArray<float>(), sets.Train[2].Input.ToArray<float>());
        }
    }

    [Fact]
    public void Damaged_cifar_files_are_refused()
    {
        string path = Path.Combine(_folder, "test_batch.bin");
        File.WriteAllBytes(path, Records(1, 2)[..^1]);
        Assert.Contains("byte 3073", Assert.Throws<InvalidDataException>(() => Cifar10.ReadFile(path)).Message, StringComparison.Ordinal);
        File.WriteAllBytes(path, Records(1, 10));
        Assert.Contains("the class is 10", Assert.Throws<InvalidDataException>(() => Cifar10.ReadFile(path)).Message, StringComparison.Ordinal);
        string archive = Path.Combine(_folder, "cifar-10-binary.tar.gz");
        foreach (var file in Mutator.Mutate(Archive(), 300, seed: 5))
        {
            File.WriteAllBytes(archive, file);
            try
            {
                Cifar10.Load(_folder);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
            }
        }
    }

    [Fact]
    public void Pixels_kept_as_bytes_must_be_pictures() =>
        Assert.Throws<ShapeException>(() => new PixelDataset(Tensor.Zeros([2, 3, 4, 4]), Tensor.Zeros([2], DType.Int64)));
}
