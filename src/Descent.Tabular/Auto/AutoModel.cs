using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>
/// Picks by cross-validation among a handful of sound configurations of linear models, forests, boosting and neighbours,
/// each with the steps it needs, and averages those that do best together.
/// </summary>
public sealed record AutoModel
{
    /// <summary>What models are judged by; null is the log loss of classes, the root of the mean squared error of numbers, and NDCG of rankings.</summary>
    public Scorer? Metric { get; init; }

    /// <summary>What parts the rows; null takes <see cref="Folds"/> in an order by chance.</summary>
    public ISplitter? Splitter { get; init; }

    /// <summary>How many folds there are unless a splitter is given.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }

    /// <summary>The column of weights, or null.</summary>
    public string? Weights { get; init; }

    /// <summary>The column that says which rows belong together, such as a person or a query, or null.</summary>
    public string? Groups { get; init; }

    /// <summary>Whether rows are to be ranked within <see cref="Groups"/>, by a target that is their relevance.</summary>
    public bool IsRanking { get; init; }

    /// <summary>Columns that are not to be learned from.</summary>
    public ImmutableArray<string> Except { get; init; } = [];

    /// <summary>Tries the candidates, and trains the best on all rows.</summary>
    /// <param name="frame">The rows.</param>
    /// <param name="target">The column to predict.</param>
    /// <param name="kind">What it consists of; null finds it out, as <see cref="TargetGuess"/> does.</param>
    /// <param name="progress">Told of each candidate that was judged.</param>
    /// <param name="cancellation">Ends it between folds.</param>
    /// <exception cref="ArgumentException">A name is not a column, a target is missing, or no candidate can learn from the frame.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public AutoResult Fit(Frame frame, string target, TargetKind? kind = null, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (IsRanking && Groups is null) throw new ArgumentException("AutoModel: rows are ranked within groups. Say which column tells the groups apart.", nameof(frame));
        var own = kind ?? (IsRanking ? TargetKind.Number : TargetGuess.Of(frame[target]).Kind);
        var data = SelectionData.Of(frame, target, own, Weights, Groups);
        var judging = Judging(data.Target);
        // Weights and groups are no features.
        var seen = frame.Drop(new[] { Weights, Groups }.OfType<string>());
        var candidates = AutoCandidates.Of(data.Target, Seed, IsRanking).ToArray();
        var trials = ImmutableArray.CreateBuilder<AutoTrial>();
        string? fault = null;
        for (int n = 0; n < candidates.Length; n++)
        {
            var (name, learner) = candidates[n];
            var pipeline = Prepare(learner);
            try
            {
                trials.Add(new(name, pipeline, judging.Run(data, train => data.Fit(pipeline, train), null, cancellation)));
            }
            catch (ArgumentException refused)
            {
                fault ??= $"{name}: {Check.Text(refused)}";
            }
            progress?.Report(new(n + 1, candidates.Length, name));
        }
        if (trials.Count == 0) throw new ArgumentException($"AutoModel: no candidate can learn from the frame. {fault}", nameof(frame));
        if (AutoAverage.Of(trials, judging.Scorers[0], Prepare) is { } average) trials.Add(average);
        var best = trials.Aggregate((a, b) => judging.Scorers[0].IsBetter(b.Result.Score, a.Result.Score) ? b : a);
        cancellation.ThrowIfCancellationRequested();
        return new(trials.ToImmutable(), best, data.Model(best.Pipeline, Splitting.All(frame.Rows)));

        Pipeline Prepare(ILearner learner) => Pipeline.Default(seen, target, learner, Except.Where(seen.Has));
    }

    CrossValidation Judging(Target y)
    {
        var metric = Metric ?? (IsRanking ? Scorers.NdcgAt10 : y.Kind == TargetKind.Class ? Scorers.LogLoss : Scorers.Rmse);
        ImmutableArray<Scorer> shown = IsRanking ? [] : [.. Scorers.For(y).Where(s => s.Name != metric.Name)];
        return new() { Splitter = Splitter, Folds = Folds, Seed = Seed, Scorers = [metric, .. shown], Weights = Weights, Groups = Groups };
    }
}

/// <summary>A candidate and how it did.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pipeline">The candidate.</param>
/// <param name="Result">How it did out of fold.</param>
public sealed record AutoTrial(string Name, Pipeline Pipeline, CrossValidationResult Result);

/// <summary>What <see cref="AutoModel"/> chose.</summary>
/// <param name="Trials">All candidates that could learn, in the order they were tried; last the mean of those that do best together, if that is not one alone.</param>
/// <param name="Best">The choice. Its score is slightly too good, as the choice was made by it.</param>
/// <param name="Model">The choice, trained on all rows.</param>
public sealed record AutoResult(ImmutableArray<AutoTrial> Trials, AutoTrial Best, PipelineModel Model);
