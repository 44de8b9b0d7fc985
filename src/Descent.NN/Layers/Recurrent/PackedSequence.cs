using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Sequences of different lengths without padding: the rows of all steps one after another, each step holding the
/// sequences that have it, the longest first. <see cref="Sequences"/> makes them.
/// </summary>
/// <param name="Data">Shape <c>(rows, …)</c>.</param>
/// <param name="BatchSizes">How many sequences have a step 0, 1, …; never rising.</param>
/// <param name="SortedIndices">Which sequence stands in which place; null where the order was kept.</param>
public sealed record PackedSequence(Tensor Data, IReadOnlyList<int> BatchSizes, IReadOnlyList<int>? SortedIndices = null)
{
    /// <summary>The place in which each sequence stands: the inverse of <see cref="SortedIndices"/>.</summary>
    public IReadOnlyList<int>? UnsortedIndices { get; } = Inverse(SortedIndices);

    /// <summary>Length of each sequence, in the order of the places.</summary>
    internal int[] Lengths()
    {
        var lengths = new int[BatchSizes.Count == 0 ? 0 : BatchSizes[0]];
        foreach (int size in BatchSizes)
            for (int i = 0; i < size; i++) lengths[i]++;
        return lengths;
    }

    static int[]? Inverse(IReadOnlyList<int>? order)
    {
        if (order is null) return null;
        var inverse = new int[order.Count];
        for (int i = 0; i < inverse.Length; i++) inverse[order[i]] = i;
        return inverse;
    }
}
