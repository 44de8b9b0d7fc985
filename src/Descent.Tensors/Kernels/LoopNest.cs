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
        int operands = strides.Length;
        var sizes = new List<int>(dims.Length);
        var merged = new List<int>[operands];
        for (int k = 0; k < operands; k++) merged[k] = new(dims.Length);
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] == 1) continue;
            int last = sizes.Count - 1;
            bool joins = last >= 0;
            for (int k = 0; joins && k < operands; k++) joins = merged[k][last] == strides[k][i] * dims[i];
            if (joins)
            {
                sizes[last] *= dims[i];
                for (int k = 0; k < operands; k++) merged[k][last] = strides[k][i];
            }
            else
            {
                sizes.Add(dims[i]);
                for (int k = 0; k < operands; k++) merged[k].Add(strides[k][i]);
            }
        }
        if (sizes.Count == 0)
        {
            sizes.Add(1);
            foreach (var m in merged) m.Add(1);
        }
        Sizes = [.. sizes];
        Strides = Array.ConvertAll(merged, m => m.ToArray());
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
