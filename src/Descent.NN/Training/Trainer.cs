using System.Diagnostics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Trains anything; can be stopped at any batch, or killed, and goes on from its checkpoint bit for bit.</summary>
public abstract class Trainer
{
    readonly Stopwatch _watch = new();
    readonly TrainingStep _step;
    double _secondsBefore;
    long _items;

    private protected Trainer(TrainingTask task, TrainerOptions options)
    {
        options.Check();
        (Task, Options) = (task, options);
        if (options.Profile) Profile = new();
        if (options.Ema is { } decay) Average = new ExponentialMovingAverage(task.Model, decay, includeBuffers: true);
        _step = new(this, task);
    }

    /// <summary>What is trained.</summary>
    public TrainingTask Task { get; }

    /// <summary>How long it trains, and how a step is made.</summary>
    public TrainerOptions Options { get; }

    /// <summary>
    /// A mean of the weights that is taken after every step, validated in their place and saved in the end: from
    /// <see cref="TrainerOptions.Ema"/>, or of another kind that is set before training. Null keeps none.
    /// </summary>
    public WeightAverage? Average { get; set; }

    /// <summary>Where the time goes, where <see cref="TrainerOptions.Profile"/> asks for it.</summary>
    public TrainingProfile? Profile { get; }

    /// <summary>The loss of the last batch.</summary>
    public double LastLoss => _step.Loss;

    /// <summary>Where training stands.</summary>
    public TrainingState State { get; private set; } = new();

    /// <summary>The learning rates' schedules, in the order in which they step.</summary>
    public IList<TrainingSchedule> Schedules { get; } = [];

    /// <summary>What happens beside training, in this order.</summary>
    public IList<ITrainingCallback> Callbacks { get; } = [];

    /// <summary>The file that every checkpoint replaces; null writes none.</summary>
    public string? CheckpointFile { get; set; }

    /// <summary>Batches of an epoch; null where the loader reads a stream, whose end shows only when it comes.</summary>
    public abstract int? EpochBatches { get; }

    /// <summary>Optimizer steps of an epoch, where the batches are known.</summary>
    public int? EpochSteps => (EpochBatches + Options.Accumulate - 1) / Options.Accumulate;

    /// <summary>Optimizer steps of the whole training, as far as epochs or steps limit it.</summary>
    public long? TotalSteps => (long?)Epochs * EpochSteps is { } all ? Math.Min(all, Options.Steps ?? long.MaxValue) : Options.Steps;

    /// <summary>Goes on from a checkpoint, of a trainer with the same task, options and callbacks; limits may be raised.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another task.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Load(string checkpoint)
    {
        State = Checkpoints.Load(checkpoint, Task, Average);
        Same("callback", State.Callbacks.Count, Callbacks.Count);
        Same("schedule", State.Schedules.Count, Schedules.Count);
        if (_step.Scaler is not null && State.Scaler is null) throw new InvalidDataException($"{checkpoint}: it has no scale of the loss; it was not written in Float16.");
        try
        {
            for (int i = 0; i < Callbacks.Count; i++)
                if (State.Callbacks[i] is { } known) Callbacks[i].Load(known);
            for (int i = 0; i < Schedules.Count; i++) Schedules[i].Scheduler.LoadStateDict(State.Schedules[i]);
            _step.Scaler?.LoadStateDict(State.Scaler!);
        }
        // Anybody may have written the file, and callbacks and schedules are anybody's code.
        catch (Exception error) when (error is StateDictException or ArgumentException or FormatException or OverflowException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{checkpoint}: the state of a callback, a schedule or the scale of the loss is damaged: {error.Message}", error);
        }
        Task.Figures = new() { Sums = new(State.Sums) };
        Generator.Default.SetState(State.Random);

        void Same(string what, int written, int here)
        {
            if (written != here) throw new InvalidDataException($"{checkpoint}: it was written with {written} {what}(s), but there are {here}.");
        }
    }

    /// <summary>Writes a checkpoint, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string checkpoint)
    {
        State.Random = Generator.Default.GetState();
        State.Sums = Task.Figures.Sums;
        State.Schedules = [.. Schedules.Select(s => s.Scheduler.StateDict())];
        State.Scaler = _step.Scaler?.StateDict();
        State.Callbacks = [.. Callbacks.Select(c => c.Save())];
        Checkpoints.Save(checkpoint, Task, Average, State, gradients: WindowPosition > 0);
    }

    /// <summary>Writes the weights alone, averaged where they are, as a safetensors file of the model's state dict.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveModel(string file)
    {
        using var averaged = Average?.SwapIn();
        Task.Model.Save(file);
    }

    /// <summary>Ends training after the batch under way.</summary>
    /// <param name="reason">Why, for people.</param>
    public void Stop(string reason) => State.Stopped ??= reason;

