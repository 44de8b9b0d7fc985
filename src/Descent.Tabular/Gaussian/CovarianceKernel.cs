using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Descent.Tabular;

/// <summary>How a Gaussian process takes the values at two points to vary together. Its numbers are fitted as logarithms.</summary>
/// <remarks>Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, chapter 4.</remarks>
[JsonDerivedType(typeof(ConstantKernel), "constant")]
[JsonDerivedType(typeof(WhiteKernel), "white")]
[JsonDerivedType(typeof(RbfKernel), "rbf")]
[JsonDerivedType(typeof(MaternKernel), "matern")]
[JsonDerivedType(typeof(SumKernel), "sum")]
[JsonDerivedType(typeof(ProductKernel), "product")]
public abstract record CovarianceKernel
{
    private protected CovarianceKernel() { }

    /// <summary>The sum of two kernels.</summary>
    public static CovarianceKernel operator +(CovarianceKernel left, CovarianceKernel right) => new SumKernel { Left = left, Right = right };

    /// <summary>The product of two kernels.</summary>
    public static CovarianceKernel operator *(CovarianceKernel left, CovarianceKernel right) => new ProductKernel { Left = left, Right = right };

    /// <summary>The sum of two kernels.</summary>
    public static CovarianceKernel Add(CovarianceKernel left, CovarianceKernel right) => left + right;

    /// <summary>The product of two kernels.</summary>
    public static CovarianceKernel Multiply(CovarianceKernel left, CovarianceKernel right) => left * right;

    /// <summary>The numbers that are fitted.</summary>
    internal abstract ImmutableArray<double> Parameters { get; }

    /// <summary>This kernel with other numbers.</summary>
    internal abstract CovarianceKernel With(ReadOnlySpan<double> parameters);

    /// <summary>The covariance of the values at two points, and into <paramref name="slopes"/>, unless it is empty, its slopes by the logarithms of the numbers.</summary>
    /// <param name="a">A point.</param>
    /// <param name="b">Another.</param>
    /// <param name="isSame">Whether both are one observation, which has one noise.</param>
    /// <param name="slopes">A number for each parameter, or empty.</param>
    internal abstract double Value(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool isSame, Span<double> slopes);

    /// <summary>What is wrong with it for points of some columns, or null.</summary>
    internal abstract string? Fault(int columns);
}

/// <summary>A covariance that is everywhere the same; in a product the variance.</summary>
public sealed record ConstantKernel : CovarianceKernel
{
    /// <summary>The covariance.</summary>
    public double Variance { get; init => field = Check.Above(0, value); } = 1;

    internal override ImmutableArray<double> Parameters => [Variance];

    internal override CovarianceKernel With(ReadOnlySpan<double> parameters) => new ConstantKernel { Variance = parameters[0] };

    internal override double Value(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool isSame, Span<double> slopes)
    {
        if (!slopes.IsEmpty) slopes[0] = Variance;
        return Variance;
    }

    internal override string? Fault(int columns) => null;
}

/// <summary>Noise: each observation varies by itself.</summary>
public sealed record WhiteKernel : CovarianceKernel
{
    /// <summary>The variance of the noise.</summary>
    public double Noise { get; init => field = Check.Above(0, value); } = 1;

    internal override ImmutableArray<double> Parameters => [Noise];

    internal override CovarianceKernel With(ReadOnlySpan<double> parameters) => new WhiteKernel { Noise = parameters[0] };

    internal override double Value(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool isSame, Span<double> slopes)
    {
        double value = isSame ? Noise : 0;
        if (!slopes.IsEmpty) slopes[0] = value;
        return value;
    }

    internal override string? Fault(int columns) => null;
}

/// <summary>A covariance that falls with the distance, each column measured by a length of its own or all by one.</summary>
public abstract record DistanceKernel : CovarianceKernel
{
    private protected DistanceKernel() { }

    /// <summary>How far values go together: one length for all columns, or one for each.</summary>
    public ImmutableArray<double> Lengths { get; init => field = Lengthy(value); } = [1];

    internal sealed override ImmutableArray<double> Parameters => Lengths;

    internal sealed override double Value(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool isSame, Span<double> slopes)
    {
        double square = 0;
        var lengths = Lengths.AsSpan();
        for (int j = 0; j < a.Length; j++)
        {
            double d = (a[j] - b[j]) / lengths[lengths.Length == 1 ? 0 : j];
            square += d * d;
        }
        var (value, slope) = OfSquare(square);
        if (slopes.Length == 1) slopes[0] = -2 * square * slope;
        else
            for (int j = 0; j < slopes.Length; j++)
            {
                double d = (a[j] - b[j]) / lengths[j];
                slopes[j] = -2 * d * d * slope;
            }
        return value;
    }

