namespace Descent.Tabular;

/// <summary>What a linear model pays for a score p of a row of class y = ±1.</summary>
public enum SgdClassLoss
{
    /// <summary>max(0, 1 − y p): a linear support vector machine.</summary>
    Hinge,

    /// <summary>log(1 + e^(−y p)): logistic regression, with probabilities.</summary>
    Log,

    /// <summary>max(0, 1 − y p)² where y p ≥ −1, else −4 y p; with probabilities.</summary>
    ModifiedHuber,

    /// <summary>max(0, 1 − y p)².</summary>
    SquaredHinge,

    /// <summary>max(0, −y p).</summary>
    Perceptron,
}

/// <summary>What a linear model pays for a prediction p of a target y.</summary>
public enum SgdLoss
{
    /// <summary>½ (y − p)².</summary>
    Squared,

    /// <summary>½ (y − p)² up to ε, beyond it ε |y − p| − ½ ε².</summary>
    Huber,

    /// <summary>max(0, |y − p| − ε).</summary>
    EpsilonInsensitive,

    /// <summary>max(0, |y − p| − ε)².</summary>
    SquaredEpsilonInsensitive,
}

/// <summary>The loss of a row and its slope by the score.</summary>
interface ISgdLoss
{
    (double Loss, double Slope) Of(double score, double y);
}

readonly struct ClassSgdLoss(SgdClassLoss kind) : ISgdLoss
{
    public (double Loss, double Slope) Of(double score, double y)
    {
        double z = score * y;
        switch (kind)
        {
            case SgdClassLoss.Hinge:
                return z <= 1 ? (1 - z, -y) : (0, 0);
            case SgdClassLoss.Log:
                return (StageLoss.SoftPlus(-z), -y * StageLoss.Sigmoid(-z));
            case SgdClassLoss.ModifiedHuber:
                return z >= 1 ? (0, 0) : z >= -1 ? ((1 - z) * (1 - z), -2 * y * (1 - z)) : (-4 * z, -4 * y);
            case SgdClassLoss.SquaredHinge:
                return z < 1 ? ((1 - z) * (1 - z), -2 * y * (1 - z)) : (0, 0);
            default:
                return z <= 0 ? (-z, -y) : (0, 0);
        }
    }
}

readonly struct NumberSgdLoss(SgdLoss kind, double epsilon) : ISgdLoss
{
    public (double Loss, double Slope) Of(double score, double y)
    {
        double residual = score - y, size = Math.Abs(residual), beyond = size - epsilon;
        return kind switch
        {
            SgdLoss.Squared => (0.5 * residual * residual, residual),
            SgdLoss.Huber => size <= epsilon ? (0.5 * residual * residual, residual) : (epsilon * size - 0.5 * epsilon * epsilon, Math.CopySign(epsilon, residual)),
            SgdLoss.EpsilonInsensitive => beyond > 0 ? (beyond, Math.Sign(residual)) : (0, 0),
            _ => beyond > 0 ? (beyond * beyond, 2 * Math.CopySign(beyond, residual)) : (0, 0),
        };
    }
}
