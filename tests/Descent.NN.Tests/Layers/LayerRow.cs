using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>A layer with inputs to try it on, in Float32; every property of <see cref="LayerTable"/> is checked for it.</summary>
/// <param name="Name">What the test is called by.</param>
/// <param name="Create">Makes the layer, with the default generator.</param>
/// <param name="Inputs">Shapes of its inputs, drawn from a normal distribution.</param>
public sealed record LayerRow(string Name, Func<Module> Create, params Shape[] Inputs)
{
    /// <summary>The shape it must give for the inputs.</summary>
    public required Shape Output { get; init; }

    /// <summary>The call, for layers of several inputs.</summary>
    public Func<Module, Tensor[], Tensor> Apply { get; init; } = static (layer, x) => layer.Forward(x[0]);

    /// <summary>Draws the inputs, where they are no normal numbers; floating ones in Float32.</summary>
    public Func<Generator, Tensor[]>? Draw { get; init; }

    /// <summary>Whether the first dimension is a batch that the layer also does without.</summary>
    public bool TakesUnbatched { get; init; }

    /// <summary>Whether a batch of nothing gives nothing, in evaluation.</summary>
    public bool TakesEmptyBatch { get; init; } = true;

    /// <summary>Whether there are gradients to compare with slopes.</summary>
    public bool IsSmooth { get; init; } = true;

    /// <summary>Shapes of a first input that it must refuse.</summary>
    public Shape[] Refuses { get; init; } = [];

    internal Tensor[] Sample(DType dtype)
    {
        var generator = new Generator(7);
        Tensor[] inputs = Draw?.Invoke(generator) ?? Array.ConvertAll(Inputs, shape => Tensor.Randn(shape, DType.Float32, generator));
        return Array.ConvertAll(inputs, x => x.DType.IsFloatingPoint ? x.To(dtype) : x);
    }

    internal Tensor Run(Module layer, params Tensor[] inputs) => Apply(layer, inputs);

    public override string ToString() => Name;
}

/// <summary>Rows of one family of layers; the table finds every implementation in this assembly.</summary>
interface ILayerRows
{
    IEnumerable<LayerRow> Rows { get; }
}
