using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class TrainerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-trainer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Fits y = w x by the mean over so many points; no randomness in it.</summary>
    sealed class Line(Module model, Optimizer optimizer) : TrainingTask<Example>(model, optimizer)
    {
        internal List<int> Sizes { get; } = [];

        public override Tensor Loss(Example batch)
        {
            if (Model.IsTraining) Sizes.Add(batch.Input.Shape[0]);
            return F.MseLoss(Model.Forward(batch.Input), batch.Target);
        }
    }

    static (Linear Model, Line Task) NewLine(double rate = 0.1)
    {
        var model = new Linear(2, 1, generator: new Generator(4));
        return (model, new(model, new SGD(model.Parameters(), learningRate: rate)));
    }

    static TensorDataset Points(int count)
    {
        var x = Tensor.Randn([count, 2], generator: new Generator(6));
        return new(x, x.Select(1, 0).Sub(x.Select(1, 1)).Reshape(count, 1));
    }

    static float[] Weights(Module model) => [.. model.Parameters().SelectMany(p => p.ToArray<float>())];

    [Fact]
    public void Accumulated_batches_make_the_step_of_one_batch_of_them_all()
    {
        var (whole, wholeTask) = NewLine();
        new Trainer<Example>(wholeTask, new() { Epochs = 3 }, new DataLoader(Points(12), 12)).Run();
        var (parts, partsTask) = NewLine();
        new Trainer<Example>(partsTask, new() { Epochs = 3, Accumulate = 4 }, new DataLoader(Points(12), 3)).Run();
        Assert.Equal(Weights(whole), Weights(parts), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Fewer_batches_at_the_end_of_an_epoch_make_a_step_of_their_own()
    {
        var (_, task) = NewLine();
        var trainer = new Trainer<Example>(task, new() { Epochs = 2, Accumulate = 4 }, new DataLoader(Points(12), 2));
        trainer.Run();
        Assert.Equal((4, 2, 4), (trainer.State.Step, trainer.EpochSteps, trainer.TotalSteps));
    }

    public static TheoryData<TrainerOptions, long, int> Limits => new()
    {
        { new() { Epochs = 2 }, 12, 2 },
        { new() { Steps = 7 }, 7, 1 },
        { new() { Epochs = 1, Steps = 100 }, 6, 1 },
        { new() { Epochs = 3, TrainBatches = 2 }, 6, 3 },
        { new() { FastDevRun = true }, 1, 1 },
        { new() { Seconds = 1e-9, Epochs = 5 }, 1, 0 },
    };

    [Theory, MemberData(nameof(Limits))]
    public void Training_ends_at_the_first_limit(TrainerOptions options, long steps, int epochs)
    {
        var trainer = Tiny.Trainer(options);
        Assert.True(trainer.Run());
        Assert.Equal((steps, epochs), (trainer.State.Step, trainer.State.Epoch));
        Assert.Equal(steps, trainer.State.Rows[^1].Step);
    }

    [Fact]
    public void A_row_has_the_means_of_training_since_the_last_and_of_the_validation()
    {
        var trainer = Tiny.Trainer(new() { Epochs = 2, ValidateSteps = 4 });
        trainer.Run();
        Assert.Equal([4, 8, 12], trainer.State.Rows.Select(r => (int)r.Step));
        Assert.Equal(["train_accuracy", "train_loss", "validation_accuracy", "validation_loss"], trainer.State.Rows[0].Values.Keys.Order());
        Assert.All(trainer.State.Rows, r => Assert.InRange(r["validation_accuracy"], 0, 1));
        Assert.Equal(8 * 0.125, trainer.State.Rows[0]["validation_accuracy"] * 8 % 1 + 1);
    }

    [Fact]
    public void Validation_changes_neither_modes_nor_the_random_numbers_of_training()
    {
        var often = Tiny.Trainer(new() { Epochs = 2, ValidateSteps = 1 });
        var frozen = (BatchNorm1d)((Sequential)often.Task.Model)[1];
        often.Run();
        var never = Tiny.Trainer(new() { Epochs = 2, ValidateEpochs = 100 });
        never.Run();
        Assert.Equal(Tiny.Bits(never.Task.Model), Tiny.Bits(often.Task.Model));
        Assert.True(frozen.IsTraining);
    }

    [Fact]
    public void Clipping_bounds_what_a_step_moves()
    {
        var (model, task) = NewLine(rate: 1);
        float[] before = Weights(model);
        var trainer = new Trainer<Example>(task, new() { Steps = 1, ClipNorm = 1e-3 }, new DataLoader(Points(4), 4));
        trainer.Run();
        double moved = Math.Sqrt(before.Zip(Weights(model), (a, b) => (double)(a - b) * (a - b)).Sum());
        Assert.InRange(moved, 0.9e-3, 1.001e-3);
        Assert.True(trainer.State.Steps.Records[0].GradientNorm > 1e-2);
    }

    [Fact]
    public void Overfitting_sees_the_same_batches_in_every_epoch_and_learns_them_by_heart()
    {
        var trainer = Tiny.Trainer(m => new Adam(m.Parameters(), learningRate: 0.02), new() { Epochs = 150, OverfitBatches = 1, ValidateEpochs = 150 });
        trainer.Run();
        Assert.Equal(1, trainer.State.Rows[^1]["validation_accuracy"]);
        Assert.Equal(150, trainer.State.Step);
    }

    [Fact]
    public void A_loss_that_is_no_number_names_the_step_and_the_operation()
    {
        var model = new Linear(2, 1);
        var task = new Delegated(model, new SGD(model.Parameters(), learningRate: 0.1), batch => (model.Forward(batch.Input) - 100).Log().Mean());
        var error = Assert.Throws<InvalidOperationException>(() => new Trainer<Example>(task, new() { Epochs = 1 }, new DataLoader(Points(4), 4)).Run());
        Assert.Contains("step 1 ", error.Message);
        Assert.Contains("Log returned", error.Message);
    }

    [Fact]
    public void A_gradient_that_is_no_number_is_found_before_it_reaches_the_weights()
    {
        var model = new Linear(2, 1);
        float[] before = Weights(model);
        var task = new Delegated(model, new SGD(model.Parameters(), learningRate: 0.1), batch => (model.Forward(batch.Input) * 0).Sqrt().Mean());
        var error = Assert.Throws<InvalidOperationException>(() => new Trainer<Example>(task, new() { Epochs = 1 }, new DataLoader(Points(4), 4)).Run());
        Assert.Contains("gradient of Sqrt", error.Message);
        Assert.Equal(before, Weights(model));
    }

    sealed class Delegated(Module model, Optimizer optimizer, Func<Example, Tensor> loss) : TrainingTask<Example>(model, optimizer)
    {
        public override Tensor Loss(Example batch) => loss(batch);
    }

    /// <summary>Two players over one loss, (x − y)²: one goes towards the other, which flees.</summary>
    sealed class Game : TrainingTask<Example>
    {
        readonly Pair _pair;

        Game(Pair pair) : base(pair, new SGD([pair.Chaser], learningRate: 0.25), new SGD([pair.Runner], learningRate: 0.25)) => _pair = pair;

        internal static Game New() => new(new());

        internal sealed class Pair : Module
        {
            public Parameter Chaser { get; } = new(Tensor.Zeros(1));
            public Parameter Runner { get; } = new(Tensor.Ones(1));
        }

        internal (double, double) Places => (_pair.Chaser.Item(), _pair.Runner.Item());

        Tensor Distance() => (_pair.Chaser - _pair.Runner).Square().Sum();

        public override Tensor Loss(Example batch) => Distance();

        public override void Train(Example batch, TrainingStep step)
        {
            step.Minimize(() =>
            {
                Assert.False(_pair.Runner.RequiresGrad);
                return Distance();
            }, Optimizers[0], name: "chase");
            Assert.Null(_pair.Runner.Grad);
            step.Minimize(() => -Distance(), Optimizers[1], name: "flight");
        }
    }

    [Fact]
    public void A_task_with_two_optimizers_moves_each_by_its_own_loss()
    {
        var game = Game.New();
        var trainer = new Trainer<Example>(game, new() { Steps = 1 }, new DataLoader(Points(1), 1));
        trainer.Run();
        // The chaser goes half way; the runner then flees from there by half the new distance.
        Assert.Equal((0.5, 1.25), game.Places);
        Assert.Equal(["train_chase", "train_flight"], trainer.State.Rows[0].Values.Keys);
        Assert.All(game.Model.Parameters(), p => Assert.True(p.RequiresGrad));
    }

    [Fact]
    public void Early_stopping_ends_training_after_its_patience()
    {
        var trainer = Tiny.Trainer(m => new SGD(m.Parameters(), learningRate: 1e-9), new() { Epochs = 50 }, t => t.Callbacks.Add(new EarlyStopping(patience: 2, minDelta: 1)));
        Assert.True(trainer.Run());
        Assert.Equal(3, trainer.State.Epoch);
        Assert.Contains("validation_loss", trainer.State.Stopped);
    }

    [Fact]
    public void A_figure_to_go_by_that_is_not_there_is_named()
    {
        var trainer = Tiny.Trainer(new() { Epochs = 1 }, t => t.Callbacks.Add(new EarlyStopping("validation_f1")));
        Assert.Contains("validation_accuracy", Assert.Throws<InvalidOperationException>(() => trainer.Run()).Message);
    }

    [Theory, InlineData(MetricGoal.Min), InlineData(MetricGoal.Max)]
    public void The_best_checkpoints_are_those_of_the_best_rows_and_load_into_the_model(MetricGoal goal)
    {
        var best = new BestCheckpoints(_folder, keep: 3, "validation_loss", goal);
        var trainer = Tiny.Trainer(m => new SGD(m.Parameters(), learningRate: 0.3), new() { Epochs = 10 }, t => t.Callbacks.Add(best));
        trainer.Run();
        var rows = trainer.State.Rows.OrderBy(r => goal == MetricGoal.Min ? r["validation_loss"] : -r["validation_loss"]).Take(3).ToArray();
        Assert.Equal(rows.Select(r => r["validation_loss"]), best.Kept.Select(k => k.Value));
        Assert.Equal(best.Kept.Select(k => k.File).Order(), Directory.GetFiles(_folder).Order());
        Assert.True(Tiny.Model().Load(best.Kept[0].File).IsEmpty);
    }

    [Fact]
    public void Averaged_weights_are_validated_and_saved_but_not_trained_on()
    {
        var plain = Tiny.Trainer(new() { Epochs = 2 });
        plain.Run();
        var averaged = Tiny.Trainer(new() { Epochs = 2, Ema = 0.9 });
        averaged.Run();
        Assert.Equal(Tiny.Bits(plain.Task.Model), Tiny.Bits(averaged.Task.Model));
        Assert.NotEqual(plain.State.Rows[^1]["validation_loss"], averaged.State.Rows[^1]["validation_loss"]);
        string file = Path.Combine(_folder, "average.safetensors");
        averaged.SaveModel(file);
        var model = Tiny.Model();
        model.Load(file);
        averaged.Average!.CopyTo(averaged.Task.Model);
        Assert.Equal(Tiny.Bits(averaged.Task.Model), Tiny.Bits(model));
    }

    [Fact]
    public void Loss_scaling_leaves_out_steps_that_overflow_and_then_trains()
    {
        var trainer = Tiny.Trainer(m => new SGD(m.Parameters(), learningRate: 0.05), new() { Epochs = 20, Precision = Precision.Float16 });
        trainer.Run();
        Assert.True(trainer.State.Rows[^1]["train_loss"] < trainer.State.Rows[0]["train_loss"]);
    }

    [Fact]
    public void A_profile_tells_phases_modules_and_operations()
    {
        var trainer = Tiny.Trainer(new() { Epochs = 2, Profile = true });
        trainer.Run();
        Assert.Superset(new HashSet<string> { "data", "forward", "backward", "optimizer", "validation" }, trainer.Profile!.Phases.Keys.ToHashSet());
        Assert.Equal(12, trainer.Profile.Operations.Single(o => o is { Operation: "CrossEntropy", IsBackward: false }).Calls);
        Assert.Contains(trainer.Profile.Operations, o => o is { Operation: "BatchNorm", IsBackward: true, Calls: 12 });
        string text = trainer.Profile.ToText(trainer.Task.Model);
        Assert.Contains("1: BatchNorm1d", text);
        Assert.Contains("CrossEntropy, backward", text);
    }

    [Fact]
    public void A_checkpoint_of_something_else_is_refused()
    {
        string file = Path.Combine(_folder, "checkpoint.safetensors");
        Tiny.Trainer(new() { Epochs = 1 }).Save(file);
        Assert.Throws<InvalidDataException>(() => Tiny.Trainer(m => new SGD(m.Parameters(), learningRate: 1, momentum: 0.5), new() { Epochs = 1 }).Load(file));
        Assert.Throws<InvalidDataException>(() => Tiny.Trainer(new() { Epochs = 1 }, t => t.Callbacks.Add(new EarlyStopping())).Load(file));
        Assert.Throws<InvalidDataException>(() => Tiny.Trainer(new() { Epochs = 1, Ema = 0.5 }).Load(file));
        Assert.Throws<InvalidDataException>(() => new Trainer<Example>(NewLine().Task, new() { Epochs = 1 }, new DataLoader(Points(4))).Load(file));
        Assert.Throws<ArgumentException>(() => Tiny.Trainer(new()));
    }

    [Fact]
    public void The_range_test_suggests_a_rate_on_the_way_down_and_changes_nothing()
    {
        Generator.ManualSeed(1);
        var (model, task) = NewLine();
        float[] before = Weights(model);
        var random = Generator.Default.GetState();
        var test = new LearningRateFinder { From = 1e-4, To = 100, Steps = 60, Smoothing = 0.5 }.Run(task, new DataLoader(Points(32), 32));
        Assert.Equal(before, Weights(model));
        Assert.Equal(random, Generator.Default.GetState());
        Assert.Equal(0.1, task.Optimizers[0].Groups[0].LearningRate);
        Assert.True(test.Points.Count < 60, "the loss diverges at a rate of 100");
        // The quadratic loss has curvature near 2: rates above about 1 diverge.
        Assert.InRange(test.Suggestion, 1e-3, 1);
    }

    [Fact]
    public void Kept_steps_thin_out_evenly()
    {
        var series = new StepSeries();
        for (long step = 1; step <= 5000; step++)
            if (series.Wants(step)) series.Add(new(step, 0, 0, 0));
        Assert.Equal(8, series.Every);
        Assert.InRange(series.Records.Count, 512, 1024);
        Assert.All(series.Records.Zip(series.Records.Skip(1)), p => Assert.Equal(8, p.Second.Step - p.First.Step));
    }
}
