using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>
/// Judges a search: on each outer fold it searches among the rows to train on alone, so that the choice of options does not
/// flatter the score.
/// </summary>
/// <remarks>Varma and Simon, "Bias in error estimation when using cross-validation for model selection", 2006.</remarks>
public sealed record NestedCrossValidation
{
    /// <summary>The search that is judged, made anew within each fold.</summary>
    public required ModelSearch Search { get; init; }

    /// <summary>The outer folds.</summary>
    public CrossValidation Judging { get; init; } = new();

    /// <summary>Judges the search on a frame.</summary>
    /// <exception cref="ArgumentException">A name is not a column, or every candidate is refused.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public NestedResult Run(SearchSpace space, Frame frame, string target, IProgress<SelectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(frame);
        var data = SelectionData.Of(frame, target, space.Predicts, Judging.Weights, Judging.Groups);
        var chosen = new Dictionary<int[], Candidate>();
        var folds = Judging.Parts(data.Target, data.Groups);
        var outer = Judging with { Splitter = new Fixed(folds) };
        var result = outer.Run(data, train =>
        {
            var best = Search.Run(space, data.Take(train), cancellation).Best.Candidate;
            lock (chosen) chosen[train] = best;
            return data.Fit(best.Pipeline, train);
        }, progress, cancellation);
        return new(result, [.. folds.Select(f => chosen[f.Train])]);
    }

    /// <summary>Parts that are known already.</summary>
    sealed class Fixed((int[] Train, int[] Test)[] parts) : ISplitter
    {
        public IEnumerable<(int[] Train, int[] Test)> Split(int rows, Labels? classes = null, Labels? groups = null) => parts;
    }
}

/// <summary>How a search did, and what it chose on each fold.</summary>
/// <param name="Result">The scores.</param>
/// <param name="Chosen">The candidate of each outer fold.</param>
public sealed record NestedResult(CrossValidationResult Result, ImmutableArray<Candidate> Chosen);
