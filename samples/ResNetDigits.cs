using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>
/// ResNet-20 and the trainer: augmentation, a schedule, early stopping, the best weights kept. They are exported as ONNX, and
/// the file is read and run again.
/// </summary>
public static class ResNetDigits
{
    /// <param name="folder">Where the best weights and the ONNX file go.</param>
    /// <returns>The share of held-out digits that the ONNX file gets right.</returns>
    public static double Run(TextWriter output, string folder, int images = 2_000, int size = 28, int epochs = 4)
    {
        Generator.ManualSeed(1);
        var (train, heldOut) = (Digits.Dataset(images, seed: 1, size), Digits.Dataset(images / 5, seed: 2, size));
        var augmentation = new RandomAffine(degrees: 10, translate: (0.08, 0.08), scale: (0.9, 1.1));
        var batches = new DataLoader(train.Augmented(augmentation, seed: 1), batchSize: 32, shuffle: true, dropLast: true, seed: 1);

        var model = ResNet.Cifar(depth: 20, channels: 1);
        var optimizer = new SGD(model.Parameters(), learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true);
        var trainer = new Trainer<Example>(new ClassifierTask(model, optimizer), new() { Epochs = epochs }, batches, new DataLoader(heldOut, batchSize: 200));
        var best = new BestCheckpoints(folder, monitor: "validation_accuracy", goal: MetricGoal.Max);
        trainer.Schedules.Add(new(new OneCycleLR(optimizer, maxLearningRate: 0.1, (int)trainer.TotalSteps!)));
        trainer.Callbacks.Add(best);
        trainer.Callbacks.Add(new EarlyStopping(patience: 2));
        trainer.Run();
        foreach (var row in trainer.State.Rows)
            output.WriteLine($"epoch {row.Epoch}: loss {row["train_loss"]:F4}, held out {row["validation_accuracy"]:P2}");

        model.Load(best.Kept[0].File);
        string file = Path.Combine(folder, "resnet20.onnx");
        Onnx.Export(model, heldOut.Batched().Gather([0]).Input, file);
        var read = OnnxModel.Load(file);

        model.Eval();
        using var _ = Autograd.NoGrad();
        double right = 0, difference = 0;
        foreach (var (x, y) in new DataLoader(heldOut, batchSize: 100))
        {
            var logits = read.Forward(x);
            right += logits.Argmax(1).Eq(y).To(DType.Float32).Sum().Item();
            difference = Math.Max(difference, (logits - model.Forward(x)).Abs().Max().Item());
        }
        output.WriteLine($"{Path.GetFileName(file)}: {new FileInfo(file).Length / 1024} KiB, {right / heldOut.Count:P2} right, logits within {difference:E1} of the network's");
        return right / heldOut.Count;
    }
}
