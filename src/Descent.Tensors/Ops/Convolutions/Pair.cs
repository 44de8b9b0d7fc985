namespace Descent.Tensors;

/// <summary>A figure for height and one for width, as kernels, strides and paddings have; a single number stands for both.</summary>
/// <param name="Height">Along the last dimension but one.</param>
/// <param name="Width">Along the last dimension.</param>
public readonly record struct Pair(int Height, int Width)
{
    /// <summary>The same figure twice.</summary>
    public static implicit operator Pair(int both) => new(both, both);

    /// <summary>Height and width.</summary>
    public static implicit operator Pair((int Height, int Width) pair) => new(pair.Height, pair.Width);

    /// <summary>Height and width.</summary>
    public override string ToString() => $"({Height}, {Width})";
}
