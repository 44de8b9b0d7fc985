using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// Grows trees from histograms of gradients over bins: those of the smaller child are added up, those of the larger are the
/// parent's less these.
/// </summary>
/// <remarks>
/// Ke et al., 2017, algorithm 1. Sums are of integers (<see cref="FixedPoint"/>), so that any division of the work gives the same tree.
/// </remarks>
sealed class HistogramGrower : ITreeGrower
{
    /// <summary>A gain below this is rounding.</summary>
    const float Epsilon = 1e-6f;

    readonly BinnedFeatures _data;
    readonly BoostedTreeOptions _options;
    readonly SplitGain _gain;
    readonly NumberSplits _numbers;
    readonly CategorySplits _categories;
    readonly InteractionSets _interactions;
    readonly HistogramBuilder _builder;
    readonly GradientRows _gradients;
    readonly RowSet _drawn;
    readonly byte[] _goesLeft = new byte[FeatureBins.Stride];
    RowSet? _others;

    internal HistogramGrower(BinnedFeatures data, BoostedTreeOptions options, float maxDeltaStep)
    {
        (_data, _options, _gain) = (data, options, new(options, maxDeltaStep));
        _numbers = new(options, _gain, maxDeltaStep);
        _categories = new(options, maxDeltaStep);
        _interactions = new(options.Interactions);
        _builder = new(data);
        _gradients = new(data.Rows, options.QuantizedGradients);
        _drawn = new(data.Rows);
    }

    /// <summary>A leaf that may be split.</summary>
    sealed class Leaf
    {
        internal required int Node { get; init; }
        internal required int Depth { get; init; }
        internal required int[] Path { get; init; }
        internal required BinSum Sum { get; init; }
        internal int Begin, Count, OtherBegin, OtherCount;
        internal long[]? Histogram;
        internal BinSplit Best;
    }

    public Tree Grow(float[] gradients, float[] hessians, Generator generator, int[] leaves)
    {
        float[]? factors = RowDraws.Draw(_options, gradients, generator);
        _gradients.Read(gradients, hessians, factors, generator);
        _drawn.Reset(factors, isZero: false);
        if (factors is not null) (_others ??= new(_data.Rows)).Reset(factors, isZero: true);
        var nodes = new BoostingNodes();
        var columns = new Columns(_options, _data.Features, generator);
        var root = Root(nodes, columns);
        var open = new PriorityQueue<Leaf, (float, int)>();
        var closed = new List<Leaf>();
        open.Enqueue(root, default);
        while (open.TryDequeue(out var leaf, out _))
        {
            if (!(leaf.Best.Gain > Epsilon) || (_options.MaxLeaves > 0 && open.Count + closed.Count + 2 > _options.MaxLeaves))
            {
                closed.Add(leaf);
                _builder.Pool.Return(leaf.Histogram);
                continue;
            }
            bool isLast = _options.MaxLeaves > 0 && open.Count + closed.Count + 2 == _options.MaxLeaves;
            var (left, right) = Split(nodes, leaf);
            if (isLast) _builder.Pool.Return(leaf.Histogram);
            else Search(nodes, columns, leaf, left, right);
            foreach (var child in (ReadOnlySpan<Leaf>)[left, right])
                open.Enqueue(child, _options.Growth == TreeGrowth.LeafWise ? (-child.Best.Gain, child.Node) : (child.Depth, child.Node));
        }
        nodes.Prune(_options.Gamma);
        if (_options.QuantizedGradients) Renew(nodes, closed);
        Finish(nodes, closed, leaves);
        var tree = nodes.ToTree(_options.LearningRate);
        // The bins are outside the collector's sight.
        GC.KeepAlive(this);
        return tree;
    }

    /// <summary>The features that may be split on: the tree's, of these each level's, and of these each node's.</summary>
    sealed class Columns(BoostedTreeOptions options, int count, Generator generator)
    {
        readonly List<int[]> _levels = [];

        internal int[] Tree { get; } = ColumnDraws.Draw([.. Enumerable.Range(0, count)], options.ColumnsByTree, generator);

        internal int[] Node(int depth)
        {
            while (_levels.Count <= depth) _levels.Add(ColumnDraws.Draw(Tree, options.ColumnsByLevel, generator));
            return ColumnDraws.Draw(_levels[depth], options.ColumnsByNode, generator);
        }
    }

