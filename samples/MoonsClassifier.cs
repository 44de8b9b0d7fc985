using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>A network of two hidden layers learns where one half moon ends and the other begins.</summary>
public static class MoonsClassifier
{
    /// <returns>The share of held-out points that it gets right.</returns>
    public static double Run(TextWriter output, int epochs = 30)
    {
        Generator.ManualSeed(1);
        var (train, test) = ToyData.Moons(1_000, noise: 0.15, seed: 1).RandomSplit(0.8, new Generator(2));
        var batches = new DataLoader(train, batchSize: 32, shuffle: true, seed: 1);

        var model = new Sequential(new Linear(2, 32), new ReLU(), new Linear(32, 32), new ReLU(), new Linear(32, 2));
        var optimizer = new AdamW(model.Parameters(), learningRate: 1e-2);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double sum = 0;
            foreach (var (x, y) in batches)
            {
                optimizer.ZeroGrad();
                var loss = F.CrossEntropy(model.Forward(x), y);
                loss.Backward();
                optimizer.Step();
                sum += loss.Item();
            }
            if (epoch % 10 == 0) output.WriteLine($"epoch {epoch}: loss {sum / batches.Batches:F4}");
        }

        double accuracy = Accuracy(model, test);
        output.WriteLine($"{accuracy:P1} of {test.Count} held-out points are right");
        return accuracy;
    }

    internal static double Accuracy(Module model, IDataset<Example> test)
    {
        using var _ = Autograd.NoGrad();
        model.Eval();
        double right = 0;
        foreach (var (x, y) in new DataLoader(test, batchSize: 256))
            right += model.Forward(x).Argmax(1).Eq(y).To(DType.Float32).Sum().Item();
        return right / test.Count;
    }
}
