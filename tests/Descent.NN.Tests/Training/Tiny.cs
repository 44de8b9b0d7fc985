using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>A small task for tests of the trainer: a network with dropout and batch statistics learns a noisy function of 24 points.</summary>
static class Tiny
{
    internal static Sequential Model() => new(new Linear(4, 8), new BatchNorm1d(8), new ReLU(), new Dropout(0.3), new Linear(8, 2));

    internal static TensorDataset Data(int count = 24)
    {
        var generator = new Generator(5);
        var x = Tensor.Randn([count, 4], generator: generator);
        var y = (x.Select(1, 0) + x.Select(1, 1) * x.Select(1, 2)).Gt(0).To(DType.Int64);
        return new(x, y);
    }

    internal static DataLoader Batches(bool shuffle = true, int size = 4) => new(Data(), size, shuffle, seed: 9);

    /// <summary>A trainer from a fixed seed.</summary>
    internal static Trainer<Example> Trainer(Func<Module, Optimizer> optimizer, TrainerOptions options, Action<Trainer<Example>>? prepare = null)
    {
        Generator.ManualSeed(11);
        var model = Model();
        var trainer = new Trainer<Example>(new ClassifierTask(model, optimizer(model)), options, Batches(), new DataLoader(Data(8), 4));
        prepare?.Invoke(trainer);
        return trainer;
    }

    internal static Trainer<Example> Trainer(TrainerOptions options, Action<Trainer<Example>>? prepare = null) =>
        Trainer(m => new AdamW(m.Parameters(), learningRate: 0.01), options, prepare);

    /// <summary>The bits of all weights and buffers.</summary>
    internal static string[] Bits(Module model) => [.. model.StateDict().Select(s => $"{s.Key} {Bits(s.Value)}")];

    static string Bits(Tensor x) => Convert.ToHexString(x.Detach().Contiguous().AsBytes());
}
