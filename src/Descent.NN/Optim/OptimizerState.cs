using Descent.Tensors;

namespace Descent.NN;

/// <summary>All that an optimizer knows, flat and in order: from it, another goes on bit for bit.</summary>
/// <remarks>
/// <c>state.3.exp_avg</c> belongs to the fourth parameter, counted over all groups; <c>param_groups.0.lr</c> is an option
/// of the first group.
/// </remarks>
public sealed record OptimizerState
{
    /// <summary>Tensors by name.</summary>
    public OrderedDictionary<string, Tensor> Tensors { get; init; } = [];

    /// <summary>Numbers by name; true is 1.</summary>
    public OrderedDictionary<string, double> Numbers { get; init; } = [];
}
