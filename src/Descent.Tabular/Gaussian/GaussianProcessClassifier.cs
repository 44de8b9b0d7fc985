using System.Collections.Immutable;
using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>The log odds of classes as values of random functions, by Laplace's approximation; several classes each against the rest. For up to a few thousand rows.</summary>
/// <remarks>Rasmussen and Williams, 2006, algorithms 3.1, 3.2 and 5.1.</remarks>
public sealed record GaussianProcessClassifier : GaussianProcessOptions, IClassifier<GaussianProcessClassificationModel>
{
    const int NewtonSteps = 100;

    /// <summary>How log odds vary together, the numbers being those the search starts from.</summary>
    public CovarianceKernel Kernel { get; init; } = new ConstantKernel() * new RbfKernel();

    /// <inheritdoc/>
    public GaussianProcessClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckClasses(nameof(GaussianProcessClassifier), x, y, weights);
        CheckKernel(nameof(GaussianProcessClassifier), Kernel, x);
        int[] kept = [.. Enumerable.Range(0, x.Rows).Where(i => w[i] > 0)], codes = Array.ConvertAll(kept, i => y.Codes[i]);
        double[] points = x.Take(kept).ToRows(), own = Array.ConvertAll(kept, i => w[i]);
        int sums = y.Classes.Length == 2 ? 1 : y.Classes.Length;
        var members = ImmutableArray.CreateBuilder<LaplaceProcess>();
        for (int k = 0; k < sums; k++)
        {
            double[] signs = LogisticRowLoss.Signs(codes, sums == 1 ? 1 : k);
            var kernel = Search(Kernel, (tried, slopes) => Evidence(tried, points, x.Columns, signs, own, slopes).Evidence);
            var state = Evidence(kernel, points, x.Columns, signs, own, []);
            members.Add(new() { Kernel = kernel, Gradients = [.. state.Gradient], Inner = [.. state.Inner], Evidence = state.Evidence });
        }
        return new() { Schema = x.Schema, Classes = y.Classes, Points = [.. points], Processes = members.ToImmutable() };
    }

    sealed record Mode(double Evidence, double[] Gradient, double[] Inner);

    /// <summary>The most probable log odds by Newton's method, and by them the evidence; the inner matrix is W½ B⁻¹ W½ with B = 1 + W½ K W½.</summary>
    static Mode Evidence(CovarianceKernel kernel, double[] points, int columns, double[] signs, double[] w, double[] slopes)
    {
        int n = signs.Length;
        double[][]? matrices = slopes.Length == 0 ? null : [.. slopes.Select(_ => new double[n * n])];
        double[] covariance = CovarianceMatrix.Of(kernel, points, columns, matrices);
        double[] f = new double[n], a = new double[n], pi = new double[n], roots = new double[n], gradient = new double[n], inner = [];
        double evidence = double.NegativeInfinity, logDeterminant = 0;
        Array.Clear(slopes);
        using var _ = Autograd.NoGrad();
        var k = Tensor.From<double>(covariance, [n, n]);
        for (int step = 0; step < NewtonSteps; step++)
        {
            Likelihood();
            double[] b = new double[n * n];
            for (int at = 0; at < b.Length; at++) b[at] = roots[at / n] * covariance[at] * roots[at % n] + (at / n == at % n ? 1 : 0);
            if (CholeskyInverse.Try(b, n, out logDeterminant) is not { } inverse) return new(double.NegativeInfinity, gradient, new double[n * n]);
            for (int at = 0; at < inverse.Length; at++) inverse[at] *= roots[at / n] * roots[at % n];
            inner = inverse;
            // a = rhs − W½ B⁻¹ W½ K rhs with rhs = W f + slope of the log likelihood.
            double[] right = new double[n];
            for (int i = 0; i < n; i++) right[i] = roots[i] * roots[i] * f[i] + gradient[i];
            double[] spread = Times(covariance, right), taken = Times(inner, spread);
            for (int i = 0; i < n; i++) a[i] = right[i] - taken[i];
            f = Times(covariance, a);
            double reached = -0.5 * TensorPrimitives.Dot<double>(a, f) - 0.5 * logDeterminant + Likelihood();
            bool isDone = reached - evidence < 1e-10;
            evidence = reached;
            if (isDone) break;
        }
        if (matrices is not null) Slopes();
        return new(evidence, gradient, inner);

        double Likelihood()
        {
            double sum = 0;
            for (int i = 0; i < n; i++)
            {
                double p = StageLoss.Sigmoid(f[i]);
                sum -= w[i] * StageLoss.SoftPlus(-signs[i] * f[i]);
                gradient[i] = w[i] * ((signs[i] > 0 ? 1 : 0) - p);
                (pi[i], roots[i]) = (p, Math.Sqrt(w[i] * p * (1 - p)));
            }
            return sum;
        }

        void Slopes()
        {
            // The posterior variances K − K R K, by which the mode's own movement counts.
            double[] product = k.MatMul(Tensor.From<double>(inner, [n, n])).MatMul(k).ToArray<double>(), bend = new double[n];
            for (int i = 0; i < n; i++)
                bend[i] = 0.5 * (covariance[i * n + i] - product[i * n + i]) * w[i] * pi[i] * (1 - pi[i]) * (2 * pi[i] - 1);
            for (int p = 0; p < slopes.Length; p++)
            {
                double[] c = matrices![p], moved = Times(c, a), image = Times(c, gradient), corrected = Times(covariance, Times(inner, image));
                double own = 0.5 * TensorPrimitives.Dot<double>(a, moved) - 0.5 * TensorPrimitives.Dot<double>(inner, c), shift = 0;
                for (int i = 0; i < n; i++) shift += bend[i] * (image[i] - corrected[i]);
                slopes[p] = own + shift;
            }
        }

        double[] Times(double[] matrix, double[] vector)
        {
            double[] result = new double[n];
            for (int i = 0; i < n; i++) result[i] = TensorPrimitives.Dot<double>(matrix.AsSpan(i * n, n), vector);
            return result;
        }
    }
}

