using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Memory that the recurrent operations ask for.</summary>
static class RecurrentTensors
{
    /// <summary>Room for all steps' rows.</summary>
    internal static Tensor Rows(RecurrentSteps steps, int width, Tensor like) => Tensor.Uninitialized(new(steps.Rows, width), like.DType);

    /// <summary>Room for so many elements, to be given back when the kernel is done.</summary>
    internal static Tensor Room(nint length, Tensor like) => Tensor.Uninitialized(new(checked((int)length)), like.DType);

    /// <summary>The elements, or nothing.</summary>
    internal static Span<T> Span<T>(Tensor? x) where T : unmanaged => x is null ? default : x.AsSpan<T>();
}

/// <summary>The inputs of a recurrence as they are kept for backward; some may be null. All are of one type.</summary>
/// <param name="rows">Null, or which row of the first tensor each step's row is: its product is then made once for each of its rows.</param>
/// <param name="all">The rows of all steps, the weight and bias of the inputs, bias and weight of the state, the first state, and what a cell has beside.</param>
sealed class RecurrentInputs(Tensor? rows, params Tensor?[] all)
{
    internal const int X = 0, WeightIh = 1, BiasIh = 2, BiasHh = 3, WeightHh = 4, State = 5, Cell = 6, Projection = 7;

    readonly Saved?[] _saved = Array.ConvertAll(all, x => x?.Saved);

    internal Tensor this[int index] => _saved[index]!.Value.Value;

    internal Tensor? Find(int index) => _saved[index] is { } saved ? saved.Value : null;

    /// <summary>Those that are there, in order: the inputs of the operation.</summary>
    internal Tensor[] Present => [.. Enumerable.Range(0, _saved.Length).Select(Find).OfType<Tensor>()];

    /// <summary>All, from those that are there.</summary>
    internal Tensor?[] Spread(Tensor[] present)
    {
        int next = 0;
        return Array.ConvertAll(_saved, x => x is null ? null : present[next++]);
    }

    /// <summary>What the inputs give to the gates, with the bias of the state if <paramref name="both"/>; not recorded, and in memory of its own.</summary>
    internal Tensor Gates(bool both)
    {
        using var _ = Autograd.NoGrad();
        return Gates(this[X], this[WeightIh], Find(BiasIh), both ? Find(BiasHh) : null).To(this[X].DType);
    }

    /// <summary>The product of all steps' inputs with the weight, and with it the biases: one for the whole sequence.</summary>
    internal Tensor Gates(Tensor x, Tensor weight, Tensor? bias, Tensor? other)
    {
        var product = F.Linear(x, weight, bias is not null && other is not null ? bias + other : bias ?? other);
        return rows is null ? product : EmbeddingOps.Fetch(product, rows, padding: -1, byFrequency: false);
    }

    /// <summary>The gradients of what went into the gates, and of the first state and its weight.</summary>
    /// <param name="dGates">Gradient of the gates; its rows, as those of the next two, may be longer.</param>
    /// <param name="dProducts">That of the state's products with its weight.</param>
    /// <param name="before">States before the steps.</param>
    /// <param name="dState">Gradient of the first state.</param>
    /// <param name="needed">Which of the inputs that are there want a gradient.</param>
    /// <param name="results">Their places.</param>
    internal void Gradients(Tensor dGates, Tensor dProducts, Tensor before, Tensor dState, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        int width = this[WeightIh].Shape[0];
        dGates.Narrow(1, width, dGates.Shape[1] - width).Zero_();
        dProducts.Narrow(1, width, dGates.Shape[1] - width).Zero_();
        var products = dProducts.Narrow(1, 0, width);
        if (Wants(WeightHh, needed)) results[Place(WeightHh)] = WeightGradient(products, before.Narrow(1, 0, dState.Shape[1]));
        bool sharesBias = ReferenceEquals(dGates, dProducts);
        if (rows is not null) dGates = EmbeddingOps.Gathered(dGates, rows, this[X].Shape[0]);
        var gates = dGates.Narrow(1, 0, width);
        if (Wants(X, needed)) results[Place(X)] = MatMulOps.Product(gates, this[WeightIh], false, false);
        if (Wants(WeightIh, needed)) results[Place(WeightIh)] = WeightGradient(gates, this[X]);
        if (Wants(State, needed)) results[Place(State)] = dState;
        // Whole rows are summed in one sweep, with what lies between them.
        if (Wants(BiasIh, needed)) results[Place(BiasIh)] = dGates.Sum(0).Narrow(0, 0, width).Clone();
        if (Wants(BiasHh, needed))
            results[Place(BiasHh)] = sharesBias && Wants(BiasIh, needed) ? results[Place(BiasIh)]!.Clone() : dProducts.Sum(0).Narrow(0, 0, width).Clone();
    }

    /// <summary>dyᵀ·x, made as the transpose of xᵀ·dy: the wider operand is then the one whose rows are packed as they lie.</summary>
    static unsafe Tensor WeightGradient(Tensor dy, Tensor x)
    {
        using var product = MatMulOps.Product(x, dy, true, false);
        var gradient = Tensor.Uninitialized(new(product.Shape[1], product.Shape[0]), product.DType);
        if (gradient.DType == DType.Float32) Transpose<float>();
        else Transpose<double>();
        return gradient;

        void Transpose<T>() where T : unmanaged
        {
            fixed (T* from = product.AsSpan<T>(), to = gradient.AsSpan<T>())
                Packing.Transposed(from, to, product.Shape[0], product.Shape[1]);
        }
    }

    internal bool Wants(int index, ReadOnlySpan<bool> needed) => Place(index) is >= 0 and var place && needed[place];

    /// <summary>Where an input stands among those that are there, or -1.</summary>
    internal int Place(int index)
    {
        if (index >= _saved.Length || _saved[index] is null) return -1;
        int place = 0;
        for (int i = 0; i < index; i++)
            if (_saved[i] is not null) place++;
        return place;
    }
}
