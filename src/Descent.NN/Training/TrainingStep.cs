using Descent.Tensors;

namespace Descent.NN;

/// <summary>What a task learns through: it knows of accumulation, clipping and precision, so that tasks need not.</summary>
public sealed class TrainingStep
{
    readonly Trainer _trainer;
    readonly TrainingTask _task;

    internal TrainingStep(Trainer trainer, TrainingTask task) => (_trainer, _task) = (trainer, task);

    /// <summary>The first batch of those whose gradients are added up.</summary>
    internal bool IsFirst { get; set; }

    /// <summary>The last batch of those: after it the optimizers step.</summary>
    internal bool IsLast { get; set; }

    /// <summary>How many batches' gradients are added up.</summary>
    internal int Window { get; set; } = 1;

    /// <summary>Whether the norm of the gradients is to be known.</summary>
    internal bool WantsNorm { get; set; }

    /// <summary>The loss of this batch, of the first <see cref="Minimize"/>.</summary>
    internal double Loss { get; private set; } = double.NaN;

    /// <summary>The norm of the gradients of this step over all optimizers, before clipping.</summary>
    internal double GradientNorm { get; private set; } = double.NaN;

    internal void Begin() => (Loss, GradientNorm) = (double.NaN, double.NaN);

    /// <summary>Computes a loss, carries its gradients back, and lets optimizers go a step down.</summary>
    /// <param name="loss">The loss, one number.</param>
    /// <param name="optimizer">Whose parameters learn from it; those of the task's other optimizers are held fast meanwhile. Null is all.</param>
    /// <param name="weight">How many items it is the mean of.</param>
    /// <param name="name">The name it is logged by.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="InvalidOperationException">The loss is no number.</exception>
    public double Minimize(Func<Tensor> loss, Optimizer? optimizer = null, double weight = 1, string name = "loss")
    {
        ArgumentNullException.ThrowIfNull(loss);
        Optimizer[] learning = optimizer is null ? [.. _task.Optimizers] : [optimizer];
        var held = Hold(learning);
        try
        {
            if (IsFirst)
                foreach (var o in learning) o.ZeroGrad();
            var random = Generator.Default.GetState();
            var value = loss();
            double number = value.Item();
            if (double.IsNaN(Loss)) Loss = number;
            if (!double.IsFinite(number)) Fail(loss, number, random);
            _task.Figures.Add(name, number, weight);
            (Window == 1 ? value : value.Div(Window)).Backward();
            if (IsLast)
                foreach (var o in learning) Update(o);
            return number;
        }
        finally
        {
            foreach (var parameter in held) parameter.RequiresGrad = true;
        }
    }

    void Update(Optimizer optimizer)
    {
        var parameters = optimizer.Groups.SelectMany(g => g.Parameters);
        var options = _trainer.Options;
        if (options.ClipNorm is not null || WantsNorm)
        {
            double norm = Clipping.ClipGradNorm_(parameters, options.ClipNorm ?? double.PositiveInfinity);
            GradientNorm = double.IsNaN(GradientNorm) ? norm : double.Hypot(GradientNorm, norm);
        }
        if (options.ClipValue is { } limit) Clipping.ClipGradValue_(parameters, limit);
        optimizer.Step();
    }

    List<Tensor> Hold(Optimizer[] learning)
    {
        var held = new List<Tensor>();
        if (learning.Length == _task.Optimizers.Count) return held;
        var free = learning.SelectMany(Parameters).ToHashSet(ReferenceEqualityComparer.Instance);
        foreach (var parameter in _task.Optimizers.Except(learning).SelectMany(Parameters))
        {
            if (!parameter.RequiresGrad || free.Contains(parameter)) continue;
            parameter.RequiresGrad = false;
            held.Add(parameter);
        }
        return held;

        static IEnumerable<Tensor> Parameters(Optimizer o) => o.Groups.SelectMany(g => g.Parameters);
    }

    /// <summary>Runs the batch once more from the same random numbers, looking at every operation.</summary>
    void Fail(Func<Tensor> loss, double value, GeneratorState random)
    {
        string found = "no operation made it alone; the weights are no numbers already";
        try
        {
            Generator.Default.SetState(random);
            using var _ = Autograd.DetectAnomaly();
            loss().Backward();
        }
        catch (AnomalyException anomaly)
        {
            found = anomaly.Message;
        }
        throw new InvalidOperationException($"The loss became {value} at step {_trainer.State.Step + 1} (epoch {_trainer.State.Epoch + 1}): {found} " +
            "Lower the learning rate, or clip the gradients.");
    }
}
