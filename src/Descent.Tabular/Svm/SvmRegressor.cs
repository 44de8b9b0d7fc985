using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A kernel machine that pays for residuals beyond ε only.</summary>
/// <remarks>Drucker, Burges, Kaufman, Smola and Vapnik, "Support Vector Regression Machines", 1996.</remarks>
public sealed record SvmRegressor : SvmOptions, IRegressor<SvmRegressionModel>
{
    /// <summary>The size of residuals that cost nothing.</summary>
    public double Epsilon { get; init => field = Check.AtLeast(0, value); } = 0.1;

    /// <inheritdoc/>
    public SvmRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckNumbers(nameof(SvmRegressor), x, y, weights), rows = x.ToRows(), targets = y.ToArray();
        int[] all = [.. Enumerable.Range(0, x.Rows).Where(i => w[i] > 0)];
        int columns = x.Columns, n = all.Length;
        var kernel = Chosen(x);
        var (kernelOf, diagonal) = Matrix(kernel, rows, columns, all);
        // Each row has two coefficients: of residuals above and below.
        float[][] doubled = [new float[2 * n], new float[2 * n]];
        int turn = 0;
        float[] Column(int i)
        {
            float[] own = kernelOf(i % n), both = doubled[turn ^= 1];
            own.CopyTo(both, 0);
            own.CopyTo(both, n);
            return both;
        }
        double[] linear = [.. all.Select(i => Epsilon - targets[i]), .. all.Select(i => Epsilon + targets[i])];
        sbyte[] signs = [.. all.Select(_ => (sbyte)1), .. all.Select(_ => (sbyte)-1)];
        double[] bounds = [.. all.Select(i => C * w[i]), .. all.Select(i => C * w[i])];
        var (alpha, rho) = new SmoSolver(linear, signs, bounds, [.. diagonal, .. diagonal], Column).Solve(Tolerance, MaxIterations);
        int[] support = [.. Enumerable.Range(0, n).Where(i => alpha[i] != alpha[n + i])];
        return new()
        {
            Schema = x.Schema, Kernel = kernel, Vectors = [.. support.SelectMany(i => rows[(all[i] * columns)..((all[i] + 1) * columns)])],
            Coefficients = [.. support.Select(i => alpha[i] - alpha[n + i])], Intercept = -rho,
        };
    }
}

/// <summary>What <see cref="SvmRegressor"/> learned.</summary>
public sealed record SvmRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>How alike rows are.</summary>
    public required SvmKernel Kernel { get; init; }

    /// <summary>The rows that predictions are made of, one after another.</summary>
    public required ImmutableArray<double> Vectors { get; init; }

    /// <summary>What each vector counts.</summary>
    public required ImmutableArray<double> Coefficients { get; init; }

    /// <summary>What is added to the weighted kernels.</summary>
    public required double Intercept { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        int columns = Schema.Features.Length;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = Intercept;
            for (int v = 0; v < Coefficients.Length; v++) y[i] += Coefficients[v] * Kernel.Of(rows.Slice(i * columns, columns), Vectors.AsSpan(v * columns, columns));
        }
    }
}