    /// <summary>Trains until a limit is reached, a callback stops it, or cancellation is asked for.</summary>
    /// <returns>Whether training is done; false where it was cancelled, and saved.</returns>
    /// <exception cref="InvalidOperationException">The loss became no number.</exception>
    public bool Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (EpochBatches < 1) throw new InvalidOperationException("There is not one whole training batch. Make the batches smaller, or the data more.");
        (_secondsBefore, _items) = (State.Seconds, 0);
        _watch.Restart();
        try
        {
            foreach (var callback in Callbacks) callback.OnStart(this);
            while (!IsDone)
            {
                Task.Model.Train();
                if (!Epoch(progress, cancellation)) return false;
            }
            Row();
            SaveLast();
            foreach (var callback in Callbacks) callback.OnEnd(this);
            return true;
        }
        finally
        {
            foreach (var callback in Callbacks) (callback as IDisposable)?.Dispose();
        }
    }

    /// <summary>Tries learning rates on the training batches; see <see cref="LearningRateFinder.Run"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or the loader gives no batch.</exception>
    public abstract LearningRateTest FindLearningRate(LearningRateFinder finder);

    /// <summary>Runs the rest of the epoch under way, or until training is done; false where it was cancelled.</summary>
    private protected abstract bool Epoch(IProgress<TrainingProgress>? progress, CancellationToken cancellation);

    /// <summary>Logs figures of all held-out batches.</summary>
    private protected abstract void ValidateAll();

    /// <summary>Whether there is something to validate on.</summary>
    private protected abstract bool HasValidation { get; }

    /// <summary>Whether to go on; if not, the state is saved: between batches it is whole.</summary>
    private protected bool BeforeBatch(CancellationToken cancellation)
    {
        if (!cancellation.IsCancellationRequested) return true;
        SaveLast();
        return false;
    }

    /// <summary>What comes around a batch: its place among those whose gradients are added up, counts, rows, checkpoints.</summary>
    private protected void Batch(long items, bool endsEpoch, Action<TrainingStep> train, IProgress<TrainingProgress>? progress)
    {
        int first = State.Batch - WindowPosition;
        _step.Window = Math.Min(Options.Accumulate, EpochBatches - first ?? int.MaxValue);
        (_step.IsFirst, _step.IsLast) = (WindowPosition == 0, endsEpoch || WindowPosition == _step.Window - 1);
        _step.WantsNorm = State.Steps.Wants(State.Step + 1);
        _step.Begin();
        Profile?.End("data");
        Profile?.BeginStep();
        try
        {
            train(_step);
        }
        finally
        {
            Profile?.EndStep();
        }
        _step.End();
        _items += items;
        State.Batch++;
        if (_step.IsLast) AfterStep();
        State.Seconds = _secondsBefore + _watch.Elapsed.TotalSeconds;

        bool row = Options.ValidateSteps is { } steps ? _step.IsLast && State.Step % steps == 0
            : endsEpoch && (State.Epoch + 1) % Options.ValidateEpochs == 0;
        if (row) Row();
        if (endsEpoch)
        {
            (State.Epoch, State.Batch) = (State.Epoch + 1, 0);
            foreach (var schedule in Schedules) schedule.OnEpoch();
        }
        if (row || endsEpoch || State.Batch % Options.CheckpointBatches == 0) SaveLast();
        progress?.Report(Progress());
    }

    private protected bool IsDone => State.Stopped is not null || State.Epoch >= Epochs || State.Step >= Options.Steps || State.Seconds >= Options.Seconds;

    int? Epochs => Options.FastDevRun ? 1 : Options.Epochs;

    /// <summary>Batches since the last step.</summary>
    int WindowPosition => State.Batch % Options.Accumulate;

    void AfterStep()
    {
        State.Step++;
        Average?.Update();
        if (_step.WantsNorm)
            State.Steps.Add(new(State.Step, _step.Loss, Task.Optimizers[0].Groups[0].LearningRate, _step.GradientNorm));
        foreach (var schedule in Schedules) schedule.OnStep();
        foreach (var callback in Callbacks) callback.OnStep(this);
    }

    /// <summary>Closes the running means and adds the figures of a validation to them.</summary>
    void Row()
    {
        if (State.Rows.Count > 0 && State.Rows[^1].Step == State.Step) return;
        var values = new OrderedDictionary<string, double>();
        foreach (var (name, mean) in Task.Figures.Means) values.Add($"train_{name}", mean);
        Task.Figures.Clear();
        Profile?.End("other");
        if (HasValidation)
            foreach (var (name, mean) in Validate().Means) values.Add($"validation_{name}", mean);
        Profile?.End("validation");
        State.Seconds = _secondsBefore + _watch.Elapsed.TotalSeconds;
        var row = new MetricRow { Epoch = State.Batch == 0 ? State.Epoch : State.Epoch + 1, Step = State.Step, Seconds = State.Seconds, Values = values };
        State.Rows.Add(row);
        foreach (var schedule in Schedules) schedule.OnRow(row);
        foreach (var callback in Callbacks) callback.OnRow(this, row);
    }

    /// <summary>The figures of the held-out batches; neither the model's modes nor the random numbers of training change.</summary>
    private protected MetricMeans Validate()
    {
        var (training, random) = (Task.Figures, Generator.Default.GetState());
        var modes = Task.Model.NamedModules().Select(m => (m.Module, m.Module.IsTraining)).ToArray();
        var figures = Task.Figures = new();
        try
        {
            Task.Model.Eval();
            using var averaged = Average?.SwapIn();
            using var graph = Autograd.NoGrad();
            using var types = Options.Precision.Enter();
            ValidateAll();
        }
        finally
        {
            Task.Figures = training;
            Generator.Default.SetState(random);
            foreach (var (module, isTraining) in modes) module.IsTraining = isTraining;
        }
        return figures;
    }

    void SaveLast()
    {
        Profile?.End("other");
        if (CheckpointFile is { } file && !Options.FastDevRun) Save(file);
        Profile?.End("checkpoint");
    }

    TrainingProgress Progress()
    {
        double seconds = Math.Max(1e-9, _watch.Elapsed.TotalSeconds), speed = _items / seconds;
        double steps = State.Step + (double)WindowPosition / Options.Accumulate;
        double fraction = Math.Max(TotalSteps is { } total ? steps / total : 0, Options.Seconds is { } limit ? State.Seconds / limit : 0);
        return new()
        {
            Epoch = State.Epoch + 1,
            Step = State.Step,
            Fraction = Math.Min(1, fraction),
            Figures = [.. Task.Figures.Means],
            ItemsPerSecond = speed,
            SecondsLeft = fraction > 0 ? State.Seconds / fraction * (1 - fraction) : double.NaN,
        };
    }
}
