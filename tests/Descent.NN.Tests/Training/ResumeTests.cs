using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>Training that was broken off at any batch and gone on with in a new trainer ends as if it had never been.</summary>
public sealed class ResumeTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-resume-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static readonly OrderedDictionary<string, Func<Module, Optimizer>> s_optimizers = new()
    {
        ["sgd"] = m => new SGD(m.Parameters(), learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01),
        ["adam"] = m => new Adam(m.Parameters(), learningRate: 0.01, amsGrad: true),
        ["adamw"] = m => new AdamW(m.Parameters(), learningRate: 0.01),
        ["nadam"] = m => new NAdam(m.Parameters()),
        ["radam"] = m => new RAdam(m.Parameters()),
        ["adamax"] = m => new Adamax(m.Parameters()),
        ["adagrad"] = m => new Adagrad(m.Parameters()),
        ["adadelta"] = m => new Adadelta(m.Parameters()),
        ["rmsprop"] = m => new RMSprop(m.Parameters(), learningRate: 0.003),
        ["asgd"] = m => new ASGD(m.Parameters(), t0: 3),
        ["rprop"] = m => new Rprop(m.Parameters()),
        ["lion"] = m => new Lion(m.Parameters()),
        ["adafactor"] = m => new Adafactor(m.Parameters()),
        ["muon"] = m => new Muon(m.Parameters().Where(p => p.Rank == 2), m.Parameters().Where(p => p.Rank != 2)),
        ["lbfgs"] = m => new LBFGS(m.Parameters(), learningRate: 0.1, maxIterations: 3, historySize: 4),
        ["sam"] = m => new SAM(new SGD(m.Parameters(), learningRate: 0.05, momentum: 0.9)),
    };

    static readonly OrderedDictionary<string, Func<Optimizer, LRScheduler>> s_schedules = new()
    {
        ["lambda"] = o => new LambdaLR(o, t => 1 / (1.0 + t)),
        ["multiplicative"] = o => new MultiplicativeLR(o, _ => 0.9),
        ["step"] = o => new StepLR(o, 3),
        ["multi-step"] = o => new MultiStepLR(o, [2, 5, 9]),
        ["constant"] = o => new ConstantLR(o),
        ["linear"] = o => new LinearLR(o, totalSteps: 9),
        ["exponential"] = o => new ExponentialLR(o, 0.9),
        ["polynomial"] = o => new PolynomialLR(o, 15, 2),
        ["cosine"] = o => new CosineAnnealingLR(o, 7),
        ["warm restarts"] = o => new CosineAnnealingWarmRestarts(o, 4),
        ["one cycle"] = o => new OneCycleLR(o, 0.1, totalSteps: 20),
        ["cyclic"] = o => new CyclicLR(o, 0.001, 0.05, 3),
        ["plateau"] = o => new ReduceLROnPlateau(o, patience: 0, factor: 0.5),
        ["warm-up and cosine"] = o => new WarmUpCosineLR(o, 4, 20),
        ["inverse square root"] = o => new InverseSquareRootLR(o, 3),
        ["sequential"] = o => SequentialLR.WarmUp(new ExponentialLR(o, 0.8), 5),
        ["chained"] = o => new ChainedScheduler(new ConstantLR(o), new ExponentialLR(o, 0.9)),
    };

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    public static TheoryData<string> Schedules => [.. s_schedules.Keys];

    [Theory, MemberData(nameof(Optimizers))]
    public void Every_optimizer_goes_on_bit_for_bit(string name) => Check(s_optimizers[name], new() { Epochs = 3 });

    [Theory, MemberData(nameof(Schedules))]
    public void Every_schedule_goes_on_bit_for_bit(string name)
    {
        foreach (var interval in Enum.GetValues<ScheduleInterval>())
            Check(m => new SGD(m.Parameters(), learningRate: 0.05, momentum: 0.9), new() { Epochs = 3 }, t => t.Schedules.Add(new(s_schedules[name](t.Task.Optimizers[0]), interval)));
    }

    public static TheoryData<string, TrainerOptions> Ways => new()
    {
        { "accumulation, broken off within it", new() { Epochs = 3, Accumulate = 4 } },
        { "accumulation in Float16", new() { Epochs = 3, Accumulate = 3, Precision = Precision.Float16 } },
        { "BFloat16", new() { Epochs = 3, Precision = Precision.BFloat16 } },
        { "clipping", new() { Epochs = 3, ClipNorm = 0.1, ClipValue = 0.05 } },
        { "validation every few steps", new() { Epochs = 3, ValidateSteps = 4 } },
        { "a limit of steps within an epoch", new() { Steps = 16 } },
        { "fewer batches of an epoch", new() { Epochs = 4, TrainBatches = 5, ValidationBatches = 1 } },
        { "batches to learn by heart", new() { Epochs = 8, OverfitBatches = 2 } },
        { "averaged weights", new() { Epochs = 3, Ema = 0.9 } },
    };

    [Theory, MemberData(nameof(Ways))]
    public void Every_way_of_training_goes_on_bit_for_bit(string way, TrainerOptions options) => Check(m => new AdamW(m.Parameters(), learningRate: 0.01), options, what: way);

    [Fact]
    public void Early_stopping_and_the_best_checkpoints_go_on_too()
    {
        string best = Path.Combine(_folder, "best");
        void Watch(Trainer trainer)
        {
            trainer.Callbacks.Add(new EarlyStopping(patience: 1, minDelta: 0.05));
            trainer.Callbacks.Add(new BestCheckpoints(best, keep: 2));
        }
        Check(m => new SGD(m.Parameters(), learningRate: 0.3), new() { Epochs = 30, ValidateSteps = 3 }, Watch,
            trainer => $"{trainer.State.Stopped} {string.Join(' ', ((BestCheckpoints)trainer.Callbacks[1]).Kept)}");
        Assert.Equal(2, Directory.GetFiles(best).Length);
    }

    [Fact]
    public void A_stream_whose_length_nobody_knows_goes_on_too()
    {
        IIterableDataset<Example> Stream() => new Points();
        Trainer<Example> Make()
        {
            Generator.ManualSeed(11);
            var model = Tiny.Model();
            return new(new ClassifierTask(model, new Adam(model.Parameters())), new() { Epochs = 3, Accumulate = 4 }, new StreamLoader<Example>(Stream()));
        }
        Check(Make);
        var trainer = Make();
        trainer.Run();
        Assert.Equal((3, 6), (trainer.State.Epoch, trainer.State.Step));
    }

    sealed class Points : IIterableDataset<Example>
    {
        public IEnumerable<Example> Read(int epoch, long first)
        {
            var data = Tiny.Data();
            for (int i = (int)first; i < 6; i++) yield return data.Gather([4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3]);
        }
    }

    void Check(Func<Module, Optimizer> optimizer, TrainerOptions options, Action<Trainer<Example>>? prepare = null, Func<Trainer, string>? also = null, string what = "") =>
        Check(() => Tiny.Trainer(optimizer, options, prepare), also, what);

    void Check(Func<Trainer<Example>> make, Func<Trainer, string>? also = null, string what = "")
    {
        var unbroken = make();
        unbroken.Run();
        var expected = Outcome(unbroken, also);

        string file = Path.Combine(_folder, "last.safetensors");
        File.Delete(file);
        var random = new Random(3);
        Trainer<Example> trainer;
        int parts = 0;
        do
        {
            trainer = make();
            trainer.CheckpointFile = file;
            if (File.Exists(file)) trainer.Load(file);
            parts++;
        }
        while (!Part(trainer, random.Next(1, 6)));
        Assert.True(parts > 2, what);
        Assert.Equal(expected, Outcome(trainer, also));
    }

    /// <summary>Runs so many batches, or to the end.</summary>
    static bool Part(Trainer trainer, int batches)
    {
        using var cancel = new CancellationTokenSource();
        return trainer.Run(new Counter(() =>
        {
            if (--batches == 0) cancel.Cancel();
        }), cancel.Token);
    }

    sealed class Counter(Action count) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => count();
    }

    static string Outcome(Trainer trainer, Func<Trainer, string>? also)
    {
        var lines = Tiny.Bits(trainer.Task.Model)
            .Concat(trainer.Task.Optimizers.SelectMany(o => o.StateDict().Numbers.Select(n => $"{n.Key} {n.Value:R}")))
            .Concat(trainer.State.Rows.Select(r => $"{r.Epoch} {r.Step} {string.Join(' ', r.Values.Select(v => $"{v.Key} {v.Value:R}"))}"))
            .Concat(trainer.State.Steps.Records.Select(r => r.ToString()));
        return string.Join('\n', lines.Append(also?.Invoke(trainer) ?? ""));
    }
}
