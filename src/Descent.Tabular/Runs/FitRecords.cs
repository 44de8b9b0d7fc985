using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A figure by which a model was judged.</summary>
/// <param name="Name">The figure.</param>
/// <param name="GreaterIsBetter">Whether a greater one is a better one.</param>
/// <param name="Mean">Its mean over the folds.</param>
/// <param name="Deviation">Its standard deviation over the folds.</param>
/// <param name="PerFold">Its value on each fold.</param>
/// <param name="Baseline">Its mean where only the target is known.</param>
public sealed record ScoreRecord(string Name, bool GreaterIsBetter, double Mean, double Deviation, ImmutableArray<double> PerFold, double Baseline);

/// <summary>A model that was tried.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Mean">The mean of the deciding figure.</param>
/// <param name="Deviation">Its standard deviation over the folds.</param>
public sealed record TrialRecord(string Name, double Mean, double Deviation);

/// <summary>How good a model is, and what it goes by, as told in its file.</summary>
public sealed record FitMetrics
{
    /// <summary>The figures, the deciding one first.</summary>
    public required ImmutableArray<ScoreRecord> Scores { get; init; }

    /// <summary>Where the deciding figure would fall on other rows of the same kind.</summary>
    public required ScoreInterval Interval { get; init; }

    /// <summary>What else was tried.</summary>
    public required ImmutableArray<TrialRecord> Trials { get; init; }

    /// <summary>By how much the deciding figure worsens on rows not trained on where a column is shuffled, the greatest first.</summary>
    public required ImmutableArray<FeatureImportance> Importances { get; init; }

    /// <summary>What a person should know of the rows.</summary>
    public required ImmutableArray<string> Warnings { get; init; }
}

/// <summary>A name and a value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value as text.</param>
public sealed record NamedValue(string Name, string Value);

/// <summary>Where a model comes from: enough to make it again. Nothing in it differs from one run to the next.</summary>
public sealed record FitProvenance
{
    /// <summary>The version of this library.</summary>
    public required string Library { get; init; }

    /// <summary>The name of the file of rows.</summary>
    public required string Data { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long DataBytes { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>The rows trained on.</summary>
    public required int Rows { get; init; }

    /// <summary>The column that is predicted.</summary>
    public required string Target { get; init; }

    /// <summary>Whether it was taken for numbers or classes, and why.</summary>
    public required TargetGuess Task { get; init; }

    /// <summary>The model that was chosen.</summary>
    public required string Model { get; init; }

    /// <summary>What was asked for.</summary>
    public required ImmutableArray<NamedValue> Options { get; init; }
}

/// <summary>What a <c>.descent</c> file of a table holds: the pipeline, and how it came to be.</summary>
/// <param name="Pipeline">What predicts.</param>
/// <param name="Metrics">How good it is; null where that is not told.</param>
/// <param name="Provenance">Where it comes from; null where that is not told.</param>
public sealed record TableModel(PipelineModel Pipeline, FitMetrics? Metrics, FitProvenance? Provenance);