    Leaf Root(BoostingNodes nodes, Columns columns)
    {
        long[] histogram = _builder.Pool.TryRent()!;
        _builder.Build(new(_drawn.Rows, 0, _drawn.Count), _gradients, columns.Tree, histogram);
        WorkerPool.For(columns.Tree.Length, i => _builder.Collect(columns.Tree[i], histogram));
        var sum = default(BinSum);
        var entries = HistogramBuilder.Entries(histogram, columns.Tree[0]);
        for (int i = 0; i < entries.Length; i += 2) sum += new BinSum(entries[i], entries[i + 1]);
        var root = Add(nodes, -1, WeightBounds.None, sum, 0, []);
        (root.Count, root.OtherCount, root.Histogram) = (_drawn.Count, _others?.Count ?? 0, histogram);
        if (!CanSplit(root)) return root;
        int[] allowed = Allowed(columns, root);
        var best = new BinSplit[allowed.Length];
        var node = ToSplit(nodes, root);
        WorkerPool.For(allowed.Length, i => Search(histogram, allowed[i], node, ref best[i]));
        root.Best = Best(best);
        return root;
    }

    Leaf Add(BoostingNodes nodes, int parent, WeightBounds bounds, BinSum sum, int depth, int[] path)
    {
        int node = nodes.Add(parent, bounds);
        Weigh(ref nodes[node], _gradients.Point.Read(sum));
        nodes[node].Rows = _gradients.Point.Rows(sum);
        return new() { Node = node, Sum = sum, Depth = depth, Path = path };
    }

    void Weigh(ref BoostingNode node, GradientSum sum)
    {
        node.Sum = sum;
        node.Weight = _gain.Weight(sum, node.Bounds);
        node.Gain = (float)_gain.Gain(sum, node.Weight);
    }

    bool CanSplit(Leaf leaf) => (_options.MaxDepth == 0 || leaf.Depth < _options.MaxDepth) && leaf.Count >= 2 * _options.MinRowsInLeaf;

    int[] Allowed(Columns columns, Leaf leaf)
    {
        int[] drawn = columns.Node(leaf.Depth);
        return _interactions.After(leaf.Path) is { } set ? [.. drawn.Where(set.Contains)] : drawn;
    }

    SplitNode ToSplit(BoostingNodes nodes, Leaf leaf) => new(leaf.Sum, nodes[leaf.Node].Gain, nodes[leaf.Node].Bounds, _gradients.Point);

    void Search(long[] histogram, int feature, in SplitNode node, ref BinSplit best)
    {
        var entries = HistogramBuilder.Entries(histogram, feature);
        var bins = _data.Bins[feature];
        if (bins.BinOfLevel is null) _numbers.Search(entries, bins.Count, _data.HasGaps[feature], feature, node, ref best);
        else _categories.Search(entries, bins, feature, node, ref best);
    }

    static BinSplit Best(BinSplit[] splits)
    {
        var best = default(BinSplit);
        foreach (var split in splits)
            if (split.Gain > best.Gain) best = split;
        return best;
    }

    unsafe (Leaf Left, Leaf Right) Split(BoostingNodes nodes, Leaf leaf)
    {
        var split = leaf.Best;
        var bins = _data.Bins[split.Feature];
        ref var node = ref nodes[leaf.Node];
        // What parts missing values from all others lies beyond these.
        float last = split.Bin < 0 ? float.MinValue : split.Bin < bins.Upper.Length ? bins.Upper[split.Bin] : float.BitDecrement(float.MaxValue);
        node.SplitOn(split.Feature, BoostingSplit.ToCondition(last), split.MissingLeft, split.Gain);
        if (split.LeftBins is not null)
            node.Levels = [.. Enumerable.Range(0, bins.BinOfLevel!.Length).Where(level => split.LeftBins.Contains(bins.BinOfLevel[level]))];
        var (below, above) = Bounds(node, split, leaf.Sum);
        int[] path = _interactions.Extend(leaf.Path, split.Feature);
        var left = Add(nodes, leaf.Node, below, split.Left, leaf.Depth + 1, path);
        var right = Add(nodes, leaf.Node, above, leaf.Sum - split.Left, leaf.Depth + 1, path);
        (nodes[leaf.Node].Left, nodes[leaf.Node].Right) = (left.Node, right.Node);

        split.WriteTable(_goesLeft);
        byte* column = _data.ByColumn.Start + (long)split.Feature * _data.Rows;
        (left.Begin, left.Count) = (leaf.Begin, _drawn.Divide(leaf.Begin, leaf.Count, column, _goesLeft));
        (right.Begin, right.Count) = (leaf.Begin + left.Count, leaf.Count - left.Count);
        if (leaf.OtherCount > 0)
        {
            (left.OtherBegin, left.OtherCount) = (leaf.OtherBegin, _others!.Divide(leaf.OtherBegin, leaf.OtherCount, column, _goesLeft));
            (right.OtherBegin, right.OtherCount) = (leaf.OtherBegin + left.OtherCount, leaf.OtherCount - left.OtherCount);
        }
        return (left, right);
    }

