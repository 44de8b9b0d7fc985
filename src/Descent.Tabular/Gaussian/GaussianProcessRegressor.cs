using System.Collections.Immutable;
using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>Numbers as values of a random function, of which some are observed; for up to a few thousand rows.</summary>
/// <remarks>Rasmussen and Williams, 2006, algorithm 2.1. The weight of a row divides its <see cref="Alpha"/>.</remarks>
public sealed record GaussianProcessRegressor : GaussianProcessOptions, IRegressor<GaussianProcessRegressionModel>
{
    /// <summary>How values vary together, the numbers being those the search starts from.</summary>
    public CovarianceKernel Kernel { get; init; } = new ConstantKernel() * new RbfKernel() + new WhiteKernel { Noise = 0.1 };

    /// <summary>Variance of noise that is known, added to that of the kernel.</summary>
    public double Alpha { get; init => field = Check.AtLeast(0, value); } = 1e-10;

    /// <summary>Whether targets are centred and scaled to a variance of 1 first.</summary>
    public bool NormalizeTargets { get; init; } = true;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The covariances are too close to singular.</exception>
    public GaussianProcessRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckNumbers(nameof(GaussianProcessRegressor), x, y, weights);
        CheckKernel(nameof(GaussianProcessRegressor), Kernel, x);
        int[] kept = [.. Enumerable.Range(0, x.Rows).Where(i => w[i] > 0)];
        double[] points = x.Take(kept).ToRows(), targets = new double[kept.Length], noise = Array.ConvertAll(kept, i => Alpha / w[i]);
        for (int i = 0; i < kept.Length; i++) targets[i] = y[kept[i]];
        double mean = NormalizeTargets ? targets.Average() : 0, scale = 1;
        TensorPrimitives.Subtract(targets, mean, targets);
        if (NormalizeTargets && TensorPrimitives.Norm<double>(targets) is > 0 and var norm) scale = norm / Math.Sqrt(targets.Length);
        TensorPrimitives.Divide(targets, scale, targets);

        var kernel = Search(Kernel, (k, slopes) => Evidence(k, points, x.Columns, targets, noise, slopes, out _, out _));
        double evidence = Evidence(kernel, points, x.Columns, targets, noise, [], out double[] factors, out double[] inverse);
        if (!double.IsFinite(evidence))
            throw new InvalidOperationException("GaussianProcessRegressor: the covariances of the rows are too close to singular. Raise Alpha, or add a WhiteKernel.");
        return new()
        {
            Schema = x.Schema, Kernel = kernel, Points = [.. points], Factors = [.. factors], Inverse = [.. inverse], TargetMean = mean, TargetScale = scale, Evidence = evidence,
        };
    }

    /// <summary>log p(y): −½ yᵀ K⁻¹ y − ½ log |K| − n/2 log 2π; −∞ where K has no Cholesky factor.</summary>
    static double Evidence(CovarianceKernel kernel, double[] points, int columns, double[] y, double[] noise, double[] slopes, out double[] factors, out double[] inverse)
    {
        int n = y.Length;
        double[][]? matrices = slopes.Length == 0 ? null : [.. slopes.Select(_ => new double[n * n])];
        double[] k = CovarianceMatrix.Of(kernel, points, columns, matrices);
        for (int i = 0; i < n; i++) k[i * n + i] += noise[i];
        Array.Clear(slopes);
        if (CholeskyInverse.Try(k, n, out double logDeterminant) is not { } inverted)
        {
            (factors, inverse) = ([], []);
            return double.NegativeInfinity;
        }
        inverse = inverted;
        factors = new double[n];
        for (int i = 0; i < n; i++) factors[i] = TensorPrimitives.Dot<double>(inverse.AsSpan(i * n, n), y);
        // ½ tr((a aᵀ − K⁻¹) dK).
        for (int p = 0; p < slopes.Length; p++)
        {
            double sum = -TensorPrimitives.Dot<double>(inverse, matrices![p]);
            for (int i = 0; i < n; i++) sum += factors[i] * TensorPrimitives.Dot<double>(factors, matrices[p].AsSpan(i * n, n));
            slopes[p] = 0.5 * sum;
        }
        return -0.5 * TensorPrimitives.Dot<double>(y, factors) - 0.5 * logDeterminant - 0.5 * n * Math.Log(2 * Math.PI);
    }
}

/// <summary>What <see cref="GaussianProcessRegressor"/> learned.</summary>
public sealed record GaussianProcessRegressionModel : IRegressionModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The kernel with the numbers found.</summary>
    public required CovarianceKernel Kernel { get; init; }

    /// <summary>The training rows, one after another.</summary>
    public required ImmutableArray<double> Points { get; init; }

    /// <summary>K⁻¹ y.</summary>
    public required ImmutableArray<double> Factors { get; init; }

    /// <summary>K⁻¹.</summary>
    public required ImmutableArray<double> Inverse { get; init; }

    /// <summary>What was taken from the targets.</summary>
    public required double TargetMean { get; init; }

    /// <summary>By what they were divided.</summary>
    public required double TargetScale { get; init; }

    /// <summary>The logarithm of the marginal likelihood of the (centred and scaled) targets.</summary>
    public required double Evidence { get; init; }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<double> rows, Span<double> y)
    {
        int known = Factors.Length;
        double[] between = CovarianceMatrix.Between(Kernel, rows, Points.AsSpan(), Schema.Features.Length);
        for (int i = 0; i < y.Length; i++) y[i] = TargetMean + TargetScale * TensorPrimitives.Dot(between.AsSpan(i * known, known), Factors.AsSpan());
    }

    /// <summary>The predictions of rows and how far an observation may be off, as a standard deviation.</summary>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public (double[] Means, double[] Deviations) PredictWithDeviation(Features x)
    {
        double[] rows = ModelPrediction.Match(this, x).ToRows(), means = new double[x.Rows], deviations = new double[x.Rows];
        int known = Factors.Length, columns = x.Columns;
        Predict(rows, means);
        if (x.Rows == 0) return (means, deviations);
        double[] between = CovarianceMatrix.Between(Kernel, rows, Points.AsSpan(), columns);
        using var _ = Autograd.NoGrad();
        double[] solved = Tensor.From<double>(between, [x.Rows, known]).MatMul(Tensor.From<double>(Inverse.AsSpan(), [known, known])).ToArray<double>();
        for (int i = 0; i < deviations.Length; i++)
        {
            var row = rows.AsSpan(i * columns, columns);
            double variance = Kernel.Value(row, row, true, []) - TensorPrimitives.Dot<double>(between.AsSpan(i * known, known), solved.AsSpan(i * known, known));
            deviations[i] = TargetScale * Math.Sqrt(Math.Max(0, variance));
        }
        return (means, deviations);
    }
}
