namespace Descent.Tabular;

/// <summary>Sums over the rows of each class.</summary>
static class ClassSums
{
    /// <summary>The weight of each class, none of which may be without any.</summary>
    internal static double[] Count(string learner, Labels y, double[] weights)
    {
        double[] counts = new double[y.Classes.Length];
        for (int i = 0; i < weights.Length; i++) counts[y.Codes[i]] += weights[i];
        int empty = Array.IndexOf(counts, 0);
        return empty < 0 ? counts : throw new ArgumentException($"{learner}: no row of weight is of class '{y.Classes[empty]}'; expected some of each.", nameof(y));
    }

    /// <summary>(classes × features) weighted sums.</summary>
    internal static double[] Of(Features x, Labels y, double[] weights, Func<double, double>? map = null)
    {
        double[] sums = new double[y.Classes.Length * x.Columns];
        for (int j = 0; j < x.Columns; j++)
        {
            var column = x.Column(j);
            for (int i = 0; i < column.Length; i++) sums[y.Codes[i] * x.Columns + j] += weights[i] * (map is null ? column[i] : map(column[i]));
        }
        return sums;
    }

    internal static void NotNegative(string learner, Features x)
    {
        for (int j = 0; j < x.Columns; j++)
            foreach (double v in x.Column(j))
                if (v < 0) throw new ArgumentException($"{learner}: feature '{x.Schema.Features[j].Name}' is {v} in a row; counts are at least 0.", nameof(x));
    }
}
