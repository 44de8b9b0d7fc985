using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Steps that prepare a frame, and the learner behind them, fitted as one, so that no step sees rows that are tested on.</summary>
public sealed record Pipeline
{
    /// <summary>The steps, first to last.</summary>
    public ImmutableArray<ITransformer<IFittedTransformer>> Steps { get; init; } = [];

    /// <summary>What learns from the frame that the last step gives.</summary>
    public required ILearner Learner { get; init; }

    /// <summary>Columns that are neither learned from nor asked for in prediction, such as identifiers.</summary>
    public ImmutableArray<string> Except { get; init; } = [];

    /// <summary>What the model does with a frame that lacks a column.</summary>
    public MissingColumn MissingColumns { get; init; }

    /// <summary>What the model does with levels that did not occur in training.</summary>
    public UnseenLevel UnseenLevels { get; init; }

    /// <summary>Fits the steps one after another, and the learner last.</summary>
    /// <param name="train">The rows.</param>
    /// <param name="target">The column to predict.</param>
    /// <param name="weights">The column of weights, or null.</param>
    /// <param name="groups">The column that tells apart the groups within which a ranker ranks, or null; nothing learns from it.</param>
    /// <exception cref="ArgumentException">A name is not a column, a step or the learner cannot take the frame, or a target is missing.</exception>
    public PipelineModel Fit(Frame train, string target, string? weights = null, string? groups = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        string[] apart = [target, .. weights is null ? (string[])[] : [weights], .. groups is null ? (string[])[] : [groups], .. Except];
        var y = Target.Of(train[target], Learner.Predicts);
        double[] w = weights is null ? [] : FrameFitting.Numbers(train[weights]);
        var x = train.Drop(apart);
        var schema = FrameSchema.Of(x);
        var fitted = ImmutableArray.CreateBuilder<IFittedTransformer>(Steps.Length);
        foreach (var step in Steps)
        {
            var learned = step.Fit(x, y);
            x = step.TrainingRows(x, y, learned);
            fitted.Add(learned);
        }
        if (x.Columns.IsEmpty) throw new ArgumentException($"Pipeline: no column is left to learn from beside '{target}'; the columns are: {train.ListNames()}.", nameof(train));
        return new() { Input = schema, Target = target, Steps = fitted.MoveToImmutable(), Model = Learn(Features.Of(x), y, w, groups is null ? null : train[groups]), MissingColumns = MissingColumns, UnseenLevels = UnseenLevels };
    }

    IModel Learn(Features x, Target y, double[] w, Column? groups) => Learner is IRanker<IRegressionModel> ranker && groups is not null
        ? ranker.Fit(x, y.Numbers, Array.ConvertAll(Labels.From(groups).Codes.ToArray(), c => (long)c), w)
        : Learner.Fit(x, y, w);
}
