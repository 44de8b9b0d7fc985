using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The order in which weights are improved.</summary>
public enum CoordinateSelector
{
    /// <summary>One after another.</summary>
    Cyclic,

    /// <summary>One after another, in an order drawn for each round.</summary>
    Shuffle,

    /// <summary>Drawn with replacement.</summary>
    Random,

    /// <summary>Each time the one that would change most, all but the last as in XGBoost.</summary>
    Greedy,

    /// <summary>In the order of how much each would change at the start of the round, all but the last as in XGBoost.</summary>
    Thrifty,
}

/// <summary>How boosting of linear functions trains: each round improves every weight once, by a Newton step; names and defaults are XGBoost's.</summary>
/// <remarks>Friedman, Hastie and Tibshirani, "Regularization Paths for Generalized Linear Models via Coordinate Descent", 2010. Missing values count as 0.</remarks>
public abstract record LinearBoostingOptions
{
    private protected LinearBoostingOptions() { }

    /// <summary>The number of rounds.</summary>
    public int Rounds { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>Shrinks each step (eta).</summary>
    public float LearningRate { get; init => field = Check.Above(0, value); } = 0.5f;

    /// <summary>The L2 penalty λ of weights, by the sum of the rows' weights.</summary>
    public float Lambda { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The L1 penalty α of weights, by the sum of the rows' weights.</summary>
    public float Alpha { get; init => field = Check.AtLeast(0, value); }

    /// <summary>The prediction to start from; null is what suits the objective, such as the mean of the targets.</summary>
    public float? BaseScore { get; init; }

    /// <summary>The order in which weights are improved.</summary>
    public CoordinateSelector Selector { get; init; }

    /// <summary>How many weights a round improves with the selectors Greedy and Thrifty; 0 is no bound.</summary>
    public int TopK { get; init => field = Check.AtLeast(0, value); }

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }

    private protected (BoostedLinear Booster, BoostingMonitor Monitor) Boost(string learner, BoostingObjective objective, BoostingSet train, ImmutableArray<string> classes, BoostingSession? session, CancellationToken cancellation)
    {
        session ??= new();
        if (session.Initial is not null) throw new ArgumentException($"{learner}: the initial model is of trees, which a linear function cannot continue. Leave Initial out.", nameof(session));
        var targets = train.Targets(learner, objective, classes);
        foreach (var feature in train.X.Schema.Features)
            if (feature.IsCategory) throw new ArgumentException($"{learner}: feature '{feature.Name}' is a category, which is no number. Turn its levels into numbers (one-hot) first.", nameof(train));
        float start = BaseScore ?? (float)objective.Start(targets);
        var empty = new BoostedLinear
        {
            Schema = train.X.Schema,
            Objective = objective,
            BaseScore = start,
            BaseMargins = BaseScore is null ? objective.Starts(targets) : [],
            Weights = [.. new float[(train.X.Columns + 1) * objective.Outputs]],
        };
        var monitor = new BoostingMonitor(learner, session, objective, Rounds);
        var evaluated = session.Evaluation.Select(set => (Set: set, Targets: set.Targets(learner, objective, classes))).ToArray();
        cancellation.ThrowIfCancellationRequested();
        var descent = new CoordinateBooster(this, empty, train, targets);
        var best = empty;
        bool goesOn = true;
        for (int round = 1; goesOn; round++)
        {
            descent.Round(round);
            var now = empty with { Weights = [.. descent.Weights] };
            goesOn = monitor.After(round, evaluated.Select(e => (now.Margins(e.Set.X, e.Set.BaseMargins.AsSpan()), e.Targets)), cancellation);
            if (monitor.IsBest(round)) best = now;
        }
        return (best, monitor);
    }
}
