namespace Descent.Search;

/// <summary>
/// A sum of doubles that is a number exactly: its terms do not overlap and grow in magnitude, so the last has the sign of all.
/// </summary>
/// <remarks>
/// Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997. Exact as long as
/// nothing overflows or underflows, which <see cref="PointSet"/> sees to.
/// </remarks>
readonly struct Expansion
{
    readonly double[] _terms;

    Expansion(double[] terms) => _terms = terms;

    internal static Expansion Zero { get; } = new([]);

    /// <summary>−1, 0 or 1.</summary>
    internal int Sign => _terms.Length == 0 ? 0 : Math.Sign(_terms[^1]);

    /// <summary>a − b.</summary>
    internal static Expansion Difference(double a, double b) => Zero.Plus(a).Plus(-b);

    public static Expansion operator +(Expansion a, Expansion b)
    {
        foreach (double term in b._terms) a = a.Plus(term);
        return a;
    }

    public static Expansion operator -(Expansion a, Expansion b)
    {
        foreach (double term in b._terms) a = a.Plus(-term);
        return a;
    }

    public static Expansion operator *(Expansion a, Expansion b)
    {
        var sum = Zero;
        foreach (double x in a._terms)
            foreach (double y in b._terms)
            {
                double product = x * y;
                sum = sum.Plus(Math.FusedMultiplyAdd(x, y, -product)).Plus(product);
            }
        return sum;
    }

    /// <summary>Shewchuk's GROW-EXPANSION, without the terms that come out as zero.</summary>
    Expansion Plus(double b)
    {
        Span<double> grown = _terms.Length < 64 ? stackalloc double[64] : new double[_terms.Length + 1];
        int count = 0;
        double sum = b;
        foreach (double term in _terms)
        {
            double next = sum + term, virtualTerm = next - sum;
            double error = sum - (next - virtualTerm) + (term - virtualTerm);
            if (error != 0) grown[count++] = error;
            sum = next;
        }
        if (sum != 0) grown[count++] = sum;
        return new(grown[..count].ToArray());
    }
}
