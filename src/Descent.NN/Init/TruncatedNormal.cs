using Descent.Tensors;

namespace Descent.NN;

/// <summary>Draws from the standard normal distribution between two limits, wherever these lie.</summary>
/// <remarks>Robert, "Simulation of truncated normal variables", 1995: rejection from a uniform or, in a long tail, an exponential distribution.</remarks>
static class TruncatedNormal
{
    /// <summary>Whether enough of the distribution lies inside to draw from all of it, again and again.</summary>
    internal static bool IsWide(double low, double high) => low < 1 && high > -1 && high - low >= 1.5;

    /// <param name="generator">Draws.</param>
    /// <param name="low">The lower limit, in deviations.</param>
    /// <param name="high">The upper limit, in deviations.</param>
    internal static double Next(Generator generator, double low, double high)
    {
        if (low + high < 0) return -Next(generator, -high, -low);
        if (low > 0 && (high - low) * low > 1)
        {
            double rate = (low + Math.Sqrt(low * low + 4)) / 2;
            while (true)
            {
                double x = low - Math.Log(1 - generator.NextDouble()) / rate;
                if (x <= high && generator.NextDouble() <= Math.Exp(-(x - rate) * (x - rate) / 2)) return x;
            }
        }
        double densest = Math.Max(low, 0);
        while (true)
        {
            double x = low + (high - low) * generator.NextDouble();
            if (generator.NextDouble() <= Math.Exp((densest - x) * (densest + x) / 2)) return x;
        }
    }
}
