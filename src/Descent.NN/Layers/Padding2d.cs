using Descent.Tensors;

namespace Descent.NN;

/// <summary>Zeros around an image: so many on each side, or "same" to keep its size, or "valid" for none.</summary>
public readonly record struct Padding2d
{
    /// <summary>As many as keep the size.</summary>
    public static Padding2d Same { get; } = new() { IsSame = true };

    /// <summary>None.</summary>
    public static Padding2d Valid => default;

    /// <summary>Whether the number follows from the kernel, so that the size is kept.</summary>
    public bool IsSame { get; private init; }

    /// <summary>Zeros on each side, where not <see cref="IsSame"/>.</summary>
    public Pair Sides { get; private init; }

    /// <summary>Zeros before and after each dimension.</summary>
    internal (Pair Before, Pair After) Around(Pair kernel, Pair dilation)
    {
        if (!IsSame) return (Sides, Sides);
        int height = dilation.Height * (kernel.Height - 1), width = dilation.Width * (kernel.Width - 1);
        return ((height / 2, width / 2), (height - height / 2, width - width / 2));
    }

    /// <summary>The same on all sides.</summary>
    public static implicit operator Padding2d(int sides) => new() { Sides = sides };

    /// <summary>Above and below, left and right.</summary>
    public static implicit operator Padding2d(Pair sides) => new() { Sides = sides };

    /// <summary>Above and below, left and right.</summary>
    public static implicit operator Padding2d((int Height, int Width) sides) => new() { Sides = sides };

    /// <summary>"same" or "valid".</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static implicit operator Padding2d(string name) => name switch
    {
        "same" => Same,
        "valid" => Valid,
        _ => throw new ArgumentException($"Padding '{name}' is not known; expected \"same\", \"valid\", a number or a pair."),
    };
}
