using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters with the options of Adam and its kin.</summary>
public abstract class BetasGroup : ParameterGroup
{
    private protected BetasGroup(IEnumerable<Tensor> parameters, double learningRate = 1e-3) : base(parameters, learningRate) { }

    /// <summary>How much of the running means of the gradient and of its square is kept, each in [0, 1).</summary>
    public (double First, double Second) Betas
    {
        get;
        set
        {
            Check(value.First, value.First is >= 0 and < 1, "in [0, 1)", "Betas.First");
            Check(value.Second, value.Second is >= 0 and < 1, "in [0, 1)", "Betas.Second");
            field = value;
        }
    } = (0.9, 0.999);

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("beta1", () => Betas.First, v => Betas = (v, Betas.Second)),
        new("beta2", () => Betas.Second, v => Betas = (Betas.First, v)),
    ];
}
