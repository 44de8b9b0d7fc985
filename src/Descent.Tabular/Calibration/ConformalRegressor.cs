using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>How the errors are found that intervals are made of.</summary>
public enum ConformalMethod
{
    /// <summary>On a part of the rows that is held back.</summary>
    Split,

    /// <summary>On each fold, by a model trained on the others: no row is lost to training.</summary>
    CrossValidated,

    /// <summary>On each row, by a model trained on all others: for few rows.</summary>
    Jackknife,
}

/// <summary>Puts intervals around what a regressor predicts that hold the truth as often as asked for, whatever the learner and the data.</summary>
/// <remarks>
/// Papadopoulos et al., "Inductive Confidence Machines for Regression", 2002; CV+ and jackknife+: Barber et al., "Predictive
/// Inference with the Jackknife+", 2021. Of these two, coverage is proven only to 2 · level − 1, and near the level in practice.
/// </remarks>
public sealed record ConformalRegressor : IRegressor<ConformalRegressionModel>
{
    /// <summary>What predicts the middle of the interval.</summary>
    public required IRegressor<IRegressionModel> Base { get; init; }

    /// <summary>How errors are found.</summary>
    public ConformalMethod Method { get; init; } = ConformalMethod.CrossValidated;

    /// <summary>The share of rows held back by <see cref="ConformalMethod.Split"/>.</summary>
    public double HoldOut { get; init => field = Check.Within(0.01, 0.9, value); } = 0.25;

    /// <summary>The folds of <see cref="ConformalMethod.CrossValidated"/>.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 10;

    /// <summary>Decides which rows are held back, and when.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <inheritdoc/>
    public ConformalRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(ConformalRegressor), x, y, weights), targets = y.ToArray();
        ISplitter splitter = Method switch
        {
            ConformalMethod.Split => new ShuffleSplit { Splits = 1, TestShare = HoldOut, Seed = Seed },
            ConformalMethod.CrossValidated => new KFold { Folds = Folds, Shuffle = true, Seed = Seed },
            _ => new LeaveOneOut(),
        };
        var members = ImmutableArray.CreateBuilder<IRegressionModel>();
        var errors = ImmutableArray.CreateBuilder<ImmutableArray<double>>();
        foreach (var (train, test) in splitter.Split(x.Rows))
        {
            var model = Base.Fit(x.Take(train), Array.ConvertAll(train, i => targets[i]), Array.ConvertAll(train, i => w[i]));
            double[] said = model.Predict(x.Take(test)), own = [.. test.Select((row, i) => Math.Abs(targets[row] - said[i])).Order()];
            members.Add(model);
            errors.Add([.. own]);
        }
        return new()
        {
            Schema = x.Schema, Model = Method == ConformalMethod.Split ? members[0] : Base.Fit(x, targets, w),
            Members = members.ToImmutable(), Errors = errors.ToImmutable(),
        };
    }
}

/// <summary>What <see cref="ConformalRegressor"/> learned.</summary>
public sealed record ConformalRegressionModel : IIntervalModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What predicts the middle of the interval.</summary>
    public required IRegressionModel Model { get; init; }

    /// <summary>What errors are known of.</summary>
    public required ImmutableArray<IRegressionModel> Members { get; init; }

    /// <summary>The absolute errors of each member on rows that it was not trained on, rising.</summary>
    public required ImmutableArray<ImmutableArray<double>> Errors { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y) => Model.Predict(rows, y);

    /// <inheritdoc/>
    public void Intervals(ReadOnlySpan<double> rows, double level, Span<double> lower, Span<double> upper)
    {
        int count = Errors.Sum(e => e.Length);
        // From the far end, so that the few errors beyond the bound are all that is looked at.
        long beyond = count - Conformal.Rank(count, level);
        if (beyond < 0)
        {
            lower.Fill(double.NegativeInfinity);
            upper.Fill(double.PositiveInfinity);
            return;
        }
        double[][] said = new double[Members.Length][];
        for (int m = 0; m < said.Length; m++) Members[m].Predict(rows, said[m] = new double[lower.Length]);
        double[] centers = new double[said.Length];
        for (int i = 0; i < lower.Length; i++)
        {
            for (int m = 0; m < centers.Length; m++) centers[m] = said[m][i];
            upper[i] = Farthest(centers, beyond);
            for (int m = 0; m < centers.Length; m++) centers[m] = -centers[m];
            lower[i] = -Farthest(centers, beyond);
        }
    }

    /// <summary>Of all centres plus their errors the greatest, after so many that are greater.</summary>
    double Farthest(double[] centers, long beyond)
    {
        var ends = new PriorityQueue<(int Member, int Error), double>();
        for (int m = 0; m < centers.Length; m++)
            if (!Errors[m].IsEmpty) ends.Enqueue((m, Errors[m].Length - 1), -(centers[m] + Errors[m][^1]));
        while (true)
        {
            var (m, e) = ends.Dequeue();
            if (beyond-- == 0) return centers[m] + Errors[m][e];
            if (e > 0) ends.Enqueue((m, e - 1), -(centers[m] + Errors[m][e - 1]));
        }
    }
}
