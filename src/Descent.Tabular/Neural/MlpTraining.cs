using Descent.NN;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Trains a network on rows, and keeps the pass that was best on those held out.</summary>
/// <param name="options">How.</param>
/// <param name="x">The rows.</param>
/// <param name="weights">Their weights.</param>
/// <param name="outputs">The network's outputs.</param>
/// <param name="losses">The loss of each of some rows by their outputs.</param>
sealed class MlpTraining(MlpOptions options, Features x, double[] weights, int outputs, Func<Tensor, int[], Tensor> losses)
{
    internal (MlpEncoding Encoding, MlpWeights Weights) Run(int[] train, int[] held)
    {
        int[] kept = [.. train.Where(i => weights[i] > 0)], judges = [.. held.Where(i => weights[i] > 0)];
        var encoding = MlpEncoding.Of(x.Take(kept), Array.ConvertAll(kept, i => weights[i]));
        var network = new MlpNetwork(encoding, options, outputs);
        var optimizer = new AdamW(network.Parameters(), options.LearningRate, weightDecay: options.WeightDecay);
        double best = double.PositiveInfinity;
        var found = network.Weights;
        int waited = 0;
        for (int epoch = 0; epoch < options.Epochs && waited < options.Patience; epoch++)
        {
            network.Train();
            new Generator(options.Seed + 1, (ulong)epoch).Shuffle<int>(kept);
            for (int start = 0; start < kept.Length; start += options.BatchRows)
            {
                int[] batch = kept[start..Math.Min(kept.Length, start + options.BatchRows)];
                optimizer.ZeroGrad();
                Loss(network, encoding, batch).Backward();
                optimizer.Step();
            }
            if (judges.Length == 0) continue;
            network.Eval();
            double loss = Judge(network, encoding, judges);
            if (loss < best) (best, waited, found) = (loss, 0, network.Weights);
            else waited++;
        }
        return (encoding, judges.Length == 0 || double.IsInfinity(best) ? network.Weights : found);
    }

    /// <summary>The weighted mean loss of rows.</summary>
    Tensor Loss(MlpNetwork network, MlpEncoding encoding, int[] rows)
    {
        float[] own = Array.ConvertAll(rows, i => (float)weights[i]);
        var (numbers, levels) = Inputs(encoding, x.Take(rows));
        return (losses(network.Forward(numbers, levels), rows) * Tensor.From<float>(own)).Sum() / own.Sum();
    }

    double Judge(MlpNetwork network, MlpEncoding encoding, int[] rows)
    {
        using var _ = Autograd.NoGrad();
        return Loss(network, encoding, rows).ToArray<float>()[0];
    }

    static (Tensor Numbers, Tensor Levels) Inputs(MlpEncoding encoding, Features rows) => Inputs(encoding, rows.ToRows());

    internal static (Tensor Numbers, Tensor Levels) Inputs(MlpEncoding encoding, ReadOnlySpan<double> rows)
    {
        int count = rows.Length / encoding.Means.Length;
        var (numbers, levels) = encoding.Encode(rows);
        return (Tensor.From<float>(numbers, [count, encoding.Numbers]), Tensor.From<long>(levels, [encoding.Levels.Count(l => l > 0), count]));
    }
}
