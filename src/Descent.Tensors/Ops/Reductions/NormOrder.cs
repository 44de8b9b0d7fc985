namespace Descent.Tensors;

/// <summary>
/// Which norm. A number p is the p-norm of a vector; of a matrix 1 is the largest column sum of magnitudes, infinity the
/// largest row sum, 2 the largest singular value, and their negatives the least ones.
/// </summary>
public readonly record struct NormOrder
{
    NormOrder(double p, bool isFrobenius, bool isNuclear) => (P, IsFrobenius, IsNuclear) = (p, isFrobenius, isNuclear);

    /// <summary>The root of the sum of a matrix's squares.</summary>
    public static NormOrder Frobenius { get; } = new(double.NaN, true, false);

    /// <summary>The sum of a matrix's singular values.</summary>
    public static NormOrder Nuclear { get; } = new(double.NaN, false, true);

    /// <summary>The order as a number, NaN for those that have a name.</summary>
    public double P { get; }

    internal bool IsFrobenius { get; }

    internal bool IsNuclear { get; }

    /// <summary>The order of a number.</summary>
    public static implicit operator NormOrder(double p) => new(p, false, false);

    /// <summary>Frobenius, Nuclear or the number.</summary>
    public override string ToString() => IsFrobenius ? nameof(Frobenius) : IsNuclear ? nameof(Nuclear) : $"{P}";
}
