using Descent.Tensors;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of docs/concepts/training.md, as they stand there.</summary>
public sealed class TrainingSnippets : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-snippets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    sealed class Regression(Module model, Optimizer optimizer) : TrainingTask<Example>(model, optimizer)
    {
        public override Tensor Loss(Example batch)
        {
            var y = Model.Forward(batch.Input);
            Log("error", (y - batch.Target).Detach().Abs().Mean().Item(), Items(batch));
            return F.MseLoss(y, batch.Target);
        }
    }

    static TensorDataset Points(int count, ulong seed)
    {
        var x = Tensor.Randn([count, 2], generator: new Generator(seed));
        return new(x, (x.Select(1, 0) * x.Select(1, 1)).Reshape(count, 1));
    }

    static Trainer<Example> NewTrainer()
    {
        Generator.ManualSeed(1);
        var model = new Linear(2, 1);
        return new(new Regression(model, new Adam(model.Parameters())), new() { Epochs = 2 }, new DataLoader(Points(32, 1), 4, shuffle: true, seed: 3));
    }

    [Fact]
    public void A_training()
    {
        Generator.ManualSeed(1);
        var (train, heldOut) = (Points(256, 1), Points(64, 2));
        var model = new Sequential(new Linear(2, 16), new Tanh(), new Linear(16, 1));
        var optimizer = new AdamW(model.Parameters(), learningRate: 0.01);
        var trainer = new Trainer<Example>(new Regression(model, optimizer),
            new TrainerOptions { Epochs = 20, ClipNorm = 1, Precision = Precision.BFloat16, Ema = 0.95 },
            new DataLoader(train, batchSize: 16, shuffle: true), new DataLoader(heldOut, batchSize: 64));
        trainer.Schedules.Add(new(new CosineAnnealingLR(optimizer, (int)trainer.TotalSteps!)));
        trainer.Callbacks.Add(new EarlyStopping("validation_loss", patience: 5));
        bool finished = trainer.Run();
        double error = trainer.State.Rows[^1]["validation_error"];

        Assert.True(finished);
        Assert.True(error < trainer.State.Rows[0]["validation_error"]);
    }

    [Fact]
    public void Going_on()
    {
        string file = Path.Combine(_folder, "last.safetensors");
        var whole = NewTrainer();
        whole.Run();
        var trainer = NewTrainer();
        var cancellation = new CancellationToken(canceled: true);
        trainer.CheckpointFile = file;              // every 50 batches, after validations, on cancellation
        trainer.Run(progress: null, cancellation);

        var again = NewTrainer();                   // the same task, options and callbacks
        again.CheckpointFile = file;
        again.Load(file);
        again.Run();

        Assert.Equal(Tiny.Bits(whole.Task.Model), Tiny.Bits(again.Task.Model));
    }

    [Fact]
    public void A_range_test()
    {
        Generator.ManualSeed(1);
        var model = new Linear(2, 1);
        var (task, batches) = (new Regression(model, new SGD(model.Parameters(), learningRate: 0.1)), new DataLoader(Points(64, 1), 64));
        var test = new LearningRateFinder { From = 1e-5, To = 10 }.Run(task, batches);
        double rate = test.Suggestion;

        Assert.InRange(rate, 1e-5, 10);
    }
}
