using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>How second-order boosting trains.</summary>
/// <remarks>Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016.</remarks>
public abstract record BoostingOptions : BoostedTreeOptions
{
    /// <summary>What it takes without preparation.</summary>
    public LearnerInput Takes => LearnerInput.All;

    private protected BoostingOptions() { }

    /// <summary>The number of rounds, each a tree for every score.</summary>
    public int Rounds { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>The prediction to start from; null is what suits the objective, such as the mean of the targets.</summary>
    public float? BaseScore { get; init; }

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }

    /// <summary>Drops trees while others are learned; null drops none.</summary>
    public Dart? Dart { get; init; }

    /// <summary>Whether leaves say a linear function of the numbers that are asked on the way to them, from the second round on.</summary>
    public bool LinearLeaves { get; init; }

    /// <summary>The L2 penalty of the coefficients of linear leaves.</summary>
    public double LinearLambda { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Trains on a set.</summary>
    /// <param name="learner">Who asks, for errors.</param>
    /// <param name="objective">What is descended.</param>
    /// <param name="train">What it is trained on.</param>
    /// <param name="classes">The classes; default where numbers are predicted.</param>
    /// <param name="session">What goes on around the rounds.</param>
    /// <param name="cancellation">Ends training; what was learned is given.</param>
    private protected (BoostedTrees Trees, BoostingMonitor Monitor) Boost(string learner, BoostingObjective objective, BoostingSet train, ImmutableArray<string> classes, BoostingSession? session, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(objective);
        session ??= new();
        if (objective is PoissonObjective given && MaxDeltaStep > 0) objective = given with { MaxDeltaStep = MaxDeltaStep };
        if (objective is CustomObjective { Slopes: null } custom) throw new ArgumentException($"{learner}: the objective '{custom.Name}' has no Slopes, which training needs.");
        if (LinearLeaves && objective.LeafQuantile(0) is not null) throw new ArgumentException($"{learner}: the leaves of this objective are quantiles, which are not linear. Leave LinearLeaves off.");
        if (LinearLeaves && Monotone.Any(direction => direction != 0)) throw new ArgumentException($"{learner}: lines in leaves would not keep to Monotone. Leave one of the two out.");
        var targets = train.Targets(learner, objective, classes);
        var grower = Grower(learner, train.X, objective is PoissonObjective poisson ? poisson.MaxDeltaStep : MaxDeltaStep);
        var start = session.Initial is null ? Start(objective, train.X.Schema, targets) : Continue(learner, session.Initial, objective, train.X.Schema);
        foreach (var set in session.Evaluation) SameFeatures(learner, start.Schema, set.X.Schema, $"the set '{set.Name}'");
        var monitor = new BoostingMonitor(learner, session, objective, Rounds);
        BoostingRows[] evaluated = [.. session.Evaluation.Select(set => new BoostingRows(set, set.Targets(learner, objective, classes), start, Dart is not null))];
        var training = new BoostingTraining(this, grower, start, new(train, targets, start, Dart is not null), evaluated);
        return (training.Run(monitor, cancellation), monitor);
    }

    /// <summary>The trees with leaves fitted to other rows.</summary>
    private protected BoostedTrees Refit(string learner, BoostedTrees trees, BoostingSet set, ImmutableArray<string> classes, double decay)
    {
        ArgumentNullException.ThrowIfNull(set);
        SameFeatures(learner, trees.Schema, set.X.Schema, $"the set '{set.Name}'");
        if (trees.Objective is CustomObjective { Slopes: null } custom) throw new ArgumentException($"{learner}: the objective '{custom.Name}' has no Slopes. Set the booster's Objective to one that has.");
        return BoostingRefit.Run(this, trees, set, set.Targets(learner, trees.Objective, classes), Check.Within(0, 1, decay, nameof(decay)));
    }

    BoostedTrees Start(BoostingObjective objective, FeatureSchema schema, BoostingTargets targets)
    {
        float score = BaseScore ?? (float)objective.Start(targets);
        _ = objective.Margin(score);
        return new() { Schema = schema, Objective = objective, BaseScore = score, BaseMargins = BaseScore is null ? objective.Starts(targets) : [], Trees = [], Groups = [] };
    }

    static BoostedTrees Continue(string learner, BoostedTrees initial, BoostingObjective objective, FeatureSchema schema)
    {
        SameFeatures(learner, initial.Schema, schema, "the set to train on");
        if (initial.Objective.GetType() != objective.GetType() || initial.Objective.Outputs != objective.Outputs)
            throw new ArgumentException($"{learner}: the initial model is of {initial.Objective.GetType().Name} with {initial.Objective.Outputs} scores, the new one of {objective.GetType().Name} with {objective.Outputs}; expected the same.");
        return initial with { Objective = objective };
    }

    static void SameFeatures(string learner, FeatureSchema expected, FeatureSchema given, string where)
    {
        int at = 0;
        while (at < Math.Min(expected.Features.Length, given.Features.Length) && Same(expected.Features[at], given.Features[at])) at++;
        if (at == expected.Features.Length && at == given.Features.Length) return;
        throw new ArgumentException($"{learner}: feature {at} of {where} is {Name(given)}, and of what it goes with {Name(expected)}. Read frames by one schema: schema.Read(frame).");

        string Name(FeatureSchema schema) => at < schema.Features.Length ? $"'{schema.Features[at].Name}'" + (schema.Features[at].IsCategory ? $" with {schema.Features[at].Levels.Length} levels" : "") : "none";
        static bool Same(Feature a, Feature b) => a.Name == b.Name && a.Levels.AsSpan().SequenceEqual(b.Levels.AsSpan());
    }
}
