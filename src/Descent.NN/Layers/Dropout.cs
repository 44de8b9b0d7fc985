using Descent.Tensors;

namespace Descent.NN;

/// <summary>A layer that in training drops something at random, and in evaluation gives what it takes.</summary>
public abstract class RandomDrop : Module
{
    readonly Generator? _generator;

    private protected RandomDrop(double p, Generator? generator)
    {
        if (!(p is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, $"{GetType().Name}: p is {p}; it must be in [0, 1].");
        (P, _generator) = (p, generator);
    }

    /// <summary>Probability of what is dropped.</summary>
    public double P { get; }

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x) => Observed(Drop(x, _generator));

    private protected abstract Tensor Drop(Tensor x, Generator? generator);
}

/// <summary>In training, sets elements to 0 at random and scales the rest by <c>1 / (1 − p)</c>.</summary>
/// <remarks>Srivastava et al., "Dropout", 2014.</remarks>
/// <param name="p">Probability, in [0, 1].</param>
/// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
public sealed class Dropout(double p = 0.5, Generator? generator = null) : RandomDrop(p, generator)
{
    private protected override Tensor Drop(Tensor x, Generator? generator) => F.Dropout(x, P, IsTraining, generator);
}

/// <summary>In training, sets whole channels of <c>(N, C, L)</c> or <c>(C, L)</c> to 0 at random and scales the rest by <c>1 / (1 − p)</c>.</summary>
/// <remarks>Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2014, arXiv:1411.4280.</remarks>
/// <param name="p">Probability, in [0, 1].</param>
/// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
public sealed class Dropout1d(double p = 0.5, Generator? generator = null) : RandomDrop(p, generator)
{
    private protected override Tensor Drop(Tensor x, Generator? generator) => F.Dropout1d(x, P, IsTraining, generator);
}

/// <summary>In training, sets whole channels of <c>(N, C, H, W)</c> or <c>(N, C, L)</c> to 0 at random and scales the rest by <c>1 / (1 − p)</c>.</summary>
/// <remarks>Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2014, arXiv:1411.4280.</remarks>
/// <param name="p">Probability, in [0, 1].</param>
/// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
public sealed class Dropout2d(double p = 0.5, Generator? generator = null) : RandomDrop(p, generator)
{
    private protected override Tensor Drop(Tensor x, Generator? generator) => F.Dropout2d(x, P, IsTraining, generator);
}

/// <summary>In training, sets whole channels of <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c> to 0 at random and scales the rest by <c>1 / (1 − p)</c>.</summary>
/// <remarks>Tompson et al., "Efficient Object Localization Using Convolutional Networks", 2014, arXiv:1411.4280.</remarks>
/// <param name="p">Probability, in [0, 1].</param>
/// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
public sealed class Dropout3d(double p = 0.5, Generator? generator = null) : RandomDrop(p, generator)
{
    private protected override Tensor Drop(Tensor x, Generator? generator) => F.Dropout3d(x, P, IsTraining, generator);
}

/// <summary>Stochastic depth: in training, sets whole samples to 0 at random and scales the rest by <c>1 / (1 − p)</c>; stands before a residual sum.</summary>
/// <remarks>Huang et al., "Deep Networks with Stochastic Depth", 2016, arXiv:1603.09382.</remarks>
/// <param name="p">Probability, in [0, 1].</param>
/// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
public sealed class DropPath(double p = 0, Generator? generator = null) : RandomDrop(p, generator)
{
    private protected override Tensor Drop(Tensor x, Generator? generator) => F.DropPath(x, P, IsTraining, generator);
}

/// <summary>In training, sets elements to SELU's lower limit at random and restores mean 0 and deviation 1, as <see cref="F.AlphaDropout"/>.</summary>
/// <remarks>Klambauer et al., "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515.</remarks>
/// <param name="p">Probability, in [0, 1].</param>
/// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
public sealed class AlphaDropout(double p = 0.5, Generator? generator = null) : RandomDrop(p, generator)
{
    private protected override Tensor Drop(Tensor x, Generator? generator) => F.AlphaDropout(x, P, IsTraining, generator);
}

/// <summary><see cref="AlphaDropout"/> of whole channels of <c>(N, C, …)</c>.</summary>
/// <remarks>Klambauer et al., "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515.</remarks>
/// <param name="p">Probability, in [0, 1].</param>
/// <param name="generator">Draws which; <see cref="Generator.Default"/> if null.</param>
public sealed class FeatureAlphaDropout(double p = 0.5, Generator? generator = null) : RandomDrop(p, generator)
{
    private protected override Tensor Drop(Tensor x, Generator? generator) => F.FeatureAlphaDropout(x, P, IsTraining, generator);
}
