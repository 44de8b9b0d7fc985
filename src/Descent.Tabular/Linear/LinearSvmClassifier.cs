namespace Descent.Tabular;

/// <summary>A support vector machine of linear scores, max(0, 1 − y f) or its square; several classes each against the rest.</summary>
/// <remarks>Cortes and Vapnik, "Support-Vector Networks", 1995.</remarks>
public sealed record LinearSvmClassifier : LinearSvmOptions, IClassifier<PlaneClassificationModel>
{
    /// <summary>Whether losses count by their squares.</summary>
    public bool IsSquared { get; init; } = true;

    /// <inheritdoc/>
    public PlaneClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckClasses(nameof(LinearSvmClassifier), x, y, weights);
        int[] codes = y.Codes.ToArray();
        int classes = y.Classes.Length, planes = classes == 2 ? 1 : classes, columns = x.Columns;
        double[] beta = new double[planes * columns], intercepts = new double[planes];
        if (IsPrimal(x, IsSquared))
            (beta, intercepts) = new LinearObjective<SquaredHingeRowLoss>(x, w, new(codes, classes), Penalty(w)).Minimize(intercepts, Tolerance, MaxIterations);
        else
            for (int k = 0; k < planes; k++)
            {
                double[] signs = LogisticRowLoss.Signs(codes, planes == 1 ? 1 : k);
                (double[] own, intercepts[k]) = Dual(x, [.. signs.Select((sign, i) => Coefficient(sign, sign > 0, sign < 0, C * w[i], IsSquared))], 0);
                own.CopyTo(beta, k * columns);
            }
        return new() { Schema = x.Schema, Classes = y.Classes, Weights = [.. beta], Intercepts = [.. intercepts] };
    }
}
