using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A final learner over what members predict.</summary>
public sealed record StackingRegressor : StackingOptions, IRegressor<StackedRegressionModel>
{
    /// <summary>The learners of the members.</summary>
    public required ImmutableArray<IRegressor<IRegressionModel>> Learners { get; init => field = Check.NotEmpty(value); }

    /// <inheritdoc/>
    public LearnerInput Takes => Learners.Aggregate(LearnerInput.All, (takes, learner) => takes & learner.Takes);

    /// <summary>What combines them.</summary>
    public IRegressor<IRegressionModel> FinalLearner { get; init; } = new Ridge();

    /// <inheritdoc/>
    public StackedRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(StackingRegressor), x, y, weights), targets = y.ToArray();
        int[] judged = [.. Enumerable.Range(0, x.Rows)];
        IRegressionModel[] members;
        double[][] said;
        if (HoldOut > 0)
        {
            var (train, test) = HeldOut.Rows(x.Rows, HoldOut, Seed);
            members = [.. Learners.Select(l => FitPart(l, train))];
            said = Array.ConvertAll(members, m => m.Predict(x.Take(test)));
            judged = test;
        }
        else
        {
            said = [.. Learners.Select(l => OutOfFold(l))];
            members = [.. Learners.Select(l => l.Fit(x, targets, w))];
        }
        var final = FinalLearner.Fit(Final(x.Take(judged), said), Array.ConvertAll(judged, i => targets[i]), Array.ConvertAll(judged, i => w[i]));
        return new() { Schema = x.Schema, Members = [.. members], Final = final, PassThrough = PassThrough };

        IRegressionModel FitPart(IRegressor<IRegressionModel> learner, int[] rows) =>
            learner.Fit(x.Take(rows), Array.ConvertAll(rows, i => targets[i]), Array.ConvertAll(rows, i => w[i]));

        double[] OutOfFold(IRegressor<IRegressionModel> learner)
        {
            double[] values = new double[x.Rows];
            foreach (var (train, test) in new KFold { Folds = Folds }.Split(x.Rows))
            {
                double[] own = FitPart(learner, train).Predict(x.Take(test));
                for (int i = 0; i < test.Length; i++) values[test[i]] = own[i];
            }
            return values;
        }
    }
}

/// <summary>What <see cref="StackingRegressor"/> learned.</summary>
public sealed record StackedRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The members, trained on all rows, or on those that are not held out.</summary>
    public required ImmutableArray<IRegressionModel> Members { get; init; }

    /// <summary>What combines them.</summary>
    public required IRegressionModel Final { get; init; }

    /// <summary>Whether the final model sees the features too.</summary>
    public required bool PassThrough { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        double[][] said = new double[Members.Length][];
        for (int m = 0; m < said.Length; m++) Members[m].Predict(rows, said[m] = new double[y.Length]);
        Final.Predict(StackedRows.Of(rows, y.Length, said, PassThrough), y);
    }
}

/// <summary>Rows for the final model of a stack.</summary>
static class StackedRows
{
    internal static double[] Of(ReadOnlySpan<double> rows, int count, double[][] said, bool passThrough)
    {
        int own = passThrough && count > 0 ? rows.Length / count : 0, width = own + said.Length;
        double[] all = new double[count * width];
        for (int i = 0; i < count; i++)
        {
            rows.Slice(i * own, own).CopyTo(all.AsSpan(i * width));
            for (int m = 0; m < said.Length; m++) all[i * width + own + m] = said[m][i];
        }
        return all;
    }
}
