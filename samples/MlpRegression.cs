using Descent.Metrics;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>A network of linear layers learns Friedman's function, is measured, saved in two forms and loaded again.</summary>
public static class MlpRegression
{
    static Sequential Network(int features) => new(new Linear(features, 64), new SiLU(), new Linear(64, 64), new SiLU(), new Linear(64, 1));

    /// <param name="folder">Where the weights go.</param>
    /// <returns>The share of the held-out variance that the network explains, R², after loading.</returns>
    public static double Run(TextWriter output, string folder, int rows = 2_000, int epochs = 60)
    {
        Generator.ManualSeed(1);
        var (train, heldOut) = (ToyData.Friedman1(rows, noise: 0.5, seed: 1), ToyData.Friedman1(rows / 4, noise: 0.5, seed: 2));
        var batches = new DataLoader(train, batchSize: 32, shuffle: true, seed: 1);
        var model = Network(features: 10);
        var optimizer = new AdamW(model.Parameters(), learningRate: 1e-2, weightDecay: 1e-2);
        var schedule = new CosineAnnealingLR(optimizer, epochs);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            foreach (var (x, y) in batches)
            {
                optimizer.ZeroGrad();
                F.MseLoss(model.Forward(x), y).Backward();
                optimizer.Step();
            }
            schedule.Step();
            if (epoch % 20 == 0) output.WriteLine($"epoch {epoch}: {Measure(model, train)} on what it trains on");
        }
        output.WriteLine($"held out: {Measure(model, heldOut)}");

        // The same weights for anybody who reads safetensors, and for torch.load.
        Directory.CreateDirectory(folder);
        string weights = Path.Combine(folder, "mlp.safetensors"), torch = Path.Combine(folder, "mlp.pt");
        model.Save(weights);
        model.SaveTorch(torch);
        var (first, second) = (Network(features: 10), Network(features: 10));
        first.Load(weights);
        second.LoadTorch(torch);
        var again = Measure(first, heldOut);
        output.WriteLine($"loaded from {weights}: {again}");
        output.WriteLine($"loaded from {torch}: {Measure(second, heldOut)}");
        return again.R2;
    }

    sealed record Figures(double R2, double MeanAbsoluteError)
    {
        public override string ToString() => $"R² {R2:F4}, mean absolute error {MeanAbsoluteError:F3}";
    }

    static Figures Measure(Module model, TensorDataset set)
    {
        using var _ = Autograd.NoGrad();
        model.Eval();
        double[] predicted = model.Forward(set.Inputs).To(DType.Float64).ToArray<double>(), truth = set.Targets.To(DType.Float64).ToArray<double>();
        model.Train();
        return new(RegressionMetrics.R2(truth, predicted), RegressionMetrics.MeanAbsoluteError(truth, predicted));
    }
}
