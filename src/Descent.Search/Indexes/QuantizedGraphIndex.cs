using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// Approximate search on a graph whose lists of edges carry one bit for each element of each edge: one pass over a list estimates
/// the distances to all that a vector leads to, and only vectors that are visited are measured.
/// </summary>
/// <remarks>
/// Gou, Gao, Xu and Long, "SymphonyQG: Towards Symphonious Integration of Quantization and Graph for Approximate Nearest Neighbor
/// Search", SIGMOD 2025; the estimate is in <see cref="EdgeCodec"/>. Other than there: searches begin among some thousand entrances
/// all over the set, estimated in the same way, which finds clusters apart; they end when as many vectors were visited as
/// <see cref="SearchOptions.Ef"/> says; three visits are under way at once, so that memory is waited for by none; and the
/// graph is made from one of nearest neighbours. Adding as many vectors as there are builds the graph anew; fewer join it as it is,
/// and where there are twice as many then as entrances were chosen from, those are chosen again.
/// </remarks>
public sealed unsafe class QuantizedGraphIndex : GraphIndex
{
    // Of the layers above in files of version 3, which nobody needs.
    const int UpperCapacity = 32;

    // Of so few vectors the graph is built anew whenever they have doubled.
    const int Few = 4096;

    // Where so many edges for each vector are to be coded, all vectors are turned first.
    const long TurnedOnce = 4;

    // One in so many vectors is sought when the graph is built, with so many visits, and so many before those missed are entrances.
    const int SoughtOf = 16, SoughtEf = 32, SoughtTogether = 512;

