using System.Text.Json;

namespace Descent.Tabular;

/// <summary>Objectives under the names and with the parameters that XGBoost has for them.</summary>
static class XgboostObjectives
{
    /// <summary>The name, the block of its parameters if it has some, and these.</summary>
    /// <exception cref="InvalidOperationException">XGBoost has no such objective.</exception>
    internal static (string Name, string? Block, (string Name, string Value)[] Parameters) Parts(BoostingObjective objective) => objective switch
    {
        SquaredObjective => ("reg:squarederror", "reg_loss_param", [("scale_pos_weight", "1")]),
        AbsoluteObjective => ("reg:absoluteerror", null, []),
        PseudoHuberObjective huber => ("reg:pseudohubererror", "pseudo_huber_param", [("huber_slope", XgboostWriter.Text(huber.Delta))]),
        LogisticObjective logistic => ("binary:logistic", "reg_loss_param", [("scale_pos_weight", XgboostWriter.Text(logistic.ScalePositiveWeight))]),
        HingeObjective => ("binary:hinge", null, []),
        SoftmaxObjective softmax => ("multi:softprob", "softmax_multiclass_param", [("num_class", XgboostWriter.Text(softmax.Classes))]),
        PoissonObjective poisson => ("count:poisson", "poisson_regression_param", [("max_delta_step", XgboostWriter.Text(poisson.MaxDeltaStep))]),
        GammaObjective => ("reg:gamma", null, []),
        TweedieObjective tweedie => ("reg:tweedie", "tweedie_regression_param", [("tweedie_variance_power", XgboostWriter.Text(tweedie.Power))]),
        CoxObjective => ("survival:cox", null, []),
        AcceleratedFailureObjective failure => ("survival:aft", "aft_loss_param",
            [("aft_loss_distribution", failure.Distribution.ToString().ToLowerInvariant()), ("aft_loss_distribution_scale", XgboostWriter.Text(failure.Scale))]),
        RankingObjective ranking => (ranking.Goal switch { RankingGoal.Ndcg => "rank:ndcg", RankingGoal.MeanAveragePrecision => "rank:map", _ => "rank:pairwise" },
            "lambda_rank_param", [("fix_list_weight", "0"), ("num_pairsample", XgboostWriter.Text(Math.Max(1, ranking.PairsPerItem)))]),
        CustomObjective custom => throw new InvalidOperationException($"XGBoost does not know the objective '{custom.Name}'; this model cannot be written for it."),
        _ => throw new InvalidOperationException($"XGBoost has no {objective.GetType().Name}; this model cannot be written for it."),
    };

    /// <summary>The objective of a model's JSON; null where it is not known.</summary>
    internal static BoostingObjective? Read(JsonElement objective, string? name, int classes) => name switch
    {
        // The last two have no like here; their predictions are their scores too.
        "reg:squarederror" or "reg:linear" or "reg:squaredlogerror" or "binary:logitraw" => new SquaredObjective(),
        "reg:absoluteerror" => new AbsoluteObjective(),
        "binary:logistic" or "reg:logistic" => new LogisticObjective { ScalePositiveWeight = Real(objective, "reg_loss_param", "scale_pos_weight") },
        "binary:hinge" => new HingeObjective(),
        "multi:softprob" or "multi:softmax" => new SoftmaxObjective { Classes = classes },
        "count:poisson" => new PoissonObjective { MaxDeltaStep = Real(objective, "poisson_regression_param", "max_delta_step") },
        "reg:gamma" => new GammaObjective(),
        "reg:tweedie" => new TweedieObjective { Power = Real(objective, "tweedie_regression_param", "tweedie_variance_power") },
        "reg:pseudohubererror" => new PseudoHuberObjective { Delta = objective.TryGetProperty("pseudo_huber_param", out _) ? Real(objective, "pseudo_huber_param", "huber_slope") : 1 },
        "survival:cox" => new CoxObjective(),
        "survival:aft" => new AcceleratedFailureObjective
        {
            Scale = Real(objective, "aft_loss_param", "aft_loss_distribution_scale"),
            Distribution = objective.GetProperty("aft_loss_param").GetProperty("aft_loss_distribution").GetString() switch
            {
                "normal" => SurvivalDistribution.Normal,
                "logistic" => SurvivalDistribution.Logistic,
                "extreme" => SurvivalDistribution.Extreme,
                var other => throw new FormatException($"the distribution is '{other}'; expected normal, logistic or extreme"),
            },
        },
        "rank:ndcg" => new RankingObjective { PairsPerItem = Pairs(objective) },
        "rank:map" => new RankingObjective { Goal = RankingGoal.MeanAveragePrecision, PairsPerItem = Pairs(objective) },
        "rank:pairwise" => new RankingObjective { Goal = RankingGoal.Pairwise, PairsPerItem = Pairs(objective) },
        _ => null,
    };

    /// <summary>The partners of an item; later versions of XGBoost have other parameters.</summary>
    static int Pairs(JsonElement objective) =>
        objective.TryGetProperty("lambda_rank_param", out var block) && block.TryGetProperty("num_pairsample", out _) ? (int)Real(objective, "lambda_rank_param", "num_pairsample") : 0;

    static float Real(JsonElement objective, string block, string parameter) => XgboostReader.Real(objective.GetProperty(block).GetProperty(parameter));
}
