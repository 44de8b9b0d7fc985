using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>The targets of <see cref="F.CtcLoss"/> as states of a lattice: blanks between and around the classes.</summary>
sealed class CtcPaths
{
    CtcPaths(CtcLattice.Sizes sizes, int[] labels, double[] skips, int[] lengths, Tensor divisors) =>
        (Sizes, Labels, Skips, Lengths, Divisors) = (sizes, labels, skips, lengths, divisors);

    internal CtcLattice.Sizes Sizes { get; }

    /// <summary>(N, width): the class of each state.</summary>
    internal int[] Labels { get; }

    /// <summary>(N, width): 0 where the state may be reached from two before, else −∞.</summary>
    internal double[] Skips { get; }

    /// <summary>(N, 2): steps and states.</summary>
    internal int[] Lengths { get; }

    /// <summary>(N): the lengths of the targets, at least 1.</summary>
    internal Tensor Divisors { get; }

    internal static CtcPaths Build(Shape shape, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank, bool single)
    {
        var (steps, samples, classes) = (shape[0], shape[1], shape[2]);
        if ((uint)blank >= (uint)classes)
            throw new ArgumentOutOfRangeException(nameof(blank), blank, $"CtcLoss: the blank is {blank}; expected a class from 0 to {classes - 1}.");
        int[] inputs = LengthsOf(inputLengths, samples, steps, "input"), lengths = LengthsOf(targetLengths, samples, int.MaxValue, "target");
        bool padded = targets.Rank == 2 || single;
        int stride = padded && targets.Rank > 0 ? targets.Shape[^1] : 0, longest = lengths.Length == 0 ? 0 : lengths.Max();
        long total = 0;
        foreach (int length in lengths) total += length;
        if (padded ? targets.Rank == 0 || longest > stride || targets.Elements != (long)samples * stride : targets.Rank != 1 || total != targets.Elements)
            throw new ShapeException($"CtcLoss: the targets' shape is {targets.Shape} for {samples} targets of at most {longest} classes, {total} in all. " +
                "Expected (N, S) with S at least the longest, or all targets one behind the other.");

        int width = 2 * longest + 3;
        var labels = new int[samples * width];
        var skips = new double[samples * width];
        var sizes = new int[samples * 2];
        Array.Fill(labels, blank);
        Array.Fill(skips, double.NegativeInfinity);
        long[] all = targets.To(DType.Int64).ToArray<long>();
        for (int n = 0, at = 0; n < samples; n++)
        {
            if (padded) at = n * stride;
            (sizes[2 * n], sizes[2 * n + 1]) = (inputs[n], 2 * lengths[n] + 1);
            for (int i = 0; i < lengths[n]; i++, at++)
            {
                long label = all[at];
                if ((ulong)label >= (ulong)classes || label == blank)
                    throw new ArgumentOutOfRangeException(nameof(targets), label,
                        $"CtcLoss: class {i} of target {n} is {label}; expected 0 to {classes - 1}, and not the blank {blank}.");
                int state = n * width + 2 * i + 1;
                labels[state] = (int)label;
                if (i > 0 && label != labels[state - 2]) skips[state] = 0;
            }
        }
        var divisors = Tensor.From<double>([.. lengths.Select(length => (double)Math.Max(1, length))]);
        return new(new(steps, samples, classes, width), labels, skips, sizes, divisors);
    }

    /// <summary>The losses by operations that can be differentiated twice; slow.</summary>
    internal Tensor Compose(Tensor x, bool zeroInfinity)
    {
        int n = Sizes.Samples, width = Sizes.Width;
        var labels = Tensor.From<int>(Labels, [n, width]).To(DType.Int64);
        var skips = Tensor.From<double>(Skips, [n, width]).To(x.DType);
        var steps = Tensor.From<int>([.. Lengths.Where((_, i) => i % 2 == 0)], [n, 1]);
        var states = Tensor.From<int>([.. Lengths.Where((_, i) => i % 2 == 1)], [n, 1]).To(DType.Int64);
        var impossible = Tensor.Full([n, 2], double.NegativeInfinity, x.DType);

        // Before the first step a path is at its start: in front of the first blank, from where the first class can be reached too.
        var start = Tensor.Arange(width).Lt(2).LogicalAnd(Tensor.Arange(width).Lt(states));
        Tensor alpha = Tensor.Full([n, width], double.NegativeInfinity, x.DType);
        for (int t = 0; t < Sizes.Steps; t++)
        {
            var emitted = x.Select(0, t).Gather(1, labels);
            Tensor next;
            if (t == 0) next = emitted.MaskedFill(start.LogicalNot(), double.NegativeInfinity);
            else
            {
                var wide = Tensor.Cat([impossible, alpha], 1);
                next = Tensor.Stack([alpha, wide.Narrow(1, 1, width), wide.Narrow(1, 0, width) + skips], 0).LogSumExp(0) + emitted;
            }
            alpha = Tensor.Where(steps.Gt(t), next, alpha);
        }
        var ends = Tensor.Cat([states.Sub(1), states.Sub(2).Clamp(0, null)], 1);
        // Where there is one state only, its path is counted once.
        var last = alpha.Gather(1, ends).MaskedFill(Tensor.Cat([states.Lt(0), states.Eq(1)], 1), double.NegativeInfinity);
        var losses = last.LogSumExp(1).Neg();
        losses = losses.MaskedFill(steps.Eq(0).LogicalAnd(states.Eq(1)).Reshape(n), 0);
        return zeroInfinity ? losses.MaskedFill(losses.Eq(double.PositiveInfinity), 0) : losses;
    }

    static int[] LengthsOf(Tensor lengths, int samples, int most, string what)
    {
        if (lengths.Elements != samples || lengths.Rank > 1)
            throw new ShapeException($"CtcLoss: the {what} lengths have the shape {lengths.Shape}; expected ({samples},), one for each sequence.");
        long[] values = lengths.To(DType.Int64).ToArray<long>();
        foreach (long length in values)
            if (length < 0 || length > most)
                throw new ArgumentOutOfRangeException($"{what}Lengths", length, $"CtcLoss: an {what} length is {length}; expected 0 to {most}.");
        return Array.ConvertAll(values, length => (int)length);
    }
}
