using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Linear scores by stochastic descent, each class against the rest; for more rows than other ways can take. Scale the features first.</summary>
/// <remarks>Its model gives probabilities where the loss is logarithmic or the modified Huber loss.</remarks>
public sealed record SgdClassifier : SgdOptions, IClassifier<LinearScoreModel>
{
    /// <summary>What is descended.</summary>
    public SgdClassLoss Loss { get; init; }

    /// <inheritdoc/>
    public override SgdSchedule Schedule { get; init; } = SgdSchedule.Optimal;

    /// <inheritdoc/>
    public LinearScoreModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckClasses(nameof(SgdClassifier), x, y, weights), rows = x.ToRows();
        int columns = x.Columns, planes = y.Classes.Length == 2 ? 1 : y.Classes.Length;
        var (train, held) = HeldOut.Classes(y, ValidationShare, Seed);
        double[] beta = new double[planes * columns], intercepts = new double[planes];
        for (int k = 0; k < planes; k++)
        {
            double[] signs = LogisticRowLoss.Signs(y.Codes, planes == 1 ? 1 : k);
            double Right(double[] own, double intercept) =>
                held.Count(i => TensorPrimitives.Dot<double>(rows.AsSpan(i * columns, columns), own) + intercept > 0 == signs[i] > 0) / (double)held.Length;
            (double[] found, intercepts[k]) = new SgdDescent<ClassSgdLoss>(this, new(Loss), rows, columns, signs, w).Run(train, held.Length > 0 ? Right : null);
            found.CopyTo(beta, k * columns);
        }
        return Loss is SgdClassLoss.Log or SgdClassLoss.ModifiedHuber
            ? new LinearClassificationModel { Schema = x.Schema, Classes = y.Classes, Weights = [.. beta], Intercepts = [.. intercepts], Link = Loss == SgdClassLoss.Log ? ScoreLink.Sigmoid : ScoreLink.Clip }
            : new PlaneClassificationModel { Schema = x.Schema, Classes = y.Classes, Weights = [.. beta], Intercepts = [.. intercepts] };
    }
}
