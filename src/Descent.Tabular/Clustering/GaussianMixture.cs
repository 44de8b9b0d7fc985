using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>What the covariances of a mixture's parts have in common.</summary>
public enum MixtureCovariance
{
    /// <summary>Each part has its own.</summary>
    Full,

    /// <summary>All parts have one.</summary>
    Tied,

    /// <summary>Each part has its own variances, and no covariances.</summary>
    Diagonal,

    /// <summary>Each part has one variance.</summary>
    Spherical,
}

/// <summary>A density that is a weighted sum of normal ones, by expectation and maximisation from the parts that k-means finds.</summary>
/// <remarks>Dempster, Laird and Rubin, "Maximum Likelihood from Incomplete Data via the EM Algorithm", 1977.</remarks>
public sealed record GaussianMixture
{
    /// <summary>The number of parts.</summary>
    public int Components { get; init => field = Check.AtLeast(1, value); } = 1;

    /// <summary>What the covariances have in common.</summary>
    public MixtureCovariance Covariance { get; init; }

    /// <summary>Added to all variances.</summary>
    public double Regularization { get; init => field = Check.AtLeast(0, value); } = 1e-6;

    /// <summary>The rise of the mean log likelihood of a row at which it stops.</summary>
    public double Tolerance { get; init => field = Check.Above(0, value); } = 1e-3;

    /// <summary>The greatest number of steps.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>Starts, of which the most probable end counts.</summary>
    public int Restarts { get; init => field = Check.AtLeast(1, value); } = 1;

    /// <summary>Decides the starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>Finds the parts.</summary>
    /// <exception cref="ArgumentException">There are fewer rows than parts, a value is not finite, or a covariance has become singular.</exception>
    public GaussianMixtureModel Fit(Features x, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckRows(nameof(GaussianMixture), x, weights);
        CenterStart.EnoughRows(nameof(GaussianMixture), x, Components);
        double[] rows = x.ToRows();
        GaussianMixtureModel? best = null;
        for (int start = 0; start < Restarts; start++)
        {
            var model = Run(x, rows, w, Seed + (ulong)start);
            if (best is null || model.LogLikelihood > best.LogLikelihood) best = model;
        }
        return best!;
    }

    GaussianMixtureModel Run(Features x, double[] rows, double[] w, ulong seed)
    {
        int[] codes = [.. new KMeans { Clusters = Components, Restarts = 1, Seed = seed }.Fit(x, w).Codes];
        double[] shares = new double[x.Rows * Components];
        for (int i = 0; i < codes.Length; i++) shares[i * Components + codes[i]] = 1;
        var model = Maximize(x, rows, w, shares);
        double total = w.Sum(), before = double.NegativeInfinity;
        int iteration = 0;
        while (iteration < MaxIterations)
        {
            iteration++;
            double[] logs = new double[x.Rows];
            model.Expect(rows, shares, logs);
            double reached = TensorPrimitives.Dot<double>(logs, w) / total;
            model = Maximize(x, rows, w, shares);
            if (Math.Abs(reached - before) < Tolerance) break;
            before = reached;
        }
        double[] last = new double[x.Rows];
        model.Expect(rows, shares, last);
        return model with { LogLikelihood = TensorPrimitives.Dot<double>(last, w), Iterations = iteration };
    }

    /// <summary>The most probable parts, given the share of each row that each has.</summary>
    GaussianMixtureModel Maximize(Features x, double[] rows, double[] w, double[] shares)
    {
        const double Least = 10 * 2.2e-16;
        int columns = x.Columns, parts = Components, square = columns * columns;
        double[] masses = new double[parts], means = new double[parts * columns], own = new double[x.Rows * parts];
        for (int i = 0; i < x.Rows; i++)
            for (int k = 0; k < parts; k++) masses[k] += own[i * parts + k] = w[i] * shares[i * parts + k];
        for (int k = 0; k < parts; k++) masses[k] += Least;
        for (int i = 0; i < x.Rows; i++)
            for (int k = 0; k < parts; k++)
            {
                var mean = means.AsSpan(k * columns, columns);
                TensorPrimitives.MultiplyAdd(rows.AsSpan(i * columns, columns), own[i * parts + k] / masses[k], mean, mean);
            }
        double[][] covariances = new double[parts][];
        WorkerPool.For(parts, k => covariances[k] = Spread(rows, columns, own, k, means.AsSpan(k * columns, columns), masses[k]));
        if (Covariance == MixtureCovariance.Tied)
        {
            double[] tied = new double[square];
            for (int k = 0; k < parts; k++) TensorPrimitives.MultiplyAdd(covariances[k], masses[k] / masses.Sum(), tied, tied);
            Array.Fill(covariances, tied);
        }
        double[] precisions = new double[parts * square], logs = new double[parts];
        for (int k = 0; k < parts; k++)
        {
            for (int j = 0; j < columns; j++) covariances[k][j * columns + j] += k > 0 && Covariance == MixtureCovariance.Tied ? 0 : Regularization;
            if (CholeskyInverse.Try(covariances[k], columns, out double log) is not { } inverse)
                throw new ArgumentException($"GaussianMixture: the covariance of part {k} has become singular. Take fewer Components, or raise Regularization.", nameof(x));
            inverse.CopyTo(precisions, k * square);
            logs[k] = log;
        }
        double total = masses.Sum();
        return new()
        {
            Schema = x.Schema, Covariance = Covariance, Shares = [.. masses.Select(m => m / total)], Means = [.. means], Covariances = [.. covariances.SelectMany(c => c)],
            Precisions = [.. precisions], LogDeterminants = [.. logs], LogLikelihood = double.NaN, Iterations = 0,
        };
    }

    double[] Spread(double[] rows, int columns, double[] own, int k, ReadOnlySpan<double> mean, double mass)
    {
        double[] spread = new double[columns * columns], centred = new double[columns];
        bool isFull = Covariance is MixtureCovariance.Full or MixtureCovariance.Tied;
        for (int i = 0; i * columns < rows.Length; i++)
        {
            double share = own[i * Components + k] / mass;
            if (share == 0) continue;
            TensorPrimitives.Subtract(rows.AsSpan(i * columns, columns), mean, centred);
            for (int j = 0; j < columns; j++)
            {
                var line = spread.AsSpan(j * columns, columns);
                if (isFull) TensorPrimitives.MultiplyAdd(centred, share * centred[j], line, line);
                else line[j] += share * centred[j] * centred[j];
            }
        }
        if (Covariance != MixtureCovariance.Spherical) return spread;
        double variance = 0;
        for (int j = 0; j < columns; j++) variance += spread[j * columns + j] / columns;
        for (int j = 0; j < columns; j++) spread[j * columns + j] = variance;
        return spread;
    }
}
