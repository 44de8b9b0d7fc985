using Descent.Tensors;

namespace Descent.NN;

/// <summary>Inputs and targets along the first dimension of two tensors that are held in memory.</summary>
public sealed class TensorDataset : IDataset<Example>, IGather<Example>
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

    /// <summary>The examples of these numbers, copied, along the first dimension.</summary>
    /// <exception cref="DatasetException">A number is out of range.</exception>
    public Example Gather(ReadOnlySpan<int> indices) => new(Rows.Gather(Inputs, indices), Rows.Gather(Targets, indices));

    bool IGather<Example>.CanGather => true;

    Example IGather<Example>.Gather(ReadOnlySpan<int> indices, int epoch) => Gather(indices);
}

/// <summary>Any number of tensors of one first dimension; an example is the row of each.</summary>
public sealed class TensorsDataset : IDataset<Tensor[]>, IGather<Tensor[]>
{
    readonly Tensor[] _tensors;

    /// <param name="tensors">Each of shape <c>(count, …)</c>; at least one.</param>
    /// <exception cref="ShapeException">There is none, or their counts differ.</exception>
    public TensorsDataset(params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.Length == 0) throw new ShapeException("TensorsDataset: no tensor was given; expected at least one.");
        foreach (var tensor in tensors)
            if (tensor.Rank == 0 || tensors[0].Rank == 0 || tensor.Shape[0] != tensors[0].Shape[0])
                throw new ShapeException($"TensorsDataset: {tensors[0].Shape} and {tensor.Shape}. Expected the same first dimension, the number of examples.");
        _tensors = new Tensor[tensors.Length];
        for (int i = 0; i < tensors.Length; i++) _tensors[i] = tensors[i].Detach().Contiguous();
    }

    /// <summary>The whole tensors.</summary>
    public IReadOnlyList<Tensor> Tensors => _tensors;

    /// <inheritdoc/>
    public int Count => _tensors[0].Shape[0];

    /// <summary>One row of each tensor, without the first dimension, as views.</summary>
    public Tensor[] this[int index] => Array.ConvertAll(_tensors, t => t.Select(0, index));

    bool IGather<Tensor[]>.CanGather => true;

    Tensor[] IGather<Tensor[]>.Gather(ReadOnlySpan<int> indices, int epoch)
    {
        var rows = new Tensor[_tensors.Length];
        for (int i = 0; i < rows.Length; i++) rows[i] = Rows.Gather(_tensors[i], indices);
        return rows;
    }
}
