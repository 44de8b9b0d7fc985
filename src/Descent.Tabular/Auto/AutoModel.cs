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

    /// <summary>The folds by which candidates are judged; on fewer than a thousand rows they are drawn several times.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Decides what is drawn at random.</summary>
    public ulong Seed { get; init; }

    /// <summary>The column of weights, or null.</summary>
    public string? Weights { get; init; }

    /// <summary>The column that says which rows belong together, such as a person or a query, or null.</summary>
    public string? Groups { get; init; }

    /// <summary>Whether rows are to be ranked within <see cref="Groups"/>, by a target that is their relevance.</summary>
    public bool IsRanking { get; init; }

    /// <summary>Whether the best together are averaged; else the best alone is taken.</summary>
    public bool Blend { get; init; } = true;

    /// <summary>Columns that are not to be learned from.</summary>
    public ImmutableArray<string> Except { get; init; } = [];

    /// <summary>Tries the candidates, and trains the best on all rows.</summary>
    /// <param name="frame">The rows.</param>
    /// <param name="target">The column to predict.</param>
    /// <param name="kind">What it consists of; null takes real numbers and whole numbers of many values as numbers, and all else as classes.</param>
    /// <param name="progress">Told of each candidate that was judged.</param>
    /// <param name="cancellation">Ends it between folds.</param>
    /// <exception cref="ArgumentException">A name is not a column, a target is missing, or no candidate can learn from the frame.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public AutoResult Fit(Frame frame, string target, TargetKind? kind = null, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (IsRanking && Groups is null) throw new ArgumentException("AutoModel: rows are ranked within groups. Say which column tells the groups apart.", nameof(frame));
        var own = kind ?? (IsRanking ? TargetKind.Number : KindOf(frame[target]));
        var data = SelectionData.Of(frame, target, own, Weights, Groups);
        var judging = Judging(data.Target);
        // Identifiers and the like tell nothing of rows to come; weights and groups are no features.
        string[] apart = [.. new[] { Weights, Groups }.OfType<string>()];
        string[] useless = [.. Except.Union(frame.Drop([.. apart, .. Except.Except(apart)]).Inspect(target).Where(w => w.Concern != ColumnConcern.Leak).Select(w => w.Column))];
        var learners = AutoCandidates.Of(data.Target, frame.Columns.Length, Seed, IsRanking).ToArray();
        var trials = ImmutableArray.CreateBuilder<AutoTrial>();
        string? fault = null;
        for (int n = 0; n < learners.Length; n++)
        {
            var (name, learner) = learners[n];
            var pipeline = Pipeline.Default(frame.Drop(apart), target, learner, useless);
            try
            {
                trials.Add(new(name, pipeline, judging.Run(data, train => data.Fit(pipeline, train), null, cancellation)));
            }
            catch (ArgumentException refused)
            {
                fault ??= $"{name}: {refused.Message}";
            }
            progress?.Report(new(n + 1, learners.Length, name));
        }
        if (trials.Count == 0) throw new ArgumentException($"AutoModel: no candidate can learn from the frame. {fault}", nameof(frame));
        return Choose(trials.ToImmutable(), data, frame.Drop(apart), target, useless, judging.ScorersFor(data.Target)[0]);
    }

    /// <summary>What a target is taken for unless it is said: real numbers, and whole numbers of many values, are numbers; all else is classes.</summary>
    public static TargetKind KindOf(Column target)
    {
        const int MostClasses = 20;
        ArgumentNullException.ThrowIfNull(target);
        int distinct = target.Factorize(null).Distinct;
        return target.Type switch
        {
            ColumnType.Float => distinct > 2 ? TargetKind.Number : TargetKind.Class,
            ColumnType.Integer => distinct > MostClasses ? TargetKind.Number : TargetKind.Class,
            _ => TargetKind.Class,
        };
    }

    CrossValidation Judging(Target y)
    {
        const int FewRows = 1000, Repeats = 3;
        var metric = Metric ?? (IsRanking ? Scorers.NdcgAt10 : y.Kind == TargetKind.Class ? Scorers.LogLoss : Scorers.Rmse);
        ImmutableArray<Scorer> shown = IsRanking ? [] : [.. Scorers.For(y).Where(s => s.Name != metric.Name)];
        bool isRepeated = Groups is null && y.Count < FewRows;
        return new()
        {
            Folds = Folds, Seed = Seed, Scorers = [metric, .. shown], Weights = Weights, Groups = Groups,
            Splitter = isRepeated ? new RepeatedKFold { Folds = Folds, Repeats = Repeats, IsStratified = y.Kind == TargetKind.Class, Seed = Seed } : null,
        };
    }

    AutoResult Choose(ImmutableArray<AutoTrial> trials, SelectionData data, Frame frame, string target, string[] useless, Scorer scorer)
    {
        int best = 0;
        for (int t = 1; t < trials.Length; t++)
            if (scorer.IsBetter(trials[t].Result.Score, trials[best].Result.Score)) best = t;
        double[] weights = new double[trials.Length];
        weights[best] = 1;
        int[] rows = [.. trials[0].Result.Rows];
        Predictions[] said = [.. trials.Select(t => t.Result.OutOfFold)];
        // Scores of rankings have no common scale, so that their mean would say little.
        if (Blend && !IsRanking) weights = EnsembleSelection.Weigh(said, mean => data.Score(scorer, rows, mean), scorer);
        int[] chosen = [.. Splitting.All(trials.Length).Where(t => weights[t] > 0)];
        var pipeline = chosen is [var only] ? trials[only].Pipeline
            : Pipeline.Default(frame, target, Vote([.. chosen.Select(t => trials[t].Pipeline.Learner)], [.. chosen.Select(t => weights[t])]), useless);
        var mean = EnsembleSelection.Mean(said, weights);
        double[] rowWeights = data.Weights is { } w ? Array.ConvertAll(rows, row => w[row]) : [];
        return new()
        {
            Trials = trials, Weights = [.. weights], Pipeline = pipeline, Model = data.Model(pipeline, Splitting.All(data.Target.Count)), Scorer = scorer,
            Score = ScoreInterval.Of(scorer, data.Target.Take(rows), mean, rowWeights, data.Groups?.Take(rows)), OutOfFold = mean, Rows = [.. rows],
        };
    }

    /// <summary>A mean of learners, each behind the steps it needs.</summary>
    static ILearner Vote(ImmutableArray<ILearner> learners, ImmutableArray<double> weights) => learners[0].Predicts == TargetKind.Class
        ? new VotingClassifier
        {
            Learners = [.. learners.Cast<IClassifier<IProbabilisticModel>>().Select(l => l.Takes == LearnerInput.All ? (IClassifier<IClassificationModel>)l : new PreparedClassifier { Learner = l })], Weights = weights,
        }
        : new VotingRegressor
        {
            Learners = [.. learners.Cast<IRegressor<IRegressionModel>>().Select(l => l.Takes == LearnerInput.All ? l : new PreparedRegressor { Learner = l })], Weights = weights,
        };
}

