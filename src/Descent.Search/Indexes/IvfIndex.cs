using System.Buffers;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Search;

/// <summary>Approximate search of cells around centres: those whose centres are nearest to the query are looked through, by codes first.</summary>
/// <remarks>
/// Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", 2011 (IVF); the bounds by which codes decide what is
/// measured are those of Gao and Long, "RaBitQ", SIGMOD 2024. Centres are learned again when there are four times as many vectors.
/// Where a search's <see cref="SearchOptions.Probes"/> are null, it looks through as many cells as it is to keep near vectors in view.
/// </remarks>
public sealed unsafe class IvfIndex : VectorIndex
{
    /// <summary>Centres are learned again where there are so many times as many vectors as they were learned from.</summary>
    const int Stale = 4;

    /// <summary>Where it takes some cells to find as many as are wanted, so many times as many are looked through.</summary>
    const int Onwards = 4;

    /// <summary>Of what a filter lets through so many times as many as are wanted are looked at; where that takes this share of all cells, all that passes.</summary>
    const int Surplus = 32, ScanShare = 8;

    CellSet? _set;
    int[] _cellOf = [];

    /// <summary>An empty index.</summary>
    /// <exception cref="ArgumentException">The metric or the code does not fit the elements.</exception>
    public IvfIndex(int dimension, VectorMetric metric = VectorMetric.SquaredEuclidean, VectorElement elements = VectorElement.Float32, IvfOptions? options = null)
        : base(dimension, metric, elements)
    {
        if (elements == VectorElement.Binary)
            throw new ArgumentException($"Cells have centres, which bits have not; expected other elements than {elements}.", nameof(elements));
        Options = options ?? new();
        Quantizer.Check(Options.Code, Store.Codec);
    }

    /// <summary>How vectors are kept.</summary>
    public IvfOptions Options { get; private set; }

    /// <summary>How many cells a search looks through whose options do not say; null for as many as it keeps near vectors in view.</summary>
    public int? DefaultProbes { get; set => field = value is { } probes ? Check.Within(1, MostEf, probes) : null; }

    internal override string Kind => "ivf";

    internal override void Write(IndexWriter writer, int[] dense)
    {
        writer.Int32(Options.Cells);
        writer.Int32((int)Options.Code);
        writer.Int32(DefaultProbes ?? 0);
        if (_set is null || Store.Count == 0) return;
        writer.Int32(_set.LearnedFrom);
        writer.Int32(_set.Count);
        writer.Singles(_set.Centres.All);
        _set.Coder.Write(writer);
        for (int slot = 0; slot < dense.Length; slot++)
            if (dense[slot] >= 0) writer.Int32(_cellOf[slot]);
    }

    /// <remarks>Codes are made anew: they follow from centres and vectors.</remarks>
    internal override void Read(IndexReader reader)
    {
        Options = new() { Cells = reader.Int32(0, 1 << 20, "the number of cells"), Code = Quantizer.ReadCode(reader, Store.Codec) };
        DefaultProbes = reader.Int32(0, MostEf, "the cells looked through") is > 0 and var probes ? probes : null;
        if (Store.Count == 0) return;
        int learnedFrom = reader.Int32(1, int.MaxValue, "the number of vectors that centres were learned from");
        var coder = new CellCoder(Options.Code, Store.Codec);
        int cells = reader.Count((long)coder.Space.Width * sizeof(float), "the number of centres");
        if (cells == 0) throw reader.Damage("there are no centres.");
        var centres = Tensor.Empty([cells, coder.Space.Width], DType.Float32);
        reader.Singles(centres.AsSpan<float>(), 2 * Store.Codec.Greatest * MathF.Sqrt(Store.Codec.Dimension), "the centres of cells");
        coder.Read(reader);
        _cellOf = new int[Store.Count];
        reader.Int32s(_cellOf, 0, cells - 1, "the cell of vector");
        Show(new(coder, new(coder, centres), learnedFrom), Members(_cellOf, Enumerable.Range(0, Store.Count)), Course.None);
    }

    private protected override void Link(ReadOnlySpan<int> slots, Course course)
    {
        if (slots.IsEmpty) return;
        if (_set is null || Store.Count >= (long)Stale * _set.LearnedFrom || slots.Length == Store.Count)
        {
            Divide(course);
            return;
        }
        int[] added = slots.ToArray(), nearest = KMeans.Assign(added.Length, _set.Centres.Rows, (i, to) => Load(added[i], to, _set.Coder), course.Part(0.5));
        if (_cellOf.Length < Store.Slots) Array.Resize(ref _cellOf, Store.Rows.Capacity);
        for (int i = 0; i < added.Length; i++) _cellOf[added[i]] = nearest[i];
        var set = _set;
        Show(set, added.GroupBy(slot => _cellOf[slot]).Select(group => (group.Key, (int[])[.. set.Cell(group.Key).Slots, .. group])), course.Part(0.5));
    }

    private protected override void Unlink(ReadOnlySpan<int> slots)
    {
        if (_set is null) return;
        var leaving = new HashSet<int>(slots.ToArray());
        if (leaving.Count > Store.Count)
        {
            Divide(Course.None);
            return;
        }
        var set = _set;
        Show(set, leaving.GroupBy(slot => _cellOf[slot]).Select(group => (group.Key, (int[])[.. set.Cell(group.Key).Slots.Where(slot => !leaving.Contains(slot))])), Course.None);
    }

