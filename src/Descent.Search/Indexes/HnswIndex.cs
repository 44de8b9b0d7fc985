namespace Descent.Search;

/// <summary>Approximate search by descent through layers of graphs, each a small part of the one below.</summary>
/// <remarks>
/// Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable Small World
/// graphs", 2016. Other than there, vectors join in batches, each of which sees the graph as it was and all others of its batch,
/// so that the graph does not depend on the number of threads; and a tree within each layer keeps every vector reachable.
/// </remarks>
public sealed class HnswIndex : GraphIndex
{
    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric or the code does not fit the elements.</exception>
    public HnswIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32, HnswOptions? options = null)
        : base(dimension, metric, elements)
    {
        Options = options ?? new();
        Quantizer.Check(Options.Code, Store.Codec);
    }

    /// <summary>How the graph is built.</summary>
    public HnswOptions Options { get; private set; }

    internal override string Kind => "hnsw";

    private protected override (int Degree, int Capacity) BaseEdges => (Options.M, 2 * Options.M);

    private protected override int UpperDegree => Options.M;

    private protected override int BuildEf => Options.EfConstruction;

    private protected override ulong LevelSeed => Options.Seed;

    private protected override VectorCode Code => Options.Code;

    /// <summary>A graph that vectors have joined is as good as one built anew, unless most that it led to is replaced.</summary>
    private protected override bool IsBuiltAnew(int added) => added == Store.Count || Store.Replaced > Store.Count / 2;

    internal override void Write(IndexWriter writer, int[] dense)
    {
        writer.Int32(Options.M);
        writer.Int32(Options.EfConstruction);
        writer.Int64((long)Options.Seed);
        writer.Int32((int)Options.Code);
        base.Write(writer, dense);
    }

    internal override void Read(IndexReader reader)
    {
        Options = new()
        {
            M = reader.Int32(4, 512, "M"),
            EfConstruction = reader.Int32(1, 1 << 20, "EfConstruction"),
            Seed = (ulong)reader.Int64(),
            Code = Quantizer.ReadCode(reader, Store.Codec),
        };
        base.Read(reader);
    }
}
