using Descent.Tensors;

namespace Descent.NN;

/// <summary>Changes parameters by their gradients. One of one's own is easiest made from <see cref="GroupedOptimizer{TGroup}"/>.</summary>
public abstract class Optimizer
{
    /// <summary>The groups of parameters with their options, which may be changed between steps.</summary>
    public abstract IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Changes every parameter that has a gradient.</summary>
    public abstract void Step();

    /// <summary>Computes the loss and the gradients, then steps.</summary>
    /// <param name="closure">Drops the gradients, computes the loss, calls backward on it and returns it; some optimizers call it several times.</param>
    /// <returns>What the closure returned first.</returns>
    public virtual Tensor Step(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        var loss = Evaluate(closure);
        Step();
        return loss;
    }

    /// <summary>What the closure returns, called on the tape.</summary>
    protected static Tensor Evaluate(Func<Tensor> closure)
    {
        using var _ = Autograd.EnableGrad();
        return closure();
    }

    /// <summary>Drops the gradients, or sets them to 0.</summary>
    /// <param name="setToNone">False keeps the tensors and fills them with 0; a parameter that then gets no gradient is still decayed and moved.</param>
    public void ZeroGrad(bool setToNone = true)
    {
        var groups = Groups;
        for (int g = 0; g < groups.Count; g++)
        {
            var parameters = groups[g].Parameters;
            for (int i = 0; i < parameters.Count; i++)
                if (setToNone) parameters[i].Grad = null;
                else if (parameters[i].Grad is { } gradient) Init.Constant_(gradient, 0);
        }
    }

    /// <summary>Everything that steps depend on, beside the parameters. The tensors are copies.</summary>
    public abstract OptimizerState StateDict();

    /// <summary>Goes on from a state.</summary>
    /// <exception cref="StateDictException">It belongs to another kind of optimizer or to other parameters; nothing was loaded.</exception>
    public abstract void LoadStateDict(OptimizerState state);
}