    // Lists begin with a line of the cache.
    const int Line = 64;

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric does not fit the elements, or is <see cref="VectorMetric.Hamming"/>.</exception>
    public QuantizedGraphIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32, QuantizedGraphOptions? options = null)
        : base(dimension, metric, elements)
    {
        if (metric == VectorMetric.Hamming)
            throw new ArgumentException("A qg index estimates sums over numbers; for bits, whose distances cost less than an estimate, use hnsw or nsg.", nameof(metric));
        Options = options ?? new();
    }

    /// <summary>How the graph is built.</summary>
    public QuantizedGraphOptions Options { get; private set; }

    internal override string Kind => "qg";

    private protected override (int Degree, int Capacity) BaseEdges => (Options.Degree / 2, Options.Degree);

    private protected override bool IsLayered => false;

    private protected override int UpperDegree => UpperCapacity;

    private protected override int BuildEf => Options.EfConstruction;

    private protected override ulong LevelSeed => Options.Seed;

    private protected override VectorCode Code => VectorCode.None;

    private protected override int ListBytes => (EdgeCodec.ListBytes(Store.Codec, Options.Degree) + Line - 1) / Line * Line;

    internal override void Write(IndexWriter writer, int[] dense)
    {
        writer.Int32(Options.Degree);
        writer.Int32(Options.Neighbors);
        writer.Int32(Options.EfConstruction);
        writer.Int64((long)Options.Seed);
        base.Write(writer, dense);
        if (Store.Count == 0) return;
        var entrances = Base.Entrances!;
        writer.Singles(entrances.Codec.Center);
        writer.Int32(entrances.ChosenFrom);
        writer.Int32(entrances.Nodes.Length);
        writer.Int32s([.. entrances.Nodes.ToArray().Select(node => dense[node])]);
        PackedLists.Write(writer, Base, dense);
    }

    internal override void Read(IndexReader reader)
    {
        int degree = reader.Int32(1, 1024 / 32 * 32, "Degree");
        if (degree % 32 != 0) throw reader.Damage($"Degree is {degree}; expected a multiple of 32.");
        Options = new()
        {
            Degree = degree,
            Neighbors = reader.Int32(1, 1024, "Neighbors"),
            EfConstruction = reader.Int32(1, 1 << 20, "EfConstruction"),
            Seed = (ulong)reader.Int64(),
        };
        base.Read(reader);
        if (Store.Count == 0) return;
        float[] center = new float[Store.Codec.QueryFloats];
        reader.Singles(center, Store.Codec.Greatest, "centre");
        int from = reader.Int32(1, int.MaxValue, "vectors at the time of building"), count = reader.Count(sizeof(int), "entrances");
        if (count == 0 || count > Store.Count) throw reader.Damage($"there are {count} entrances for {Store.Count} vectors.");
        int[] nodes = new int[count];
        reader.Int32s(nodes, 0, Store.Count - 1, "entrance");
        if (nodes.Distinct().Count() < count) throw reader.Damage("an entrance occurs twice.");
        Base.Entrances = new(new(Store.Codec, center, Options.Seed), Store, nodes, from);
        if (reader.Version >= PackedLists.Since) PackedLists.Read(reader, Base);
        else Pack(Course.None);
    }

    private protected override bool IsBuiltAnew(int added) => base.IsBuiltAnew(added) || (Store.Count <= Few && HasDoubled);

    private protected override void Grow(int[] added)
    {
        var entrances = Base.Entrances!;
        if ((HasDoubled ? Entrances.Choose(entrances.Codec, Store, Used(), Options.Seed) : entrances.With(Store, added, Options.Seed)) is { } others) Base.Entrances = others;
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
        var leaving = new HashSet<int>(slots.ToArray());
        var before = Base;
        var (entrances, left) = (before.Entrances!, before.Entrances);
        if (entrances.Nodes.ToArray().Any(leaving.Contains)) left = entrances.Without(Store, leaving.Contains, node => Substitute(before, node, leaving));
        base.Unlink(slots);
        if (IsEmpty || Base != before) return;
        Base.Entrances = left ?? Entrances.Choose(entrances.Codec, Store, Used(), Options.Seed);
        Pack(Course.None);
    }

    private protected override void Pack(Course course)
    {
        var (layer, codec) = (Base, Base.Entrances?.Codec);
        if (codec is null) return;
        var (stale, edges) = layer.TakeStale();
        using var turned = edges > TurnedOnce * Store.Count ? TurnAll(codec) : null;
        course.For(stale.Length, i =>
        {
            var places = layer.StalePlaces(stale[i]);
            codec.Encode(Store.Rows, stale[i], layer.Links(stale[i]), layer.Capacity, places, turned);
            places.Clear();
        });
    }

    /// <summary>Whether there are twice as many vectors as entrances were chosen from.</summary>
    bool HasDoubled => Store.Count >= 2L * Base.Entrances!.ChosenFrom;

    /// <summary>All rows turned, each once and not for every edge that leads to it.</summary>
    RowMemory TurnAll(EdgeCodec codec)
    {
        int width = Store.Codec.QueryFloats;
        var turned = new RowMemory(width * sizeof(float));
        turned.Reserve(Store.Slots);
        // Edges lead to vectors that are being replaced, too.
        WorkerPool.For(Store.Slots, slot => codec.Turn(Store.Rows.Row(slot), new(turned.Row(slot), width)));
        return turned;
    }

    static int Substitute(GraphLayer layer, int node, HashSet<int> leaving)
    {
        foreach (int to in layer.Edges(node))
            if (!leaving.Contains(to)) return to;
        return -1;
    }

    private protected override void Build(int[] slots, Course course)
    {
        StartBase(slots);
        var nearest = Kernels.FindNearest(slots, Options.Neighbors, Options.Seed, course.Part(0.65));
        new FillingUp(Base, Kernels, nearest).Run(course.Part(0.1));
        new SpanningTree(Base, Kernels, Options.EfConstruction).Grow(slots[0], slots, course.Part(0.05));
        Base.Entrances = Entrances.Choose(new(Store.Codec, Center(slots), Options.Seed), Store, slots, Options.Seed);
        Pack(course.Part(0.18));
        OpenUp(slots, course.Part(0.02));
    }

    /// <summary>Searches for some vectors by lot, and lets searches begin at those that are not found, too: among thousands of clusters some have no entrance.</summary>
    void OpenUp(int[] slots, Course course)
    {
        int[] sought = Entrances.Draw(slots, slots.Length / SoughtOf, Options.Seed);
        for (int done = 0; done < sought.Length; done += SoughtTogether)
        {
            course.Reach((double)done / sought.Length);
            int[] some = sought[done..Math.Min(sought.Length, done + SoughtTogether)];
            bool[] isFound = new bool[some.Length];
            WorkerPool.For(some.Length, i => isFound[i] = Finds(some[i]), course.Cancellation);
            int[] missed = [.. some.Where((_, i) => !isFound[i])];
            if (missed.Length > 0) Base.Entrances = Base.Entrances!.With(Store, missed);
        }
    }

    /// <summary>Whether a search for a vector finds it, or one as near.</summary>
    bool Finds(int slot)
    {
        var scratch = SearchScratch.Rent();
        Span<ulong> self = stackalloc ulong[1];
        Kernels.Sort(Base, slot, [slot], self);
        Kernels.Packed.Explore(Base, Base.Entrances!, Kernels.AsQuery(slot, scratch), SoughtEf, 1, scratch);
        bool isFound = NodeKey.Distance(scratch.Found[0]) <= NodeKey.Distance(self[0]);
        scratch.Return();
        return isFound;
    }

    /// <summary>The mean of all vectors, filled up with zeros.</summary>
    float[] Center(int[] slots)
    {
        float[] center = Store.Mean(slots);
        Array.Resize(ref center, Store.Codec.QueryFloats);
        return center;
    }
}