    internal sealed override string? Fault(int columns) => Lengths.Length == 1 || Lengths.Length == columns ? null : $"{Lengths.Length} lengths for {columns} features";

    /// <summary>The covariance by the squared distance in lengths, and its slope by that.</summary>
    private protected abstract (double Value, double Slope) OfSquare(double square);

    static ImmutableArray<double> Lengthy(ImmutableArray<double> lengths)
    {
        foreach (double length in Check.NotEmpty(lengths, nameof(Lengths))) Check.Above(0, length, nameof(Lengths));
        return lengths;
    }
}

/// <summary>e^(−½ r²), endlessly smooth.</summary>
public sealed record RbfKernel : DistanceKernel
{
    internal override CovarianceKernel With(ReadOnlySpan<double> parameters) => new RbfKernel { Lengths = [.. parameters] };

    private protected override (double Value, double Slope) OfSquare(double square)
    {
        double value = Math.Exp(-0.5 * square);
        return (value, -0.5 * value);
    }
}

/// <summary>How smooth a Matérn process is.</summary>
public enum MaternSmoothness
{
    /// <summary>ν = ½: e^(−r), without slopes.</summary>
    Half,

    /// <summary>ν = 3/2: (1 + √3 r) e^(−√3 r), once differentiable.</summary>
    ThreeHalves,

    /// <summary>ν = 5/2: (1 + √5 r + 5/3 r²) e^(−√5 r), twice differentiable.</summary>
    FiveHalves,
}

/// <summary>Matérn's covariances, rougher than <see cref="RbfKernel"/>.</summary>
public sealed record MaternKernel : DistanceKernel
{
    /// <summary>How smooth it is.</summary>
    public MaternSmoothness Smoothness { get; init; } = MaternSmoothness.ThreeHalves;

    internal override CovarianceKernel With(ReadOnlySpan<double> parameters) => this with { Lengths = [.. parameters] };

    private protected override (double Value, double Slope) OfSquare(double square)
    {
        double r = Math.Sqrt(Smoothness switch { MaternSmoothness.Half => square, MaternSmoothness.ThreeHalves => 3 * square, _ => 5 * square }), fall = Math.Exp(-r);
        return Smoothness switch
        {
            // Without a slope at 0; there the distances that it would be multiplied by are 0 as well.
            MaternSmoothness.Half => (fall, r > 0 ? -fall / (2 * r) : 0),
            MaternSmoothness.ThreeHalves => ((1 + r) * fall, -1.5 * fall),
            _ => ((1 + r + r * r / 3) * fall, -5.0 / 6 * (1 + r) * fall),
        };
    }
}

/// <summary>Two kernels joined.</summary>
public abstract record PairKernel : CovarianceKernel
{
    private protected PairKernel() { }

    /// <summary>The first.</summary>
    public required CovarianceKernel Left { get; init; }

    /// <summary>The second.</summary>
    public required CovarianceKernel Right { get; init; }

    internal sealed override ImmutableArray<double> Parameters => [.. Left.Parameters, .. Right.Parameters];

    internal sealed override CovarianceKernel With(ReadOnlySpan<double> parameters)
    {
        int own = Left.Parameters.Length;
        return this with { Left = Left.With(parameters[..own]), Right = Right.With(parameters[own..]) };
    }

    internal sealed override double Value(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool isSame, Span<double> slopes)
    {
        if (slopes.IsEmpty) return Join(Left.Value(a, b, isSame, []), Right.Value(a, b, isSame, []), [], []);
        int own = Left.Parameters.Length;
        Span<double> left = slopes[..own], right = slopes[own..];
        return Join(Left.Value(a, b, isSame, left), Right.Value(a, b, isSame, right), left, right);
    }

    internal sealed override string? Fault(int columns) => Left.Fault(columns) ?? Right.Fault(columns);

    private protected abstract double Join(double left, double right, Span<double> leftSlopes, Span<double> rightSlopes);
}

/// <summary>The sum of two kernels: two processes added.</summary>
public sealed record SumKernel : PairKernel
{
    private protected override double Join(double left, double right, Span<double> leftSlopes, Span<double> rightSlopes) => left + right;
}

/// <summary>The product of two kernels: alike where both say so.</summary>
public sealed record ProductKernel : PairKernel
{
    private protected override double Join(double left, double right, Span<double> leftSlopes, Span<double> rightSlopes)
    {
        foreach (ref double slope in leftSlopes) slope *= right;
        foreach (ref double slope in rightSlopes) slope *= left;
        return left * right;
    }
}
