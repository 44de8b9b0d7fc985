using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Sharpness-aware minimisation: goes uphill by ρ along the gradient, <c>e = ρ · g / ‖g‖</c> over all parameters, takes the
/// gradient there, comes back, and lets another optimizer step by it. The closure is called twice.
/// </summary>
/// <remarks>
/// Foret et al., "Sharpness-Aware Minimization for Efficiently Improving Generalization", 2021, arXiv:2010.01412. Adaptive:
/// Kwon et al., "ASAM", 2021, arXiv:2102.11600, <c>e = ρ · p²g / ‖p · g‖</c>; ρ should then be about ten times as much.
/// </remarks>
public sealed class SAM : Optimizer
{
    readonly Optimizer _inner;
    readonly bool _adaptive;

    /// <summary>A wrapper.</summary>
    /// <param name="inner">The optimizer that steps; its groups and its state are those of this one.</param>
    /// <param name="rho">How far uphill.</param>
    /// <param name="adaptive">Whether the neighbourhood scales with the parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rho"/> is negative.</exception>
    public SAM(Optimizer inner, double rho = 0.05, bool adaptive = false)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (!(rho >= 0)) throw new ArgumentOutOfRangeException(nameof(rho), rho, $"SAM: rho is {rho}; it must be at least 0.");
        (_inner, Rho, _adaptive) = (inner, rho, adaptive);
    }

    /// <summary>How far uphill the second gradient is taken.</summary>
    public double Rho { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterGroup> Groups => _inner.Groups;

    /// <summary>Not for this optimizer.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void Step() => throw new InvalidOperationException("SAM computes the gradients twice: call Step(closure).");

    /// <inheritdoc/>
    public override Tensor Step(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        var loss = Evaluate(closure);
        var moved = GoUphill();
        try
        {
            Evaluate(closure);
        }
        finally
        {
            using var _ = Autograd.NoGrad();
            foreach (var (parameter, before) in moved) parameter.Copy_(before);
        }
        _inner.Step();
        return loss;
    }

    /// <returns>The parameters as they were, which gives their bits back.</returns>
    List<(Tensor Parameter, Tensor Before)> GoUphill()
    {
        using var _ = Autograd.NoGrad();
        var directions = (from g in Groups from p in g.Parameters where p.Grad is not null select (g, p)).Select(entry =>
        {
            var (group, p) = entry;
            var gradient = p.Grad!.Detach() * (group.Maximize ? -1.0 : 1.0);
            return (Parameter: p, Gradient: gradient, Scaled: _adaptive ? gradient * p.Detach() : gradient);
        }).ToArray();
        double norm = Math.Sqrt(directions.Sum(d => Math.Pow(d.Scaled.Norm().Item(), 2)));
        var moved = new List<(Tensor, Tensor)>();
        foreach (var (p, gradient, scaled) in directions)
        {
            moved.Add((p, p.Detach().Clone()));
            p.Add_((_adaptive ? scaled * p.Detach() : gradient) * (Rho / (norm + 1e-12)));
        }
        return moved;
    }

    /// <inheritdoc/>
    public override OptimizerState StateDict() => _inner.StateDict();

    /// <inheritdoc/>
    public override void LoadStateDict(OptimizerState state) => _inner.LoadStateDict(state);
}