/// <summary>The log odds of one class against the rest.</summary>
public sealed record LaplaceProcess
{
    /// <summary>The kernel with the numbers found.</summary>
    public required CovarianceKernel Kernel { get; init; }

    /// <summary>The slopes of the log likelihood at the most probable log odds.</summary>
    public required ImmutableArray<double> Gradients { get; init; }

    /// <summary>(n × n) what covariances with new rows are multiplied by for their variance.</summary>
    public required ImmutableArray<double> Inner { get; init; }

    /// <summary>The logarithm of the approximate marginal likelihood.</summary>
    public required double Evidence { get; init; }
}

/// <summary>What <see cref="GaussianProcessClassifier"/> learned.</summary>
public sealed record GaussianProcessClassificationModel : IProbabilisticModel
{
    const int Nodes = 64;
    const double Reach = 8;

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The training rows, one after another.</summary>
    public required ImmutableArray<double> Points { get; init; }

    /// <summary>The log odds of the second class, or of each class against the rest.</summary>
    public required ImmutableArray<LaplaceProcess> Processes { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, columns = Schema.Features.Length, count = probabilities.Length / classes, known = Points.Length / columns;
        using var _ = Autograd.NoGrad();
        for (int k = 0; k < Processes.Length && count > 0; k++)
        {
            var process = Processes[k];
            double[] between = CovarianceMatrix.Between(process.Kernel, rows, Points.AsSpan(), columns);
            double[] solved = Tensor.From<double>(between, [count, known]).MatMul(Tensor.From<double>(process.Inner.AsSpan(), [known, known])).ToArray<double>();
            for (int i = 0; i < count; i++)
            {
                var row = rows.Slice(i * columns, columns);
                double mean = TensorPrimitives.Dot(between.AsSpan(i * known, known), process.Gradients.AsSpan());
                double variance = process.Kernel.Value(row, row, true, []) - TensorPrimitives.Dot<double>(between.AsSpan(i * known, known), solved.AsSpan(i * known, known));
                double p = MeanSigmoid(mean, Math.Sqrt(Math.Max(0, variance)));
                if (Processes.Length == 1) (probabilities[2 * i], probabilities[2 * i + 1]) = (1 - p, p);
                else probabilities[i * classes + k] = p;
            }
        }
        for (int i = 0; i < count; i++)
        {
            var own = probabilities.Slice(i * classes, classes);
            double sum = TensorPrimitives.Sum<double>(own);
            foreach (ref double p in own) p = sum > 0 ? p / sum : 1.0 / classes;
        }
    }

    /// <summary>The mean of σ(f) over a normal f, by equal steps, which for a bell fall off as fast as any rule.</summary>
    static double MeanSigmoid(double mean, double deviation)
    {
        double sum = 0, total = 0;
        for (int node = 0; node <= Nodes; node++)
        {
            double z = Reach * (2.0 * node / Nodes - 1), density = Math.Exp(-0.5 * z * z);
            sum += density * StageLoss.Sigmoid(mean + deviation * z);
            total += density;
        }
        return sum / total;
    }
}
