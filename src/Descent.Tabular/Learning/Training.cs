namespace Descent.Tabular;

/// <summary>What every learner's door checks.</summary>
static class Training
{
    /// <summary>As many targets and weights as rows, at least one row and column; gives the weights, 1 where there are none.</summary>
    internal static double[] Check(string learner, Features x, int targets, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rows == 0 || x.Columns == 0) throw new ArgumentException($"{learner}: {x.Rows} rows × {x.Columns} features; expected at least one of each.", nameof(x));
        if (targets != x.Rows) throw new ArgumentException($"{learner}: {targets} targets for {x.Rows} rows; expected as many.", nameof(targets));
        if (!weights.IsEmpty && weights.Length != x.Rows) throw new ArgumentException($"{learner}: {weights.Length} weights for {x.Rows} rows; expected as many, or none.", nameof(weights));
        double[] w = weights.IsEmpty ? new double[x.Rows] : weights.ToArray();
        if (weights.IsEmpty) Array.Fill(w, 1);
        double sum = 0;
        for (int i = 0; i < w.Length; i++)
            sum += w[i] >= 0 && double.IsFinite(w[i]) ? w[i] : throw new ArgumentException($"{learner}: weight {i} is {w[i]}; it must be finite and at least 0.", nameof(weights));
        return sum > 0 ? w : throw new ArgumentException($"{learner}: all weights are 0; expected one that is greater.", nameof(weights));
    }

    internal static double[] Check(string learner, Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights)
    {
        double[] w = Check(learner, x, y.Length, weights);
        for (int i = 0; i < y.Length; i++)
            if (!double.IsFinite(y[i])) throw new ArgumentException($"{learner}: target {i} is {y[i]}; it must be finite. Leave out rows without a target.", nameof(y));
        return w;
    }

    /// <summary>For learners that calculate with all values.</summary>
    internal static void NoGaps(string learner, Features x)
    {
        for (int j = 0; j < x.Columns; j++)
        {
            var feature = x.Schema.Features[j];
            if (feature.IsCategory)
                throw new ArgumentException($"{learner}: feature '{feature.Name}' is a category, which is no number. Turn its levels into numbers (one-hot) first.", nameof(x));
            int gap = FirstGap(x.Column(j));
            if (gap >= 0) throw new ArgumentException($"{learner}: feature '{feature.Name}' is {x.Column(j)[gap]} in row {gap}; it must be finite. Impute missing values first.", nameof(x));
        }
    }

    /// <summary>What a learner of classes that calculates with all values owes its callers; gives the weights.</summary>
    internal static double[] CheckClasses(string learner, Features x, Labels y, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Check(learner, x, y.Count, weights);
        NoGaps(learner, x);
        TwoClasses(learner, y);
        return w;
    }

    /// <summary>The same for learners of numbers.</summary>
    internal static double[] CheckNumbers(string learner, Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights)
    {
        double[] w = Check(learner, x, y, weights);
        NoGaps(learner, x);
        return w;
    }

    /// <summary>The same for those that learn without a target.</summary>
    internal static double[] CheckRows(string learner, Features x, ReadOnlySpan<double> weights = default)
    {
        double[] w = Check(learner, x, x?.Rows ?? 0, weights);
        NoGaps(learner, x!);
        return w;
    }

    static int FirstGap(ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i])) return i;
        return -1;
    }

    /// <summary>The classes of a set that a classifier is to be boosted on, at least two.</summary>
    internal static Labels Classes(string learner, BoostingSet train)
    {
        ArgumentNullException.ThrowIfNull(train);
        var y = train.Labels ?? throw new ArgumentException($"{learner}: the targets are no classes. Give it Labels, or take a regressor.", nameof(train));
        Check(learner, train.X, y.Count, train.Weights.AsSpan());
        TwoClasses(learner, y);
        return y;
    }

    internal static void TwoClasses(string learner, Labels y)
    {
        int first = y.Codes[0];
        if (y.Codes.IndexOfAnyExcept(first) < 0)
            throw new ArgumentException($"{learner}: all rows are of class '{y.Classes[first]}'; expected at least two classes.", nameof(y));
    }
}
