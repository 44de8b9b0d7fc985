using Descent.Tensors;
using Descent.Testing;

namespace Descent.Search.Storms;

/// <summary>
/// Opens damaged index files in every way there is and uses what opens: nothing may come of it but
/// <see cref="InvalidDataException"/>, and no more memory than such a file can be worth.
/// </summary>
/// <param name="files">Sound files, of which damaged ones are made.</param>
/// <param name="path">Where damaged ones may be written.</param>
sealed class IndexFuzz(byte[][] files, string path)
{
    // Of what a thread may allocate for a file: some, and so many times its length, as lists have room for all the edges they may have.
    const long LeastBytes = 32 << 20, BytesPerByte = 2000;

    /// <summary>Openings that were refused.</summary>
    internal int Refused { get; private set; }

    /// <summary>Openings that were not, and what was opened was used.</summary>
    internal int Opened { get; private set; }

    /// <summary>The most that one file made its thread allocate.</summary>
    internal long MostAllocated { get; private set; }

    /// <exception cref="InvalidOperationException">Something else came of one.</exception>
    internal void Run(int count, ulong seed)
    {
        var random = new Generator(seed, 3);
        int number = 0;
        foreach (byte[] original in files)
        {
            int share = count / files.Length;
            foreach (byte[] damaged in Mutator.Mutate(original, share, seed + (ulong)number))
            {
                byte[] file = number++ % 4 == 3 ? Splice(original, files[(int)random.NextInt64(0, files.Length)], random) : damaged;
                Try(file, number, "checked", () => IndexFile.Read(new MemoryStream(file, writable: false), "fuzz"));
                // As if whoever made it had put all checksums right.
                Try(file, number, "unchecked", () => IndexFile.Read(new MemoryStream(file, writable: false), "fuzz", checksums: false));
                File.WriteAllBytes(path, file);
                Try(file, number, "mapped", () => IndexFile.Map(path, checksums: false));
            }
        }
        File.Delete(path);
    }

    /// <summary>The first part of one file and the last of another, or of itself.</summary>
    static byte[] Splice(byte[] a, byte[] b, Generator random)
    {
        int end = (int)random.NextInt64(0, a.Length), start = random.NextInt64(0, 2) == 0 ? Math.Min(end, b.Length) : (int)random.NextInt64(0, b.Length);
        return [.. a[..(end & ~3)], .. b[(start & ~3)..]];
    }

    void Try(byte[] file, int number, string way, Func<VectorIndex> open)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var index = open();
            Opened++;
            Use(index);
        }
        catch (InvalidDataException)
        {
            Refused++;
        }
#pragma warning disable CA1031 // All others are what is looked for.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new InvalidOperationException($"File {number}, {way}: {error}", error);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        MostAllocated = Math.Max(MostAllocated, allocated);
        if (allocated > LeastBytes + BytesPerByte * file.Length) throw new InvalidOperationException($"File {number}, {way}: {allocated} bytes were allocated for {file.Length}.");
    }

    static void Use(VectorIndex index)
    {
        const int batch = 33;
        float[] queries = new float[batch * index.Dimension];
        new Generator(1).Normal(queries);
        var query = queries.AsSpan(0, index.Dimension);
        int count = index.Count;
        var found = index.Search(query, 5);
        for (int i = 0; i < found.Length; i++)
        {
            if (!index.Contains(found[i].Id)) throw new InvalidOperationException($"{found[i].Id} was found and is not there.");
            if (float.IsNaN(found[i].Distance) || (i > 0 && !(found[i - 1] < found[i]))) throw new InvalidOperationException("Results are out of order.");
        }
        if (index.Dimension <= 64) index.SearchMany(queries, 3);
        index.Search(query, 5, new() { Filter = id => id % 2 == 0 });
        index.Search(query, 5, new() { Among = new(100, 103, 106) });
        index.SearchRange(query, 1);
        index.Find(100);
        _ = index.Statistics;
        index.Remove([100, 103]);
        index.Add([1, 2, 103], queries.AsSpan(0, 3 * index.Dimension));
        if (index.Count < 3 || Math.Abs(index.Count - count) > 5) throw new InvalidOperationException($"There are {index.Count} vectors after a few changes to {count}.");
        if (index.Search(query, 1).Length != 1) throw new InvalidOperationException("Nothing was found.");
        index.Save(Stream.Null);
    }
}
