using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Tries configurations by cross-validation, and takes the best.</summary>
public abstract record ModelSearch
{
    private protected ModelSearch() { }

    /// <summary>How each is judged; all on the same folds.</summary>
    public CrossValidation Judging { get; init; } = new();

    /// <summary>What is tried, in order.</summary>
    public abstract IEnumerable<Candidate> Candidates(SearchSpace space);

    /// <summary>Tries all candidates. One that its learner refuses is noted with the reason.</summary>
    /// <exception cref="ArgumentException">A name is not a column, or every candidate is refused.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SearchResult Run(SearchSpace space, Frame frame, string target, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(frame);
        return Run(Candidates(space), SelectionData.Of(frame, target, space.Predicts, Judging.Weights, Judging.Groups), progress, cancellation);
    }

    internal SearchResult Run(SearchSpace space, SelectionData data, CancellationToken cancellation) => Run(Candidates(space), data, null, cancellation);

    SearchResult Run(IEnumerable<Candidate> candidates, SelectionData data, IProgress<SelectionProgress>? progress, CancellationToken cancellation)
    {
        Candidate[] all = [.. candidates];
        var trials = ImmutableArray.CreateBuilder<SearchTrial>(all.Length);
        foreach (var candidate in all)
        {
            trials.Add(Try(candidate, data, cancellation));
            progress?.Report(new(trials.Count, all.Length, candidate.ToString()));
        }
        int best = -1;
        var scorer = Judging.ScorersFor(data.Target)[0];
        for (int t = 0; t < trials.Count; t++)
            if (trials[t].Result is { } result && scorer.IsBetter(result.Score, best < 0 ? double.NaN : trials[best].Result!.Score)) best = t;
        if (best < 0) throw new ArgumentException($"None of {all.Length} candidates has a score. {trials.FirstOrDefault(t => t.Fault is not null)?.Fault}");
        return new(data) { Trials = trials.ToImmutable(), Best = trials[best] };
    }

    SearchTrial Try(Candidate candidate, SelectionData data, CancellationToken cancellation)
    {
        try
        {
            return new(candidate, Judging.Run(data, train => data.Fit(candidate.Pipeline, train), null, cancellation), null);
        }
        catch (ArgumentException refused)
        {
            return new(candidate, null, refused.Message);
        }
    }
}

/// <summary>Tries every combination of values.</summary>
public sealed record GridSearch : ModelSearch
{
    /// <inheritdoc/>
    public override IEnumerable<Candidate> Candidates(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space.Grid();
    }
}

/// <summary>Tries combinations drawn at random.</summary>
/// <remarks>Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", 2012.</remarks>
public sealed record RandomSearch : ModelSearch
{
    /// <summary>How many are tried.</summary>
    public int Draws { get; init => field = Check.AtLeast(1, value); } = 20;

    /// <summary>Decides which candidates are drawn; the same seed draws the same.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<Candidate> Candidates(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return space.Draw(Draws, Seed);
    }
}

/// <summary>A candidate, and how it did.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="Result">Its scores; null where it was refused.</param>
/// <param name="Fault">Why it was refused, or null.</param>
public sealed record SearchTrial(Candidate Candidate, CrossValidationResult? Result, string? Fault);

/// <summary>What a search found.</summary>
public sealed class SearchResult
{
    readonly SelectionData _data;

    internal SearchResult(SelectionData data) => _data = data;

    /// <summary>All trials, in the order they were made.</summary>
    public required ImmutableArray<SearchTrial> Trials { get; init; }

    /// <summary>The best, the first of equals.</summary>
    public required SearchTrial Best { get; init; }

    /// <summary>Trains the best on all rows.</summary>
    public PipelineModel Fit() => _data.Model(Best.Candidate.Pipeline, Splitting.All(_data.Target.Count));
}
