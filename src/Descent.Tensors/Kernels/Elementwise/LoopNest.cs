namespace Descent.Tensors.Kernels;

/// <summary>
/// A loop over the elements of operands that share a shape but not a layout. Dimensions that every operand steps
/// through alike are merged, so most nests come out as one or two loops.
/// </summary>
readonly struct LoopNest
{
    /// <summary>Sizes of the merged loops, outermost first; at least one.</summary>
    internal int[] Sizes { get; }

    /// <summary>Per operand, elements to step along each loop.</summary>
    internal int[][] Strides { get; }

    /// <param name="dims">The shape that all operands share.</param>
    /// <param name="strides">Per operand, strides of that rank; 0 where it repeats.</param>
    internal LoopNest(ReadOnlySpan<int> dims, params ReadOnlySpan<int[]> strides)
    {
        // Worked out flat: sizes first, then the strides of each operand.
        int rank = dims.Length, operands = strides.Length, count = 0;
        Span<int> flat = rank <= 8 && operands <= 6 ? stackalloc int[rank * (operands + 1)] : new int[rank * (operands + 1)];
        for (int i = 0; i < rank; i++)
        {
            if (dims[i] == 1) continue;
            bool joins = count > 0;
            for (int k = 0; joins && k < operands; k++) joins = flat[(k + 1) * rank + count - 1] == strides[k][i] * dims[i];
            if (joins) flat[count - 1] *= dims[i];
            else flat[count++] = dims[i];
            for (int k = 0; k < operands; k++) flat[(k + 1) * rank + count - 1] = strides[k][i];
        }
        Sizes = count == 0 ? [1] : flat[..count].ToArray();
        Strides = new int[operands][];
        for (int k = 0; k < operands; k++) Strides[k] = count == 0 ? [1] : flat.Slice((k + 1) * rank, count).ToArray();
    }

    /// <summary>Length of the innermost loop.</summary>
    internal int Inner => Sizes[^1];

    /// <summary>How many times the innermost loop runs.</summary>
    internal int Outer
    {
        get
        {
            int n = 1;
            for (int i = 0; i < Sizes.Length - 1; i++) n *= Sizes[i];
            return n;
        }
    }

    /// <summary>Where operand <paramref name="operand"/> is at the start of run <paramref name="outer"/> of the innermost loop.</summary>
    internal int Start(int operand, int outer)
    {
        var strides = Strides[operand];
        int at = 0;
        for (int i = Sizes.Length - 2; i >= 0; i--)
        {
            (outer, int index) = Math.DivRem(outer, Sizes[i]);
            at += index * strides[i];
        }
        return at;
    }
}
