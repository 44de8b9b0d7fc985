using System.Collections.Immutable;
using System.Diagnostics;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How far a selection has come.</summary>
/// <param name="Done">Trainings that have ended.</param>
/// <param name="Total">Trainings in all.</param>
/// <param name="What">What ended last.</param>
public sealed record SelectionProgress(int Done, int Total, string What);

/// <summary>
/// Trains on some rows and judges on others, fold by fold. Every step of a pipeline is fitted to the rows of a fold that
/// are trained on, so that nothing learned has seen what it is judged by.
/// </summary>
public sealed record CrossValidation
{
    /// <summary>What parts the rows; null takes <see cref="Folds"/> in an order by chance, with classes and groups where there are any.</summary>
    public ISplitter? Splitter { get; init; }

    /// <summary>How many folds there are unless a splitter is given.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Decides the order of rows unless a splitter is given.</summary>
    public ulong Seed { get; init; }

    /// <summary>What models are judged by, the deciding one first; empty takes those of <see cref="Scorers.For"/>.</summary>
    public ImmutableArray<Scorer> Scorers { get; init; } = [];

    /// <summary>The column of weights, or null.</summary>
    public string? Weights { get; init; }

    /// <summary>The column that says which rows belong together, or null. Models do not see it.</summary>
    public string? Groups { get; init; }

    /// <summary>Whether models are also judged on the rows they were trained on, to see how much they learned by heart.</summary>
    public bool TrainScores { get; init; }

    /// <summary>Judges a pipeline on a frame.</summary>
    /// <exception cref="ArgumentException">A name is not a column, a step or the learner refuses the frame, or the rows cannot be parted so.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CrossValidationResult Run(Pipeline pipeline, Frame frame, string target, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(frame);
        var data = SelectionData.Of(frame, target, pipeline.Learner.Predicts, Weights, Groups);
        return Run(data, train => data.Fit(pipeline, train), progress, cancellation);
    }

    /// <summary>Judges a learner on the columns of a frame but target, weights and groups.</summary>
    /// <inheritdoc cref="Run(Pipeline, Frame, string, IProgress{SelectionProgress}?, CancellationToken)"/>
    public CrossValidationResult Run(ILearner learner, Frame frame, string target, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(new Pipeline { Learner = learner }, frame, target, progress, cancellation);

    /// <summary>Judges a learner on features.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="x">The features.</param>
    /// <param name="y">The target.</param>
    /// <param name="weights">Weights of the rows, or null.</param>
    /// <param name="groups">Which rows belong together, or null.</param>
    /// <param name="progress">Told of each fold that ends.</param>
    /// <param name="cancellation">Ends it between folds.</param>
    /// <exception cref="ArgumentException">The learner refuses the features, or the rows cannot be parted so.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CrossValidationResult Run(ILearner learner, Features x, Target y, double[]? weights = null, Labels? groups = null,
        IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var data = new SelectionData { Target = y, Weights = weights, Groups = groups };
        return Run(data, train =>
        {
            var model = learner.Fit(x.Take(train), y.Take(train), weights is null ? [] : Array.ConvertAll(train, row => weights[row]));
            return test => Predictions.Of(model, x.Take(test));
        }, progress, cancellation);
    }

    /// <summary>What the dummy that knows only the target scores on the same folds: the figure to beat.</summary>
    /// <inheritdoc cref="Run(Pipeline, Frame, string, IProgress{SelectionProgress}?, CancellationToken)"/>
    public CrossValidationResult Baseline(Frame frame, string target, TargetKind kind, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var data = SelectionData.Of(frame, target, kind, Weights, Groups);
        ILearner dummy = kind == TargetKind.Class ? new DummyClassifier() : new DummyRegressor();
        return Run(dummy, Features.FromRows(new double[frame.Rows], 1), data.Target, data.Weights, data.Groups, null, cancellation);
    }

    /// <summary>The folds of some rows.</summary>
    internal (int[] Train, int[] Test)[] Parts(Target y, Labels? groups)
    {
        var classes = y.Kind == TargetKind.Class ? y.Labels : null;
        var splitter = Splitter ?? (classes, groups) switch
        {
            (null, null) => new KFold { Folds = Folds, Shuffle = true, Seed = Seed },
            (null, _) => new GroupKFold { Folds = Folds },
            (_, null) => new StratifiedKFold { Folds = Folds, Shuffle = true, Seed = Seed },
            _ => new StratifiedGroupKFold { Folds = Folds, Shuffle = true, Seed = Seed },
        };
        return [.. splitter.Split(y.Count, classes, groups)];
    }

    internal ImmutableArray<Scorer> ScorersFor(Target y) => Scorers.IsEmpty ? Tabular.Scorers.For(y) : Scorers;

    /// <param name="data">What is told of the rows.</param>
    /// <param name="fit">Trains on rows, and gives what predicts others.</param>
    /// <param name="progress">Told of each fold that ends.</param>
    /// <param name="cancellation">Ends it between folds.</param>
    /// <param name="narrow">Which rows of those of a fold to train on; null is all.</param>
    internal CrossValidationResult Run(SelectionData data, Func<int[], Func<int[], Predictions>> fit, IProgress<SelectionProgress>? progress, CancellationToken cancellation, Func<int[], int[]>? narrow = null)
    {
        var folds = Parts(data.Target, data.Groups);
        if (narrow is not null) folds = Array.ConvertAll(folds, f => (narrow(f.Train), f.Test));
        var scorers = ScorersFor(data.Target);
        var said = new Predictions[folds.Length];
        var fitTimes = new TimeSpan[folds.Length];
        var predictTimes = new TimeSpan[folds.Length];
        double[][] figures = new double[folds.Length][], trainFigures = new double[folds.Length][];
        int done = 0;
        WorkerPool.For(folds.Length, f =>
        {
            var (train, test) = folds[f];
            long start = Stopwatch.GetTimestamp();
            Func<int[], Predictions> predict;
            try
            {
                predict = fit(train);
            }
            catch (ArgumentException refused)
            {
                throw new ArgumentException($"Fold {f + 1} of {folds.Length} ({train.Length} rows to train on): {Check.Text(refused)}", refused);
            }
            fitTimes[f] = Stopwatch.GetElapsedTime(start);
            start = Stopwatch.GetTimestamp();
            said[f] = data.Among(predict(test));
            predictTimes[f] = Stopwatch.GetElapsedTime(start);
            figures[f] = [.. scorers.Select(s => data.Score(s, test, said[f]))];
            if (TrainScores)
            {
                var known = data.Among(predict(train));
                trainFigures[f] = [.. scorers.Select(s => data.Score(s, train, known))];
            }
            progress?.Report(new(Interlocked.Increment(ref done), folds.Length, $"fold {f + 1}"));
        }, cancellation);

        var parts = folds.Select((fold, f) => (fold.Test, said[f])).ToImmutableArray();
        var (merged, rows) = Predictions.Merge(data.Target.Count, parts);
        return new(data, parts)
        {
            Scores = Summaries(figures),
            TrainScores = TrainScores ? Summaries(trainFigures) : [],
            TrainRows = [.. folds.Select(f => f.Train.Length)],
            TestRows = [.. folds.Select(f => f.Test.Length)],
            OutOfFold = merged,
            Rows = [.. rows],
            Times = new() { Fit = [.. fitTimes], Predict = [.. predictTimes] },
        };

        ImmutableArray<ScoreSummary> Summaries(double[][] perFold) => [.. scorers.Select((s, i) => new ScoreSummary { Scorer = s, PerFold = [.. perFold.Select(f => f[i])] })];
    }
}
