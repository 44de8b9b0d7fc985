using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>The mean of those candidates that do best together.</summary>
static class AutoAverage
{
    /// <summary>The mean, and how it did on the folds of its members; null where one candidate does best alone.</summary>
    /// <param name="trials">The candidates, judged on the same folds.</param>
    /// <param name="metric">What a mean of numbers is to be best at; that of probabilities is chosen by the log loss, which is told most by few rows.</param>
    /// <param name="prepare">Puts a learner behind the steps it needs.</param>
    internal static AutoTrial? Of(IReadOnlyList<AutoTrial> trials, Scorer metric, Func<ILearner, Pipeline> prepare)
    {
        // Scores of rankings have no common scale, and bare classes no mean.
        AutoTrial[] able = [.. trials.Where(t => t.Pipeline.Learner is not IRanker<IRegressionModel> && (t.Result.OutOfFold.Kind == TargetKind.Number || t.Result.OutOfFold.HasProbabilities))];
        if (able.Length < 2) return null;
        var scorer = able[0].Result.OutOfFold.Kind == TargetKind.Class ? Scorers.LogLoss : metric;
        int[] rows = [.. able[0].Result.Rows];
        double[] weights = EnsembleSelection.Weigh([.. able.Select(t => t.Result.OutOfFold)], said => able[0].Result.Data.Score(scorer, rows, said), scorer);
        int[] chosen = [.. Splitting.All(able.Length).Where(t => weights[t] > 0).OrderByDescending(t => weights[t])];
        if (chosen.Length < 2) return null;
        string name = string.Join(", ", chosen.Select(t => FormattableString.Invariant($"{able[t].Name} {100 * weights[t]:0} %")));
        var vote = Vote([.. chosen.Select(t => able[t].Pipeline.Learner)], [.. chosen.Select(t => weights[t])]);
        return new($"average of {name}", prepare(vote), EnsembleSelection.Average([.. able.Select(t => t.Result)], weights));
    }

    /// <summary>Each learner behind the steps it needs, where it needs any.</summary>
    static ILearner Vote(ImmutableArray<ILearner> learners, ImmutableArray<double> weights) => learners[0].Predicts == TargetKind.Class
        ? new VotingClassifier { Weights = weights, Learners = [.. learners.Cast<IClassifier<IProbabilisticModel>>().Select(l => NeedsNone(l) ? (IClassifier<IClassificationModel>)l : new PreparedClassifier { Learner = l })] }
        : new VotingRegressor { Weights = weights, Learners = [.. learners.Cast<IRegressor<IRegressionModel>>().Select(l => NeedsNone(l) ? l : new PreparedRegressor { Learner = l })] };

    static bool NeedsNone(ILearner learner) => learner.Takes == LearnerInput.All;
}
