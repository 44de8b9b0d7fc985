namespace Descent.Tabular;

/// <summary>
/// The best split of a node between levels of a category: one against the others of few levels; else levels in the order of their mean
/// gradient, of which the best split is a cut (Fisher, "On Grouping for Maximum Homogeneity", 1958).
/// </summary>
sealed class CategorySplits(BoostedTreeOptions options, float maxDeltaStep)
{
    readonly SplitGain _one = new(options, maxDeltaStep), _many = new(options, maxDeltaStep, options.CategoryLambda);

    /// <inheritdoc cref="NumberSplits.Search"/>
    internal void Search(ReadOnlySpan<long> entries, FeatureBins bins, int feature, in SplitNode node, ref BinSplit best)
    {
        var levels = new List<(byte Bin, BinSum Sum, double Mean)>();
        bool hasRest = false;
        for (int b = 0; b < FeatureBins.Stride; b++)
        {
            if (b >= bins.Count && b != FeatureBins.Missing) continue;
            var sum = new BinSum(entries[2 * b], entries[2 * b + 1]);
            if (node.Point.Rows(sum) == 0) continue;
            if (bins.HasRest && b == bins.Count - 1)
            {
                // What has no bin of its own cannot be named, so it goes right.
                hasRest = true;
                continue;
            }
            var (gradient, hessian) = node.Point.Read(sum);
            levels.Add(((byte)b, sum, gradient / (hessian + options.CategorySmoothing)));
        }
        if (levels.Count + (hasRest ? 1 : 0) < 2) return;
        if (bins.Count <= options.MaxOneHotLevels)
        {
            for (int i = 0; i < levels.Count; i++) Try(_one, levels[i].Sum, i, 1, node, ref best);
            return;
        }
        levels.Sort((a, b) => a.Mean != b.Mean ? a.Mean.CompareTo(b.Mean) : a.Bin.CompareTo(b.Bin));
        int most = Math.Min(options.MaxCategoryLevels, (levels.Count + 1) / 2);
        foreach (bool fromBelow in (ReadOnlySpan<bool>)[true, false])
        {
            var sum = default(BinSum);
            for (int i = 0; i < most; i++)
            {
                sum += levels[fromBelow ? i : levels.Count - 1 - i].Sum;
                Try(_many, sum, fromBelow ? 0 : levels.Count - 1 - i, i + 1, node, ref best);
            }
        }

        void Try(in SplitGain gain, BinSum left, int from, int count, in SplitNode node, ref BinSplit best)
        {
            var right = node.Sum - left;
            if (node.Point.Rows(left) < options.MinRowsInLeaf || node.Point.Rows(right) < options.MinRowsInLeaf) return;
            var (l, r) = (node.Point.Read(left), node.Point.Read(right));
            if (!(l.Hessian > 0 && r.Hessian > 0 && l.Hessian >= options.MinChildWeight && r.Hessian >= options.MinChildWeight)) return;
            float value = (float)(gain.Of(l, r, node.Bounds, 0) - node.Gain);
            if (!(value > best.Gain)) return;
            byte[] chosen = [.. levels.GetRange(from, count).Select(level => level.Bin)];
            if (chosen is [FeatureBins.Missing])
            {
                // A split that names no level is turned round.
                if (hasRest) return;
                chosen = [.. levels.Select(level => level.Bin).Where(bin => bin != FeatureBins.Missing)];
                left = right;
            }
            best = new(value, feature, -1, chosen.Contains((byte)FeatureBins.Missing), left, chosen);
        }
    }
}
