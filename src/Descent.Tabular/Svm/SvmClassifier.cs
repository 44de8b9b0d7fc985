using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>A support vector machine with a kernel; several classes by one machine for each two of them, which vote.</summary>
/// <remarks>Boser, Guyon and Vapnik, "A Training Algorithm for Optimal Margin Classifiers", 1992; Chang and Lin, "LIBSVM", 2011.</remarks>
public sealed record SvmClassifier : SvmOptions, IClassifier<SvmClassificationModel>
{
    /// <summary>Whether scores are turned into probabilities, by folds (which takes five trainings more).</summary>
    /// <remarks>Platt, "Probabilistic Outputs for Support Vector Machines", 1999; Lin, Lin and Weng, "A Note on Platt's Probabilistic Outputs", 2007.</remarks>
    public bool Probability { get; init; }

    /// <summary>Decides the folds.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public SvmClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckClasses(nameof(SvmClassifier), x, y, weights), rows = x.ToRows();
        int columns = x.Columns, classes = y.Classes.Length, pairs = classes * (classes - 1) / 2;
        int[] all = [.. Enumerable.Range(0, x.Rows).Where(i => w[i] > 0)];
        var kernel = Chosen(x);
        var coefficients = new double[pairs][];
        double[] constants = new double[pairs], slopes = new double[pairs], offsets = new double[pairs];
        for (int pair = 0, first = 0; first < classes; first++)
            for (int second = first + 1; second < classes; second++, pair++)
            {
                int[] own = [.. all.Where(i => y.Codes[i] == first || y.Codes[i] == second)];
                sbyte[] signs = Array.ConvertAll(own, i => (sbyte)(y.Codes[i] == first ? 1 : -1));
                (double[] beta, constants[pair]) = Train(kernel, rows, columns, own, signs, w);
                coefficients[pair] = new double[x.Rows];
                for (int i = 0; i < own.Length; i++) coefficients[pair][own[i]] = beta[i];
                if (Probability) (slopes[pair], offsets[pair]) = Calibrate(kernel, rows, columns, own, signs, w, (ulong)pair);
            }
        int[] support = [.. all.Where(i => Array.Exists(coefficients, c => c[i] != 0))];
        return new()
        {
            Schema = x.Schema, Classes = y.Classes, Kernel = kernel, Vectors = [.. support.SelectMany(i => rows[(i * columns)..((i + 1) * columns)])],
            Coefficients = [.. coefficients.SelectMany(c => support.Select(i => c[i]))], Intercepts = [.. constants],
            Slopes = Probability ? [.. slopes] : [], Offsets = Probability ? [.. offsets] : [],
        };
    }

    /// <summary>The coefficients of rows, and the constant; scores are positive for the first class.</summary>
    (double[] Beta, double Constant) Train(SvmKernel kernel, double[] rows, int columns, int[] own, sbyte[] signs, double[] w)
    {
        // Rows of one class part nothing: every new row is of it.
        if (Array.TrueForAll(signs, s => s == signs[0])) return (new double[own.Length], signs.Length == 0 ? 0 : signs[0]);
        var (kernelOf, diagonal) = Matrix(kernel, rows, columns, own);
        double[] linear = new double[own.Length];
        Array.Fill(linear, -1);
        var (alpha, rho) = new SmoSolver(linear, signs, Array.ConvertAll(own, i => C * w[i]), diagonal, kernelOf).Solve(Tolerance, MaxIterations);
        for (int i = 0; i < alpha.Length; i++) alpha[i] *= signs[i];
        return (alpha, -rho);
    }

    /// <summary>The sigmoid that fits the scores of rows best which the machine that gives them has not seen.</summary>
    (double Slope, double Offset) Calibrate(SvmKernel kernel, double[] rows, int columns, int[] own, sbyte[] signs, double[] w, ulong stream)
    {
        const int Folds = 5;
        double[] scores = new double[own.Length];
        int[] places = [.. Enumerable.Range(0, own.Length)];
        new Tensors.Generator(Seed, stream).Shuffle<int>(places);
        for (int fold = 0; fold < Folds; fold++)
        {
            int[] test = [.. places.Where((_, at) => at % Folds == fold)], train = [.. places.Where((_, at) => at % Folds != fold)];
            int[] seen = Array.ConvertAll(train, p => own[p]);
            var (beta, constant) = Train(kernel, rows, columns, seen, Array.ConvertAll(train, p => signs[p]), w);
            foreach (int p in test)
            {
                double sum = constant;
                for (int i = 0; i < seen.Length; i++)
                    if (beta[i] != 0) sum += beta[i] * kernel.Of(rows.AsSpan(own[p] * columns, columns), rows.AsSpan(seen[i] * columns, columns));
                scores[p] = sum;
            }
        }
        return Sigmoid(scores, signs, Array.ConvertAll(own, i => w[i]));
    }

    /// <summary>Minimises the cross entropy of 1 / (1 + e^(A s + B)) with targets a little away from 0 and 1, so that it has a minimum.</summary>
    static (double Slope, double Offset) Sigmoid(double[] scores, sbyte[] signs, double[] w)
    {
        double positive = 0, negative = 0;
        for (int i = 0; i < signs.Length; i++) (positive, negative) = signs[i] > 0 ? (positive + w[i], negative) : (positive, negative + w[i]);
        double high = (positive + 1) / (positive + 2), low = 1 / (negative + 2), total = positive + negative;
        double size = Math.Max(1e-300, Math.Abs(TensorPrimitives.MaxMagnitude<double>(scores)));
        double[] found = Lbfgs.Minimize([0, Math.Log((negative + 1) / (positive + 1))], (at, gradient) =>
        {
            double loss = 0;
            Array.Clear(gradient);
            for (int i = 0; i < scores.Length; i++)
            {
                double z = -(at[0] * scores[i] / size + at[1]), target = signs[i] > 0 ? high : low;
                loss += w[i] * (StageLoss.SoftPlus(z) - target * z) / total;
                double slope = -w[i] * (StageLoss.Sigmoid(z) - target) / total;
                gradient[0] += slope * scores[i] / size;
                gradient[1] += slope;
            }
            return loss;
        }, 1e-9, 200);
        return (found[0] / size, found[1]);
    }
}
