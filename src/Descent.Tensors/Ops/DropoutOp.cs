namespace Descent.Tensors;

public static partial class F
{
    /// <summary>In training, zeroes each element with probability <paramref name="p"/> and scales the others by <c>1 / (1 − p)</c>.</summary>
    /// <remarks>Srivastava et al., "Dropout", JMLR 15, 2014.</remarks>
    /// <param name="x">Any shape.</param>
    /// <param name="p">From 0 to 1.</param>
    /// <param name="training">Outside training the input is returned as it is.</param>
    /// <param name="generator">Where the choices come from; the default generator if null.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is not from 0 to 1.</exception>
    public static Tensor Dropout(Tensor x, double p = 0.5, bool training = true, Generator? generator = null)
    {
        if (!(p is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(p), p, $"Dropout: p is {p}; it must be from 0 to 1.");
        if (!training || p == 0 || x.Elements == 0) return x;
        if (p == 1) return x * Tensor.Zeros(x.Shape, x.DType);
        var mask = Tensor.Uninitialized(x.Shape, DType.Float32);
        (generator ?? Generator.Default).Bernoulli(mask.AsSpan<float>(), 1 - p, (float)(1 / (1 - p)));
        return x * mask.To(x.DType);
    }
}
