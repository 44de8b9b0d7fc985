namespace Descent.Tabular;

/// <summary>Linear log odds: the cross entropy times C, plus ½ |β|², minimised by L-BFGS; one sum of features for two classes, one a class for more.</summary>
public sealed record LogisticRegression : IClassifier<LinearClassificationModel>
{
    /// <summary>Weight of the losses beside the penalty; infinity is no penalty.</summary>
    public double C { get; init => field = Check.Above(0, value); } = 1;

    /// <summary>Whether there are constant terms.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>The greatest slope of the mean loss, features scaled alike, at which the descent stops.</summary>
    public double Tolerance { get; init => field = Check.Above(0, value); } = 1e-7;

    /// <summary>The greatest number of steps.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 1000;

    /// <inheritdoc/>
    public LinearClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(LogisticRegression), x, y.Count, weights);
        Training.NoGaps(nameof(LogisticRegression), x);
        Training.TwoClasses(nameof(LogisticRegression), y);
        int[] codes = y.Codes.ToArray();
        int classes = y.Classes.Length;
        double penalty = 1 / (C * w.Sum());
        var (beta, intercepts) = classes == 2
            ? new LinearObjective<LogisticRowLoss>(x, w, new(codes), penalty, FitIntercept).Minimize([0], Tolerance, MaxIterations)
            : new LinearObjective<SoftmaxRowLoss>(x, w, new(codes, classes), penalty, FitIntercept).Minimize(new double[classes], Tolerance, MaxIterations);
        return new() { Schema = x.Schema, Classes = y.Classes, Weights = [.. beta], Intercepts = [.. intercepts] };
    }
}

readonly struct LogisticRowLoss(int[] codes) : ILinearLoss
{
    public int Outputs => 1;

    public double Row(int row, Span<double> scores)
    {
        double score = scores[0];
        scores[0] = StageLoss.Sigmoid(score) - codes[row];
        return StageLoss.SoftPlus(score) - codes[row] * score;
    }
}

readonly struct SoftmaxRowLoss(int[] codes, int classes) : ILinearLoss
{
    public int Outputs => classes;

    public double Row(int row, Span<double> scores)
    {
        double most = System.Numerics.Tensors.TensorPrimitives.Max<double>(scores), own = scores[codes[row]], sum = 0;
        foreach (ref double s in scores) sum += s = Math.Exp(s - most);
        foreach (ref double s in scores) s /= sum;
        scores[codes[row]] -= 1;
        return most + Math.Log(sum) - own;
    }
}
