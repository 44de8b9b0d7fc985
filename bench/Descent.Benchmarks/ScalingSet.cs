using System.Diagnostics;
using System.Globalization;
using Descent.Search;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>So many vectors of a distribution, with queries from it; kept in files where folders for them are named.</summary>
/// <param name="Draw">Vectors of a set of so many, how many of them, and by which draw.</param>
sealed record ScalingSet(string Name, string Size, int Count, int Dimension, Func<int, int, ulong, float[]> Draw)
{
    static string? DataFolder => Environment.GetEnvironmentVariable("PEERS_DATA");

    static string? IndexFolder => Environment.GetEnvironmentVariable("ANN_INDEXES");

    string File => $"{Name}-{Size}";

    internal float[] Queries(int count) => Draw(Count, count, 1);

    internal TrueNeighbors FindTruth(float[] queries, int k)
    {
        string? path = DataFolder is { } folder ? Path.Combine(folder, File) : null;
        if (path is not null && System.IO.File.Exists(path + ".gt.ivecs")) return TrueNeighbors.Load(path + ".gt.ivecs", k);
        float[] vectors = Draw(Count, Count, 0);
        using var exact = new FlatIndex(Dimension);
        exact.Add(Ids(), vectors);
        if (path is null) return TrueNeighbors.Find(exact, queries, k);
        Save(path + ".base.fvecs", vectors);
        Save(path + ".query.fvecs", queries);
        VectorFiles.SaveIntegers(path + ".gt.ivecs", exact.SearchMany(queries, k).Chunk(k).Select(near => near.Select(n => (int)n.Id).ToArray()));
        return TrueNeighbors.Load(path + ".gt.ivecs", k);
    }

    /// <param name="seconds">That adding all vectors takes, or took when the index was kept.</param>
    internal VectorIndex Build(string kind, Func<VectorIndex> create, out double seconds)
    {
        string? path = IndexFolder is { } folder ? Path.Combine(folder, $"{kind}-{File}.index") : null;
        if (path is not null && System.IO.File.Exists(path + ".seconds"))
        {
            seconds = double.Parse(System.IO.File.ReadAllText(path + ".seconds"), CultureInfo.InvariantCulture);
            return VectorIndex.Open(path);
        }
        float[] vectors = Draw(Count, Count, 0);
        var index = create();
        long begin = Stopwatch.GetTimestamp();
        index.Add(Ids(), vectors);
        seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (path is null) return index;
        index.Save(path);
        System.IO.File.WriteAllText(path + ".seconds", seconds.ToString("R", CultureInfo.InvariantCulture));
        return index;
    }

    long[] Ids() => [.. Enumerable.Range(0, Count).Select(i => (long)i)];

    void Save(string path, float[] vectors)
    {
        using var tensor = Tensor.From<float>(vectors, [vectors.Length / Dimension, Dimension]);
        VectorFiles.SaveFloats(path, tensor);
    }
}
