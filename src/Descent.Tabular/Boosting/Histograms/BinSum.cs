namespace Descent.Tabular;

/// <summary>A sum of gradients, and one of hessians with the number of rows below, as integers: any order of adding gives the same.</summary>
readonly record struct BinSum(long Gradient, long HessianAndRows)
{
    public static BinSum operator +(BinSum a, BinSum b) => new(a.Gradient + b.Gradient, a.HessianAndRows + b.HessianAndRows);

    public static BinSum operator -(BinSum a, BinSum b) => new(a.Gradient - b.Gradient, a.HessianAndRows - b.HessianAndRows);
}

/// <summary>
/// How gradients and hessians are written as integers: as finely as the sums of all rows have room for in 64 bits, beside a count of
/// the rows. Of a million rows these are 42 bits of the greatest gradient and 22 of the greatest hessian.
/// </summary>
readonly record struct FixedPoint
{
    /// <summary>The integer that 1 becomes: a power of two.</summary>
    internal double GradientScale { get; init; }

    /// <inheritdoc cref="GradientScale"/>
    internal double HessianScale { get; init; }

    /// <summary>Bits that count rows, below those of the hessian.</summary>
    internal int CountBits { get; init; }

    internal long CountMask => (1L << CountBits) - 1;

    internal static FixedPoint Of(int rows, float greatestGradient, float greatestHessian)
    {
        int count = CountBitsOf(rows), each = Math.Min(50, 62 - count);
        return new() { GradientScale = Scale(greatestGradient, each), HessianScale = Scale(greatestHessian, each - count), CountBits = count };
    }

    internal static int CountBitsOf(int rows) => 32 - int.LeadingZeroCount(rows);

    internal int Rows(BinSum sum) => (int)(sum.HessianAndRows & CountMask);

    internal GradientSum Read(BinSum sum) => new(sum.Gradient / GradientScale, (sum.HessianAndRows >> CountBits) / HessianScale);

    /// <summary>Brings numbers up to the greatest below 2^bits.</summary>
    static double Scale(float greatest, int bits) => greatest > 0 ? Math.ScaleB(1, bits - 1 - Math.ILogB(greatest)) : 1;
}
