namespace Descent.Tensors.Kernels;

/// <summary>Functions of one number that .NET's Math lacks or computes with loss, in double precision.</summary>
static class SpecialFunctions
{
    const double HalfLogTwoPi = 0.91893853320467274178, TwoOverRootPi = 1.12837916709551257390;

    /// <summary>Σ (-1)ᵏ x²ᵏ⁺¹ / (k! (2k + 1)) · 2/√π, rearranged without cancellation; erfc beyond 2.</summary>
    internal static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (a > 2) return Math.CopySign(1 - Erfc(a), x);
        // erf x = 2/√π · e^(-x²) · Σ 2ᵏ x²ᵏ⁺¹ / (2k + 1)!!
        double term = x, sum = x, square = x * x;
        for (int k = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); k++)
        {
            term *= 2 * square / (2 * k + 1);
            sum += term;
        }
        return TwoOverRootPi * Math.Exp(-square) * sum;
    }

    /// <summary>1 − erf x, without cancellation: Laplace's continued fraction for large x.</summary>
    internal static double Erfc(double x)
    {
        if (!(x > 2)) return 1 - Erf(x);
        if (x > 27.5) return 0;
        double f = x;
        for (int k = 60 + (int)(240 / (x * x)); k > 0; k--) f = x + 0.5 * k / f;
        return TwoOverRootPi / 2 * Math.Exp(-x * x) / f;
    }

    /// <summary>The inverse of erf: a start by Winitzki's formula, then Halley's steps.</summary>
    internal static double ErfInv(double y)
    {
        double a = Math.Abs(y);
        if (!(a < 1)) return a == 1 ? Math.CopySign(double.PositiveInfinity, y) : double.NaN;
        if (a == 0) return y;
        const double c = 0.147;
        double log = LogP1(-a) + LogP1(a), half = 2 / (Math.PI * c) + log / 2;
        double x = Math.Sqrt(-log / c / (half + Math.Sqrt(half * half - log / c)));
        for (int i = 0; i < 3; i++)
        {
            // 1 − a is exact where it matters.
            double error = a > 0.5 ? (1 - a) - Erfc(x) : Erf(x) - a;
            double step = error / (TwoOverRootPi * Math.Exp(-x * x));
            x -= step / (1 + x * step);
        }
        return Math.CopySign(x, y);
    }

    /// <summary>e^x − 1 (Kahan).</summary>
    internal static double ExpM1(double x)
    {
        double u = Math.Exp(x);
        if (u == 1) return x;
        if (u - 1 == -1) return -1;
        return double.IsInfinity(u) || Math.Abs(x) > 1 ? u - 1 : (u - 1) * x / Math.Log(u);
    }

    /// <summary>ln(1 + x) (Kahan).</summary>
    internal static double LogP1(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : double.IsInfinity(u) || u <= 0 ? Math.Log(u) : Math.Log(u) * x / (u - 1);
    }

    /// <summary>ln |Γ(x)|: Stirling's series after shifting x beyond 10; reflection below zero.</summary>
    internal static double LogGamma(double x)
    {
        if (double.IsNaN(x)) return x;
        if (double.IsInfinity(x)) return double.PositiveInfinity;
        if (x <= 0)
        {
            if (x == Math.Floor(x)) return double.PositiveInfinity;
            return Math.Log(Math.PI / Math.Abs(Math.Sin(Math.PI * (x - Math.Floor(x))))) - LogGamma(1 - x);
        }
        double product = 1;
        for (; x < 10; x++) product *= x;
        double r = 1 / x, s = r * r;
        double series = r * (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * (691.0 / 360360 - s / 156))))));
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + series - Math.Log(product);
    }

    /// <summary>ψ(x), the slope of ln Γ. At 0 it is −∞ with the sign of the zero turned; at negative integers NaN.</summary>
    internal static double Digamma(double x)
    {
        if (x == 0) return Math.CopySign(double.PositiveInfinity, -x);
        if (x < 0)
        {
            double fraction = x - Math.Floor(x);
            return fraction == 0 ? double.NaN : Digamma(1 - x) - Math.PI / Math.Tan(Math.PI * fraction);
        }
        double sum = 0;
        for (; x < 10; x++) sum -= 1 / x;
        double s = 1 / (x * x);
        return sum + Math.Log(x) - 0.5 / x
            - s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * (691.0 / 32760 - s / 12))))));
    }

    /// <summary>The n-th derivative of ψ, n ≥ 1: (−1)ⁿ⁺¹ n! Σ (x + k)⁻ⁿ⁻¹, the tail by Euler and Maclaurin.</summary>
    internal static double Polygamma(double x, int n)
    {
        if (x <= 0 && x == Math.Floor(x)) return n % 2 == 1 ? double.PositiveInfinity : double.NaN;
        double power = n + 1, sum = 0;
        for (int k = 0; x < 15 + n; k++, x++) sum += Math.Pow(x, -power);
        double tail = Math.Pow(x, -power), s = 1 / (x * x);
        sum += tail * x / n + tail / 2;
        ReadOnlySpan<double> bernoulli = [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6];
        double rising = power / 2, factor = tail / x;
        for (int j = 1; j <= bernoulli.Length; j++)
        {
            sum += bernoulli[j - 1] * rising * factor;
            rising *= (power + 2 * j - 1) * (power + 2 * j) / ((2 * j + 1) * (2 * j + 2));
            factor *= s;
        }
        double factorial = 1;
        for (int k = 2; k <= n; k++) factorial *= k;
        return (n % 2 == 1 ? 1 : -1) * factorial * sum;
    }
}
