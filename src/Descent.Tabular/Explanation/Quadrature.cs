namespace Descent.Tabular;

/// <summary>Gauss's quadrature on [0, 1]: n places and weights that integrate polynomials of degree 2n − 1 exactly.</summary>
static class Quadrature
{
    /// <returns>Places, rising, and their weights, which sum to 1.</returns>
    internal static (double[] Places, double[] Weights) Gauss(int n)
    {
        double[] places = new double[n], weights = new double[n];
        for (int i = 0; i < (n + 1) / 2; i++)
        {
            // Newton's method from a start that is near each root of the Legendre polynomial.
            double x = Math.Cos(Math.PI * (i + 0.75) / (n + 0.5)), slope = 1;
            for (int step = 0; step < 100; step++)
            {
                double before = 1, own = x;
                for (int k = 2; k <= n; k++) (before, own) = (own, ((2 * k - 1) * x * own - (k - 1) * before) / k);
                slope = n * (x * own - before) / (x * x - 1);
                double change = own / slope;
                x -= change;
                if (Math.Abs(change) < 1e-16) break;
            }
            double weight = 1 / ((1 - x * x) * slope * slope);
            (places[i], places[n - 1 - i]) = ((1 - x) / 2, (1 + x) / 2);
            weights[i] = weights[n - 1 - i] = weight;
        }
        return (places, weights);
    }
}
