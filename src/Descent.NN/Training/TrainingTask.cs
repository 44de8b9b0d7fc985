using Descent.Tensors;

namespace Descent.NN;

/// <summary>What is trained: a module with the optimizers that change it, and the figures it tells while it learns.</summary>
public abstract class TrainingTask
{
    private protected TrainingTask(Module model, IReadOnlyList<Optimizer> optimizers)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (optimizers.Count == 0) throw new ArgumentException("A training task needs at least one optimizer.", nameof(optimizers));
        (Model, Optimizers) = (model, optimizers);
    }

    /// <summary>The root of everything that is learned; what a checkpoint holds.</summary>
    public Module Model { get; }

    /// <summary>What changes the model's parameters.</summary>
    public IReadOnlyList<Optimizer> Optimizers { get; }

    /// <summary>Where <see cref="Log"/> writes: the figures of training or of validation.</summary>
    internal MetricMeans Figures { get; set; } = new();

    /// <summary>Adds to the running mean of a figure; training and validation have means of their own.</summary>
    /// <param name="name">What it is, such as <c>accuracy</c>; rows name it <c>train_accuracy</c> and <c>validation_accuracy</c>.</param>
    /// <param name="value">Its mean over these items.</param>
    /// <param name="weight">How many items it is the mean of.</param>
    protected void Log(string name, double value, double weight = 1) => Figures.Add(name, value, weight);
}

/// <summary>A task that learns from batches; the usual one says only what the loss of a batch is.</summary>
/// <typeparam name="TBatch">What the loader gives.</typeparam>
/// <param name="model">The root of everything that is learned.</param>
/// <param name="optimizers">What changes its parameters.</param>
public abstract class TrainingTask<TBatch>(Module model, params IReadOnlyList<Optimizer> optimizers) : TrainingTask(model, optimizers)
{
    /// <summary>The mean loss of a batch, one number; also the place to <see cref="TrainingTask.Log"/> other figures of it.</summary>
    public abstract Tensor Loss(TBatch batch);

    /// <summary>
    /// Learns from a batch: by default, all optimizers together go down <see cref="Loss"/>. Tasks with several losses
    /// (GANs) call <see cref="TrainingStep.Minimize"/> once for each.
    /// </summary>
    public virtual void Train(TBatch batch, TrainingStep step) => step.Minimize(() => Loss(batch), weight: Items(batch));

    /// <summary>Logs figures of a held-out batch; the model is in evaluation mode, and nothing is recorded. By default the loss.</summary>
    public virtual void Validate(TBatch batch) => Log("loss", Loss(batch).Item(), Items(batch));

    /// <summary>How many items a batch holds, the weight of its means: the first dimension of tensors and examples, else 1.</summary>
    public virtual long Items(TBatch batch) => batch switch
    {
        Tensor { Rank: > 0 } x => x.Shape[0],
        Example { Input.Rank: > 0 } example => example.Input.Shape[0],
        _ => 1,
    };
}
