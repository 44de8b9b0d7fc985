using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Copies of a tensor in other memory layouts.</summary>
public static class Layouts
{
    /// <summary>Row-major without gaps.</summary>
    public static Tensor Plain(Tensor x) => x.Clone();

    /// <summary>Dimensions in reverse order in memory, with a gap after every element and before the first.</summary>
    /// <remarks>The gaps hold a value that no computation survives unnoticed.</remarks>
    public static Tensor Strided(Tensor x)
    {
        const int Start = 3;
        var strides = new int[x.Rank];
        for (int d = 0, step = 2; d < x.Rank; d++)
        {
            strides[d] = step;
            step *= Math.Max(x.Shape[d], 1);
        }
        Scalar poison = x.DType.IsFloatingPoint ? double.NaN : x.DType == DType.Bool ? true : 101;
        var memory = Tensor.Full([2 * x.Elements + Start], poison, x.DType);
        return memory.Alias(x.Shape, strides, Start).Copy_(x).Detach();
    }
}
