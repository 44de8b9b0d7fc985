namespace Descent.Tensors.Kernels;

/// <summary>Functions of one number that .NET's Math lacks or computes with loss, in double precision.</summary>
public static class SpecialFunctions
{
    const double HalfLogTwoPi = 0.91893853320467274178, TwoOverRootPi = 1.12837916709551257390;

    /// <summary>erf(x) / x on [0, 1], a polynomial of 2x² − 1 fitted at Chebyshev's points to 2·10⁻¹⁶.</summary>
    static ReadOnlySpan<double> ErfNear =>
    [
        0.9654687386698673, -0.1405360890227171, 0.019852496688984218, -0.0022854855611441132, 0.00021751715603563404,
        -1.7537169441124826e-05, 1.2233827638116999e-06, -7.51156928660089e-08, 4.115751497588646e-09, -2.035228404899467e-10,
        9.211251258348265e-12, -3.8078827395263415e-13,
    ];

    /// <summary>(1 + 2x) eˣ² erfc x beyond 1, a polynomial of 3/2 (x − 2)/(x + 2) − 1/2, fitted likewise to 7·10⁻¹⁶.</summary>
    static ReadOnlySpan<double> ErfcFar =>
    [
        1.232995118625553, -0.10471583763041854, -0.0175279050999815, 0.0265092320654116, -0.010437170692265296,
        0.0011786605750084677, 0.0005733251531001841, -0.00017577044964468884, -4.294275172290917e-05, 1.9946940841280384e-05,
        5.27520742337106e-06, -2.210491628363447e-06, -8.896352259537465e-07, 2.069100261753043e-07, 1.5900220633163843e-07,
        -6.195226449241147e-09, -2.4240116348271607e-08, -2.941110030962209e-09, 2.2124963993937685e-09, 5.30786479470493e-10,
    ];

    /// <summary>2/√π times the integral of e^(-t²) from 0 to x.</summary>
    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        return a < 1 ? x * Polynomial(ErfNear, 2 * x * x - 1) : Math.CopySign(1 - Erfc(a), x);
    }

    /// <summary>1 − erf x, without cancellation.</summary>
    internal static double Erfc(double x)
    {
        if (x < 1) return 1 - Erf(x);
        if (x > 27.5) return 0;
        return Math.Exp(-x * x) * Polynomial(ErfcFar, 1.5 * (x - 2) / (x + 2) - 0.5) / (1 + 2 * x);
    }

    static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        double y = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--) y = y * x + coefficients[i];
        return y;
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
    public static double LogGamma(double x)
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
