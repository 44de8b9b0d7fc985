using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Damages files as accident and malice do, the same way for the same seed.</summary>
public static class Mutator
{
    // What length, count and offset fields are tried with, in either byte order and at widths of 1, 2, 4 and 8.
    static readonly ulong[] s_extremes =
    [
        0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0,
        0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_fff0, ulong.MaxValue,
    ];

    delegate byte[] Mutation(byte[] file, Generator random);

    static readonly Mutation[] s_mutations =
        [FlipBit, SetByte, SetExtreme, SetExtreme, Nudge, Truncate, Insert, Duplicate, Delete, Append, Clear, Swap];

    /// <summary><paramref name="count"/> damaged copies, each by one to three mutations.</summary>
    public static IEnumerable<byte[]> Mutate(byte[] original, int count, ulong seed)
    {
        var random = new Generator(seed);
        for (var i = 0; i < count; i++)
        {
            var file = (byte[])original.Clone();
            for (var left = random.NextInt64(1, 4); left > 0; left--)
                file = s_mutations[random.NextInt64(0, s_mutations.Length)](file, random);
            yield return file;
        }
    }

    /// <summary>Some place, in the first 64 bytes every other time: that is where headers are.</summary>
    static int Place(byte[] file, Generator random) =>
        (int)random.NextInt64(0, Math.Max(1, random.NextInt64(0, 2) == 0 ? Math.Min(64, file.Length) : file.Length));

    static (int Start, int Length) Part(byte[] file, Generator random)
    {
        var start = Place(file, random);
        return (start, (int)random.NextInt64(0, Math.Min(64, file.Length - start) + 1));
    }

    static byte[] FlipBit(byte[] file, Generator random)
    {
        if (file.Length > 0)
            file[Place(file, random)] ^= (byte)(1 << (int)random.NextInt64(0, 8));
        return file;
    }

    static byte[] SetByte(byte[] file, Generator random)
    {
        if (file.Length > 0)
            file[Place(file, random)] = (byte)random.NextInt64(0, 256);
        return file;
    }

    static byte[] SetExtreme(byte[] file, Generator random)
    {
        var value = BitConverter.GetBytes(s_extremes[random.NextInt64(0, s_extremes.Length)])
            .AsSpan(0, 1 << (int)random.NextInt64(0, 4));
        if (random.NextInt64(0, 2) == 0)
            value.Reverse();
        var start = Place(file, random);
        value = value[..Math.Min(value.Length, file.Length - start)];
        value.CopyTo(file.AsSpan(start));
        return file;
    }

    static byte[] Nudge(byte[] file, Generator random)
    {
        if (file.Length > 0)
            file[Place(file, random)] += random.NextInt64(0, 2) == 0 ? (byte)1 : (byte)255;
        return file;
    }

    static byte[] Truncate(byte[] file, Generator random) => file[..Place(file, random)];

    static byte[] Insert(byte[] file, Generator random)
    {
        var start = Place(file, random);
        var bytes = new byte[random.NextInt64(1, 32)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)random.NextInt64(0, 256);
        return [.. file[..start], .. bytes, .. file[start..]];
    }

    static byte[] Duplicate(byte[] file, Generator random)
    {
        var (start, length) = Part(file, random);
        var target = Place(file, random);
        return [.. file[..target], .. file.AsSpan(start, length), .. file[target..]];
    }

    static byte[] Delete(byte[] file, Generator random)
    {
        var (start, length) = Part(file, random);
        return [.. file[..start], .. file[(start + length)..]];
    }

    static byte[] Append(byte[] file, Generator random) => [.. file, .. file[..Place(file, random)]];

    static byte[] Clear(byte[] file, Generator random)
    {
        var (start, length) = Part(file, random);
        file.AsSpan(start, length).Clear();
        return file;
    }

    static byte[] Swap(byte[] file, Generator random)
    {
        var (first, length) = Part(file, random);
        var second = Math.Min(Place(file, random), file.Length - length);
        var bytes = file.AsSpan(first, length).ToArray();
        file.AsSpan(second, length).CopyTo(file.AsSpan(first));
        bytes.CopyTo(file, second);
        return file;
    }
}
