using Descent.Testing;

namespace Descent.Search.Tests;

public class IndexFileTests
{
    public static TheoryData<string> Cases => IndexCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void Damaged_files_are_refused_with_the_byte(string name)
    {
        byte[] file = Saved(name);
        int refused = 0;
        foreach (byte[] damaged in Mutator.Mutate(file, 300, seed: 13))
        {
            if (damaged.AsSpan().SequenceEqual(file)) continue;
            Assert.Contains("byte ", Assert.Throws<InvalidDataException>(() => Open(damaged)).Message, StringComparison.Ordinal);
            refused++;
        }
        Assert.InRange(refused, 250, 300);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Damage_under_a_right_checksum_is_refused_or_harmless(string name)
    {
        float[] query = new float[6];
        foreach (byte[] damaged in Mutator.Mutate(Saved(name), 300, seed: 14))
        {
            if (damaged.Length < 8) continue;
            BitConverter.TryWriteBytes(damaged.AsSpan(damaged.Length - 4), Descent.Tensors.Formats.Crc32.Compute(damaged.AsSpan(0, damaged.Length - 4)));
            try
            {
                using var index = Open(damaged);
                if (index.Dimension == query.Length) index.Search(query, 5);
                index.Remove(IndexCase.Ids(10));
            }
            catch (InvalidDataException error)
            {
                Assert.Contains("byte ", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void A_file_cut_off_anywhere_is_refused(string name)
    {
        byte[] file = Saved(name);
        for (int length = 0; length < file.Length; length += length < 64 ? 1 : 97)
            Assert.Throws<InvalidDataException>(() => Open(file[..length]));
    }

    static byte[] Saved(string name)
    {
        using var index = IndexCase.All[name].Filled(60, 6);
        using var file = new MemoryStream();
        index.Save(file);
        return file.ToArray();
    }

    static VectorIndex Open(byte[] file)
    {
        using var stream = new MemoryStream(file, writable: false);
        return IndexFile.Read(stream, "test");
    }
}
