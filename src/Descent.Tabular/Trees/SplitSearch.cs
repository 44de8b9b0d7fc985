using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The best question about one feature of the rows of a node.</summary>
sealed class SplitSearch(TreeData data, int minRows, double minWeight)
{
    /// <summary>Values nearer than this are one value.</summary>
    const float SameValue = 1e-7f;

    readonly FeatureSort _sort = new();
    float[] _values = [];
    int[] _left = [];

    /// <summary>The best split, or none; <paramref name="isConstant"/> says that the feature has one value here.</summary>
    internal SplitCandidate Best<TCriterion>(int feature, ReadOnlySpan<int> rows, TCriterion criterion, out bool isConstant)
        where TCriterion : struct, ICriterion<TCriterion>
    {
        _sort.Sort(data.Columns[feature], rows, out var values, out var sorted, out int missing);
        int present = values.Length - missing;
        isConstant = present == 0 || (missing == 0 && values[present - 1] <= values[0] + SameValue);
        if (isConstant) return SplitCandidate.None;
        if (data.Levels[feature] > 0) return BestLevels(feature, values, sorted, present, criterion);

        var best = SplitCandidate.None;
        Scan(feature, values, sorted, present, missingLeft: false, ref criterion, ref best);
        if (missing == 0) return best;
        Scan(feature, values, sorted, present, missingLeft: true, ref criterion, ref best);
        TryMissingAlone(feature, sorted, present, ref criterion, ref best);
        return best;
    }

