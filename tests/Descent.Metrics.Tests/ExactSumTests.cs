using System.Numerics;

namespace Descent.Metrics.Tests;

public sealed class ExactSumTests
{
    static double Sum(params IEnumerable<double> terms)
    {
        var sum = new ExactSum();
        foreach (double x in terms) sum.Add(x);
        return sum.ToDouble();
    }

    /// <summary>Numbers of every size, that cancel.</summary>
    static double[] Mixed(int seed, int count)
    {
        var random = new Random(seed);
        double[] half = [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-300, 300)))];
        return [.. half, .. half.Select((x, i) => i % 3 == 0 ? -x : x)];
    }

    /// <summary>The sum as a whole number of least doubles.</summary>
    static BigInteger Units(IEnumerable<double> terms) => terms.Aggregate(BigInteger.Zero, (sum, x) =>
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) & 0x7FF;
        var mantissa = new BigInteger((bits & ((1L << 52) - 1)) | (exponent > 0 ? 1L << 52 : 0)) << Math.Max(0, exponent - 1);
        return sum + (x < 0 ? -mantissa : mantissa);
    });

    [Theory]
    [InlineData(new double[] { }, 0)]
    [InlineData(new[] { 0.1, 0.2, 0.3 }, 0.6)]
    [InlineData(new[] { 1e308, 1, -1e308 }, 1)]
    [InlineData(new[] { 1e308, 1e308, -1e308, -5e307 }, 5e307)]
    [InlineData(new[] { 1.0, 1e-16, 1e-16 }, 1.0000000000000002)]
    [InlineData(new[] { 5e-324, 5e-324 }, 1e-323)]
    [InlineData(new[] { -1.5, 0.25 }, -1.25)]
    public void No_digit_is_lost(double[] terms, double expected) => Assert.Equal(expected, Sum(terms));

    [Fact]
    public void Sums_are_those_of_whole_numbers_in_any_order()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            double[] terms = Mixed(seed, 50), shuffled = [.. terms];
            new Random(seed).Shuffle(shuffled);
            var sum = new ExactSum();
            foreach (double x in terms) sum.Add(x);
            Assert.Equal(Units(terms), sum.Scaled());
            Assert.Equal(sum.ToDouble(), Sum(shuffled));
        }
    }

    [Fact]
    public void Merged_parts_are_the_whole()
    {
        double[] terms = Mixed(1, 40);
        ExactSum left = new(), right = new();
        foreach (double x in terms[..30]) left.Add(x);
        foreach (double x in terms[30..]) right.Add(x);
        left.Merge(right);
        Assert.Equal(Units(terms), left.Scaled());
        left.Clear();
        Assert.Equal(0, left.ToDouble());
    }

    [Fact]
    public void Products_are_exact()
    {
        var sum = new ExactSum();
        sum.AddProduct(1 + 1e-10, 1 - 1e-10);
        sum.Add(-1);
        double a = 1 + 1e-10, b = 1 - 1e-10;
        Assert.Equal(Units([a]) * Units([b]) - (BigInteger.One << 2148), sum.Scaled() << 1074);
        sum.Clear();
        sum.AddProduct(3, 0.1, 0.1);
        Assert.Equal(Units([3]) * Units([0.1]) * Units([0.1]), sum.Scaled() << 2148);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(-7, 9)]
    [InlineData(9007199254740993, 2)]
    [InlineData(1, 9007199254740993)]
    [InlineData(123456789012345678, 987654321)]
    [InlineData(0, 5)]
    public void Quotients_are_rounded_once(long a, long b)
    {
        // Of all doubles, the nearest: twice the error is at most the gap to its neighbours.
        double q = ExactSum.Quotient(a, b);
        BigInteger unit = Units([q]), exact = new BigInteger(a) << 1074;
        BigInteger error = BigInteger.Abs(unit * b - exact), up = BigInteger.Abs(Units([double.BitIncrement(q)]) * b - exact), down = BigInteger.Abs(Units([double.BitDecrement(q)]) * b - exact);
        Assert.True(error <= up && error <= down);
    }

    [Fact]
    public void What_is_no_number_stays_so()
    {
        Assert.Equal(double.PositiveInfinity, Sum(1, double.PositiveInfinity));
        Assert.True(double.IsNaN(Sum(double.NegativeInfinity, double.PositiveInfinity)));
        Assert.True(double.IsNaN(Sum(double.NaN, 1)));
        Assert.True(double.IsNaN(new ExactSum().Over(new ExactSum())));
    }
}
