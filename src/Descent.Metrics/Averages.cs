namespace Descent.Metrics;

/// <summary>How the figures of several classes become one.</summary>
public enum Average
{
    /// <summary>The figure of one class, the positive one.</summary>
    Binary,
    /// <summary>Counts are added up over the classes first, so that every sample counts the same.</summary>
    Micro,
    /// <summary>The mean of the figures, so that every class counts the same.</summary>
    Macro,
    /// <summary>The mean of the figures, weighed by how often each class is true.</summary>
    Weighted,
    /// <summary>The mean over samples of the figure of each sample's labels; for several labels a sample.</summary>
    Samples,
}

/// <summary>Means of figures.</summary>
static class Means
{
    /// <summary>The weighed mean; NaN of nothing. Figures that are NaN, having no value, are left out.</summary>
    internal static double Of(ReadOnlySpan<double> figures, ReadOnlySpan<double> weights = default)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < figures.Length; i++)
        {
            if (double.IsNaN(figures[i])) continue;
            double w = weights.At(i);
            sum += w * figures[i];
            total += w;
        }
        return sum / total;
    }

    /// <summary>The quotient, or <paramref name="undefined"/> where the divisor is 0.</summary>
    internal static double Quotient(double a, double b, double undefined) => b == 0 ? undefined : a / b;
}
