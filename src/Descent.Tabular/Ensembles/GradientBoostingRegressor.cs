using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What gradient boosting of numbers descends.</summary>
public enum GradientBoostingLoss
{
    /// <summary>(y − f)²: the mean.</summary>
    Squared,

    /// <summary>|y − f|: the median.</summary>
    Absolute,

    /// <summary>Squared near, absolute beyond the quantile <see cref="GradientBoostingRegressor.Alpha"/> of the distances.</summary>
    Huber,

    /// <summary>The quantile <see cref="GradientBoostingRegressor.Alpha"/>.</summary>
    Quantile,
}

/// <summary>A sum of regression trees, each fitted to the negative gradient of the loss, with a line search in every leaf.</summary>
public sealed record GradientBoostingRegressor : GradientBoostingOptions, IRegressor<GradientBoostingModel>
{
    /// <summary>What is descended.</summary>
    public GradientBoostingLoss Loss { get; init; }

    /// <summary>The quantile of the Huber and quantile losses.</summary>
    public double Alpha { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 0.9;

    /// <inheritdoc/>
    public GradientBoostingModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(GradientBoostingRegressor), x, y, weights), targets = y.ToArray();
        IStageLoss loss = Loss switch
        {
            GradientBoostingLoss.Squared => new SquaredLoss(targets),
            GradientBoostingLoss.Absolute => new QuantileLoss(targets, 0.5, isAbsolute: true),
            GradientBoostingLoss.Huber => new HuberLoss(targets, Alpha),
            _ => new QuantileLoss(targets, Alpha, isAbsolute: false),
        };
        var (initial, trees, losses) = Boost(x, loss, w, !weights.IsEmpty);
        return new() { Schema = x.Schema, Initial = initial[0], Trees = trees, TrainingLoss = losses };
    }
}

/// <summary>What <see cref="GradientBoostingRegressor"/> learned.</summary>
public sealed record GradientBoostingModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The constant that the trees are added to.</summary>
    public required double Initial { get; init; }

    /// <summary>The trees, one a stage, shrunk already.</summary>
    public required ImmutableArray<Tree> Trees { get; init; }

    /// <summary>The training loss after each stage, on the rows it drew.</summary>
    public required ImmutableArray<double> TrainingLoss { get; init; }

    /// <summary>By how much each feature lowers the impurity, as shares of 1, averaged over the trees.</summary>
    public double[] Importances() => ForestTraining.Importances(Trees, Schema.Features.Length);

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        y.Fill(Initial);
        foreach (var tree in Trees) TreeVotes.AddNumbers(tree, rows, Schema.Features.Length, y, 1);
    }

    /// <summary>The predictions after 1, 2, … stages, (stages × rows).</summary>
    public double[][] PredictStaged(Features x)
    {
        ArgumentNullException.ThrowIfNull(x);
        double[] rows = new double[x.Rows * x.Columns], sums = new double[x.Rows];
        x.CopyRows(0, rows);
        Array.Fill(sums, Initial);
        var staged = new double[Trees.Length][];
        for (int stage = 0; stage < staged.Length; stage++)
        {
            TreeVotes.AddNumbers(Trees[stage], rows, x.Columns, sums, 1);
            staged[stage] = (double[])sums.Clone();
        }
        return staged;
    }
}
