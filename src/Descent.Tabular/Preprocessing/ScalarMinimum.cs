namespace Descent.Tabular;

/// <summary>The least value of a function of one number.</summary>
/// <remarks>Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 5: parabolas, and golden sections where these do not help.</remarks>
static class ScalarMinimum
{
    const double Golden = 0.3819660112501051;

    /// <summary>Where it is, looked for downhill from two points.</summary>
    internal static double Find(Func<double, double> f, double a, double b, double tolerance = 1e-9, int steps = 500)
    {
        var (low, middle, high) = Bracket(f, a, b);
        double x = middle, second = x, third = x, fx = f(x), fSecond = fx, fThird = fx, step = 0, before = 0;
        for (int i = 0; i < steps; i++)
        {
            double center = 0.5 * (low + high), least = tolerance * Math.Abs(x) + 1e-11;
            if (Math.Abs(x - center) <= 2 * least - 0.5 * (high - low)) break;
            double p = 0, q = 0;
            if (Math.Abs(before) > least)
            {
                double r = (x - second) * (fx - fThird), s = (x - third) * (fx - fSecond);
                (p, q) = ((x - third) * s - (x - second) * r, 2 * (s - r));
                if (q > 0) p = -p;
                q = Math.Abs(q);
            }
            if (q > 0 && Math.Abs(p) < Math.Abs(0.5 * q * before) && p > q * (low - x) && p < q * (high - x)) (before, step) = (step, p / q);
            else
            {
                before = x < center ? high - x : low - x;
                step = Golden * before;
            }
            double u = x + (Math.Abs(step) >= least ? step : Math.CopySign(least, step)), fu = f(u);
            if (fu <= fx)
            {
                if (u < x) high = x;
                else low = x;
                (third, fThird, second, fSecond, x, fx) = (second, fSecond, x, fx, u, fu);
                continue;
            }
            if (u < x) low = u;
            else high = u;
            if (fu <= fSecond || second == x) (third, fThird, second, fSecond) = (second, fSecond, u, fu);
            else if (fu <= fThird || third == x || third == second) (third, fThird) = (u, fu);
        }
        return x;
    }

    /// <summary>Three points, the middle one not above the others, by strides that grow downhill.</summary>
    static (double Low, double Middle, double High) Bracket(Func<double, double> f, double a, double b)
    {
        double fa = f(a), fb = f(b);
        if (fa < fb) (a, b, fb) = (b, a, fa);
        double c = b + 1.618034 * (b - a), fc = f(c);
        for (int i = 0; i < 100 && fc < fb; i++)
        {
            (a, b, fb) = (b, c, fc);
            fc = f(c = b + 1.618034 * (b - a));
        }
        return (Math.Min(a, c), b, Math.Max(a, c));
    }
}
