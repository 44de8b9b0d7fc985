using System.Diagnostics;
using Descent.Metrics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>Trains a classifier over epochs; can be stopped at any batch and go on from there bit for bit.</summary>
public sealed class Trainer
{
    /// <summary>The model, from a batch of inputs to logits <c>(N, classes)</c>.</summary>
    public required Module Model { get; init; }

    /// <summary>What changes the model's parameters.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>From logits and labels to one number.</summary>
    public required Func<Tensor, Tensor, Tensor> Loss { get; init; }

    /// <summary>Training batches of (inputs, labels).</summary>
    public required DataLoader Train { get; init; }

    /// <summary>Held-out batches of (inputs, labels), in order.</summary>
    public required DataLoader HeldOut { get; init; }

    /// <summary>Passes over the training items.</summary>
    public required int Epochs { get; init; }

    /// <summary>The learning rate as a function of the part of training that is done, from 0 to 1.</summary>
    public required Func<double, double> LearningRate { get; init; }

    /// <summary>Called every so many steps, at the end of each epoch and on cancellation, when the state is whole.</summary>
    public Action<TrainingState>? Checkpoint { get; init; }

    /// <summary>Steps between two checkpoints within an epoch.</summary>
    public int CheckpointSteps { get; init; } = 50;

    /// <summary>Where training stands.</summary>
    public TrainingState State { get; init; } = new();

    /// <summary>Trains until all epochs are done or cancellation is asked for.</summary>
    /// <returns>Whether all epochs are done.</returns>
    /// <exception cref="InvalidOperationException">The loss is no longer a number.</exception>
    public bool Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        long items = 0;
        while (State.Epoch < Epochs)
        {
            Model.Train();
            double before = State.Seconds, began = watch.Elapsed.TotalSeconds;
            // Cancelled between batches only, where the state is whole.
            foreach (var (x, y) in Train.Epoch(State.Epoch, State.Batch, CancellationToken.None))
            {
                if (cancellation.IsCancellationRequested)
                {
                    Save();
                    return false;
                }
                Step(x, y);
                items += y.Elements;
                State.Seconds = before + watch.Elapsed.TotalSeconds - began;
                if (State.Batch < Train.Batches && State.Step % CheckpointSteps == 0) Save();
                progress?.Report(Progress(items / watch.Elapsed.TotalSeconds));
            }
            var (loss, confusion) = Evaluate(Model, Loss, HeldOut);
            State.History.Add(new()
            {
                Epoch = State.Epoch + 1,
                Step = State.Step,
                TrainLoss = State.LossSum / Math.Max(1, State.Seen),
                TrainAccuracy = (double)State.Correct / Math.Max(1, State.Seen),
                ValidationLoss = loss,
                ValidationAccuracy = confusion.Accuracy,
                Seconds = before + watch.Elapsed.TotalSeconds - began,
            });
            (State.Epoch, State.Batch, State.LossSum, State.Seen, State.Correct, State.Seconds) = (State.Epoch + 1, 0, 0, 0, 0, 0);
            Save();
            progress?.Report(Progress(items / watch.Elapsed.TotalSeconds));
        }
        return true;
    }

    /// <summary>The mean loss over the items of a loader, and what was taken for what.</summary>
    public static (double Loss, ConfusionMatrix Confusion) Evaluate(Module model, Func<Tensor, Tensor, Tensor> loss, DataLoader loader)
    {
        bool training = model.IsTraining;
        model.Eval();
        using var _ = Autograd.NoGrad();
        ConfusionMatrix? confusion = null;
        double sum = 0;
        foreach (var (x, y) in loader.Epoch(0))
        {
            var logits = model.Forward(x);
            confusion ??= new(logits.Shape[1]);
            sum += loss(logits, y).Item() * y.Elements;
            using var labels = logits.Argmax(1);
            confusion.Update(y.AsSpan<long>(), labels.AsSpan<long>());
        }
        if (training) model.Train();
        return (sum / Math.Max(1, confusion?.Total ?? 0), confusion ?? new(1));
    }

    void Step(Tensor x, Tensor y)
    {
        double rate = LearningRate((State.Epoch + (double)State.Batch / Train.Batches) / Epochs);
        foreach (var group in Optimizer.Groups) group.LearningRate = rate;
        Optimizer.ZeroGrad();
        var logits = Model.Forward(x);
        var loss = Loss(logits, y);
        double value = loss.Item();
        if (!double.IsFinite(value))
            throw new InvalidOperationException($"The loss became {value} at step {State.Step + 1} (epoch {State.Epoch + 1}). " +
                "Lower the learning rate; Autograd.DetectAnomaly() finds the operation that first made it.");
        loss.Backward();
        Optimizer.Step();
        State.LossSum += value * y.Elements;
        State.Seen += y.Elements;
        State.Correct += Matches(logits, y);
        State.Batch++;
        State.Step++;
    }

    static long Matches(Tensor logits, Tensor y)
    {
        using var labels = logits.Detach().Argmax(1);
        ReadOnlySpan<long> got = labels.AsSpan<long>(), want = y.AsSpan<long>();
        long matches = 0;
        for (int i = 0; i < got.Length; i++)
            if (got[i] == want[i]) matches++;
        return matches;
    }

    void Save()
    {
        State.Random = Generator.Default.GetState();
        Checkpoint?.Invoke(State);
    }

    TrainingProgress Progress(double speed)
    {
        double done = State.Epoch + (double)State.Batch / Train.Batches, itemsLeft = (Epochs - done) * Train.Examples;
        var last = State.Seen == 0 && State.History.Count > 0 ? State.History[^1] : null;
        return new()
        {
            Epoch = Math.Min(State.Epoch + 1, Epochs),
            Fraction = done / Epochs,
            Loss = last?.TrainLoss ?? State.LossSum / Math.Max(1, State.Seen),
            Accuracy = last?.TrainAccuracy ?? (double)State.Correct / Math.Max(1, State.Seen),
            ItemsPerSecond = speed,
            SecondsLeft = itemsLeft / Math.Max(speed, 1e-9),
        };
    }
}
