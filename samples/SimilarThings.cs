using Descent.Search;

namespace Descent.Samples;

/// <summary>Nearest neighbours: exactly, by a graph that looks at a part, and in a collection that keeps what it has acknowledged.</summary>
public static class SimilarThings
{
    const int Dimension = 32, Nearest = 10;

    /// <returns>The share of the true ten nearest that the graph finds.</returns>
    public static double Run(TextWriter output, int count = 10_000)
    {
        float[] vectors = VectorSamples.Cloud(count, Dimension, seed: 1), queries = VectorSamples.Cloud(200, Dimension, seed: 1, draw: 1);
        long[] ids = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        using var exact = new FlatIndex(Dimension);
        exact.Add(ids, vectors);
        using var graph = new HnswIndex(Dimension);
        graph.Add(ids, vectors);

        var truth = TrueNeighbors.Find(exact, queries, Nearest);
        double recall = 0;
        foreach (int ef in (int[])[10, 40, 160])
        {
            recall = truth.Recall(graph.SearchMany(queries, Nearest, new() { Ef = ef }));
            output.WriteLine($"with {ef} vectors in view the graph finds {recall:P1} of the {Nearest} nearest");
        }
        Keep(output, vectors.AsMemory(0, 100 * Dimension), queries.AsSpan(0, Dimension));
        return recall;
    }

    /// <summary>The first vectors as things with a price, written, opened again, and searched among the cheap ones.</summary>
    static void Keep(TextWriter output, ReadOnlyMemory<float> vectors, ReadOnlySpan<float> query)
    {
        var folder = Directory.CreateTempSubdirectory("descent-");
        try
        {
            using (var shop = VectorCollection.Open<string>(folder.FullName, new() { Dimension = Dimension }))
                shop.Upsert(Enumerable.Range(0, vectors.Length / Dimension)
                    .Select(i => new CollectionRecord<string>($"thing {i}", vectors.Slice(i * Dimension, Dimension), new() { ["price"] = i })));

            using var again = VectorCollection.Open<string>(folder.FullName);
            foreach (var hit in again.Search(query, k: 3, new() { Filter = PayloadFilter.Range("price", lessThan: 50) }))
                output.WriteLine($"{hit.Key}: score {hit.Score:F2}, price {hit.Record.Payload["price"]}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
