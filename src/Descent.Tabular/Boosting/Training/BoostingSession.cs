using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What goes on around the rounds of boosting: what it starts from, what is watched, and when it ends early.</summary>
public sealed record BoostingSession
{
    /// <summary>Sets whose figures are computed after each round.</summary>
    public ImmutableArray<BoostingSet> Evaluation { get; init; } = [];

    /// <summary>What is computed of each set; empty is the figure that goes with the objective.</summary>
    public ImmutableArray<BoostingMetric> Metrics { get; init; } = [];

    /// <summary>Ends training once the first figure of the first set no longer improves; null trains all rounds.</summary>
    public EarlyStopping? Stopping { get; init; }

    /// <summary>The model that training continues from; its trees stay as they are.</summary>
    public BoostedTrees? Initial { get; init; }

    /// <summary>Is told the figures of each round.</summary>
    public IProgress<BoostingProgress>? Progress { get; init; }
}

/// <summary>Ends training once a figure no longer improves; the model keeps the rounds up to the best.</summary>
public sealed record EarlyStopping
{
    /// <summary>The rounds without improvement that end training.</summary>
    public int Patience { get; init => field = Check.AtLeast(1, value); } = 50;

    /// <summary>By how much the figure must improve to count.</summary>
    public double MinDelta { get; init => field = Check.AtLeast(0, value); }
}

/// <summary>A figure of a set after a round.</summary>
/// <param name="Round">The round, the first 1.</param>
/// <param name="Set">The name of the set.</param>
/// <param name="Metric">The name of the figure.</param>
/// <param name="Value">The figure.</param>
public sealed record BoostingFigure(int Round, string Set, string Metric, double Value);

/// <summary>How far training has come.</summary>
/// <param name="Round">Rounds that are done.</param>
/// <param name="Rounds">Rounds there are at most.</param>
/// <param name="Figures">The figures after this round.</param>
public sealed record BoostingProgress(int Round, int Rounds, ImmutableArray<BoostingFigure> Figures);

/// <summary>Why training ended.</summary>
public enum BoostingEnding
{
    /// <summary>All rounds were trained.</summary>
    Rounds,

    /// <summary>The figure no longer improved.</summary>
    NoImprovement,

    /// <summary>It was cancelled; the model is what had been learned.</summary>
    Cancelled,
}

/// <summary>What training gave.</summary>
/// <typeparam name="TModel">The model.</typeparam>
public sealed record BoostingResult<TModel>
{
    /// <summary>The model; with early stopping as it was after the best round.</summary>
    public required TModel Model { get; init; }

    /// <summary>All figures, in the order of rounds, sets and metrics.</summary>
    public required ImmutableArray<BoostingFigure> History { get; init; }

    /// <summary>The round that the model is of, the first 1; rounds of an initial model are not counted.</summary>
    public required int BestRound { get; init; }

    /// <summary>Why training ended.</summary>
    public required BoostingEnding Ending { get; init; }
}
