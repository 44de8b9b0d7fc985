using System.Numerics;
using Descent.Tensors;

namespace Descent.Search.Tests;

public class PredicatesTests
{
    [Theory, MemberData(nameof(PlaneSets.Names), MemberType = typeof(PlaneSets))]
    public void Signs_agree_with_integers_of_any_length(string name)
    {
        var points = PlaneSets.All[name]();
        var random = new Generator(7);
        for (int trial = 0; trial < 400 && points.Count >= 4; trial++)
        {
            int a = Pick(), b = Pick(), c = Pick(), d = Pick();
            Assert.Equal(ExactOrientation(points, a, b, c), Predicates.Orientation(points, a, b, c));
            Assert.Equal(ExactInCircle(points, a, b, c, d), Predicates.InCircle(points, a, b, c, d));
        }

        int Pick() => (int)random.NextInt64(0, points.Count);
    }

    [Fact]
    public void Signs_a_rounding_apart_are_ones_that_plain_doubles_get_wrong()
    {
        var points = PlaneSets.All["a rounding apart"]();
        int wrong = 0;
        for (int p = 2; p < points.Count; p++)
        {
            double det = (points.X(0) - points.X(p)) * (points.Y(1) - points.Y(p)) - (points.Y(0) - points.Y(p)) * (points.X(1) - points.X(p));
            if (Math.Sign(det) != Predicates.Orientation(points, 0, 1, p)) wrong++;
        }
        Assert.True(wrong > 0);
    }

    [Fact]
    public void Distances_of_equal_length_by_different_sums_compare_as_equal()
    {
        // 3² + 4² = 5² + 0² = 25 in units that no double holds exactly.
        double u = 0.1;
        var points = new PointSet([0, 0, 3 * u, 4 * u, 5 * u, 0, -3 * u, 4 * u], 2);
        var distances = new PointDistances(points);
        Assert.Equal(0, distances.Compare(0, 1, 0, 3));
        Assert.Equal(Math.Sign(ExactSquare(points, 0, 1).CompareTo(ExactSquare(points, 0, 2))), distances.Compare(0, 1, 0, 2));
    }

    [Theory, MemberData(nameof(PlaneSets.Names), MemberType = typeof(PlaneSets))]
    public void Distances_compare_as_integers_of_any_length_do(string name)
    {
        var points = PlaneSets.All[name]();
        var distances = new PointDistances(points);
        var random = new Generator(8);
        for (int trial = 0; trial < 400; trial++)
        {
            int a = Pick(), b = Pick(), c = Pick(), d = Pick();
            Assert.Equal(ExactSquare(points, a, b).CompareTo(ExactSquare(points, c, d)), distances.Compare(a, b, c, d));
            Assert.Equal(ExactSquare(points, a, c) + ExactSquare(points, c, b) <= ExactSquare(points, a, b), distances.IsInDiametralBall(a, b, c));
        }

        int Pick() => (int)random.NextInt64(0, points.Count);
    }

    static BigInteger ExactSquare(PointSet p, int a, int b)
    {
        var (x, y) = (Exact(p.X(a)) - Exact(p.X(b)), Exact(p.Y(a)) - Exact(p.Y(b)));
        return x * x + y * y;
    }

    static int ExactOrientation(PointSet p, int a, int b, int c) =>
        ((Exact(p.X(a)) - Exact(p.X(c))) * (Exact(p.Y(b)) - Exact(p.Y(c)))
            - (Exact(p.Y(a)) - Exact(p.Y(c))) * (Exact(p.X(b)) - Exact(p.X(c)))).Sign;

    static int ExactInCircle(PointSet p, int a, int b, int c, int d)
    {
        var rows = new[] { a, b, c }.Select(i => (X: Exact(p.X(i)) - Exact(p.X(d)), Y: Exact(p.Y(i)) - Exact(p.Y(d)))).ToArray();
        BigInteger sum = 0;
        for (int i = 0; i < 3; i++)
        {
            var (u, v, w) = (rows[i], rows[(i + 1) % 3], rows[(i + 2) % 3]);
            sum += (u.X * u.X + u.Y * u.Y) * (v.X * w.Y - w.X * v.Y);
        }
        return sum.Sign;
    }

    /// <summary>x · 2²⁰⁰, which is whole for all that is used here.</summary>
    static BigInteger Exact(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(Math.Abs(x));
        int exponent = (int)(bits >> 52);
        if (exponent == 0) return 0;
        var mantissa = (BigInteger)(bits & (1L << 52) - 1 | 1L << 52);
        int shift = exponent - 1075 + 200;
        Assert.True(shift >= 0);
        return Math.Sign(x) * (mantissa << shift);
    }
}