    /// <summary>The middle between two children bounds those below them, where a feature binds them.</summary>
    (WeightBounds Left, WeightBounds Right) Bounds(in BoostingNode node, in BinSplit split, BinSum sum) =>
        _gain.Divide(node.Bounds, _options.Monotone.IsEmpty ? 0 : _options.Monotone[split.Feature], _gradients.Point.Read(split.Left), _gradients.Point.Read(sum - split.Left));

    /// <summary>The best splits of two children.</summary>
    void Search(BoostingNodes nodes, Columns columns, Leaf parent, Leaf left, Leaf right)
    {
        var (small, large) = left.Count <= right.Count ? (left, right) : (right, left);
        bool smallSplits = CanSplit(small), largeSplits = CanSplit(large);
        if (!largeSplits)
        {
            // Then the small one cannot be split either, unless rows have no weight.
            _builder.Pool.Return(parent.Histogram);
            return;
        }
        int[] smallAllowed = smallSplits ? Allowed(columns, small) : [], largeAllowed = Allowed(columns, large);
        var (smallNode, largeNode) = (ToSplit(nodes, small), ToSplit(nodes, large));
        var (smallBest, largeBest) = (new BinSplit[_data.Features], new BinSplit[_data.Features]);
        if (parent.Histogram is null)
        {
            Alone(small, smallAllowed, smallNode, smallBest, columns);
            Alone(large, largeAllowed, largeNode, largeBest, columns);
            return;
        }
        long[]? kept = _builder.Pool.TryRent();
        long[] histogram = kept ?? _builder.Spare, rest = parent.Histogram;
        _builder.Build(new(_drawn.Rows, small.Begin, small.Count), _gradients, columns.Tree, histogram);
        WorkerPool.For(columns.Tree.Length, i =>
        {
            int feature = columns.Tree[i];
            _builder.Collect(feature, histogram);
            var others = HistogramBuilder.Entries(rest, feature);
            TensorPrimitives.Subtract<long>(others, HistogramBuilder.Entries(histogram, feature), others);
            if (Array.BinarySearch(smallAllowed, feature) >= 0) Search(histogram, feature, smallNode, ref smallBest[feature]);
            if (Array.BinarySearch(largeAllowed, feature) >= 0) Search(rest, feature, largeNode, ref largeBest[feature]);
        });
        (small.Best, small.Histogram) = (Best(smallBest), kept);
        (large.Best, large.Histogram) = (Best(largeBest), rest);
    }

    /// <summary>The best split of a leaf whose parent's histogram was not kept.</summary>
    void Alone(Leaf leaf, int[] allowed, SplitNode node, BinSplit[] best, Columns columns)
    {
        leaf.Histogram = _builder.Pool.TryRent();
        long[] histogram = leaf.Histogram ?? _builder.Spare;
        _builder.Build(new(_drawn.Rows, leaf.Begin, leaf.Count), _gradients, columns.Tree, histogram);
        WorkerPool.For(columns.Tree.Length, i =>
        {
            int feature = columns.Tree[i];
            _builder.Collect(feature, histogram);
            if (Array.BinarySearch(allowed, feature) >= 0) Search(histogram, feature, node, ref best[feature]);
        });
        leaf.Best = Best(best);
    }

    /// <summary>Gives leaves the values of their rows' gradients with all bits.</summary>
    void Renew(BoostingNodes nodes, List<Leaf> closed)
    {
        var sums = new GradientSum[closed.Count];
        WorkerPool.For(closed.Count, i => sums[i] = _gradients.Sum(_drawn.Rows.AsSpan(closed[i].Begin, closed[i].Count)));
        foreach (var parts in Enumerable.Range(0, closed.Count).GroupBy(i => nodes.LeafAbove(closed[i].Node)))
            Weigh(ref nodes[parts.Key], parts.Aggregate(default(GradientSum), (sum, i) => sum + sums[i]));
    }

    /// <summary>Tells each row its leaf.</summary>
    void Finish(BoostingNodes nodes, List<Leaf> closed, int[] leaves)
    {
        int[] final = [.. closed.Select(leaf => nodes.LeafAbove(leaf.Node))];
        WorkerPool.For(closed.Count, i =>
        {
            var leaf = closed[i];
            foreach (int row in _drawn.Rows.AsSpan(leaf.Begin, leaf.Count)) leaves[row] = final[i];
            if (leaf.OtherCount == 0) return;
            foreach (int row in _others!.Rows.AsSpan(leaf.OtherBegin, leaf.OtherCount)) leaves[row] = final[i];
        });
    }
}
