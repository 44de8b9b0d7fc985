namespace Descent.Tensors.Kernels;

/// <summary>
/// The steps of a batch of sequences, sorted by falling length, whose rows lie step after step: step t has the first
/// <c>Sizes[t]</c> sequences. A sequence that has ended keeps its state.
/// </summary>
sealed class RecurrentSteps
{
    readonly bool _reverse;

    internal RecurrentSteps(int[] sizes, bool reverse)
    {
        (Sizes, _reverse) = (sizes, reverse);
        Offsets = new int[sizes.Length];
        foreach (int t in Enumerable.Range(0, sizes.Length))
        {
            Offsets[t] = Rows;
            Rows += sizes[t];
        }
    }

    /// <summary>Sequences that have a step t; never rising.</summary>
    internal int[] Sizes { get; }

    /// <summary>The first row of step t.</summary>
    internal int[] Offsets { get; }

    /// <summary>Rows of all steps.</summary>
    internal int Rows { get; }

    /// <summary>The number of steps.</summary>
    internal int Count => Sizes.Length;

    /// <summary>The step that is computed as number i.</summary>
    internal int At(int i) => _reverse ? Count - 1 - i : i;
}
