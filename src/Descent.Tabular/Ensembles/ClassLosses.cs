namespace Descent.Tabular;

/// <summary>The logistic loss of two classes, twice the negative log-likelihood as Friedman has it.</summary>
sealed class BinaryLogLoss(int[] codes) : IStageLoss
{
    public int Scores => 1;

    public double[] Initial(double[] weights, bool isWeighted)
    {
        double p = ClassShares.Clamp(StageLoss.Mean(weights, i => codes[i]));
        return [Math.Log(p / (1 - p))];
    }

    public void Residuals(double[] scores, int k, double[] weights, double[] residuals)
    {
        for (int i = 0; i < codes.Length; i++) residuals[i] = codes[i] - StageLoss.Sigmoid(scores[i]);
    }

    public double Step(ReadOnlySpan<int> rows, double[] scores, int k, double[] weights, double[] residuals)
    {
        double top = 0, bottom = 0;
        foreach (int i in rows)
        {
            double p = codes[i] - residuals[i];
            top += weights[i] * residuals[i];
            bottom += weights[i] * p * (1 - p);
        }
        return StageLoss.Quotient(top, bottom);
    }

    public double Mean(double[] scores, double[] weights) => -2 * StageLoss.Mean(weights, i => codes[i] * scores[i] - StageLoss.SoftPlus(scores[i]));
}

/// <summary>exp(−y f) with y = ±1, the loss that AdaBoost descends.</summary>
sealed class ExponentialLoss(int[] codes) : IStageLoss
{
    public int Scores => 1;

    public double[] Initial(double[] weights, bool isWeighted)
    {
        double p = ClassShares.Clamp(StageLoss.Mean(weights, i => codes[i]));
        return [0.5 * Math.Log(p / (1 - p))];
    }

    public void Residuals(double[] scores, int k, double[] weights, double[] residuals)
    {
        for (int i = 0; i < codes.Length; i++) residuals[i] = Sign(i) * Math.Exp(-Sign(i) * scores[i]);
    }

    public double Step(ReadOnlySpan<int> rows, double[] scores, int k, double[] weights, double[] residuals)
    {
        double top = 0, bottom = 0;
        foreach (int i in rows)
        {
            top += weights[i] * residuals[i];
            bottom += weights[i] * Math.Abs(residuals[i]);
        }
        return StageLoss.Quotient(top, bottom);
    }

    public double Mean(double[] scores, double[] weights) => StageLoss.Mean(weights, i => Math.Exp(-Sign(i) * scores[i]));

    double Sign(int i) => 2 * codes[i] - 1;
}

/// <summary>The cross entropy of several classes.</summary>
sealed class MultinomialLoss(int[] codes, int classes) : IStageLoss
{
    public int Scores => classes;

    public double[] Initial(double[] weights, bool isWeighted) =>
        [.. Enumerable.Range(0, classes).Select(k => Math.Log(ClassShares.Clamp(StageLoss.Mean(weights, i => codes[i] == k ? 1 : 0))))];

    public void Residuals(double[] scores, int k, double[] weights, double[] residuals)
    {
        for (int i = 0; i < codes.Length; i++)
        {
            var own = scores.AsSpan(i * classes, classes);
            residuals[i] = (codes[i] == k ? 1 : 0) - Math.Exp(own[k] - LogSum(own));
        }
    }

    public double Step(ReadOnlySpan<int> rows, double[] scores, int k, double[] weights, double[] residuals)
    {
        double top = 0, bottom = 0;
        foreach (int i in rows)
        {
            double p = (codes[i] == k ? 1 : 0) - residuals[i];
            top += weights[i] * residuals[i];
            bottom += weights[i] * p * (1 - p);
        }
        return StageLoss.Quotient(top * (classes - 1) / classes, bottom);
    }

    public double Mean(double[] scores, double[] weights) => StageLoss.Mean(weights, i =>
        LogSum(scores.AsSpan(i * classes, classes)) - scores[i * classes + codes[i]]);

    static double LogSum(ReadOnlySpan<double> x)
    {
        double most = System.Numerics.Tensors.TensorPrimitives.Max(x), sum = 0;
        foreach (double v in x) sum += Math.Exp(v - most);
        return most + Math.Log(sum);
    }
}

/// <summary>Shares of classes that a logarithm can be taken of.</summary>
static class ClassShares
{
    /// <summary>The spacing of floats at 1.</summary>
    const double Least = 1.1920928955078125e-7;

    internal static double Clamp(double share) => Math.Clamp(share, Least, 1 - Least);
}
