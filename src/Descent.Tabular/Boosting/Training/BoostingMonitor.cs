using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Computes the figures of each round, and says when to end.</summary>
sealed class BoostingMonitor
{
    readonly BoostingSession _session;
    readonly BoostingObjective _objective;
    readonly ImmutableArray<BoostingMetric> _metrics;
    readonly int _rounds;
    readonly ImmutableArray<BoostingFigure>.Builder _history = ImmutableArray.CreateBuilder<BoostingFigure>();
    double _best = double.NaN;

    internal BoostingMonitor(string learner, BoostingSession session, BoostingObjective objective, int rounds)
    {
        (_session, _objective, _rounds) = (session, objective, rounds);
        if (session.Stopping is not null && session.Evaluation.IsEmpty)
            throw new ArgumentException($"{learner}: early stopping needs a set to evaluate; Evaluation is empty.", nameof(session));
        if (session.Evaluation.Select(s => s.Name).Distinct(StringComparer.Ordinal).Count() < session.Evaluation.Length)
            throw new ArgumentException($"{learner}: the sets to evaluate are called {string.Join(", ", session.Evaluation.Select(s => s.Name))}; give them different names.", nameof(session));
        _metrics = session.Evaluation.IsEmpty || !session.Metrics.IsEmpty ? session.Metrics : [objective.DefaultMetric];
    }

    internal int BestRound { get; private set; }

    internal BoostingEnding Ending { get; private set; }

    internal ImmutableArray<BoostingFigure> History => _history.ToImmutable();

    /// <summary>Whether the round is the best so far, or none is compared.</summary>
    internal bool IsBest(int round) => BestRound == round;

    /// <param name="round">The round that is done, the first 1.</param>
    /// <param name="margins">The scores of each evaluated set, and its targets.</param>
    /// <param name="cancellation">Ends training.</param>
    /// <returns>Whether there is to be another round.</returns>
    internal bool After(int round, IEnumerable<(float[] Margins, BoostingTargets Targets)> margins, CancellationToken cancellation)
    {
        int first = _history.Count, set = 0;
        foreach (var (scores, targets) in margins)
        {
            foreach (var metric in _metrics) _history.Add(new(round, _session.Evaluation[set].Name, metric.Name, metric.Compute(_objective, scores, targets)));
            set++;
        }
        if (_session.Stopping is null || Improves(_history[first].Value, _session.Stopping.MinDelta))
        {
            BestRound = round;
            if (_session.Stopping is not null) _best = _history[first].Value;
        }
        _session.Progress?.Report(new(round, _rounds, [.. _history.Skip(first)]));
        if (cancellation.IsCancellationRequested) Ending = BoostingEnding.Cancelled;
        else if (_session.Stopping is { } stopping && round - BestRound >= stopping.Patience) Ending = BoostingEnding.NoImprovement;
        else return round < _rounds;
        return false;
    }

    bool Improves(double value, double delta) => BestRound == 0 || double.IsNaN(_best) || (_metrics[0].HigherIsBetter ? value > _best + delta : value < _best - delta);

    internal BoostingResult<TModel> Result<TModel>(TModel model) => new() { Model = model, History = History, BestRound = BestRound, Ending = Ending };
}
