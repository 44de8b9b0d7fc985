using Descent.Metrics;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>LeNet-5 reads drawn digits: a training loop by hand, and which digits it takes for which.</summary>
public static class LeNetDigits
{
    /// <returns>The share of held-out digits that it gets right.</returns>
    public static double Run(TextWriter output, int images = 6_000, int epochs = 4)
    {
        Generator.ManualSeed(1);
        var batches = new DataLoader(Digits.Dataset(images, seed: 1), batchSize: 64, shuffle: true, dropLast: true, seed: 1);
        var heldOut = new DataLoader(Digits.Dataset(images / 5, seed: 2), batchSize: 256);
        var model = new LeNet5();
        var optimizer = new Adam(model.Parameters(), learningRate: 2e-3);

        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            var loss = new MeanMeter();
            foreach (var (x, y) in batches)
            {
                optimizer.ZeroGrad();
                var error = F.CrossEntropy(model.Forward(x), y);
                error.Backward();
                optimizer.Step();
                loss.Update(error.Item());
            }
            output.WriteLine($"epoch {epoch}: loss {loss.Compute():F4}");
        }

        model.Eval();
        using var _ = Autograd.NoGrad();
        var matrix = new ConfusionMatrix(classes: 10);
        foreach (var (x, y) in heldOut) matrix.Update(y.ToArray<long>(), model.Forward(x).Argmax(1).ToArray<long>());
        output.WriteLine("true digits down, read ones across:");
        output.WriteLine(matrix);
        output.WriteLine($"{matrix.Accuracy:P2} of {matrix.Total} held-out digits are read right");
        return matrix.Accuracy;
    }
}
