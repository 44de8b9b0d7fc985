using System.Buffers.Binary;
using System.IO.Compression;
using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class IdxFileTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-idx-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static byte[] Bytes(IdxArray array)
    {
        using var stream = new MemoryStream();
        IdxFile.Write(stream, array);
        return stream.ToArray();
    }

    static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(bytes);
        return stream.ToArray();
    }

    static IdxArray Read(byte[] file) => IdxFile.Read(new MemoryStream(file));

    static IdxArray Images(int count, int height, int width, ulong seed = 1)
    {
        var values = new long[count * height * width];
        new Generator(seed).Integers(values, 0, 256);
        return new(IdxType.UInt8, [count, height, width], Array.ConvertAll(values, v => (byte)v));
    }

    public static TheoryData<IdxType, int[]> Arrays => new()
    {
        { IdxType.UInt8, [5] },
        { IdxType.UInt8, [3, 28, 28] },
        { IdxType.Int8, [2, 3] },
        { IdxType.Int16, [7] },
        { IdxType.Int32, [2, 2, 2, 2] },
        { IdxType.Float32, [4, 1] },
        { IdxType.Float64, [1, 3] },
        { IdxType.UInt8, [0, 28, 28] },
        { IdxType.Float32, [int.MaxValue, 0, int.MaxValue] },
    };

    [Theory, MemberData(nameof(Arrays))]
    public void What_is_written_is_read_plain_and_packed(IdxType type, int[] dims)
    {
        var data = new byte[IdxArray.ByteLength(type, dims)!.Value];
        for (var i = 0; i < data.Length; i++)
            data[i] = (byte)(37 * i + 11);
        foreach (var name in (string[])["a.idx", "a.idx.gz"])
        {
            var path = Path.Combine(_folder, name);
            IdxFile.Write(path, new(type, dims, data));
            Assert.Equal(name.EndsWith("gz", StringComparison.Ordinal), File.ReadAllBytes(path)[0] == 0x1f);
            var read = IdxFile.Read(path);
            Assert.Equal(type, read.Type);
            Assert.Equal(dims, read.Dims);
            Assert.Equal(data, read.Data);
        }

        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Elements_are_big_endian_in_the_file_and_native_in_memory()
    {
        byte[] file = [0, 0, 0x0B, 1, 0, 0, 0, 2, 0x01, 0x02, 0xff, 0xfe];
        Assert.Equal([0x0102, -2], Read(file).AsSpan<short>().ToArray());
        Assert.Equal(file, Bytes(Read(file)));

        file = [0, 0, 0x0D, 1, 0, 0, 0, 1, 0xc0, 0x49, 0x0f, 0xdb];
        Assert.Equal(-MathF.PI, Assert.Single(Read(file).AsSpan<float>().ToArray()));
        Assert.Throws<InvalidOperationException>(() => Read(file).AsSpan<byte>().Length);
    }

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "empty", [], "byte 0: the header is cut off" },
        { "cut in the header", [0, 0, 8, 2, 0, 0, 0, 1, 0, 0], "byte 10: the header is cut off" },
        { "no magic", [1, 0, 8, 1, 0, 0, 0, 0], "byte 0: found 01 00" },
        { "unknown type", [0, 0, 0x0A, 1, 0, 0, 0, 0], "byte 2: the element type 0x0a" },
        { "rank 0", [0, 0, 8, 0, 7], "byte 3: the rank is 0" },
        { "too short", [0, 0, 8, 1, 0, 0, 0, 3, 1, 2], "byte 10: the header promises 3 bytes of data, but 2 follow" },
        { "too long", [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3, 4], "byte 11: the header promises 3 bytes of data, but 4 follow" },
        { "negative", [0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff], "byte 4: size 0 is 4294967295" },
        { "large", [0, 0, 8, 2, 0, 1, 0, 0, 0, 1, 0, 0], "byte 4: UInt8 of shape (65536, 65536) is more than" },
        { "overflow", [0, 0, 14, 3, 127, 0, 0, 0, 127, 0, 0, 0, 127, 0, 0, 0], "byte 4: Float64 of shape" },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Damage_is_named_with_its_byte(string what, byte[] file, string message)
    {
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Read(file)).Message, StringComparison.Ordinal);
        Assert.True(Assert.Throws<InvalidDataException>(() => Read(Gzip(file))).Message.Contains(message, StringComparison.Ordinal)
            || file.Length == 0, what);
    }

    [Fact]
    public void Packed_data_that_end_early_or_late_are_refused()
    {
        var file = Gzip(Bytes(Images(4, 9, 9)));
        for (var length = 2; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => Read(file[..length]));
        Assert.Throws<InvalidDataException>(() => Read([.. file, 1, 2, 3, 4]));
        Assert.Throws<InvalidDataException>(() => Read([.. file, .. file]));
        file[^6] ^= 1;
        Assert.Throws<InvalidDataException>(() => Read(file));
    }

    [Fact]
    public void A_gzip_bomb_is_refused_before_memory_is_taken_for_it()
    {
        var inside = new byte[64 << 20];
        Bytes(new(IdxType.UInt8, [1], [0])).AsSpan(0, 8).CopyTo(inside);
        BinaryPrimitives.WriteInt32BigEndian(inside.AsSpan(4), inside.Length - 8);
        var bomb = Gzip(inside);
        Assert.InRange(bomb.Length, 0, 100_000);
        Assert.Equal(1, Fuzz.Verify([bomb], file => Read(file), factor: 1));
    }

    [Fact]
    public void Promised_data_that_are_not_there_take_no_memory()
    {
        byte[] header = [0, 0, 8, 1, 0x7f, 0xff, 0xff, 0x00];
        Assert.Equal(2, Fuzz.Verify([header, Gzip(header)], file => Read(file)));
    }

    [Fact]
    public void Mutated_files_give_clean_errors_and_take_little_memory()
    {
        var plain = Bytes(Images(3, 8, 8));
        var packed = Gzip(plain);
        Action<byte[]> read = file => Read(file);
        Assert.InRange(Fuzz.Verify(Mutator.Mutate(plain, 2_000, seed: 1), read), 1_000, 1_999);
        Assert.InRange(Fuzz.Verify(Mutator.Mutate(packed, 1_000, seed: 2), read), 900, 999);
        Assert.InRange(Fuzz.Verify(Mutator.Mutate(plain, 1_000, seed: 3).Select(Gzip), read), 500, 999);
    }

    [Fact]
    public void A_folder_gives_the_sets_that_are_complete()
    {
        void Put(string name, IdxArray array) => IdxFile.Write(Path.Combine(_folder, name), array);
        var labels = new IdxArray(IdxType.UInt8, [6], [0, 1, 2, 3, 4, 5]);

        Put("train-labels-idx1-ubyte.gz", labels);
        var error = Assert.Throws<FileNotFoundException>(() => IdxFolder.Find(_folder));
        Assert.Contains("train-images-idx3-ubyte", error.Message, StringComparison.Ordinal);
        Assert.Contains("found train-labels-idx1-ubyte.gz", error.Message, StringComparison.Ordinal);

        Put("t10k-images.idx3-ubyte", Images(6, 4, 5));
        Put("t10k-labels.idx1-ubyte.gz", labels);
        var found = IdxFolder.Find(_folder);
        Assert.Null(found.Train);
        var (images, read) = found.Test!.Read();
        Assert.Equal([6, 4, 5], images.Dims);
        Assert.Equal(labels.Data, read.Data);

        Put("train-images-idx3-ubyte", Images(7, 4, 5));
        var mismatch = Assert.Throws<InvalidDataException>(() => IdxFolder.Find(_folder).Train!.Read());
        Assert.Contains("7 images", mismatch.Message, StringComparison.Ordinal);
        Assert.Contains("6 labels", mismatch.Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => IdxFolder.Find(Path.Combine(_folder, "none")));
    }

    [Fact]
    public void Images_and_labels_in_each_others_place_are_refused()
    {
        var (images, labels) = (Path.Combine(_folder, "i"), Path.Combine(_folder, "l"));
        IdxFile.Write(images, Images(6, 4, 5));
        IdxFile.Write(labels, new(IdxType.UInt8, [6], new byte[6]));
        Assert.Contains("Expected UInt8 of shape (count, height, width)",
            Assert.Throws<InvalidDataException>(() => new IdxPair(labels, images).Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_check_their_length()
    {
        Assert.Throws<ArgumentException>(() => new IdxArray(IdxType.Int16, [3], new byte[5]));
        Assert.Throws<ArgumentException>(() => new IdxArray(IdxType.UInt8, [], new byte[1]));
        Assert.Throws<ArgumentException>(() => new IdxArray(IdxType.UInt8, [-1, -1], new byte[1]));
        Assert.Throws<ArgumentException>(() => new IdxArray((IdxType)10, [1], new byte[1]));
    }
}
