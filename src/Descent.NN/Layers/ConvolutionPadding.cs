using Descent.Tensors;

namespace Descent.NN;

/// <summary>What stands around the input of a convolution: so many on each side, or "same" to keep its size, or "valid" for none.</summary>
public readonly record struct ConvolutionPadding
{
    readonly Triple _sides;
    readonly int _count;

    ConvolutionPadding(Triple sides, int count) => (_sides, _count) = (sides, count);

    /// <summary>As many as keep the size.</summary>
    public static ConvolutionPadding Same { get; } = new() { IsSame = true };

    /// <summary>None.</summary>
    public static ConvolutionPadding Valid => default;

    /// <summary>Whether the number follows from the kernel, so that the size is kept.</summary>
    public bool IsSame { get; private init; }

    /// <summary>How many stand before and after each dimension.</summary>
    internal (int[] Before, int[] After) Around(ReadOnlySpan<int> kernel, ReadOnlySpan<int> dilation)
    {
        int[] before = new int[kernel.Length], after = new int[kernel.Length];
        for (int i = 0; i < kernel.Length; i++)
        {
            int both = dilation[i] * (kernel[i] - 1);
            // What "same" needs more of with an even kernel stands at the end, as in PyTorch.
            before[i] = IsSame ? both / 2 : Side(i);
            after[i] = IsSame ? both - both / 2 : Side(i);
        }
        return (before, after);
    }

    /// <summary>Whether there is one number for all dimensions, or one for each of <paramref name="rank"/>.</summary>
    internal bool Fits(int rank) => _count <= 1 || _count == rank;

    int Side(int dimension) => _count switch
    {
        0 => 0,
        3 when dimension == 2 => _sides.Width,
        _ => dimension == 0 || _count == 1 ? _sides.Depth : _sides.Height,
    };

    /// <summary>The same on all sides.</summary>
    public static implicit operator ConvolutionPadding(int sides) => new(sides, 1);

    /// <summary>Above and below, left and right.</summary>
    public static implicit operator ConvolutionPadding(Pair sides) => new(new(sides.Height, sides.Width, 0), 2);

    /// <summary>Above and below, left and right.</summary>
    public static implicit operator ConvolutionPadding((int Height, int Width) sides) => (Pair)sides;

    /// <summary>In front and behind, above and below, left and right.</summary>
    public static implicit operator ConvolutionPadding(Triple sides) => new(sides, 3);

    /// <summary>In front and behind, above and below, left and right.</summary>
    public static implicit operator ConvolutionPadding((int Depth, int Height, int Width) sides) => (Triple)sides;

    /// <summary>"same" or "valid".</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static implicit operator ConvolutionPadding(string name) => name switch
    {
        "same" => Same,
        "valid" => Valid,
        _ => throw new ArgumentException($"Padding '{name}' is not known; expected \"same\", \"valid\", a number or one for each dimension."),
    };

    /// <summary>"same", or the numbers.</summary>
    public override string ToString() => IsSame ? "same" : _count switch
    {
        2 => $"({_sides.Depth}, {_sides.Height})",
        3 => _sides.ToString(),
        _ => $"{_sides.Depth}",
    };
}
