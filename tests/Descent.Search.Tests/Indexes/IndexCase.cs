using Descent.Tensors;

namespace Descent.Search.Tests;

/// <summary>A kind of index with its parameters; every property is tested for every one.</summary>
/// <param name="Name">What the test is called.</param>
/// <param name="Create">An empty index of a dimension.</param>
public sealed record IndexCase(string Name, Func<int, VectorIndex> Create)
{
    /// <summary>The share of the true nearest that a search for 10 finds at least.</summary>
    public double Recall { get; init; } = 1;

    public static IReadOnlyDictionary<string, IndexCase> All { get; } = new IndexCase[]
    {
        new("flat", static d => new FlatIndex(d)),
        new("flat inner product", static d => new FlatIndex(d, VectorMetric.InnerProduct)),
        new("flat cosine", static d => new FlatIndex(d, VectorMetric.Cosine)),
        new("flat float16", static d => new FlatIndex(d, elements: VectorElement.Float16)),
        new("flat float16 cosine", static d => new FlatIndex(d, VectorMetric.Cosine, VectorElement.Float16)),
        new("flat int8", static d => new FlatIndex(d, elements: VectorElement.Int8)),
        new("flat int8 inner product", static d => new FlatIndex(d, VectorMetric.InnerProduct, VectorElement.Int8)),
        new("flat binary", static d => new FlatIndex(d, VectorMetric.Hamming, VectorElement.Binary)),
        new("hnsw", static d => new HnswIndex(d)) { Recall = 0.99 },
        new("hnsw inner product", static d => new HnswIndex(d, VectorMetric.InnerProduct)) { Recall = 0.95 },
        new("hnsw cosine float16", static d => new HnswIndex(d, VectorMetric.Cosine, VectorElement.Float16)) { Recall = 0.99 },
        new("hnsw int8, few edges", static d => new HnswIndex(d, elements: VectorElement.Int8, options: new() { M = 6, EfConstruction = 60, Seed = 3 })) { Recall = 0.96 },
        new("hnsw binary", static d => new HnswIndex(d, VectorMetric.Hamming, VectorElement.Binary)) { Recall = 0.95 },
        new("nsg", static d => new NsgIndex(d)) { Recall = 0.99 },
        new("nsg cosine int8, few edges", static d => new NsgIndex(d, VectorMetric.Cosine, VectorElement.Int8, new() { Degree = 16, Neighbors = 12, EfConstruction = 40, Seed = 2 })) { Recall = 0.96 },
        new("nsg binary", static d => new NsgIndex(d, VectorMetric.Hamming, VectorElement.Binary)) { Recall = 0.95 },
        new("hnsw by int8 codes", static d => new HnswIndex(d, options: new() { Code = VectorCode.Int8 })) { Recall = 0.99 },
        new("hnsw inner product by int8 codes", static d => new HnswIndex(d, VectorMetric.InnerProduct, options: new() { Code = VectorCode.Int8 })) { Recall = 0.95 },
        new("hnsw cosine float16 by 4-bit codes", static d => new HnswIndex(d, VectorMetric.Cosine, VectorElement.Float16, new() { Code = VectorCode.RaBitQ4 })) { Recall = 0.98 },
        new("hnsw by product codes", static d => new HnswIndex(d, options: new() { Code = VectorCode.Product2 })) { Recall = 0.95 },
        new("nsg by 7-bit codes", static d => new NsgIndex(d, options: new() { Code = VectorCode.RaBitQ7 })) { Recall = 0.99 },
        new("vamana", static d => new VamanaIndex(d)) { Recall = 0.99 },
        new("vamana inner product, few edges", static d => new VamanaIndex(d, VectorMetric.InnerProduct, options: new() { Degree = 16, EfConstruction = 40 })) { Recall = 0.95 },
        new("vamana cosine int8 by 4-bit codes", static d => new VamanaIndex(d, VectorMetric.Cosine, VectorElement.Int8, new() { Alpha = 1.1f, Code = VectorCode.RaBitQ4, Seed = 2 })) { Recall = 0.98 },
        new("vamana binary", static d => new VamanaIndex(d, VectorMetric.Hamming, VectorElement.Binary)) { Recall = 0.95 },
        new("ivf", static d => new IvfIndex(d)) { Recall = 0.99 },
        new("ivf by product codes", static d => new IvfIndex(d, options: new() { Code = VectorCode.Product2 })) { Recall = 0.98 },
        new("ivf inner product by 1-bit codes", static d => new IvfIndex(d, VectorMetric.InnerProduct, options: new() { Cells = 20, Code = VectorCode.RaBitQ1 })) { Recall = 0.98 },
        new("ivf cosine float16 by int8 codes", static d => new IvfIndex(d, VectorMetric.Cosine, VectorElement.Float16, new() { Code = VectorCode.Int8 })) { Recall = 0.99 },
        new("ivf of vectors alone", static d => new IvfIndex(d, elements: VectorElement.Int8, options: new() { Cells = 7, Code = VectorCode.None })),
        new("qg", static d => new QuantizedGraphIndex(d)) { Recall = 0.99 },
        new("qg inner product", static d => new QuantizedGraphIndex(d, VectorMetric.InnerProduct)) { Recall = 0.95 },
        new("qg cosine int8, few edges", static d => new QuantizedGraphIndex(d, VectorMetric.Cosine, VectorElement.Int8, new() { Degree = 32, Neighbors = 12, EfConstruction = 40, Seed = 2 })) { Recall = 0.96 },
        new("qg float16", static d => new QuantizedGraphIndex(d, elements: VectorElement.Float16)) { Recall = 0.99 },
    }.ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Vectors in clusters, <c>(count, dimension)</c>.</summary>
    public static float[] Sample(int count, int dimension, ulong seed)
    {
        const int clusters = 12;
        float[] centers = new float[clusters * dimension], x = new float[count * dimension];
        new Generator(1).Normal(centers);
        var random = new Generator(seed, 2);
        random.Normal(x, 0, 0.6f);
        for (int i = 0; i < count; i++)
        {
            int cluster = (int)random.NextInt64(0, clusters);
            for (int j = 0; j < dimension; j++) x[i * dimension + j] += centers[cluster * dimension + j];
        }
        return x;
    }

    /// <summary>An index of a sample; vector i has the id 3 i + 100.</summary>
    public VectorIndex Filled(int count, int dimension, ulong seed = 5)
    {
        var index = Create(dimension);
        index.Add(Ids(count), Sample(count, dimension, seed));
        return index;
    }

    public static long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => 3L * i + 100)];

    /// <summary>The nearest by a plain loop in double over what the index says that it stores.</summary>
    public static Neighbor[] Exact(VectorIndex index, IEnumerable<long> ids, ReadOnlySpan<float> query, int k)
    {
        var all = new List<Neighbor>();
        foreach (long id in ids) all.Add(new(id, (float)Distance(index.Metric, query, index.Find(id)!)));
        all.Sort();
        return [.. all.Take(k)];
    }

    public static double Distance(VectorMetric metric, ReadOnlySpan<float> query, float[] vector)
    {
        double sum = 0, length = 0;
        for (int i = 0; i < vector.Length; i++)
        {
            sum += metric switch
            {
                VectorMetric.SquaredEuclidean => Math.Pow((double)query[i] - vector[i], 2),
                VectorMetric.Hamming => query[i] > 0 != vector[i] > 0 ? 1 : 0,
                _ => -(double)query[i] * vector[i],
            };
            length += (double)query[i] * query[i];
        }
        return metric == VectorMetric.Cosine ? 1 + (length > 0 ? sum / Math.Sqrt(length) : 0) : sum;
    }
}
