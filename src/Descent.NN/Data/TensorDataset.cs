using Descent.Tensors;

namespace Descent.NN;

/// <summary>Examples along the first dimension of two tensors that are held in memory.</summary>
public sealed class TensorDataset : IDataset<Example>, IBatchSource<Example>
{
    /// <param name="inputs">Shape <c>(count, …)</c>.</param>
    /// <param name="targets">Shape <c>(count, …)</c> or <c>(count)</c>.</param>
    /// <exception cref="ShapeException">The counts differ, or there is no first dimension.</exception>
    public TensorDataset(Tensor inputs, Tensor targets)
    {
        if (inputs.Rank == 0 || targets.Rank == 0 || inputs.Shape[0] != targets.Shape[0])
            throw new ShapeException($"TensorDataset: inputs {inputs.Shape} and targets {targets.Shape}. Expected the same first dimension, the number of examples.");
        (Inputs, Targets) = (inputs.Detach().Contiguous(), targets.Detach().Contiguous());
    }

    /// <summary>All inputs, <c>(count, …)</c>.</summary>
    public Tensor Inputs { get; }

    /// <summary>All targets, <c>(count, …)</c>.</summary>
    public Tensor Targets { get; }

    /// <inheritdoc cref="IDataset{T}.Count"/>
    public int Count => Inputs.Shape[0];

    /// <summary>One example, without the first dimension, as views.</summary>
    public Example this[int index] => new(Inputs.Select(0, index), Targets.Select(0, index));

    /// <inheritdoc/>
    public Example Gather(ReadOnlySpan<int> indices) => new(Rows.Gather(Inputs, indices), Rows.Gather(Targets, indices));
}