/// <summary>A candidate and how it did.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Pipeline">The candidate.</param>
/// <param name="Result">How it did out of fold.</param>
public sealed record AutoTrial(string Name, Pipeline Pipeline, CrossValidationResult Result);

/// <summary>What <see cref="AutoModel"/> chose, and why.</summary>
public sealed class AutoResult
{
    /// <summary>All candidates that could learn, in the order they were tried.</summary>
    public required ImmutableArray<AutoTrial> Trials { get; init; }

    /// <summary>The weight of each in the choice, most of them 0.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>The choice.</summary>
    public required Pipeline Pipeline { get; init; }

    /// <summary>The choice, trained on all rows.</summary>
    public required PipelineModel Model { get; init; }

    /// <summary>What it was judged by.</summary>
    public required Scorer Scorer { get; init; }

    /// <summary>What the choice scores out of fold; slightly too good, as the choice was made by it.</summary>
    public required ScoreInterval Score { get; init; }

    /// <summary>What the choice says out of fold of the rows of <see cref="Rows"/>.</summary>
    public required Predictions OutOfFold { get; init; }

    /// <summary>The rows that were in a test, rising.</summary>
    public required ImmutableArray<int> Rows { get; init; }

    /// <summary>What was chosen, with its weights.</summary>
    public override string ToString() => string.Join(", ", Trials.Select((t, i) => (t.Name, Weight: Weights[i])).Where(t => t.Weight > 0).OrderByDescending(t => t.Weight)
        .Select(t => FormattableString.Invariant($"{t.Name} {t.Weight:P0}")));
}
