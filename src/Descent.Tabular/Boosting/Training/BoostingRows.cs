namespace Descent.Tabular;

/// <summary>A set of rows and the scores that the trees so far give them.</summary>
sealed class BoostingRows
{
    readonly Lazy<TreeData> _data;
    readonly int _outputs;

    /// <summary>Sums of scores whose parts come and go; null where trees only add.</summary>
    readonly double[]? _sums;

    internal BoostingRows(BoostingSet set, BoostingTargets targets, BoostedTrees start, bool isRevised)
    {
        (Targets, _outputs) = (targets, start.Objective.Outputs);
        _data = new(() => new(set.X));
        Margins = start.Margins(set.X, set.BaseMargins.AsSpan());
        if (isRevised) _sums = Array.ConvertAll(Margins, m => (double)m);
    }

    internal BoostingTargets Targets { get; }

    /// <summary>(rows × outputs) scores.</summary>
    internal float[] Margins { get; }

    internal TreeData Data => _data.Value;

    /// <summary>What a tree says to each row.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="leaves">The node each row comes to, where that is known.</param>
    internal float[] Values(Tree tree, int[]? leaves = null)
    {
        int[] own = leaves ?? TreeRows.Leaves(tree, Data);
        float[] values = new float[own.Length], said = [.. tree.Values.Select(v => (float)v)];
        bool isLinear = !tree.LinearLeaves.IsEmpty;
        RowBlocks.For(values.Length, (start, end) =>
        {
            for (int i = start; i < end; i++)
                values[i] = isLinear && tree.LinearLeaves[own[i]] is { } line ? (float)line.At(Data.Columns, i, tree.Values[own[i]]) : said[own[i]];
        });
        return values;
    }

    /// <summary>Adds what a tree says to one of the scores, where trees only add.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="leaves">The node each row comes to.</param>
    /// <param name="output">The score.</param>
    internal void Add(Tree tree, int[] leaves, int output)
    {
        float[] values = Array.ConvertAll(tree.Values.ToArray(), v => (float)v);
        bool isLinear = !tree.LinearLeaves.IsEmpty;
        RowBlocks.For(leaves.Length, (start, end) =>
        {
            for (int i = start, at = (start * _outputs) + output; i < end; i++, at += _outputs)
                Margins[at] += isLinear && tree.LinearLeaves[leaves[i]] is { } line ? (float)line.At(Data.Columns, i, tree.Values[leaves[i]]) : values[leaves[i]];
        });
    }

    /// <summary>Adds what a tree says to one of the scores.</summary>
    internal void Add(float[] values, int output, double weight = 1) => RowBlocks.For(values.Length, (start, end) =>
    {
        for (int i = start, at = start * _outputs + output; i < end; i++, at += _outputs)
        {
            if (_sums is null) Margins[at] += values[i];
            else Margins[at] = (float)(_sums[at] += weight * values[i]);
        }
    });

    /// <summary>The scores without some trees.</summary>
    /// <param name="dropped">What each says, its score and its weight.</param>
    internal float[] Without(IReadOnlyList<(float[] Values, int Output, float Weight)> dropped)
    {
        double[] left = [.. _sums!];
        foreach (var (values, output, weight) in dropped)
            for (int i = 0, at = output; i < values.Length; i++, at += _outputs) left[at] -= (double)weight * values[i];
        return Array.ConvertAll(left, v => (float)v);
    }
}
