using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Picks models for a weighted mean, one after another and some several times, by what the mean scores out of fold.</summary>
/// <remarks>Caruana et al., "Ensemble Selection from Libraries of Models", 2004.</remarks>
static class EnsembleSelection
{
    const int Picks = 25;

    /// <summary>The weight of each, most of them 0.</summary>
    /// <param name="said">What each says of the same rows.</param>
    /// <param name="score">What a mean of them scores.</param>
    /// <param name="scorer">Which scores are better.</param>
    internal static double[] Weigh(IReadOnlyList<Predictions> said, Func<Predictions, double> score, Scorer scorer)
    {
        double[] picks = new double[said.Count], best = picks;
        double bestScore = double.NaN;
        for (int n = 1; n <= Picks; n++)
        {
            int pick = -1;
            double figure = double.NaN;
            for (int m = 0; m < said.Count; m++)
            {
                picks[m]++;
                double own = score(Mean(said, picks));
                picks[m]--;
                if (scorer.IsBetter(own, figure)) (pick, figure) = (m, own);
            }
            if (pick < 0) break;
            picks[pick]++;
            if (scorer.IsBetter(figure, bestScore)) (best, bestScore) = ([.. picks], figure);
        }
        double sum = best.Sum();
        return Array.ConvertAll(best, b => b / sum);
    }

    /// <summary>How the weighted mean did that was judged on the same folds.</summary>
    internal static CrossValidationResult Average(IReadOnlyList<CrossValidationResult> results, double[] weights)
    {
        var first = results[0];
        var data = first.Data;
        var parts = first.Parts.Select((part, f) => (part.Rows, Said: Mean([.. results.Select(r => r.Parts[f].Said)], weights))).ToImmutableArray();
        var (merged, rows) = Predictions.Merge(data.Target.Count, parts);
        return new(data, parts)
        {
            Scores = [.. first.Scores.Select(s => new ScoreSummary { Scorer = s.Scorer, PerFold = [.. parts.Select(p => data.Score(s.Scorer, p.Rows, p.Said))] })],
            TrainRows = first.TrainRows,
            TestRows = first.TestRows,
            OutOfFold = merged,
            Rows = [.. rows],
            Times = new() { Fit = Sum(r => r.Times.Fit), Predict = Sum(r => r.Times.Predict) },
        };

        ImmutableArray<TimeSpan> Sum(Func<CrossValidationResult, ImmutableArray<TimeSpan>> times) =>
            [.. parts.Select((_, f) => new TimeSpan(results.Where((_, m) => weights[m] > 0).Sum(r => times(r)[f].Ticks)))];
    }

    /// <summary>The weighted mean of numbers or probabilities.</summary>
    static Predictions Mean(IReadOnlyList<Predictions> said, double[] weights)
    {
        double sum = weights.Sum();
        bool isNumber = said[0].Kind == TargetKind.Number;
        double[] mean = new double[isNumber ? said[0].Count : said[0].Probabilities.Length];
        for (int m = 0; m < said.Count; m++)
            if (weights[m] > 0) TensorPrimitives.MultiplyAdd(isNumber ? said[m].Numbers : said[m].Probabilities, weights[m] / sum, mean, mean);
        if (isNumber) return Predictions.Of(mean);
        int classes = said[0].Classes.Length;
        int[] codes = new int[said[0].Count];
        for (int i = 0; i < codes.Length; i++) codes[i] = TensorPrimitives.IndexOfMax<double>(mean.AsSpan(i * classes, classes));
        return Predictions.Of(said[0].Classes, codes, mean);
    }
}
