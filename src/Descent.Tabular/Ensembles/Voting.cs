using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Several learners trained on the same rows: their probabilities are averaged, or the class with most votes wins.</summary>
public sealed record VotingClassifier : IClassifier<VotingClassificationModel>
{
    /// <summary>The learners of the members.</summary>
    public required ImmutableArray<IClassifier<IClassificationModel>> Learners { get; init => field = Check.NotEmpty(value); }

    /// <inheritdoc/>
    public LearnerInput Takes => Learners.Aggregate(LearnerInput.All, (takes, learner) => takes & learner.Takes);

    /// <summary>The weight of each; empty is one each.</summary>
    public ImmutableArray<double> Weights { get; init; } = [];

    /// <summary>Whether classes are counted, not probabilities averaged.</summary>
    public bool IsHard { get; init; }

    /// <inheritdoc/>
    public VotingClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(VotingClassifier), x, y.Count, weights);
        var members = Learners.Select(l => l.Fit(x, y, w)).ToImmutableArray();
        return new() { Schema = x.Schema, Classes = y.Classes, Members = members, Weights = Votes.Normalize(nameof(VotingClassifier), Weights, members.Length), IsHard = IsHard };
    }
}

/// <summary>What <see cref="VotingClassifier"/> learned.</summary>
public sealed record VotingClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>What each learner has made, in their order.</summary>
    public required ImmutableArray<IClassificationModel> Members { get; init; }

    /// <summary>The weights of the members, which sum to 1.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>Whether classes are counted, not probabilities averaged.</summary>
    public required bool IsHard { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length;
        probabilities.Clear();
        double[] own = new double[probabilities.Length];
        for (int m = 0; m < Members.Length; m++)
        {
            ClassVotes.Of(Members[m], rows, own, classes);
            for (int i = 0; IsHard && i < own.Length; i += classes)
            {
                var row = own.AsSpan(i, classes);
                int best = TensorPrimitives.IndexOfMax<double>(row);
                row.Clear();
                row[best] = 1;
            }
            TensorPrimitives.MultiplyAdd(own, Weights[m], probabilities, probabilities);
        }
    }
}

/// <summary>Several learners trained on the same rows, averaged.</summary>
public sealed record VotingRegressor : IRegressor<VotingRegressionModel>
{
    /// <summary>The learners of the members.</summary>
    public required ImmutableArray<IRegressor<IRegressionModel>> Learners { get; init => field = Check.NotEmpty(value); }

    /// <inheritdoc/>
    public LearnerInput Takes => Learners.Aggregate(LearnerInput.All, (takes, learner) => takes & learner.Takes);

    /// <summary>The weight of each; empty is one each.</summary>
    public ImmutableArray<double> Weights { get; init; } = [];

    /// <inheritdoc/>
    public VotingRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(VotingRegressor), x, y, weights), targets = y.ToArray();
        var members = Learners.Select(l => l.Fit(x, targets, w)).ToImmutableArray();
        return new() { Schema = x.Schema, Members = members, Weights = Votes.Normalize(nameof(VotingRegressor), Weights, members.Length) };
    }
}

/// <summary>What <see cref="VotingRegressor"/> learned.</summary>
public sealed record VotingRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What each learner has made, in their order.</summary>
    public required ImmutableArray<IRegressionModel> Members { get; init; }

    /// <summary>The weights of the members, which sum to 1.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        y.Clear();
        double[] own = new double[y.Length];
        for (int m = 0; m < Members.Length; m++)
        {
            Members[m].Predict(rows, own);
            TensorPrimitives.MultiplyAdd(own, Weights[m], y, y);
        }
    }
}

static class Votes
{
    internal static ImmutableArray<double> Normalize(string learner, ImmutableArray<double> weights, int members)
    {
        if (weights.IsEmpty) return [.. Enumerable.Repeat(1.0 / members, members)];
        if (weights.Length != members || weights.Any(w => !(w >= 0)) || weights.Sum() is not > 0)
            throw new ArgumentException($"{learner}: the weights {string.Join(", ", weights)} of {members} learners; expected one each, at least 0, one of them greater.");
        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }
}
