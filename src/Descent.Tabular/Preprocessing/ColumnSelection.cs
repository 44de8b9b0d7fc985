using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Leaves out columns of numbers that hardly vary; missing values do not count.</summary>
public sealed record SelectByVariance : ITransformer<DroppedColumns>
{
    /// <summary>The columns that may be left out; by default all numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The variance that a column must exceed to stay; at 0 only constants go.</summary>
    public double Threshold { get; init => field = Check.AtLeast(0, value); }

    /// <inheritdoc/>
    public DroppedColumns Fit(Frame train, Target? target = null) => new()
    {
        Columns = [.. Columns.Resolve(nameof(SelectByVariance), train, StepColumns.Numeric).Where(name =>
        {
            double[] values = Array.FindAll(StepColumns.Numbers(nameof(SelectByVariance), train, name), v => !double.IsNaN(v));
            return values.Length == 0 || values.Min() == values.Max() || StandardScaler.Moments(values).Variance <= Threshold;
        })],
    };
}

/// <summary>Keeps the columns that say most of the target, each by itself: mutual information, exact of categories, by near neighbours of numbers.</summary>
public sealed record SelectByMutualInformation : ITransformer<DroppedColumns>
{
    /// <summary>The columns that may be left out; by default all numbers and categories.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>How many of them stay.</summary>
    public int Count { get; init => field = Check.AtLeast(1, value); } = 10;

    /// <summary>The neighbours that are looked at for numbers; more vary less and are biased more.</summary>
    public int Neighbors { get; init => field = Check.AtLeast(1, value); } = 3;

    /// <summary>Decides the noise that parts equal numbers.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public DroppedColumns Fit(Frame train, Target? target = null)
    {
        var scores = Scores(train, target);
        return new() { Columns = [.. scores.OrderByDescending(s => s.Score).Skip(Count).Select(s => s.Column)] };
    }

    /// <summary>The mutual information of each column and the target, in nats. Rows where a number is missing are left out; a missing category is one of its own.</summary>
    /// <exception cref="ArgumentException">The target is not given, or has another number of rows.</exception>
    public ImmutableArray<(string Column, double Score)> Scores(Frame train, Target? target)
    {
        var names = Columns.Resolve(nameof(SelectByMutualInformation), train, [.. StepColumns.Numeric, ColumnType.Category]);
        if (target is null || target.Count != train.Rows)
            throw new ArgumentException($"SelectByMutualInformation: {target?.Count ?? 0} targets for {train.Rows} rows; expected as many.", nameof(target));
        int[]? classes = target.Kind == TargetKind.Class ? target.Labels.Codes.ToArray() : null;
        double[] y = classes is null ? MutualInformation.Spread(target.Numbers.ToArray(), Seed) : [];
        return [.. names.Select((name, j) => (name, Score(train[name], classes, y, (ulong)j + 1)))];
    }

    double Score(Column column, int[]? classes, double[] y, ulong stream)
    {
        if (column.Type is ColumnType.Category or ColumnType.Boolean)
        {
            var (codes, _, distinct) = column.Factorize(null);
            codes = Array.ConvertAll(codes, c => c < 0 ? distinct : c);
            return classes is null ? MutualInformation.Mixed(y, codes, Neighbors) : MutualInformation.Discrete(codes, classes);
        }
        double[] values = new double[column.Count];
        if (column.MissingCount == column.Count) return 0;
        column.CopyNumbers(values);
        int[] rows = [.. Enumerable.Range(0, values.Length).Where(i => double.IsFinite(values[i]))];
        if (rows.Length == 0) return 0;
        double[] x = MutualInformation.Spread(Array.ConvertAll(rows, i => values[i]), Seed + stream);
        return classes is null ? MutualInformation.Continuous(x, Array.ConvertAll(rows, i => y[i]), Neighbors) : MutualInformation.Mixed(x, Array.ConvertAll(rows, i => classes[i]), Neighbors);
    }
}

/// <summary>
/// Keeps the columns that a model finds important: by the magnitude of the weights of a linear one (with an L1 penalty
/// those that are not 0), by the importances of trees. Fit on columns that the learner takes.
/// </summary>
public sealed record SelectByModel : ITransformer<DroppedColumns>
{
    /// <summary>What the model learns by.</summary>
    public required ILearner Learner { get; init; }

    /// <summary>The columns that may be left out; by default all that the learner takes. Only they are shown to it.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>How many stay; null is all whose importance reaches the threshold.</summary>
    public int? Count { get; init => field = value is { } v ? Check.AtLeast(1, v) : null; }

    /// <summary>The importance that a column must reach to stay; null is the mean of all, of a lasso 0.00001.</summary>
    public double? Threshold { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The target is not given, or the learner cannot take the columns.</exception>
    /// <exception cref="NotSupportedException">The model has no importances.</exception>
    public DroppedColumns Fit(Frame train, Target? target = null)
    {
        bool takesCategories = Learner.Takes.HasFlag(LearnerInput.Categories);
        var names = Columns.Resolve(nameof(SelectByModel), train, takesCategories ? [.. StepColumns.Numeric, ColumnType.Category] : StepColumns.Numeric);
        if (target is null) throw new ArgumentException("SelectByModel: the learner needs the target, which is not given. Fit it in a pipeline, or with a target.", nameof(target));
        if (names.IsEmpty) return new() { Columns = [] };
        double[] scores = Importances(Learner.Fit(Features.Of(train.Select(names)), target));
        // Only a penalty of the first order makes weights vanish; elsewhere small is relative.
        double threshold = Threshold ?? (Learner is Lasso or ElasticNet { L1Ratio: 1 } ? 1e-5 : scores.Average());
        var kept = Count is { } count ? Enumerable.Range(0, scores.Length).OrderByDescending(j => scores[j]).Take(count) : Enumerable.Range(0, scores.Length).Where(j => scores[j] >= threshold);
        return new() { Columns = [.. Enumerable.Range(0, scores.Length).Except(kept).Select(j => names[j])] };
    }

    static double[] Importances(IModel model) => model switch
    {
        LinearRegressionModel m => [.. m.Weights.Select(Math.Abs)],
        LinearClassificationModel m => Magnitudes(m.Weights, m.Schema.Features.Length),
        _ => [.. model.Importances(TreeImportance.Impurity).Select(i => i.Value)],
    };

    /// <summary>Of several sums, the sum of magnitudes.</summary>
    static double[] Magnitudes(ImmutableArray<double> weights, int features)
    {
        double[] sums = new double[features];
        for (int i = 0; i < weights.Length; i++) sums[i % features] += Math.Abs(weights[i]);
        return sums;
    }
}
