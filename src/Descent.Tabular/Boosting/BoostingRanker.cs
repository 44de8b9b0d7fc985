namespace Descent.Tabular;

/// <summary>Second-order boosting of rankings: scores that put what is relevant before what is less so, within each group.</summary>
public sealed record BoostingRanker : BoostingOptions, IRanker<BoostingRankingModel>
{
    /// <summary>What is descended.</summary>
    public RankingObjective Objective { get; init; } = new();

    /// <summary>Trains on rows, their relevance, and the groups within which they are ranked.</summary>
    /// <param name="x">The features.</param>
    /// <param name="relevance">The relevance of each row, a whole number from 0 to 30.</param>
    /// <param name="groups">The group of each row, such as the number of its query; rows of a group need not lie together.</param>
    /// <param name="weights">The weight of each row; none where all count alike.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a relevance is none.</exception>
    public BoostingRankingModel Fit(Features x, ReadOnlySpan<double> relevance, ReadOnlySpan<long> groups, ReadOnlySpan<double> weights = default)
    {
        Training.Check(nameof(BoostingRanker), x, relevance, weights);
        return Train(new(x, relevance.ToArray()) { Groups = [.. groups], Weights = [.. weights] }).Model;
    }

    /// <summary>Trains on the columns of a frame but the relevance, the group and the weights.</summary>
    /// <exception cref="ArgumentException">A name is not a column, a column cannot be a feature, or a value is missing.</exception>
    public BoostingRankingModel Fit(Frame train, string relevance, string group, string? weights = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        var x = Features.Of(train, weights is null ? [relevance, group] : [relevance, group, weights]);
        var (codes, _, _) = train[group].Factorize(null);
        int missing = Enumerable.Range(0, train.Rows).FirstOrDefault(train[group].IsMissing, -1);
        if (missing >= 0) throw new ArgumentException($"'{group}' is missing in row {missing}; each row belongs to a group.", nameof(train));
        return Fit(x, FrameFitting.Numbers(train[relevance]), Array.ConvertAll(codes, c => (long)c), weights is null ? [] : FrameFitting.Numbers(train[weights]));
    }

    /// <summary>Trains with figures of other sets, early stopping, or from another model.</summary>
    /// <param name="train">What it is trained on: numbers, and groups.</param>
    /// <param name="session">What goes on around the rounds.</param>
    /// <param name="cancellation">Ends training after a round; what was learned by then is given.</param>
    /// <exception cref="ArgumentException">The sets do not fit each other, or a relevance is none.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before the first round.</exception>
    public BoostingResult<BoostingRankingModel> Train(BoostingSet train, BoostingSession? session = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        var (trees, monitor) = Boost(nameof(BoostingRanker), Objective, train, default, session, cancellation);
        return monitor.Result(new BoostingRankingModel { Booster = trees });
    }

    /// <summary>The model with its splits as they are, and leaves that meet what these rows say part of the way, with this learner's penalties and learning rate.</summary>
    /// <param name="model">The model.</param>
    /// <param name="set">The rows, with relevances and groups.</param>
    /// <param name="decay">The share that stays of the old values.</param>
    /// <exception cref="ArgumentException">The set does not fit the model, or its leaves are linear.</exception>
    public BoostingRankingModel Refit(BoostingRankingModel model, BoostingSet set, double decay = 0.9)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Booster = Refit(nameof(BoostingRanker), model.Booster, set, default, decay) };
    }
}

/// <summary>What <see cref="BoostingRanker"/> learned; its predictions are scores, the highest first.</summary>
public sealed record BoostingRankingModel : IRegressionModel
{
    /// <summary>The trees, whose sum is the score that rows are ordered by.</summary>
    public required BoostedTrees Booster { get; init; }

    /// <inheritdoc/>
    public FeatureSchema Schema => Booster.Schema;

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y) => Booster.Predict(rows, y);
}
