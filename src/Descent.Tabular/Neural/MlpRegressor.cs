using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A network that predicts numbers, by the least squares of targets standardised.</summary>
public sealed record MlpRegressor : MlpOptions, IRegressor<MlpRegressionModel>
{
    /// <inheritdoc/>
    public MlpRegressionModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.Check(nameof(MlpRegressor), x, y, weights), targets = y.ToArray();
        double total = w.Sum(), mean = targets.Select((v, i) => v * w[i]).Sum() / total;
        double scale = Math.Sqrt(targets.Select((v, i) => w[i] * (v - mean) * (v - mean)).Sum() / total);
        if (!(scale > 0)) scale = 1;
        var (train, held) = HeldOut.Rows(x.Rows, ValidationShare, Seed);
        var (encoding, network) = new MlpTraining(this, x, w, 1, (outputs, rows) =>
        {
            var residuals = outputs.Flatten() - Tensor.From<float>(Array.ConvertAll(rows, i => (float)((targets[i] - mean) / scale)));
            return residuals * residuals;
        }).Run(train, held);
        return new() { Schema = x.Schema, Encoding = encoding, Network = network, Activation = Activation, TargetMean = mean, TargetScale = scale };
    }
}
