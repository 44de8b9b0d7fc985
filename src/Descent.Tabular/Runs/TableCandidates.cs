using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>The models that a fit tries.</summary>
static class TableCandidates
{
    const string Auto = "auto";
    const double Share = 0.9;

    internal static bool AreMany(TableFit fit) => string.Equals(fit.Model, Auto, StringComparison.OrdinalIgnoreCase);

    /// <summary>Judges the model that is named, or picks among several and judges the choice; the last trial is what is taken, with its model of all rows where that was trained on the way.</summary>
    internal static (ImmutableArray<TableTrial> Trials, PipelineModel? Trained) Try(TableFit fit, CrossValidation judging, Frame frame, Target y, IProgress<FitProgress>? progress, CancellationToken cancellation)
    {
        if (!AreMany(fit)) return ([Judge(fit.Model.ToLowerInvariant(), Named(fit, Seen(fit, frame), y), 0)], null);
        if (!fit.Settings.IsEmpty)
            throw new ArgumentException($"{fit.Settings[0].Name}={fit.Settings[0].Value} is an option of one model, but several are tried. Name the model.");
        var auto = new AutoModel { Metric = judging.ScorersFor(y)[0], Folds = fit.Folds, Splitter = judging.Splitter, Seed = fit.Seed, Weights = fit.Weights, Groups = fit.Groups };
        const double Picking = 0.75;
        var told = progress is null ? null : new Steps(p => progress.Report(new(Share * Picking * p.Done / p.Total, p.What)));
        var found = auto.Fit(frame, fit.Target, y.Kind, told, cancellation);
        // What was picked is judged anew, on folds that are the same for all models.
        bool isOne = found.Weights.Count(w => w > 0) == 1;
        string name = isOne ? found.Trials[found.Weights.IndexOf(found.Weights.Max())].Name : $"blend of {found}";
        var chosen = Judge(name, found.Pipeline, Picking);
        return ([.. found.Trials.Select(t => new TableTrial(t.Name, t.Pipeline, t.Result)).Where(t => !isOne || t.Name != name), chosen], found.Model);

        TableTrial Judge(string what, Pipeline pipeline, double done)
        {
            progress?.Report(new(Share * done, what));
            var folds = progress is null ? null : new Steps(p => progress.Report(new(Share * (done + (1 - done) * p.Done / p.Total), $"{what}, fold {p.Done} of {p.Total}")));
            return new(what, pipeline, judging.Run(pipeline, frame, fit.Target, folds, cancellation));
        }
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
