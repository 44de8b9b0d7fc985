using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Gathers the nodes of a tree while it grows.</summary>
sealed class TreeBuilder(int outputs)
{
    readonly List<int> _left = [], _right = [], _feature = [], _rows = [];
    readonly List<double> _threshold = [], _values = [], _cover = [], _impurity = [];
    readonly List<bool> _missingLeft = [];
    readonly List<ImmutableArray<int>> _levels = [];
    bool _hasLevels;

    /// <summary>Adds a leaf, whose values are written to <paramref name="value"/> before another is added.</summary>
    internal int Add(int rows, double cover, double impurity, out Span<double> value)
    {
        int node = _left.Count;
        _left.Add(-1);
        _right.Add(-1);
        _feature.Add(-2);
        _threshold.Add(-2);
        _missingLeft.Add(false);
        _levels.Add([]);
        _rows.Add(rows);
        _cover.Add(cover);
        _impurity.Add(impurity);
        for (int k = 0; k < outputs; k++) _values.Add(0);
        value = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_values)[^outputs..];
        return node;
    }

    internal void Split(int node, in SplitCandidate split)
    {
        (_feature[node], _threshold[node], _missingLeft[node]) = (split.Feature, split.Levels is null ? split.Threshold : 0, split.MissingLeft);
        if (split.Levels is null) return;
        _levels[node] = [.. split.Levels];
        _hasLevels = true;
    }

    internal void Connect(int parent, bool isLeft, int child) => (isLeft ? _left : _right)[parent] = child;

    internal Tree Build() => new()
    {
        Outputs = outputs,
        Left = [.. _left],
        Right = [.. _right],
        Feature = [.. _feature],
        Threshold = [.. _threshold],
        MissingLeft = [.. _missingLeft],
        LeftLevels = _hasLevels ? [.. _levels] : [],
        Values = [.. _values],
        Cover = [.. _cover],
        Rows = [.. _rows],
        Impurity = [.. _impurity],
    };
}
