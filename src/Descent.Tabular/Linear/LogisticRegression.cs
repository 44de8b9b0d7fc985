namespace Descent.Tabular;

/// <summary>How a minimum is looked for; both find the same.</summary>
public enum LogisticSolver
{
    /// <summary>L-BFGS where all penalties are smooth, else SAGA.</summary>
    Auto,

    /// <summary>All rows at a time, with a memory of the curvature; not for L1 penalties.</summary>
    Lbfgs,

    /// <summary>A row at a time.</summary>
    Saga,
}

/// <summary>
/// Linear log odds: the cross entropy times C, plus ρ |β|₁ + ½ (1 − ρ) |β|²; one sum of features for two classes, one a class for more.
/// </summary>
public sealed record LogisticRegression : IClassifier<LinearClassificationModel>
{
    /// <summary>Weight of the losses beside the penalty; infinity is no penalty.</summary>
    public double C { get; init => field = Check.Above(0, value); } = 1;

    /// <summary>The share ρ of the L1 penalty, which makes weights vanish; 0 is none, 1 is all.</summary>
    public double L1Ratio { get; init => field = Check.Within(0, 1, value); }

    /// <summary>Whether there are constant terms.</summary>
    public bool FitIntercept { get; init; } = true;

    /// <summary>How the minimum is looked for.</summary>
    public LogisticSolver Solver { get; init; }

    /// <summary>
    /// Where the descent stops, features scaled alike: of L-BFGS at this slope of the mean loss, of SAGA where a pass changes no weight by more than this share of the greatest.
    /// </summary>
    public double Tolerance { get; init => field = Check.Above(0, value); } = 1e-7;

    /// <summary>The greatest number of steps, or of passes.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 1000;

    /// <summary>Decides in which order SAGA takes the rows.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public LinearClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckClasses(nameof(LogisticRegression), x, y, weights);
        if (Solver == LogisticSolver.Lbfgs && L1Ratio > 0)
            throw new ArgumentException($"LogisticRegression: L1Ratio is {L1Ratio}, and L-BFGS takes no L1 penalty. Set Solver to Saga or Auto.", nameof(x));
        int[] codes = y.Codes.ToArray();
        int classes = y.Classes.Length;
        double penalty = 1 / (C * w.Sum());
        var (beta, intercepts) = Solver == LogisticSolver.Saga || L1Ratio > 0
            ? new Saga(x, codes, classes, w).Minimize(L1Ratio * penalty, (1 - L1Ratio) * penalty, FitIntercept, Tolerance, MaxIterations, Seed)
            : classes == 2
                ? new LinearObjective<LogisticRowLoss>(x, w, new(LogisticRowLoss.Signs(codes, 1)), new(penalty, FitIntercept)).Minimize([0], Tolerance, MaxIterations)
                : new LinearObjective<SoftmaxRowLoss>(x, w, new(codes, classes), new(penalty, FitIntercept)).Minimize(new double[classes], Tolerance, MaxIterations);
        return new() { Schema = x.Schema, Classes = y.Classes, Weights = [.. beta], Intercepts = [.. intercepts] };
    }
}
