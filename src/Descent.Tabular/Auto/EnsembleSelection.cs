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
        int[] picks = new int[said.Count], best = picks;
        double bestScore = double.NaN;
        for (int n = 1; n <= Picks; n++)
        {
            int pick = -1;
            double figure = double.NaN;
            for (int m = 0; m < said.Count; m++)
            {
                picks[m]++;
                double own = score(Mean(said, Array.ConvertAll(picks, p => (double)p)));
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

    /// <summary>The weighted mean of numbers or probabilities.</summary>
    internal static Predictions Mean(IReadOnlyList<Predictions> said, ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (double w in weights) sum += w;
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
