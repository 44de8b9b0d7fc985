namespace Descent.Tabular;

/// <summary>(y − f)².</summary>
sealed class SquaredLoss(double[] y) : IStageLoss
{
    public int Scores => 1;

    public double[] Initial(double[] weights, bool isWeighted) => [StageLoss.WeightedMean(y, weights)];

    public void Residuals(double[] scores, int k, double[] weights, double[] residuals)
    {
        for (int i = 0; i < y.Length; i++) residuals[i] = y[i] - scores[i];
    }

    public double Step(ReadOnlySpan<int> rows, double[] scores, int k, double[] weights, double[] residuals) => double.NaN;

    public double Mean(double[] scores, double[] weights) => StageLoss.Mean(weights, i => (y[i] - scores[i]) * (y[i] - scores[i]));
}

/// <summary>The loss of a quantile: α (y − f) above, (1 − α)(f − y) below; at α = ½ twice that, the absolute loss.</summary>
sealed class QuantileLoss(double[] y, double alpha, bool isAbsolute) : IStageLoss
{
    public int Scores => 1;

    public double[] Initial(double[] weights, bool isWeighted) => [StageLoss.InitialQuantile(y, weights, isWeighted, alpha)];

    public void Residuals(double[] scores, int k, double[] weights, double[] residuals)
    {
        for (int i = 0; i < y.Length; i++)
            residuals[i] = isAbsolute ? (y[i] - scores[i] > 0 ? 1 : -1) : y[i] > scores[i] ? alpha : alpha - 1;
    }

    public double Step(ReadOnlySpan<int> rows, double[] scores, int k, double[] weights, double[] residuals)
    {
        double[] differences = new double[rows.Length], w = new double[rows.Length];
        for (int i = 0; i < w.Length; i++) (differences[i], w[i]) = (y[rows[i]] - scores[rows[i]], weights[rows[i]]);
        return Quantiles.Lower(differences, w, alpha);
    }

    public double Mean(double[] scores, double[] weights) => StageLoss.Mean(weights, i =>
        y[i] - scores[i] is var d && isAbsolute ? Math.Abs(d) : d > 0 ? alpha * d : (alpha - 1) * d);
}

/// <summary>Squared near, absolute beyond the quantile α of the distances.</summary>
sealed class HuberLoss(double[] y, double alpha) : IStageLoss
{
    double _bound;

    public int Scores => 1;

    public double[] Initial(double[] weights, bool isWeighted) => [StageLoss.InitialQuantile(y, weights, isWeighted, 0.5)];

    public void Residuals(double[] scores, int k, double[] weights, double[] residuals)
    {
        double[] distances = new double[y.Length];
        for (int i = 0; i < y.Length; i++) distances[i] = Math.Abs(y[i] - scores[i]);
        _bound = Quantiles.Lower(distances, weights, alpha);
        for (int i = 0; i < y.Length; i++) residuals[i] = Math.Clamp(y[i] - scores[i], -_bound, _bound);
    }

    public double Step(ReadOnlySpan<int> rows, double[] scores, int k, double[] weights, double[] residuals)
    {
        double[] differences = new double[rows.Length], w = new double[rows.Length];
        for (int i = 0; i < w.Length; i++) (differences[i], w[i]) = (y[rows[i]] - scores[rows[i]], weights[rows[i]]);
        double median = Quantiles.Lower(differences, w, 0.5), sum = 0;
        foreach (double d in differences) sum += Math.Clamp(d - median, -_bound, _bound);
        return median + sum / differences.Length;
    }

    public double Mean(double[] scores, double[] weights) => StageLoss.Mean(weights, i =>
        Math.Abs(y[i] - scores[i]) is var d && d <= _bound ? 0.5 * d * d : _bound * (d - _bound / 2));
}
