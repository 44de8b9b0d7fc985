using System.Globalization;

namespace Descent.Tabular;

/// <summary>Objectives by LightGBM's names and parameters. Its models do not tell quantiles, powers and the like, so those are the defaults here.</summary>
static class LightGbmObjectives
{
    /// <summary>An objective and what its scores are multiplied by, or null of one that has no like here.</summary>
    /// <param name="text">As it stands in a model, such as <c>binary sigmoid:1</c>; empty of an objective that was the user's own.</param>
    /// <param name="outputs">Trees in an iteration.</param>
    internal static (BoostingObjective Objective, double Scale)? Read(string text, int outputs)
    {
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string name = parts.Length == 0 ? "" : parts[0];
        if (parts.Contains("sqrt")) return null;
        double sigmoid = Parameter(parts, "sigmoid", 1);
        return name switch
        {
            "binary" or "cross_entropy" when outputs == 1 => (new LogisticObjective(), sigmoid),
            "multiclass" => (new SoftmaxObjective { Classes = outputs }, 1),
            "poisson" => (new PoissonObjective(), 1),
            "gamma" => (new GammaObjective(), 1),
            "tweedie" => (new TweedieObjective(), 1),
            "multiclassova" => (new OneVersusAllObjective { Classes = outputs }, sigmoid),
            "regression_l1" when outputs == 1 => (new AbsoluteObjective(), 1),
            "huber" when outputs == 1 => (new HuberObjective(), 1),
            "quantile" when outputs == 1 => (new QuantileObjective(), 1),
            "lambdarank" or "rank_xendcg" when outputs == 1 => (new RankingObjective(), 1),
            // Their scores are their predictions.
            "regression" or "fair" or "mape" or "" when outputs == 1 => (new SquaredObjective(), 1),
            _ => null,
        };
    }

    internal static string Write(BoostingObjective objective) => objective switch
    {
        SquaredObjective or PseudoHuberObjective => "regression",
        AbsoluteObjective => "regression_l1",
        HuberObjective => "huber",
        QuantileObjective { Levels.Length: 1 } => "quantile",
        RankingObjective => "lambdarank",
        OneVersusAllObjective { Classes: var classes } => string.Create(CultureInfo.InvariantCulture, $"multiclassova num_class:{classes} sigmoid:1"),
        LogisticObjective => "binary sigmoid:1",
        SoftmaxObjective softmax => string.Create(CultureInfo.InvariantCulture, $"multiclass num_class:{softmax.Classes}"),
        PoissonObjective => "poisson",
        GammaObjective => "gamma",
        TweedieObjective => "tweedie",
        _ => throw new InvalidOperationException($"LightGBM has no {objective.GetType().Name}; this model cannot be written for it."),
    };

    static double Parameter(string[] parts, string name, double otherwise)
    {
        string? found = parts.FirstOrDefault(p => p.StartsWith(name + ":", StringComparison.Ordinal));
        return found is null ? otherwise : double.Parse(found.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }
}
