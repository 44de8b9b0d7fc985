using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A classifier behind steps of its own, so that it can stand beside others in a vote or a stack.</summary>
public sealed record PreparedClassifier : IClassifier<PreparedClassificationModel>
{
    /// <summary>What learns behind the steps.</summary>
    public required IClassifier<IProbabilisticModel> Learner { get; init; }

    /// <summary>The steps; null takes those of <see cref="DefaultPipeline"/>.</summary>
    public ImmutableArray<ITransformer<IFittedTransformer>>? Steps { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => LearnerInput.All;

    /// <inheritdoc/>
    public PreparedClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(PreparedClassifier), x, y.Count, weights);
        var (prepared, fitted) = PreparedRows.Fit(Steps, Learner, x, Target.Of(y));
        return new() { Schema = x.Schema, Steps = fitted, Model = Learner.Fit(prepared, y, w) };
    }
}

/// <summary>What <see cref="PreparedClassifier"/> learned.</summary>
public sealed record PreparedClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The fitted steps, which each row goes through in this order.</summary>
    public required ImmutableArray<IFittedTransformer> Steps { get; init; }

    /// <summary>What was learned behind them.</summary>
    public required IProbabilisticModel Model { get; init; }

    /// <inheritdoc/>
    public ImmutableArray<string> Classes => Model.Classes;

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities) => Model.Probabilities(PreparedRows.Apply(Steps, Schema, Model, rows), probabilities);
}

/// <summary>A regressor behind steps of its own, so that it can stand beside others in a vote or a stack.</summary>
public sealed record PreparedRegressor : IRegressor<PreparedRegressionModel>
{
    /// <summary>What learns behind the steps.</summary>
    public required IRegressor<IRegressionModel> Learner { get; init; }

    /// <summary>The steps; null takes those of <see cref="DefaultPipeline"/>.</summary>
    public ImmutableArray<ITransformer<IFittedTransformer>>? Steps { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => LearnerInput.All;

    /// <inheritdoc/>
    public PreparedRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(PreparedRegressor), x, y, weights), targets = y.ToArray();
        var (prepared, fitted) = PreparedRows.Fit(Steps, Learner, x, Target.Of(targets));
        return new() { Schema = x.Schema, Steps = fitted, Model = Learner.Fit(prepared, targets, w) };
    }
}

/// <summary>What <see cref="PreparedRegressor"/> learned.</summary>
public sealed record PreparedRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The fitted steps, which each row goes through in this order.</summary>
    public required ImmutableArray<IFittedTransformer> Steps { get; init; }

    /// <summary>What was learned behind them.</summary>
    public required IRegressionModel Model { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y) => Model.Predict(PreparedRows.Apply(Steps, Schema, Model, rows), y);
}
