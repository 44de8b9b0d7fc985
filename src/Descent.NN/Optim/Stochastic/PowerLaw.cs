namespace Descent.NN;

/// <summary>The sequence <c>aₙ = scale / (n + offset)^exponent</c>, n from 1: step sizes, or widths of differences.</summary>
/// <param name="Scale">The numerator, above 0.</param>
/// <param name="Exponent">How fast it falls; 0 is a constant.</param>
/// <param name="Offset">Lessens the first terms; above −1.</param>
public sealed record PowerLaw(double Scale = 1, double Exponent = 1, double Offset = 0)
{
    /// <summary>The term n, from 1.</summary>
    public double At(long n) => Scale / Math.Pow(n + Offset, Exponent);

    /// <summary>Σ aₙ = ∞, so that any distance can be gone: the exponent is at most 1.</summary>
    public bool SumDiverges => Exponent <= 1;

    /// <summary>Σ aₙ² &lt; ∞, so that the noise dies away: the exponent is above ½.</summary>
    public bool SquaresConverge => Exponent > 0.5;

    /// <summary>Both: the conditions of Robbins and Monro.</summary>
    public bool SatisfiesRobbinsMonro => SumDiverges && SquaresConverge;

    /// <summary>
    /// The conditions of Kiefer and Wolfowitz for these steps aₙ and those widths cₙ: cₙ → 0, Σ aₙ = ∞, Σ aₙcₙ &lt; ∞ and
    /// Σ (aₙ/cₙ)² &lt; ∞.
    /// </summary>
    public bool SatisfiesKieferWolfowitz(PowerLaw widths)
    {
        ArgumentNullException.ThrowIfNull(widths);
        return widths.Exponent > 0 && SumDiverges && Exponent + widths.Exponent > 1 && 2 * (Exponent - widths.Exponent) > 1;
    }
}
