namespace Descent.Tensors;

/// <summary>A figure for depth, one for height and one for width; a single number stands for all three.</summary>
/// <param name="Depth">Along the last dimension but two.</param>
/// <param name="Height">Along the last dimension but one.</param>
/// <param name="Width">Along the last dimension.</param>
public readonly record struct Triple(int Depth, int Height, int Width)
{
    /// <summary>The same figure three times.</summary>
    public static implicit operator Triple(int all) => new(all, all, all);

    /// <summary>Depth, height and width.</summary>
    public static implicit operator Triple((int Depth, int Height, int Width) triple) => new(triple.Depth, triple.Height, triple.Width);

    /// <summary>Depth, height and width.</summary>
    public override string ToString() => $"({Depth}, {Height}, {Width})";
}
