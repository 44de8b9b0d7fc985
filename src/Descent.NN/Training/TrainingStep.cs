using Descent.Tensors;

namespace Descent.NN;

/// <summary>What a task learns through: it knows of accumulation, clipping and precision, so that tasks need not.</summary>
public sealed class TrainingStep
{
    /// <summary>A scale below this no longer helps: it is not the loss's size that makes the gradients overflow.</summary>
    const double LeastScale = 1.0 / (1 << 14);

    readonly Trainer _trainer;
    readonly TrainingTask _task;
    bool _scaled;
    Func<Tensor>? _loss;
    GeneratorState _random;

    internal TrainingStep(Trainer trainer, TrainingTask task)
    {
        (_trainer, _task) = (trainer, task);
        if (trainer.Options.Precision == Precision.Float16) Scaler = new();
    }

    /// <summary>The scale of the loss, in Float16.</summary>
    internal GradScaler? Scaler { get; }

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

    internal void Begin() => (Loss, GradientNorm, _scaled) = (double.NaN, double.NaN, false);

    /// <summary>After a batch: sets the scale by how its steps went.</summary>
    internal void End()
    {
        if (!_scaled) return;
        Scaler!.Update();
        if (Scaler.ScaleFactor < LeastScale)
            throw new InvalidOperationException($"The gradients overflow Float16 at any scale, at step {_trainer.State.Step + 1}. Train in BFloat16, or lower the learning rate.");
    }

    /// <summary>Computes a loss, carries its gradients back, and lets optimizers go a step down.</summary>
    /// <param name="loss">The loss, one number; optimizers that search along a line call it several times.</param>
    /// <param name="optimizer">Whose parameters learn from it; those of the task's other optimizers are held fast meanwhile. Null is all.</param>
    /// <param name="weight">How many items it is the mean of.</param>
    /// <param name="name">The name it is logged by.</param>
    /// <returns>The loss.</returns>
    /// <exception cref="InvalidOperationException">The loss is no number.</exception>
    public double Minimize(Func<Tensor> loss, Optimizer? optimizer = null, double weight = 1, string name = "loss")
    {
        ArgumentNullException.ThrowIfNull(loss);
        IReadOnlyList<Optimizer> learning = optimizer is null ? _task.Optimizers : [optimizer];
        var held = Hold(learning);
        try
        {
            double number;
            if (_trainer.Options.Accumulate == 1 && Scaler is null && learning is [var only])
            {
                bool first = true;
                double norm = GradientNorm;
                number = only.Step(() =>
                {
                    GradientNorm = norm;
                    only.ZeroGrad();
                    var value = Forward(loss, ref first, weight, name);
                    value.Backward();
                    _trainer.Profile?.End("backward");
                    Limit(only);
                    return value;
                }).Item();
                _trainer.Profile?.End("optimizer");
            }
            else
            {
                if (IsFirst)
                    foreach (var o in learning) o.ZeroGrad();
                bool first = true;
                var value = Forward(loss, ref first, weight, name);
                number = value.Item();
                if (Window > 1) value = value.Div(Window);
                (Scaler?.Scale(value) ?? value).Backward();
                _trainer.Profile?.End("backward");
                if (IsLast)
                    foreach (var o in learning) Update(o);
                _trainer.Profile?.End("optimizer");
            }
            return number;
        }
        finally
        {
            foreach (var parameter in held) parameter.RequiresGrad = true;
        }
    }

    Tensor Forward(Func<Tensor> loss, ref bool first, double weight, string name)
    {
        (_loss, _random) = (loss, Generator.Default.GetState());
        Tensor value;
        using (_trainer.Options.Precision.Enter()) value = loss();
        double number = value.Item();
        _trainer.Profile?.End("forward");
        if (!double.IsFinite(number) && Scaler is null) Fail("loss", number);
        if (!first) return value;
        first = false;
        if (double.IsNaN(Loss)) Loss = number;
        _task.Figures.Add(name, number, weight);
        return value;
    }

    void Update(Optimizer optimizer)
    {
        Scaler?.Unscale_(optimizer);
        Limit(optimizer);
        if (Scaler is null) optimizer.Step();
        else
        {
            Scaler.Step(optimizer);
            _scaled = true;
        }
    }

    /// <summary>Limits the gradients and notes their norm.</summary>
    void Limit(Optimizer optimizer)
    {
        var options = _trainer.Options;
        if (options.ClipNorm is null && options.ClipValue is null && !WantsNorm) return;
        var parameters = optimizer.Groups.SelectMany(g => g.Parameters);
        if (options.ClipNorm is not null || WantsNorm)
        {
            double norm = Clipping.ClipGradNorm_(parameters, options.ClipNorm ?? double.PositiveInfinity);
            if (!double.IsFinite(norm) && Scaler is null) Fail("norm of the gradients", norm);
            GradientNorm = double.IsNaN(GradientNorm) ? norm : double.Hypot(GradientNorm, norm);
        }
        if (options.ClipValue is { } limit) Clipping.ClipGradValue_(parameters, limit);
    }

    List<Tensor> Hold(IReadOnlyList<Optimizer> learning)
    {
        var held = new List<Tensor>();
        if (learning.Count == _task.Optimizers.Count) return held;
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
    void Fail(string what, double value)
    {
        string found = "no single operation made it; the weights are no numbers already.";
        try
        {
            Generator.Default.SetState(_random);
            using var detect = Autograd.DetectAnomaly();
            using var types = _trainer.Options.Precision.Enter();
            _loss!().Backward();
        }
        catch (AnomalyException anomaly)
        {
            found = anomaly.Message;
        }
        throw new InvalidOperationException($"The {what} became {value} at step {_trainer.State.Step + 1} (epoch {_trainer.State.Epoch + 1}): {found} " +
            "Lower the learning rate, or clip the gradients.");
    }
}
