namespace Descent.Metrics;

/// <summary>Figures of lists that are ranked by score, one list a row; each is the weighed mean over the rows.</summary>
public static class RankingMetrics
{
    /// <summary>
    /// Discounted cumulative gain <c>Σ gain / log(rank + 1)</c> of each list, ranked by falling score; gains are the
    /// relevances themselves.
    /// </summary>
    /// <remarks>Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002; ties: McSherry and Najork, 2008.</remarks>
    /// <param name="relevance">Lists × items, row by row.</param>
    /// <param name="scores">Of the same size.</param>
    /// <param name="items">Items in a list.</param>
    /// <param name="k">Counts the first k ranks; all, if null.</param>
    /// <param name="logBase">Base of the logarithm.</param>
    /// <param name="ignoreTies">Ranks the later of equal scores first; otherwise items of one score share their ranks.</param>
    /// <param name="weights">Weights of the lists, or empty.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a score is NaN.</exception>
    public static double Dcg(ReadOnlySpan<double> relevance, ReadOnlySpan<double> scores, int items, int? k = null, double logBase = 2,
        bool ignoreTies = false, ReadOnlySpan<double> weights = default)
    {
        var discounts = Discounts(items, k, logBase);
        return PerRow(relevance.Length, scores, items, weights, relevance, (gains, s) => Gain(gains, s, discounts, ignoreTies));
    }

    /// <summary>Discounted cumulative gain over that of the best ranking; 0 for lists in which nothing is relevant.</summary>
    /// <inheritdoc cref="Dcg"/>
    public static double Ndcg(ReadOnlySpan<double> relevance, ReadOnlySpan<double> scores, int items, int? k = null, bool ignoreTies = false, ReadOnlySpan<double> weights = default)
    {
        var discounts = Discounts(items, k, 2);
        return PerRow(relevance.Length, scores, items, weights, relevance, (gains, s) =>
            Means.Quotient(Gain(gains, s, discounts, ignoreTies), Gain(gains, gains, discounts, ignoreTies: true), 0));
    }

    /// <summary>
    /// The mean over the labels that hold of the share of them among the labels scored at least as high; 1 for lists where
    /// all or none hold.
    /// </summary>
    /// <remarks>Tsoumakas, Katakis and Vlahavas, "Mining Multi-label Data", 2010.</remarks>
    /// <param name="truth">Lists × labels, row by row.</param>
    /// <param name="scores">Of the same size.</param>
    /// <param name="labels">Labels in a row.</param>
    /// <param name="weights">Weights of the rows, or empty.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a score is NaN.</exception>
    public static double LabelRankingAveragePrecision(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, ReadOnlySpan<double> weights = default) =>
        PerRow(truth.Length, scores, labels, weights, truth, static (holds, s) =>
        {
            int relevant = holds.Count(true);
            if (relevant == 0 || relevant == holds.Length) return 1;
            double sum = 0;
            int before = 0, hits = 0;
            foreach (var group in Ties(s))
            {
                int held = 0;
                foreach (int i in group) held += holds[i] ? 1 : 0;
                before += group.Count;
                hits += held;
                sum += (double)held * hits / before;
            }
            return sum / relevant;
        });

    /// <summary>How far down the list one must go to have all labels that hold; 0 where none does.</summary>
    /// <inheritdoc cref="LabelRankingAveragePrecision"/>
    public static double CoverageError(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, ReadOnlySpan<double> weights = default) =>
        PerRow(truth.Length, scores, labels, weights, truth, static (holds, s) =>
        {
            double least = double.PositiveInfinity;
            for (int i = 0; i < s.Length; i++)
                if (holds[i]) least = Math.Min(least, s[i]);
            int depth = 0;
            foreach (double score in s) depth += score >= least && !double.IsPositiveInfinity(least) ? 1 : 0;
            return depth;
        });

    /// <summary>The share of pairs of a label that holds and one that does not in which the latter scores at least as high; 0 where there are none.</summary>
    /// <inheritdoc cref="LabelRankingAveragePrecision"/>
    public static double LabelRankingLoss(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, ReadOnlySpan<double> weights = default) =>
        PerRow(truth.Length, scores, labels, weights, truth, static (holds, s) =>
        {
            double wrong = 0;
            int others = 0, relevant = holds.Count(true);
            foreach (var group in Ties(s))
            {
                int held = 0;
                foreach (int i in group) held += holds[i] ? 1 : 0;
                others += group.Count - held;
                wrong += (double)held * others;
            }
            return Means.Quotient(wrong, (double)relevant * (holds.Length - relevant), 0);
        });

    /// <summary>The mean of <c>1 / rank</c> of the first item that is relevant, the earlier of equal scores ranked first; 0 where none is.</summary>
    /// <inheritdoc cref="LabelRankingAveragePrecision"/>
    public static double ReciprocalRank(ReadOnlySpan<bool> truth, ReadOnlySpan<double> scores, int labels, ReadOnlySpan<double> weights = default) =>
        PerRow(truth.Length, scores, labels, weights, truth, static (holds, s) =>
        {
            var order = StableSort.Falling(s);
            for (int rank = 0; rank < order.Length; rank++)
                if (holds[order[rank]]) return 1.0 / (rank + 1);
            return 0;
        });

    /// <summary>A figure of one list.</summary>
    delegate double RowFigure<T>(ReadOnlySpan<T> truth, ReadOnlySpan<double> scores);

    static double PerRow<T>(int elements, ReadOnlySpan<double> scores, int width, ReadOnlySpan<double> weights, ReadOnlySpan<T> truth, RowFigure<T> figure)
    {
        Check.SameLength(elements, scores.Length, 0, nameof(RankingMetrics));
        int rows = Check.Rows(elements, width, "items", nameof(RankingMetrics));
        Check.SameLength(rows, rows, weights.Length, nameof(RankingMetrics));
        Check.NotNaN(scores, nameof(RankingMetrics));
        var figures = new double[rows];
        for (int r = 0; r < rows; r++) figures[r] = figure(truth.Slice(r * width, width), scores.Slice(r * width, width));
        return Means.Of(figures, weights);
    }

    static double[] Discounts(int items, int? k, double logBase)
    {
        var discounts = new double[Math.Max(0, items)];
        for (int i = 0; i < Math.Min(discounts.Length, k ?? discounts.Length); i++) discounts[i] = Math.Log(logBase) / Math.Log(i + 2);
        return discounts;
    }

    static double Gain(ReadOnlySpan<double> gains, ReadOnlySpan<double> scores, double[] discounts, bool ignoreTies)
    {
        double sum = 0;
        int rank = 0;
        foreach (var group in Ties(scores))
        {
            if (ignoreTies)
            {
                for (int i = group.Count - 1; i >= 0; i--) sum += gains[group[i]] * discounts[rank++];
                continue;
            }
            double gain = 0, discount = 0;
            foreach (int i in group)
            {
                gain += gains[i];
                discount += discounts[rank++];
            }
            sum += gain / group.Count * discount;
        }
        return sum;
    }

    /// <summary>The places of each score that occurs, from the greatest to the least.</summary>
    static List<ArraySegment<int>> Ties(ReadOnlySpan<double> scores)
    {
        var order = StableSort.Falling(scores);
        var groups = new List<ArraySegment<int>>();
        for (int first = 0, last; first < order.Length; first = last)
        {
            for (last = first + 1; last < order.Length && scores[order[last]] == scores[order[first]]; last++) { }
            groups.Add(new(order, first, last - first));
        }
        return groups;
    }
}
