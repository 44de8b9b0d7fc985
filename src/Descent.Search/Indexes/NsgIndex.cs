namespace Descent.Search;

/// <summary>Approximate search on a navigating spreading-out graph: edges of an MRNG as far as near candidates tell, in all directions and few.</summary>
/// <remarks>
/// Fu et al., "Fast Approximate Nearest Neighbor Search With The Navigating Spreading-out Graph", VLDB 2019: a graph of nearest
/// neighbours, edges chosen among what a search on it finds, edges back, and a tree from the vector nearest to the mean that
/// reaches what else would not be. There every search, for candidates too, begins at that one vector, which fails where the
/// vectors fall into clusters apart. Here candidates are the nearest of each vector (of bits, where there are many, by a search from it
/// on a graph of NN-Descent) and the nearest in a small layer above the graph; and searches begin where such layers lead, as in HNSW. Adding many vectors builds the graph anew; a few join it as it is.
/// </remarks>
public sealed unsafe class NsgIndex : GraphIndex
{
    // Edges in the layers above, each of which has one in as many of the vectors below.
    const int LayersAbove = 16;

    // Of the layer above so many nearest are candidates for a vector's edges, which among clusters matter more than as many of the
    // nearest: with 100 instead of 32 twice as many searches a second find 99 of 100 in 200 clusters of 500.
    internal const int Landmarks = 100;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric or the code does not fit the elements.</exception>
    public NsgIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32, NsgOptions? options = null)
        : base(dimension, metric, elements)
    {
        Options = options ?? new();
        Quantizer.Check(Options.Code, Store.Codec);
    }

    /// <summary>How the graph is built.</summary>
    public NsgOptions Options { get; private set; }

    internal override string Kind => "nsg";

    private protected override (int Degree, int Capacity) BaseEdges => (Options.Degree, Options.Degree);

    private protected override int UpperDegree => LayersAbove;

    private protected override int BuildEf => Options.EfConstruction;

    private protected override ulong LevelSeed => Options.Seed;

    private protected override VectorCode Code => Options.Code;

    internal override void Write(IndexWriter writer, int[] dense)
    {
        writer.Int32(Options.Degree);
        writer.Int32(Options.Neighbors);
        writer.Int32(Options.EfConstruction);
        writer.Int64((long)Options.Seed);
        writer.Int32((int)Options.Code);
        base.Write(writer, dense);
    }

    internal override void Read(IndexReader reader)
    {
        Options = new()
        {
            Degree = reader.Int32(4, 1024, "Degree"),
            Neighbors = reader.Int32(1, 1024, "Neighbors"),
            EfConstruction = reader.Int32(1, 1 << 20, "EfConstruction"),
            Seed = (ulong)reader.Int64(),
            Code = Quantizer.ReadCode(reader, Store.Codec),
        };
        base.Read(reader);
    }

    private protected override void Build(int[] slots, Course course)
    {
        BuildAbove(slots, course.Part(0.05));
        var graph = new SpreadingOut(Base, Kernels, slots, slot => NearAbove(slot, Landmarks), Options.EfConstruction);
        var choosing = course.Part(0.87);
        if (!Kernels.TryFindNearest(slots, Options.EfConstruction, Options.Seed, graph.Choose, choosing))
            graph.Choose(Kernels.FindNearest(slots, Options.Neighbors, Options.Seed, choosing.Part(0.6)), choosing.Part(0.4));
        graph.Finish(Medoid(slots), course.Part(0.08));
    }

    /// <summary>The vector nearest to the mean of all.</summary>
    int Medoid(int[] slots)
    {
        float[] prepared = new float[Store.Codec.QueryFloats];
        Store.Codec.Prepare(Store.Mean(slots), prepared);
        var (medoid, nearest) = (slots[0], float.PositiveInfinity);
        Span<float> distance = stackalloc float[1];
        foreach (int slot in slots)
        {
            Store.Codec.Measure(prepared, Store.Rows.Row(slot), distance);
            if (distance[0] < nearest) (medoid, nearest) = (slot, distance[0]);
        }
        return medoid;
    }
}
