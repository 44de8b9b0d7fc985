namespace Descent.Tabular;

/// <summary>Learns to rank rows within groups, such as the answers to a query. A record of options; training gives a model of another type, whose numbers are scores, the highest first.</summary>
/// <typeparam name="TModel">What it learns.</typeparam>
public interface IRanker<out TModel> : ILearner where TModel : IRegressionModel
{
    TargetKind ILearner.Predicts => TargetKind.Number;

    IModel ILearner.Fit(Features x, Target y, ReadOnlySpan<double> weights) =>
        throw new ArgumentException($"{GetType().Name} ranks rows within groups. Say which column tells the groups apart.", nameof(y));

    /// <summary>Trains on rows, their relevance, the groups within which they are ranked and, if given, weights.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a relevance is none.</exception>
    TModel Fit(Features x, ReadOnlySpan<double> relevance, ReadOnlySpan<long> groups, ReadOnlySpan<double> weights = default);
}
