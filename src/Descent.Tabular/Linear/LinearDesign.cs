using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Rows and targets of a least-squares problem: centred, so that a penalty leaves the intercept alone, and times the roots of the weights.</summary>
sealed class LinearDesign
{
    readonly double[] _means;
    readonly double _targetMean;

    LinearDesign(Tensor rows, Tensor targets, double[] means, double targetMean) => (Rows, Targets, _means, _targetMean) = (rows, targets, means, targetMean);

    /// <summary>(rows × features).</summary>
    internal Tensor Rows { get; }

    /// <summary>(rows × 1).</summary>
    internal Tensor Targets { get; }

    internal static LinearDesign Of(string learner, Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights, bool fitIntercept)
    {
        double[] w = Training.CheckNumbers(learner, x, y, weights);
        double total = w.Sum(), targetMean = 0;
        double[] means = new double[x.Columns], rows = x.ToRows(), targets = y.ToArray();
        if (fitIntercept)
        {
            targetMean = Dot(w, y) / total;
            for (int j = 0; j < means.Length; j++) means[j] = Dot(w, x.Column(j)) / total;
        }
        for (int i = 0; i < targets.Length; i++)
        {
            double root = Math.Sqrt(w[i]);
            targets[i] = root * (targets[i] - targetMean);
            for (int j = 0; j < means.Length; j++) rows[i * means.Length + j] = root * (rows[i * means.Length + j] - means[j]);
        }
        return new(Tensor.From<double>(rows, [x.Rows, x.Columns]), Tensor.From<double>(targets, [x.Rows, 1]), means, targetMean);
    }

    internal LinearRegressionModel Model(Features x, double[] weights) =>
        new() { Schema = x.Schema, Weights = [.. weights], Intercept = _targetMean - Dot(weights, _means) };

    static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => System.Numerics.Tensors.TensorPrimitives.Dot(a, b);
}
