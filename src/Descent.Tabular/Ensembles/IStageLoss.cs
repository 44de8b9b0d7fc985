namespace Descent.Tabular;

/// <summary>What a stage of gradient boosting descends.</summary>
interface IStageLoss
{
    /// <summary>Scores of a row: 1, or the number of classes.</summary>
    int Scores { get; }

    /// <summary>The best constant scores.</summary>
    double[] Initial(double[] weights, bool isWeighted);

    /// <summary>The negative gradient in score <paramref name="k"/>. Scores lie one after another for each row.</summary>
    void Residuals(double[] scores, int k, double[] weights, double[] residuals);

    /// <summary>The best step in a leaf, over its rows; NaN leaves the mean residual.</summary>
    double Step(ReadOnlySpan<int> rows, double[] scores, int k, double[] weights, double[] residuals);

    /// <summary>The mean loss over rows of weight.</summary>
    double Mean(double[] scores, double[] weights);
}

/// <summary>Helpers of losses.</summary>
static class StageLoss
{
    /// <summary>The weighted mean of a row's loss.</summary>
    internal static double Mean(double[] weights, Func<int, double> loss)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 0) continue;
            sum += weights[i] * loss(i);
            total += weights[i];
        }
        return sum / total;
    }

    internal static double WeightedMean(double[] values, double[] weights) => Mean(weights, i => values[i]);

    internal static double InitialQuantile(double[] y, double[] weights, bool isWeighted, double share) =>
        isWeighted ? Quantiles.Lower(y, weights, share) : Quantiles.Linear(y, share);

    /// <summary>One Newton step: a quotient of sums, 0 where the lower one vanishes.</summary>
    internal static double Quotient(double top, double bottom) => Math.Abs(bottom) < 1e-150 ? 0 : top / bottom;

    internal static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    /// <summary>log(1 + exp(x)).</summary>
    internal static double SoftPlus(double x) => x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x));
}
