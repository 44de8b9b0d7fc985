using System.Collections.Concurrent;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Grows a tree from the rows of a table, depth first or best split first, exactly as scikit-learn does.</summary>
/// <param name="data">The features.</param>
/// <param name="options">How far it grows.</param>
/// <param name="isRandom">Whether thresholds are drawn at random, as in extremely randomised trees.</param>
/// <param name="criterion">How pure a node is.</param>
/// <param name="generator">Draws features and random thresholds.</param>
sealed class TreeGrower<TCriterion>(TreeData data, TreeOptions options, bool isRandom, TCriterion criterion, Generator generator)
    where TCriterion : struct, ICriterion<TCriterion>
{
    /// <summary>Below this, impurity is rounding.</summary>
    const double Pure = 2.220446049250313e-16;

    /// <summary>Rows times features of a node that are worth more than one thread.</summary>
    const int ParallelWork = 1 << 15;

    readonly TreeBuilder _tree = new(criterion.Outputs);
    readonly ConcurrentBag<SplitSearch> _searches = [];
    readonly int[] _features = [.. Enumerable.Range(0, data.Columns.Length)];
    readonly int _wanted = options.MaxFeatures.Of(data.Columns.Length);
    TCriterion _criterion = criterion;
    int[] _rows = [], _spare = [];
    double _total, _minWeight;

    /// <summary>A node whose rows are known.</summary>
    readonly record struct Node(int Start, int End, int Depth, int Parent, bool IsLeft, double Impurity);

    /// <summary>A node of the tree and the split it may have.</summary>
    readonly record struct Planned(int Id, Node Node, SplitCandidate Split, int Middle, double LeftImpurity, double RightImpurity, double Improvement);

    internal Tree Grow(double[] weights)
    {
        _rows = [.. Enumerable.Range(0, data.Rows).Where(row => weights[row] != 0)];
        _spare = new int[_rows.Length];
        _total = 0;
        foreach (int row in _rows) _total += weights[row];
        _minWeight = options.MinWeightFractionLeaf * _total;
        var root = new Node(0, _rows.Length, 0, -1, false, double.NaN);
        if (options.MaxLeafNodes is { } leaves) GrowBestFirst(root, leaves - 1);
        else GrowDepthFirst(root);
        var tree = _tree.Build();
        return options.CcpAlpha > 0 ? CostComplexity.Prune(tree, options.CcpAlpha) : tree;
    }

    void GrowDepthFirst(Node root)
    {
        var waiting = new Stack<Node>([root]);
        while (waiting.TryPop(out var node))
        {
            var plan = Plan(node);
            if (!plan.Split.IsValid) continue;
            _tree.Split(plan.Id, plan.Split);
            var (left, right) = Children(plan);
            waiting.Push(right);
            waiting.Push(left);
        }
    }

    void GrowBestFirst(Node root, int splits)
    {
        var frontier = new PriorityQueue<Planned, (double, int)>();
        Add(Plan(root));
        while (splits > 0 && frontier.TryDequeue(out var plan, out _))
        {
            splits--;
            _tree.Split(plan.Id, plan.Split);
            var (left, right) = Children(plan);
            Add(Plan(left));
            Add(Plan(right));
        }

        void Add(Planned plan)
        {
            if (plan.Split.IsValid) frontier.Enqueue(plan, (-plan.Improvement, plan.Id));
        }
    }

    static (Node Left, Node Right) Children(in Planned plan) =>
        (new(plan.Node.Start, plan.Middle, plan.Node.Depth + 1, plan.Id, true, plan.LeftImpurity),
        new(plan.Middle, plan.Node.End, plan.Node.Depth + 1, plan.Id, false, plan.RightImpurity));

    /// <summary>Adds a node to the tree, finds its split, and parts its rows by it.</summary>
    Planned Plan(in Node node)
    {
        var rows = _rows.AsSpan(node.Start, node.End - node.Start);
        _criterion.Start(rows);
        double weight = _criterion.RightWeight, impurity = double.IsNaN(node.Impurity) ? _criterion.Impurity() : node.Impurity;
        int id = _tree.Add(rows.Length, weight, impurity, out var value);
        _criterion.Value(value);
        if (node.Parent >= 0) _tree.Connect(node.Parent, node.IsLeft, id);

        var leaf = new Planned(id, node, SplitCandidate.None, 0, 0, 0, 0);
        if (node.Depth >= options.MaxDepth || rows.Length < options.MinSamplesSplit || rows.Length < 2L * options.MinSamplesLeaf || weight < 2 * _minWeight || impurity <= Pure)
            return leaf;
        var split = FindSplit(node);
        if (!split.IsValid) return leaf;

        int middle = node.Start + Part(rows, split);
        _criterion.Reset();
        for (int i = node.Start; i < middle; i++) _criterion.MoveLeft(_rows[i]);
        var (left, right) = _criterion.Children();
        double improvement = _criterion.Improvement(impurity, left, right, _total);
        return improvement + Pure < options.MinImpurityDecrease ? leaf : new(id, node, split, middle, left, right, improvement);
    }

    SplitCandidate FindSplit(in Node node)
    {
        bool isDrawn = isRandom || _wanted < _features.Length;
        if (isDrawn) generator.Shuffle<int>(_features);
        var (start, count) = (node.Start, node.End - node.Start);
        var best = SplitCandidate.None;
        int looked = 0;
        bool anyVaries = false;
        // Features of one value do not count; so at least one is found that varies, if there is one.
        while (looked < _features.Length && (looked < _wanted || !anyVaries))
        {
            int batch = looked < _wanted ? _wanted - looked : 1, first = looked;
            if (!isRandom && batch > 1 && (long)batch * count >= ParallelWork)
            {
                var found = new (SplitCandidate Split, bool IsConstant)[batch];
                var shared = _criterion;
                WorkerPool.For(batch, i =>
                {
                    if (!_searches.TryTake(out var search)) search = NewSearch();
                    found[i].Split = search.Best(_features[first + i], _rows.AsSpan(start, count), shared.Clone(), out found[i].IsConstant);
                    _searches.Add(search);
                });
                foreach (var (split, isConstant) in found) Consider(split, isConstant);
            }
            else
            {
                if (!_searches.TryTake(out var search)) search = NewSearch();
                for (int i = first; i < first + batch; i++)
                {
                    var rows = _rows.AsSpan(start, count);
                    var split = isRandom ? search.Random(_features[i], rows, _criterion, generator, out bool isConstant) : search.Best(_features[i], rows, _criterion, out isConstant);
                    Consider(split, isConstant);
                }
                _searches.Add(search);
            }
            looked += batch;
        }
        return best;

        void Consider(in SplitCandidate split, bool isConstant)
        {
            anyVaries |= !isConstant;
            if (split.IsValid && split.Proxy > best.Proxy) best = split;
        }
    }

    SplitSearch NewSearch() => new(data, options.MinSamplesLeaf, _minWeight);

    /// <summary>Puts the rows that go left first, in the order they had; gives how many they are.</summary>
    int Part(Span<int> rows, in SplitCandidate split)
    {
        float[] column = data.Columns[split.Feature];
        int left = 0, right = 0;
        foreach (int row in rows)
        {
            if (split.GoesLeft(column[row])) rows[left++] = row;
            else _spare[right++] = row;
        }
        _spare.AsSpan(0, right).CopyTo(rows[left..]);
        return left;
    }
}
