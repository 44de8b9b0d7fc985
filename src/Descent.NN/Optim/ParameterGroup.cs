using Descent.Tensors;

namespace Descent.NN;

/// <summary>Parameters that share the options of an optimizer.</summary>
public abstract class ParameterGroup
{
    /// <param name="parameters">Leaves that require gradients; one without a gradient is left alone by a step.</param>
    /// <exception cref="ArgumentException">One is no leaf, or stands in the group twice.</exception>
    private protected ParameterGroup(IEnumerable<Tensor> parameters)
    {
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

    /// <summary>Strength of the pull towards 0.</summary>
    public double WeightDecay { get; set => field = Check(value, value >= 0, "at least 0"); }

    /// <summary>Whether steps go up the gradient instead of down.</summary>
    public bool Maximize { get; set; }

    /// <summary>The options by PyTorch's names, as numbers; true is 1.</summary>
    internal virtual IEnumerable<(string Name, Func<double> Get, Action<double> Set)> Options =>
    [
        ("lr", () => LearningRate, v => LearningRate = v),
        ("weight_decay", () => WeightDecay, v => WeightDecay = v),
        ("maximize", () => Maximize ? 1 : 0, v => Maximize = v != 0),
    ];

    private protected static double Check(double value, bool holds, string expected, [System.Runtime.CompilerServices.CallerMemberName] string option = "") =>
        holds ? value : throw new ArgumentOutOfRangeException(option, value, $"{option} is {value}; it must be {expected}.");
}
