using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Descent.Tensors.Formats;
using Descent.Testing;

namespace Descent.Tensors.Tests.Formats;

public sealed class NpyTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-npy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static byte[] Pack(string header, byte[] data, byte version = 1)
    {
        byte[] text = Encoding.Latin1.GetBytes(header), length = new byte[version == 1 ? 2 : 4];
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        else BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    static string Header(string descr, string shape, bool fortran = false) =>
        $"{{'descr': '{descr}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}\n";

    static OrderedDictionary<string, Tensor> Samples() => new()
    {
        ["single"] = Tensor.From<float>([1, 2, 3, 4, 5, float.NaN], [2, 3]),
        ["transposed"] = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]).Transpose(0, 1),
        ["double"] = Tensor.From<double>([double.Epsilon, -0.0], [2]),
        ["half"] = Tensor.From<Half>([(Half)1.5f, (Half)(-2)], [2, 1]),
        ["long"] = Tensor.From<long>([long.MinValue, 7], [2]),
        ["int"] = Tensor.From<int>([-1, 2], [1, 2, 1]),
        ["sbyte"] = Tensor.From<sbyte>([-128, 127], [2]),
        ["byte"] = Tensor.From<byte>([255], [1]),
        ["bool"] = Tensor.From<bool>([true, false, true], [3]),
        ["scalar"] = Tensor.From<float>([9], []),
        ["empty"] = Tensor.Zeros([0, 3]),
        ["wide"] = Tensor.Zeros([40, 50]),
    };

    static byte[] Bytes(Tensor x)
    {
        using var stream = new MemoryStream();
        Npy.Save(stream, x);
        return stream.ToArray();
    }

    static byte[] Bytes(bool isCompressed)
    {
        using var stream = new MemoryStream();
        Npz.Save(stream, Samples(), isCompressed);
        return stream.ToArray();
    }

    [Fact]
    public void What_is_saved_is_loaded()
    {
        string path = Path.Combine(_folder, "a.npy");
        foreach (var (name, x) in Samples())
        {
            Npy.Save(path, x);
            GoldenFiles.AssertSame(x, Npy.Load(path), name);
        }
        Assert.Single(Directory.GetFiles(_folder));
        Assert.Throws<NotSupportedException>(() => Npy.Save(path, Tensor.Zeros([1], DType.BFloat16)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Archives_keep_names_and_order(bool isCompressed)
    {
        string path = Path.Combine(_folder, "a.npz");
        Npz.Save(path, Samples(), isCompressed);
        var loaded = Npz.Load(path);
        Assert.Equal(Samples().Keys, loaded.Keys);
        foreach (var (name, x) in Samples()) GoldenFiles.AssertSame(x, loaded[name], name);
        Assert.Throws<ArgumentException>(() => Npz.Save(path, [KeyValuePair.Create("a", loaded["int"]), KeyValuePair.Create("a", loaded["int"])]));
        Assert.Equal(loaded.Count, Npz.Load(path).Count);
    }

    public static TheoryData<string, string, bool, byte[], long[]> Integers => new()
    {
        { "<i2", "(2,)", false, [0xfe, 0xff, 3, 0], [-2, 3] },
        { ">i2", "(2,)", false, [0xff, 0xfe, 0, 3], [-2, 3] },
        { "<u2", "(1,)", false, [0xff, 0xff], [65535] },
        { ">u4", "(1,)", false, [0xff, 0xff, 0xff, 0xfe], [0xfffffffe] },
        { ">u8", "()", false, [0, 0, 0, 0, 0, 0, 0, 5], [5] },
        { "|i1", "(2, 3)", true, [1, 2, 3, 4, 5, 6], [1, 3, 5, 2, 4, 6] },
        { ">i4", "(1, 2)", true, [0, 0, 0, 1, 0, 0, 0, 2], [1, 2] },
    };

    [Theory, MemberData(nameof(Integers))]
    public void Orders_and_widths_are_read(string descr, string shape, bool fortran, byte[] data, long[] expected)
    {
        foreach (byte version in (byte[])[1, 2, 3])
            Assert.Equal(expected, Npy.Load(Pack(Header(descr, shape, fortran), data, version)).To(DType.Int64).Contiguous().AsSpan<long>().ToArray());
    }

    public static TheoryData<string, int, string> Damaged => new()
    {
        { Header("<f4", "(2,)"), 7, "promises 8 bytes of data, but 7 follow" },
        { Header("<f4", "(2,)"), 9, "promises 8 bytes of data, but 9 follow" },
        { Header("<c8", "(1,)"), 8, "the element type is \"<c8\"" },
        { Header("|O", "(1,)"), 8, "the element type is \"|O\"" },
        { Header("=f4", "(1,)"), 4, "the element type is \"=f4\"" },
        { Header("|f4", "(1,)"), 4, "the element type is \"|f4\"" },
        { Header("<f4", "(1)"), 4, "Expected a tuple" },
        { Header("<f4", "(-1,)"), 4, "a size is no integer" },
        { Header("<f4", "(99999999999,)"), 4, "a size is no integer" },
        { Header("<f4", "(65536, 65536)"), 4, "more than 2147483647 elements" },
        { Header("<u8", "(1,)"), 8, "does not fit Int64" },
        { Header("|b1", "(1,)"), 1, "a bool is 255" },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", 4, "byte 20: the elements are records" },
        { "{'descr': '<f4', 'fortran_order': False}", 4, "lacks one of" },
        { "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4, "\"descr\" is unknown or occurs twice" },
        { "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", 4, "Expected True or False" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4, "Expected the end of the header" },
        { "__import__('os')", 4, "byte 10: Expected '{'" },
        { "{'descr", 4, "a string has no end" },
    };

    [Theory, MemberData(nameof(Damaged))]
    public void Damage_is_named_with_its_byte(string header, int dataBytes, string message)
    {
        byte[] data = new byte[dataBytes];
        Array.Fill(data, (byte)255);
        string said = Assert.Throws<InvalidDataException>(() => Npy.Load(Pack(header, data))).Message;
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Contains(": byte ", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_noticed()
    {
        byte[] file = Bytes(Samples()["single"]);
        for (int length = 0; length < file.Length; length++)
            Assert.Throws<InvalidDataException>(() => Npy.Load(file[..length]));
        foreach (bool isCompressed in (bool[])[false, true])
        {
            file = Bytes(isCompressed);
            for (int length = 0; length < file.Length; length += 7)
                Assert.Throws<InvalidDataException>(() => Npz.Load(file[..length]));
        }
    }

    [Fact]
    public void A_zip_bomb_is_refused_before_memory_is_taken_for_it()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry("a.npy", CompressionLevel.Optimal).Open();
            entry.Write(Pack(Header("<f4", "(1,)"), new byte[32 << 20]));
        }
        byte[] bomb = stream.ToArray();
        Assert.InRange(bomb.Length, 0, 100_000);
        Assert.Equal(1, Fuzz.Verify([bomb], file => Npz.Load(file)));
    }

    [Fact]
    public void Mutated_files_give_clean_errors_and_take_little_memory()
    {
        foreach (var (_, x) in Samples())
            Fuzz.Verify(Mutator.Mutate(Bytes(x), 150, seed: 1), file => Npy.Load(file));
        Assert.InRange(Fuzz.Verify(Mutator.Mutate(Bytes(Samples()["single"]), 1_000, seed: 2), file => Npy.Load(file)), 500, 999);
        Fuzz.Verify(Mutator.Mutate(Bytes(isCompressed: false), 1_000, seed: 3), file => Npz.Load(file), constant: 1 << 20);
        Fuzz.Verify(Mutator.Mutate(Bytes(isCompressed: true), 1_000, seed: 4), file => Npz.Load(file), constant: 1 << 20);
    }

    [Fact]
    public void Files_of_other_programs_load()
    {
        foreach (var testCase in GoldenFiles.Cases("npy_load"))
        {
            string file = testCase.GetProperty("args").GetProperty("file").GetString()!;
            // The expected arrays keep I16 and the like, which both readers widen.
            foreach (var (_, expected) in GoldenFiles.Outputs(testCase)) GoldenFiles.AssertSame(expected, Npy.Load(GoldenFiles.Path(file)), file);
        }
        foreach (var testCase in GoldenFiles.Cases("npz_load"))
        {
            var loaded = Npz.Load(GoldenFiles.Path(testCase.GetProperty("args").GetProperty("file").GetString()!));
            var expected = GoldenFiles.Outputs(testCase).ToList();
            Assert.Equal(expected.Count, loaded.Count);
            foreach (var (name, x) in expected) GoldenFiles.AssertSame(x, loaded[name], name);
        }
    }
}
