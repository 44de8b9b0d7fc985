using Descent.Tensors;

namespace Descent.NN;

/// <summary>Windows over the spatial dimensions of a call; what the padding modes ask for is told before and after each.</summary>
sealed record OnnxWindows(int Rank, int[] Kernel, int[] Stride, int[] Dilation, int[] Before, int[] After)
{
    internal static OnnxWindows Of(OnnxCall c, int[] kernel)
    {
        int rank = c[0].Rank - 2;
        if (rank < 1 || kernel.Length != rank) throw new ArgumentException($"windows of ({string.Join(", ", kernel)}) do not fit an input of {c[0].Shape}.");
        int[] ones = [.. Enumerable.Repeat(1, rank)], pads = c.Integers("pads") ?? new int[2 * rank];
        int[] stride = c.Integers("strides") ?? ones, dilation = c.Integers("dilations") ?? ones;
        if (stride.Length != rank || dilation.Length != rank || pads.Length != 2 * rank || stride.Any(s => s < 1)) throw new ArgumentException("strides, dilations or pads do not fit the windows.");
        var w = new OnnxWindows(rank, kernel, stride, dilation, pads[..rank], pads[rank..]);
        string mode = c.Text("auto_pad", "NOTSET");
        if (mode == "VALID") return w with { Before = new int[rank], After = new int[rank] };
        return mode is "SAME_UPPER" or "SAME_LOWER" ? w.Same(c[0].Shape, mode == "SAME_UPPER") : w;
    }

    /// <summary>As much as makes the result size/stride, rounded up.</summary>
    OnnxWindows Same(Shape x, bool upper)
    {
        int[] all = [.. Enumerable.Range(0, Rank).Select(i => Math.Max(0, ((x[i + 2] + Stride[i] - 1) / Stride[i] - 1) * Stride[i] + Dilation[i] * (Kernel[i] - 1) + 1 - x[i + 2]))];
        int[] less = Array.ConvertAll(all, n => n / 2), more = Array.ConvertAll(all, n => n - n / 2);
        return upper ? this with { Before = less, After = more } : this with { Before = more, After = less };
    }

    internal bool IsEven => Before.AsSpan().SequenceEqual(After) && Before.All(n => n >= 0);

    /// <summary>The input with its padding made explicit.</summary>
    internal Tensor Padded(Tensor x, double value)
    {
        var around = new int[2 * Rank];
        for (int i = 0; i < Rank; i++) (around[2 * (Rank - 1 - i)], around[2 * (Rank - 1 - i) + 1]) = (Before[i], After[i]);
        return x.Pad(around, PaddingMode.Constant, value);
    }

    internal OnnxWindows Unpadded => this with { Before = new int[Rank], After = new int[Rank] };

    internal static Pair Two(int[] n) => (n[0], n[1]);

    internal static Triple Three(int[] n) => (n[0], n[1], n[2]);
}
