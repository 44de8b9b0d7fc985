using Descent.Tensors;

namespace Descent.NN;

/// <summary>A change that makes examples of a batch out of several of them, and their targets with them.</summary>
public interface IBatchAugmentation
{
    /// <summary>The changed batch, its targets shares of the classes, <c>(N, classes)</c>.</summary>
    /// <param name="batch">Inputs, <c>(N, …)</c>, and targets: classes, <c>(N)</c> of integers, or shares, <c>(N, classes)</c>.</param>
    /// <param name="generator">Decides all that is random.</param>
    Example Apply(Example batch, Generator generator);
}

/// <summary>λ · x + (1 − λ) · x', where x' is another example of the batch, and the same of the targets, with λ from Beta(α, α).</summary>
/// <remarks>Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2017, arXiv:1710.09412.</remarks>
/// <param name="classes">The number of classes.</param>
/// <param name="alpha">Near 0 hardly mixes; 1 draws λ uniformly.</param>
public sealed class MixUp(int classes, double alpha = 1) : IBatchAugmentation
{
    readonly int _classes = AugmentationSettings.AtLeast(1, classes);
    readonly double _alpha = BetaDraw.Check(alpha);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The inputs are not floating, or the targets are neither classes nor shares.</exception>
    public Example Apply(Example batch, Generator generator)
    {
        var targets = Mixing.Shares(batch, _classes, nameof(MixUp));
        double share = BetaDraw.Next(generator, _alpha, _alpha);
        var others = Tensor.From<long>(generator.Permutation(batch.Input.Shape[0]));
        return new(Mixing.Blend(batch.Input, others, share), Mixing.Blend(targets, others, share));
    }
}

/// <summary>Puts a box of another picture of the batch into each; the targets are mixed by the areas.</summary>
/// <remarks>Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", 2019, arXiv:1905.04899.</remarks>
/// <param name="classes">The number of classes.</param>
/// <param name="alpha">The box leaves the share λ of the picture, from Beta(α, α), before it is cut off at the edge.</param>
public sealed class CutMix(int classes, double alpha = 1) : IBatchAugmentation
{
    readonly int _classes = AugmentationSettings.AtLeast(1, classes);
    readonly double _alpha = BetaDraw.Check(alpha);

    /// <inheritdoc/>
    /// <exception cref="ShapeException">The inputs are not <c>(N, C, H, W)</c>.</exception>
    /// <exception cref="ArgumentException">They are not floating, or the targets are neither classes nor shares.</exception>
    public Example Apply(Example batch, Generator generator)
    {
        var x = batch.Input;
        if (x.Rank != 4) throw new ShapeException($"CutMix: the inputs are {x.Shape}; expected (N, C, H, W).");
        var targets = Mixing.Shares(batch, _classes, nameof(CutMix));
        var (height, width) = (x.Shape[2], x.Shape[3]);
        double side = Math.Sqrt(1 - BetaDraw.Next(generator, _alpha, _alpha));
        double middleY = generator.NextDouble() * height, middleX = generator.NextDouble() * width;
        var (top, bottom) = Span(middleY, side * height, height);
        var (left, right) = Span(middleX, side * width, width);
        double share = 1 - (double)(bottom - top) * (right - left) / Math.Max(1, height * width);

        var others = Tensor.From<long>(generator.Permutation(x.Shape[0]));
        var y = x.Detach().Clone();
        if (bottom > top && right > left)
            y.Narrow(2, top, bottom - top).Narrow(3, left, right - left)
                .Copy_(x.Detach().Narrow(2, top, bottom - top).Narrow(3, left, right - left).IndexSelect(0, others));
        return new(y, Mixing.Blend(targets, others, share));
    }

    static (int From, int To) Span(double middle, double size, int all) =>
        (Math.Clamp((int)Math.Round(middle - size / 2), 0, all), Math.Clamp((int)Math.Round(middle + size / 2), 0, all));
}

static class Mixing
{
    /// <summary>The targets as shares of the classes in the type of the inputs.</summary>
    internal static Tensor Shares(Example batch, int classes, string name)
    {
        var (x, y) = (batch.Input, batch.Target.Detach());
        if (x.Rank == 0 || !x.DType.IsFloatingPoint) throw new ArgumentException($"{name}: the inputs are {x.Shape} of {x.DType}; expected (N, …) of a floating type.");
        int n = x.Shape[0];
        if (!y.DType.IsFloatingPoint && y.DType != DType.Bool && y.Rank == 1 && y.Shape[0] == n) return y.To(DType.Int64).OneHot(classes).To(x.DType);
        if (y.DType.IsFloatingPoint && y.Rank == 2 && y.Shape[0] == n && y.Shape[1] == classes) return y.To(x.DType);
        throw new ArgumentException($"{name}: the targets are {y.Shape} of {y.DType}; expected classes ({n},) of integers or shares ({n}, {classes}) of a floating type.");
    }

    internal static Tensor Blend(Tensor x, Tensor others, double share) => x.Detach() * share + x.Detach().IndexSelect(0, others) * (1 - share);
}

/// <summary>Draws of the beta distribution.</summary>
static class BetaDraw
{
    internal static double Check(double alpha) => alpha > 0 && double.IsFinite(alpha)
        ? alpha
        : throw new ArgumentOutOfRangeException(nameof(alpha), alpha, $"alpha is {alpha}; it must be above 0 and finite.");

    internal static double Next(Generator generator, double a, double b)
    {
        // Logarithms, for with shapes far below 1 both numbers fall to nothing.
        double x = LogGamma(generator, a), y = LogGamma(generator, b);
        return 1 / (1 + Math.Exp(y - x));
    }

    /// <summary>The logarithm of a draw of the gamma distribution.</summary>
    /// <remarks>Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", 2000.</remarks>
    static double LogGamma(Generator generator, double shape)
    {
        if (shape < 1) return LogGamma(generator, shape + 1) + Math.Log(1 - generator.NextDouble()) / shape;
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double z = generator.NextNormal(), v = 1 + c * z;
            if (v <= 0) continue;
            double logV = 3 * Math.Log(v);
            if (Math.Log(1 - generator.NextDouble()) < 0.5 * z * z + d - d * Math.Exp(logV) + d * logV) return Math.Log(d) + logV;
        }
    }
}