    private protected override int FindNearest(Snapshot seen, ReadOnlySpan<float> prepared, Span<Neighbor> nearest, SearchOptions options)
    {
        if (Volatile.Read(ref _set) is not { } set || seen.Count == 0) return 0;
        var scratch = SearchScratch.Rent();
        ulong[] order = ArrayPool<ulong>.Shared.Rent(set.Count);
        try
        {
            int probes = Math.Min(Probes(options), set.Count), wanted = Math.Min(nearest.Length, seen.Count);
            if (options.Filter is { } filter)
            {
                // The nearest of few are far apart, in other cells than the nearest of all.
                double cells = (double)Surplus * wanted * set.Count / (seen.ShareOf(filter) * seen.Count);
                if (!(cells * ScanShare <= set.Count)) return ExactScan.NearestPassing(seen, prepared, filter, nearest);
                probes = Math.Max(probes, (int)cells);
            }
            var search = new CellSearch(seen, set, prepared, options.Filter, wanted, order, scratch);
            // Of what a filter lets through the first found are far apart, so that nearer ones may be in cells farther away.
            for (int place = 0, end = probes; place < end || (place < search.Cells && scratch.Count < wanted); place++)
            {
                search.Scan(search.Next(place, probes), wanted);
                if (scratch.Count < wanted) end = Math.Min(search.Cells, Math.Max(probes, Onwards * (place + 1)));
            }
            int count = 0;
            foreach (ulong key in scratch.Found) nearest[count++] = new(seen.Ids[NodeKey.Node(key)], NodeKey.Distance(key));
            // Equally near ones come in the order of slots.
            nearest[..count].Sort();
            return count;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(order);
            scratch.Return();
        }
    }

    /// <summary>Looks on until as many cells in turn as are looked through anyway held nothing.</summary>
    private protected override void FindWithin(Snapshot seen, ReadOnlySpan<float> prepared, float radius, SearchOptions options, List<Neighbor> found)
    {
        if (Volatile.Read(ref _set) is not { } set || seen.Count == 0) return;
        var scratch = SearchScratch.Rent();
        ulong[] order = ArrayPool<ulong>.Shared.Rent(set.Count);
        try
        {
            int probes = Math.Min(Probes(options), set.Count);
            var search = new CellSearch(seen, set, prepared, options.Filter, probes, order, scratch);
            for (int place = 0, end = probes; place < Math.Min(end, search.Cells); place++)
                if (search.Scan(search.Next(place, probes), radius, found)) end = place + 1 + probes;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(order);
            scratch.Return();
        }
    }

    private protected override IndexStatistics CollectStatistics() => new()
    {
        Kind = Kind,
        Count = Store.Count,
        VectorBytes = Store.Bytes,
        CodeBytes = (_set?.Bytes ?? 0) + (long)_cellOf.Length * sizeof(int),
        Reachable = Store.Count,
    };

    int Probes(SearchOptions options) => options.Probes ?? options.Ef ?? DefaultProbes ?? DefaultEf;

    /// <summary>Learns centres and divides all vectors among their cells.</summary>
    void Divide(Course course)
    {
        int[] used = [.. Enumerable.Range(0, Store.Slots).Where(Store.IsUsed)];
        if (used.Length == 0)
        {
            Volatile.Write(ref _set, null);
            return;
        }
        var coder = new CellCoder(Options.Code, Store.Codec);
        int cells = Options.Cells > 0 ? Options.Cells : (int)(4 * Math.Sqrt(used.Length)), width = coder.Space.Width;
        void Row(int i, Span<float> to) => Load(used[i], to, coder);
        var centres = KMeans.Learn(used.Length, width, Math.Min(cells, used.Length), Row, course.Part(0.5));
        int[] nearest = KMeans.Assign(used.Length, centres, Row, course.Part(0.1)), cellOf = new int[Store.Rows.Capacity];
        for (int i = 0; i < used.Length; i++) cellOf[used[i]] = nearest[i];
        int sampled = Math.Min(used.Length, Quantizer.MostLearned);
        float[] residuals = new float[sampled * width];
        WorkerPool.For(sampled, i =>
        {
            int row = (int)((long)i * used.Length / sampled);
            Span<float> own = residuals.AsSpan(i * width, width), centre = KMeans.Centre(centres, nearest[row]);
            Row(row, own);
            for (int j = 0; j < width; j++) own[j] -= centre[j];
        });
        coder.Learn(residuals);
        Show(new(coder, new(coder, centres), used.Length), Members(cellOf, used), course.Part(0.4));
        _cellOf = cellOf;
    }

    static IEnumerable<(int Cell, int[] Slots)> Members(int[] cellOf, IEnumerable<int> slots) => slots.GroupBy(slot => cellOf[slot]).Select(group => (group.Key, group.ToArray()));

    /// <summary>Lets searches see cells with these changes.</summary>
    void Show(CellSet set, IEnumerable<(int Cell, int[] Slots)> changed, Course course) =>
        Volatile.Write(ref _set, set.With([.. changed], (slot, to) => Load(slot, to, set.Coder), course));

    void Load(int slot, Span<float> to, CellCoder coder)
    {
        int floats = Store.Codec.QueryFloats;
        var vector = floats <= 1024 ? stackalloc float[floats] : new float[floats];
        Store.Codec.Decode(Store.Rows.Row(slot), vector);
        coder.Space.Transform(vector, to);
    }
}