    /// <summary>A split at random: a threshold between the least and the greatest value, or any set of levels.</summary>
    internal SplitCandidate Random<TCriterion>(int feature, ReadOnlySpan<int> rows, TCriterion criterion, Generator generator, out bool isConstant)
        where TCriterion : struct, ICriterion<TCriterion>
    {
        var column = data.Columns[feature].AsSpan();
        if (_values.Length < rows.Length) (_values, _left) = (new float[rows.Length], new int[rows.Length]);
        var values = _values.AsSpan(0, rows.Length);
        for (int i = 0; i < values.Length; i++) values[i] = column[rows[i]];
        float least = TensorPrimitives.Min<float>(values), most = TensorPrimitives.Max<float>(values);
        int missing = 0;
        // Either is NaN where a value is.
        if (float.IsNaN(least))
        {
            (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
            foreach (float value in values)
            {
                if (float.IsNaN(value)) missing++;
                else (least, most) = (Math.Min(least, value), Math.Max(most, value));
            }
        }
        isConstant = missing == rows.Length || most <= least + SameValue;
        if (isConstant) return SplitCandidate.None;
        Span<double> draws = stackalloc double[2];
        generator.Uniform(draws);
        double threshold = least + draws[0] * ((double)most - least);
        var split = new SplitCandidate(feature, threshold >= most ? least : threshold, RandomLevels(feature, rows, generator), missing > 0 && draws[1] < 0.5, 0);

        // Which side a row goes to cannot be foretold: without a branch it costs a fraction.
        int left = 0;
        if (missing == 0 && split.Levels is null)
            for (int i = 0; i < values.Length; i++)
            {
                _left[left] = rows[i];
                left += values[i] <= split.Threshold ? 1 : 0;
            }
        else
            for (int i = 0; i < values.Length; i++)
                if (split.GoesLeft(values[i])) _left[left++] = rows[i];
        criterion.Reset();
        foreach (int row in _left.AsSpan(0, left)) criterion.MoveLeft(row);
        return IsAllowed(left, rows.Length - left, criterion) ? split with { Proxy = criterion.Proxy() } : SplitCandidate.None;
    }

    void Scan<TCriterion>(int feature, ReadOnlySpan<float> values, ReadOnlySpan<int> sorted, int present, bool missingLeft, ref TCriterion criterion, ref SplitCandidate best)
        where TCriterion : struct, ICriterion<TCriterion>
    {
        criterion.Reset();
        int missing = sorted.Length - present;
        if (missingLeft) foreach (int row in sorted[present..]) criterion.MoveLeft(row);
        int p = 0;
        while (p < present)
        {
            criterion.MoveLeft(sorted[p++]);
            while (p < present && values[p] <= values[p - 1] + SameValue) criterion.MoveLeft(sorted[p++]);
            if (p == present) break;
            int left = p + (missingLeft ? missing : 0);
            if (!IsAllowed(left, sorted.Length - left, criterion)) continue;
            double proxy = criterion.Proxy();
            if (proxy > best.Proxy) best = new(feature, Middle(values[p - 1], values[p]), null, missing > 0 ? missingLeft : left > sorted.Length - left, proxy);
        }
    }

    void TryMissingAlone<TCriterion>(int feature, ReadOnlySpan<int> sorted, int present, ref TCriterion criterion, ref SplitCandidate best)
        where TCriterion : struct, ICriterion<TCriterion>
    {
        criterion.Reset();
        foreach (int row in sorted[..present]) criterion.MoveLeft(row);
        if (IsAllowed(present, sorted.Length - present, criterion) && criterion.Proxy() is var proxy && proxy > best.Proxy)
            best = new(feature, double.PositiveInfinity, null, false, proxy);
    }

    /// <summary>
    /// Levels ordered by a statistic of their targets are split like numbers: for two classes and for variances the best of all
    /// sets is among these (Breiman et al., 1984, 4.2.2); more classes are ordered by each in turn. Missing is one more level.
    /// </summary>
    SplitCandidate BestLevels<TCriterion>(int feature, ReadOnlySpan<float> values, ReadOnlySpan<int> sorted, int present, TCriterion criterion)
        where TCriterion : struct, ICriterion<TCriterion>
    {
        var groups = new List<(int Level, int Start, int End)>();
        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            if (start >= present) end = sorted.Length;
            while (end < present && values[end] == values[start]) end++;
            groups.Add((start < present ? (int)values[start] : -1, start, end));
            start = end;
        }
        var best = SplitCandidate.None;
        for (int order = 0; order < criterion.Orders; order++)
        {
            double[] statistics = new double[groups.Count];
            for (int i = 0; i < statistics.Length; i++) statistics[i] = criterion.Statistic(sorted[groups[i].Start..groups[i].End], order);
            int[] ranks = [.. Enumerable.Range(0, statistics.Length)];
            Array.Sort(ranks, (a, b) => statistics[a].CompareTo(statistics[b]) is not 0 and var c ? c : a.CompareTo(b));
            criterion.Reset();
            int left = 0;
            for (int i = 0; i + 1 < ranks.Length; i++)
            {
                var (_, start, end) = groups[ranks[i]];
                foreach (int row in sorted[start..end]) criterion.MoveLeft(row);
                left += end - start;
                if (!IsAllowed(left, sorted.Length - left, criterion)) continue;
                double proxy = criterion.Proxy();
                if (!(proxy > best.Proxy)) continue;
                int[] levels = [.. ranks.Take(i + 1).Select(r => groups[r].Level)];
                Array.Sort(levels);
                bool missingLeft = levels[0] < 0;
                // Only missing goes left: the same the other way round, since a set of levels is what a node keeps.
                if (missingLeft && levels.Length == 1)
                    best = new(feature, 0, [.. groups.Select(g => g.Level).Where(l => l >= 0)], false, proxy);
                else best = new(feature, 0, missingLeft ? levels[1..] : levels, present < sorted.Length ? missingLeft : left > sorted.Length - left, proxy);
            }
        }
        return best;
    }

    int[]? RandomLevels(int feature, ReadOnlySpan<int> rows, Generator generator)
    {
        if (data.Levels[feature] == 0) return null;
        var present = new SortedSet<int>();
        foreach (int row in rows)
            if (!float.IsNaN(data.Columns[feature][row])) present.Add((int)data.Columns[feature][row]);
        int[] levels = [.. present];
        generator.Shuffle<int>(levels);
        Span<long> count = stackalloc long[1];
        generator.Integers(count, 1, levels.Length);
        int[] left = levels[..(int)count[0]];
        Array.Sort(left);
        return left;
    }

    bool IsAllowed<TCriterion>(int left, int right, in TCriterion criterion) where TCriterion : struct, ICriterion<TCriterion> =>
        left >= minRows && right >= minRows && criterion.LeftWeight >= minWeight && criterion.RightWeight >= minWeight;

    static double Middle(float low, float high)
    {
        double middle = low / 2.0 + high / 2.0;
        return middle == high || double.IsInfinity(middle) ? low : middle;
    }
}
