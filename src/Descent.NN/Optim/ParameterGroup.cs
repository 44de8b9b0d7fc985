using Descent.Tensors;

namespace Descent.NN;

/// <summary>An option of a group as a number, for saving and for schedules: true is 1.</summary>
/// <param name="Name">PyTorch's name.</param>
/// <param name="Get">Reads it.</param>
/// <param name="Set">Changes it.</param>
public readonly record struct GroupOption(string Name, Func<double> Get, Action<double> Set);

/// <summary>Parameters that share the options of an optimizer. A <see cref="GroupedOptimizer{TGroup}"/> derives its own.</summary>
public abstract class ParameterGroup
{
    /// <param name="parameters">Leaves that require gradients; one without a gradient is left alone by a step.</param>
    /// <param name="learningRate">The rate where none is set.</param>
    /// <exception cref="ArgumentException">One is no leaf, or stands in the group twice.</exception>
    protected ParameterGroup(IEnumerable<Tensor> parameters, double learningRate = 1e-3)
    {
        LearningRate = learningRate;
        Parameters = [.. parameters];
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var p in Parameters)
        {
            if (!p.IsLeaf || !p.DType.IsFloatingPoint)
                throw new ArgumentException($"An optimizer changes leaves of floating type; a tensor of shape {p.Shape} is {(p.IsLeaf ? p.DType : "computed from others")}.", nameof(parameters));
            if (!seen.Add(p))
                throw new ArgumentException($"A parameter of shape {p.Shape} stands in the group twice.", nameof(parameters));
        }
    }

    /// <summary>The tensors that a step changes.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>The size of a step.</summary>
    public double LearningRate { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>The learning rate that schedules go by: the one that the first <see cref="LRScheduler"/> found, else null.</summary>
    public double? InitialLearningRate { get; internal set; }

    /// <summary>
    /// Strength of the pull towards 0, as PyTorch means it: added to the gradient as <c>decay · p</c>, or decoupled from it
    /// where the optimizer says so.
    /// </summary>
    public double WeightDecay { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>
    /// The λ of a penalty <c>λ Σ|p|</c> on the loss: <c>λ · sign(p)</c>, 0 at 0, is added to the gradient. A subgradient
    /// step: small parameters hover around 0 instead of being exactly 0.
    /// </summary>
    public double L1Penalty { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>The λ of a penalty <c>λ/2 Σp²</c> on the loss: <c>λ · p</c> is added to the gradient, also where <see cref="WeightDecay"/> is decoupled.</summary>
    public double L2Penalty { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>Whether steps go up the gradient instead of down.</summary>
    public bool Maximize { get; set; }

    /// <summary>All options, which are saved with the optimizer's state. What a group adds comes after those of its base.</summary>
    public virtual IEnumerable<GroupOption> Options =>
    [
        new("lr", () => LearningRate, v => LearningRate = v),
        new("weight_decay", () => WeightDecay, v => WeightDecay = v),
        new("l1_penalty", () => L1Penalty, v => L1Penalty = v),
        new("l2_penalty", () => L2Penalty, v => L2Penalty = v),
        new("maximize", () => Maximize ? 1 : 0, v => Maximize = v != 0),
    ];

    /// <summary>What PyTorch calls the tensors that are remembered for a parameter, in the order of <see cref="ParameterState.Moments"/>; none by default.</summary>
    public virtual IReadOnlyList<string> MomentNames => [];

    /// <summary>The shape of such a tensor; that of its parameter by default.</summary>
    /// <param name="moment">Its place among the names.</param>
    /// <param name="parameter">The shape of the parameter.</param>
    public virtual Shape MomentShape(int moment, Shape parameter) => parameter;

    /// <summary>Names of <see cref="ParameterState.Numbers"/>; none by default.</summary>
    public virtual IReadOnlyList<string> NumberNames => [];

    /// <summary>The gradient with that of the penalties. They pull towards 0 also where steps go up.</summary>
    internal Tensor Penalised(Tensor parameter, Tensor gradient)
    {
        if (L1Penalty == 0 && L2Penalty == 0) return gradient;
        using var _ = Autograd.NoGrad();
        var (p, sum) = (parameter.Detach(), gradient.Detach());
        double sign = Maximize ? -1 : 1;
        if (L1Penalty != 0) sum += p.Sign() * (sign * L1Penalty);
        if (L2Penalty != 0) sum += p * (sign * L2Penalty);
        return sum;
    }

    /// <summary>The value, for the setter of an option.</summary>
    /// <param name="value">What is to be set.</param>
    /// <param name="holds">Whether it may be.</param>
    /// <param name="expected">What it must be, as in "at least 0".</param>
    /// <param name="option">The option's name.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not hold.</exception>
    protected static double Check(double value, bool holds, string expected, [System.Runtime.CompilerServices.CallerMemberName] string option = "") =>
        holds ? value : throw new ArgumentOutOfRangeException(option, value, $"{option} is {value}; it must be {expected}.");
}
