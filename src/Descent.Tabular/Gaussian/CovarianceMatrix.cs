using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Covariances between points.</summary>
static class CovarianceMatrix
{
    /// <summary>(n × n) covariances of the values at points.</summary>
    /// <param name="kernel">How they vary together.</param>
    /// <param name="points">Points, one after another.</param>
    /// <param name="columns">Numbers of a point.</param>
    /// <param name="slopes">Filled with (n × n) slopes by the logarithm of each parameter; null where they are not needed.</param>
    internal static double[] Of(CovarianceKernel kernel, double[] points, int columns, double[][]? slopes)
    {
        int count = points.Length / columns, parameters = slopes?.Length ?? 0;
        double[] values = new double[count * count];
        WorkerPool.For(count, i =>
        {
            double[] own = new double[parameters];
            for (int j = 0; j <= i; j++)
            {
                values[i * count + j] = values[j * count + i] = kernel.Value(points.AsSpan(i * columns, columns), points.AsSpan(j * columns, columns), i == j, own);
                for (int p = 0; p < parameters; p++) slopes![p][i * count + j] = slopes[p][j * count + i] = own[p];
            }
        });
        return values;
    }

    /// <summary>(rows × points) covariances of the values at new rows with those at points.</summary>
    internal static double[] Between(CovarianceKernel kernel, ReadOnlySpan<double> rows, ReadOnlySpan<double> points, int columns)
    {
        int count = rows.Length / columns, known = points.Length / columns;
        double[] values = new double[count * known];
        for (int at = 0; at < values.Length; at++)
            values[at] = kernel.Value(rows.Slice(at / known * columns, columns), points.Slice(at % known * columns, columns), false, []);
        return values;
    }
}

/// <summary>Looks for the numbers of a kernel that make what was observed most probable.</summary>
static class EvidenceSearch
{
    const double Least = 1e-5, Greatest = 1e5;

    /// <summary>The best kernel found from the numbers it has and from others drawn at random.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="evidence">The logarithm of the marginal likelihood for a kernel, and its slopes by the logarithms of the numbers.</param>
    /// <param name="restarts">Other starts.</param>
    /// <param name="seed">Decides them.</param>
    internal static CovarianceKernel Run(CovarianceKernel kernel, Func<CovarianceKernel, double[], double> evidence, int restarts, ulong seed)
    {
        double best = double.PositiveInfinity;
        double[] start = [.. kernel.Parameters.Select(p => Math.Clamp(Math.Log(p), Math.Log(Least), Math.Log(Greatest)))];
        var found = kernel;
        for (int run = 0; run <= restarts; run++)
        {
            if (run > 0) new Generator(seed, (ulong)run).Uniform(start, Math.Log(Least), Math.Log(Greatest));
            double[] reached = Lbfgs.Minimize((double[])start.Clone(), Function, 1e-7, 200);
            double value = Function(reached, new double[start.Length]);
            if (value < best) (best, found) = (value, At(reached));
        }
        return found;

        double Function(double[] logs, double[] gradient)
        {
            double value = -evidence(At(logs), gradient);
            for (int p = 0; p < logs.Length; p++)
            {
                // Beyond the bounds nothing changes any more but for a pull back.
                double outside = logs[p] - Math.Clamp(logs[p], Math.Log(Least), Math.Log(Greatest));
                gradient[p] = outside == 0 ? -gradient[p] : 2 * outside;
                value += outside * outside;
            }
            return value;
        }

        CovarianceKernel At(double[] logs) => kernel.With(Array.ConvertAll(logs, l => Math.Exp(Math.Clamp(l, Math.Log(Least), Math.Log(Greatest)))));
    }
}
