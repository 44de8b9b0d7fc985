namespace Descent.NN;

/// <summary>The mean of numbers that come one by one, <c>m ← m + (x − m) / n</c>, and their variance, in constant memory.</summary>
/// <remarks>Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products", 1962. The mean is Robbins–Monro with steps 1/n.</remarks>
public sealed class IncrementalMean
{
    double _squares;

    /// <summary>How many numbers came.</summary>
    public long Count { get; private set; }

    /// <summary>Their mean; 0 before the first.</summary>
    public double Mean { get; private set; }

    /// <summary>Their variance, divided by the count less 1; NaN before the second.</summary>
    public double Variance => Count < 2 ? double.NaN : _squares / (Count - 1);

    /// <summary>The deviation of the mean itself: <c>√(variance / n)</c>.</summary>
    public double StandardError => Math.Sqrt(Variance / Count);

    /// <summary>Takes a number in.</summary>
    /// <returns>The mean with it.</returns>
    public double Update(double x)
    {
        double before = x - Mean;
        Mean += before / ++Count;
        _squares += before * (x - Mean);
        return Mean;
    }
}
