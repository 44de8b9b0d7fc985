namespace Descent.Tabular;

/// <summary>Probabilities of any model: its own, or 1 for the class it predicts.</summary>
static class ClassVotes
{
    internal static double[] Of(IClassificationModel model, Features x)
    {
        if (model is IProbabilisticModel probabilistic) return probabilistic.Probabilities(x);
        int[] codes = model.Predict(x);
        double[] votes = new double[codes.Length * model.Classes.Length];
        for (int i = 0; i < codes.Length; i++) votes[i * model.Classes.Length + codes[i]] = 1;
        return votes;
    }

    internal static void Of(IClassificationModel model, ReadOnlySpan<double> rows, Span<double> votes, int classes)
    {
        if (model is IProbabilisticModel probabilistic)
        {
            probabilistic.Probabilities(rows, votes);
            return;
        }
        int[] codes = new int[votes.Length / classes];
        model.Predict(rows, codes);
        votes.Clear();
        for (int i = 0; i < codes.Length; i++) votes[i * classes + codes[i]] = 1;
    }
}

/// <summary>Parts of rows that lie one after another.</summary>
static class RowParts
{
    /// <summary>Some of their columns.</summary>
    internal static ReadOnlySpan<double> Columns(ReadOnlySpan<double> rows, int columns, System.Collections.Immutable.ImmutableArray<int> chosen)
    {
        if (chosen.Length == columns) return rows;
        int count = rows.Length / columns;
        double[] parts = new double[count * chosen.Length];
        for (int i = 0; i < count; i++)
            for (int j = 0; j < chosen.Length; j++) parts[i * chosen.Length + j] = rows[i * columns + chosen[j]];
        return parts;
    }
}
