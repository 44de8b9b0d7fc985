using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Layer-sequential unit variance: weights start orthogonal and biases at 0, then, layer by layer as the module runs them, each is divided by
/// the deviation of what its layer gives on a batch, until that has variance 1.
/// </summary>
/// <remarks>Mishkin and Matas, "All you need is a good init", 2015, arXiv:1511.06422.</remarks>
public static class Lsuv
{
    /// <summary>Sets the weights of all linear layers and convolutions, outside the graph and in evaluation mode.</summary>
    /// <param name="model">The module.</param>
    /// <param name="batch">Typical inputs.</param>
    /// <param name="tolerance">How far from 1 a variance may stay.</param>
    /// <param name="iterations">Corrections of one layer at most.</param>
    /// <param name="generator">Draws the orthogonal matrices.</param>
    /// <returns>The layers in the order in which they ran, and the variance that each came to.</returns>
    /// <exception cref="InvalidOperationException">A layer gives a constant, infinity or NaN on this batch.</exception>
    public static IReadOnlyList<(string Layer, double Variance)> Init_(Module model, Tensor batch, double tolerance = 0.1, int iterations = 10, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Init_(model, () => model.Forward(batch), tolerance, iterations, generator);
    }

    /// <summary>Sets the weights of a module that takes several inputs.</summary>
    /// <param name="model">The module.</param>
    /// <param name="forward">Runs the module on typical inputs.</param>
    /// <param name="tolerance">How far from 1 a variance may stay.</param>
    /// <param name="iterations">Corrections of one layer at most.</param>
    /// <param name="generator">Draws the orthogonal matrices.</param>
    /// <inheritdoc cref="Init_(Module, Tensor, double, int, Generator?)"/>
    public static IReadOnlyList<(string Layer, double Variance)> Init_(Module model, Action forward, double tolerance = 0.1, int iterations = 10, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(forward);
        var weights = new Dictionary<Module, (string Name, Parameter Weight)>(ReferenceEqualityComparer.Instance);
        foreach (var (name, module) in model.NamedModules())
            if (module is not (Embedding or EmbeddingBag) && Own(module).Where(p => p.Rank >= 2).ToArray() is [var weight])
                weights.Add(module, (name, weight));

        var modes = model.NamedModules().Select(m => (m.Module, m.Module.IsTraining)).ToArray();
        using var _ = Autograd.NoGrad();
        try
        {
            model.Eval();
            var order = new List<Module>();
            ModuleObserver.Watch((module, _) =>
            {
                if (weights.ContainsKey(module) && !order.Contains(module)) order.Add(module);
            }, forward);
            foreach (var module in order)
            {
                Init.Orthogonal_(weights[module].Weight, generator: generator);
                // A bias adds variance that no factor of the weight takes away.
                foreach (var bias in Own(module).Where(p => p.Rank < 2)) Init.Zeros_(bias);
            }
            return [.. order.Select(module => (weights[module].Name, Scale(module, weights[module].Name, weights[module].Weight, forward, tolerance, iterations)))];
        }
        finally
        {
            foreach (var (module, isTraining) in modes) module.IsTraining = isTraining;
        }
    }

    static IEnumerable<Parameter> Own(Module module) => ModuleFields.Of(module).Tensors.Select(f => f.Get(module)).OfType<Parameter>();

    static double Scale(Module layer, string name, Parameter weight, Action forward, double tolerance, int iterations)
    {
        double variance = Variance(layer, forward);
        for (int i = 0; i < iterations && Math.Abs(variance - 1) > tolerance; i++)
        {
            if (!(variance > 0 && double.IsFinite(variance)))
                throw new InvalidOperationException($"Lsuv: what layer '{name}' gives has variance {variance} on this batch. Use a bigger batch of typical inputs.");
            weight.Copy_(weight.Detach() / Math.Sqrt(variance));
            variance = Variance(layer, forward);
        }
        return variance;
    }

    static double Variance(Module layer, Action forward)
    {
        double variance = double.NaN;
        ModuleObserver.Watch((module, y) =>
        {
            if (ReferenceEquals(module, layer)) variance = y.To(DType.Float64).Var().Item();
        }, forward);
        return variance;
    }
}
