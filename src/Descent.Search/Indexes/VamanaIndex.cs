namespace Descent.Search;

/// <summary>Approximate search on a graph whose edges are chosen twice, the second time with a slack that keeps longer ones.</summary>
/// <remarks>
/// Subramanya et al., "DiskANN: fast accurate billion-point nearest neighbor search on a single node", NeurIPS 2019. Other than
/// there, the first pass adds vectors to a lighter graph so far in place of mending a random one, candidates for edges are also the
/// nearest in a small layer above, and searches begin where such layers lead, as in HNSW, not at one medoid, from where clusters
/// apart are hardly found.
/// </remarks>
public sealed unsafe class VamanaIndex : GraphIndex
{
    // Edges in the layers above, each of which has one in as many of the vectors below.
    const int LayersAbove = 16;

    // The first pass need only lead the second: of all edges and as wide a view it takes twice as long, and finds no more.
    const int FirstShareOfEdges = 3;
    const float FirstShareOfView = 0.6f;

    bool _isFirstPass;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric or the code does not fit the elements.</exception>
    public VamanaIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32, VamanaOptions? options = null)
        : base(dimension, metric, elements)
    {
        Options = options ?? new();
        Quantizer.Check(Options.Code, Store.Codec);
    }

    /// <summary>How the graph is built.</summary>
    public VamanaOptions Options { get; private set; }

    internal override string Kind => "vamana";

    private protected override (int Degree, int Capacity) BaseEdges => (_isFirstPass ? Math.Max(4, Options.Degree / FirstShareOfEdges) : Options.Degree, Options.Degree);

    private protected override int UpperDegree => LayersAbove;

    private protected override int BuildEf => _isFirstPass ? (int)Math.Ceiling(Options.EfConstruction * FirstShareOfView) : Options.EfConstruction;

    private protected override ulong LevelSeed => Options.Seed;

    private protected override VectorCode Code => Options.Code;

    /// <summary>The slack as a factor of distances of this metric.</summary>
    float Slack => Metric switch
    {
        VectorMetric.SquaredEuclidean or VectorMetric.Cosine => Options.Alpha * Options.Alpha,
        VectorMetric.Hamming => Options.Alpha,
        _ => 1,
    };

    internal override void Write(IndexWriter writer, int[] dense)
    {
        writer.Int32(Options.Degree);
        writer.Int32(Options.EfConstruction);
        writer.Single(Options.Alpha);
        writer.Int64((long)Options.Seed);
        writer.Int32((int)Options.Code);
        base.Write(writer, dense);
    }

    internal override void Read(IndexReader reader)
    {
        Options = new()
        {
            Degree = reader.Int32(4, 1024, "Degree"),
            EfConstruction = reader.Int32(1, 1 << 20, "EfConstruction"),
            Alpha = reader.Single(1, 4, "Alpha"),
            Seed = (ulong)reader.Int64(),
            Code = Quantizer.ReadCode(reader, Store.Codec),
        };
        base.Read(reader);
        if (Store.Count > 0) Base.Slack = Slack;
    }

    private protected override void Build(int[] slots, Course course)
    {
        _isFirstPass = true;
        try
        {
            base.Build(slots, course.Part(0.45));
        }
        finally
        {
            _isFirstPass = false;
        }
        Base.Slack = Slack;
        int ef = BuildEf;
        new SecondPass(Base, Kernels, Options.Degree, slot => NearAbove(slot, NsgIndex.Landmarks)).Run(
            slots, (query, scratch) => Kernels.Explore(Base, query, Descend(query, 0, scratch), ef, scratch), course.Part(0.55));
    }
}
