using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>The models that a fit tries.</summary>
static class TableCandidates
{
    const string Auto = "auto";
    const double Share = 0.9;

    internal static bool AreMany(TableFit fit) => string.Equals(fit.Model, Auto, StringComparison.OrdinalIgnoreCase);

    /// <summary>Judges the model that is named, or several on the same folds: all, the one to take, and its model of all rows.</summary>
    internal static (ImmutableArray<TableTrial> Trials, TableTrial Best, PipelineModel Model) Try(TableFit fit, CrossValidation judging, Frame frame, Target y, IProgress<FitProgress>? progress, CancellationToken cancellation)
    {
        var told = progress is null ? null : new Steps(p => progress.Report(new(Share * p.Done / p.Total, p.What)));
        if (AreMany(fit))
        {
            if (!fit.Settings.IsEmpty)
                throw new ArgumentException($"{fit.Settings[0].Name}={fit.Settings[0].Value} is an option of one model, but several are tried. Name the model.");
            var auto = new AutoModel { Metric = judging.ScorersFor(y)[0], Splitter = judging.Splitter, Folds = fit.Folds, Seed = fit.Seed, Weights = fit.Weights, Groups = fit.Groups, IsRanking = judging.ScorersFor(y)[0].NeedsGroups };
            var found = auto.Fit(frame, fit.Target, y.Kind, told, cancellation);
            ImmutableArray<TableTrial> trials = [.. found.Trials.Select(t => new TableTrial(t.Name, t.Pipeline, t.Result))];
            return (trials, trials[found.Trials.IndexOf(found.Best)], found.Model);
        }
        var seen = Seen(fit, frame);
        var pipeline = Named(fit, seen, y);
        var trial = new TableTrial(fit.Model.ToLowerInvariant(), pipeline, judging.Run(pipeline, frame, fit.Target, told, cancellation));
        progress?.Report(new(Share, "training on all rows"));
        cancellation.ThrowIfCancellationRequested();
        return ([trial], trial, pipeline.Fit(seen, fit.Target, fit.Weights));
    }

    /// <summary>Whether the steps before a model leave texts out.</summary>
    internal static bool DropsTexts(TableFit fit, Frame frame, Target y)
    {
        ILearner learner = y.Kind == TargetKind.Class ? new DecisionTreeClassifier() : new DecisionTreeRegressor();
        return Pipeline.Default(Seen(fit, frame), fit.Target, AreMany(fit) ? learner : LearnerCatalog.Create(fit.Model, y.Kind), Apart(fit)).Steps.Any(step => step is DropColumns);
    }

    internal static Frame Seen(TableFit fit, Frame frame) => fit.Groups is null ? frame : frame.Drop(fit.Groups);

    static string[] Apart(TableFit fit) => fit.Weights is null ? [] : [fit.Weights];

    static Pipeline Named(TableFit fit, Frame seen, Target y)
    {
        var learner = LearnerCatalog.Create(fit.Model, y.Kind);
        if (LearnerSettings.Of(learner).Any(s => s.Name == "seed")) learner = learner.With("seed", fit.Seed.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in fit.Settings) learner = learner.With(name, value);
        return Pipeline.Default(seen, fit.Target, learner, Apart(fit));
    }

    sealed class Steps(Action<SelectionProgress> report) : IProgress<SelectionProgress>
    {
        public void Report(SelectionProgress value) => report(value);
    }
}
