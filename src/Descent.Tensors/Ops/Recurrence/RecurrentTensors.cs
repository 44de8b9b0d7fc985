using System.Numerics;
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
        bool sharesBias = ReferenceEquals(dGates, dProducts), wantsState = Wants(WeightHh, needed), wantsInput = Wants(WeightIh, needed);
        var states = before.Narrow(1, 0, dState.Shape[1]);
        if (sharesBias && rows is null && wantsState && wantsInput)
        {
            (results[Place(WeightHh)], results[Place(WeightIh)]) = WeightGradient(dProducts, width, states, this[X]);
            (wantsState, wantsInput) = (false, false);
        }
        if (wantsState) results[Place(WeightHh)] = WeightGradient(dProducts, width, states).First;
        if (rows is not null) dGates = EmbeddingOps.Gathered(dGates, rows, this[X].Shape[0]);
        if (wantsInput) results[Place(WeightIh)] = WeightGradient(dGates, width, this[X]).First;
        if (Wants(X, needed)) results[Place(X)] = MatMulOps.Product(dGates.Narrow(1, 0, width), this[WeightIh], false, false);
        if (Wants(State, needed)) results[Place(State)] = dState;
        // Whole rows are summed in one sweep, with what lies between them.
        if (Wants(BiasIh, needed)) results[Place(BiasIh)] = dGates.Sum(0).Narrow(0, 0, width).Clone();
        if (Wants(BiasHh, needed))
            results[Place(BiasHh)] = sharesBias && Wants(BiasIh, needed) ? results[Place(BiasIh)]!.Clone() : dProducts.Sum(0).Narrow(0, 0, width).Clone();
    }

    /// <summary>The gradients dyᵀ·x of one weight or of two that dy came from.</summary>
    /// <param name="dy">Its first <paramref name="width"/> columns count; contiguous.</param>
    /// <param name="width">Rows of the weights.</param>
    /// <param name="x">What met the weight.</param>
    /// <param name="other">What met the other weight, or null.</param>
    static (Tensor First, Tensor? Second) WeightGradient(Tensor dy, int width, Tensor x, Tensor? other = null) =>
        dy.DType == DType.Float32 ? WeightGradient<float>(dy, width, x, other) : WeightGradient<double>(dy, width, x, other);

    static unsafe (Tensor First, Tensor? Second) WeightGradient<T>(Tensor dy, int width, Tensor x, Tensor? other) where T : unmanaged, INumberBase<T>
    {
        Tensor[] inputs = other is null ? [x] : [x, other];
        int count = dy.Shape[0];
        if (!WeightGradients<T>.Takes(count, width, inputs.Sum(input => input.Shape[1])))
        {
            var part = dy.Narrow(1, 0, width);
            return (MatMulOps.Product(part, x, true, false), other is null ? null : MatMulOps.Product(part, other, true, false));
        }
        var results = Array.ConvertAll(inputs, input => Tensor.Uninitialized(new(width, input.Shape[1]), input.DType));
        // Rows may lie apart, but their elements must not.
        inputs = Array.ConvertAll(inputs, input => input.Strides[1] == 1 ? input : input.Contiguous());
        var work = RecurrentTensors.Room(WeightGradients<T>.Workspace(count, [.. inputs.Select(input => input.Shape[1])]), dy);
        fixed (T* pdy = dy.AsSpan<T>(), room = work.AsSpan<T>())
        fixed (T* from = &inputs[0].First<T>(), rest = &inputs[^1].First<T>(), to = &results[0].First<T>(), last = &results[^1].First<T>())
        {
            WeightInput<T> first = new((nint)from, inputs[0].Strides[0], inputs[0].Shape[1], (nint)to), second = new((nint)rest, inputs[^1].Strides[0], inputs[^1].Shape[1], (nint)last);
            WeightGradients<T>.Run(pdy, dy.Shape[1], count, width, other is null ? [first] : [first, second], room);
        }
        GC.KeepAlive(inputs);
        work.Dispose();
        return (results[0], other is null ? null : results[1]);
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
