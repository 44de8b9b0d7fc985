using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The last dimensions shifted and scaled to mean 0 and deviation 1, then <c>· weight + bias</c>: <c>(x − μ) / √(σ² + ε)</c>.</summary>
    /// <remarks>Ba et al., "Layer Normalization", 2016, arXiv:1607.06450.</remarks>
    /// <param name="x">Shape <c>(..., normalizedShape)</c>.</param>
    /// <param name="normalizedShape">The dimensions that are normalised together.</param>
    /// <param name="weight">Of the normalised shape, or null.</param>
    /// <param name="bias">Of the normalised shape, or null.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor LayerNorm(Tensor x, Shape normalizedShape, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5) =>
        RowNormOp.Run(LastDimensions(x, normalizedShape, centred: true, weight, bias, nameof(LayerNorm)), x, weight, bias, epsilon, nameof(LayerNorm));

    /// <summary>The last dimensions divided by the root of their mean square, then <c>· weight</c>: <c>x / √(mean x² + ε)</c>.</summary>
    /// <remarks>Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019, arXiv:1910.07467.</remarks>
    /// <param name="x">Shape <c>(..., normalizedShape)</c>.</param>
    /// <param name="normalizedShape">The dimensions that are normalised together.</param>
    /// <param name="weight">Of the normalised shape, or null.</param>
    /// <param name="epsilon">Added to the mean square; null for the type's distance from 1 to the next number.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor RmsNorm(Tensor x, Shape normalizedShape, Tensor? weight = null, double? epsilon = null)
    {
        // In a region the input is narrow by no choice of the caller's: the default is that of float32.
        var type = Autocast.Current is not null && x.DType.IsReduced ? DType.Float32 : x.DType;
        return RowNormOp.Run(LastDimensions(x, normalizedShape, centred: false, weight, null, nameof(RmsNorm)), x, weight, null,
            epsilon ?? UnitRoundoff(type), nameof(RmsNorm));
    }

    /// <summary>The channels in groups, each shifted and scaled to mean 0 and deviation 1 within a sample, then <c>· weight + bias</c> per channel.</summary>
    /// <remarks>Wu and He, "Group Normalization", 2018, arXiv:1803.08494.</remarks>
    /// <param name="x">Shape <c>(N, C, …)</c>.</param>
    /// <param name="groups">A divisor of the channels.</param>
    /// <param name="weight">Scale per channel, or null.</param>
    /// <param name="bias">Shift per channel, or null.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="activation">What follows; on planes of float32 in the same pass forward and backward.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor GroupNorm(Tensor x, int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5,
        Activation activation = Activation.None)
    {
        CheckChannels(x, weight, bias, 2, nameof(GroupNorm));
        if (groups < 1 || x.Shape[1] % groups != 0)
            throw new ShapeException($"GroupNorm: {x.Shape} has {x.Shape[1]} channels, which do not divide into {groups} groups.");
        var shape = new RowNormShape(x.Shape[0], x.Shape[1], x.Shape[2..].Elements, groups);
        var form = ActivationForm.Of(activation);
        if (activation != Activation.None && RowNormOp.Takes(shape, x)) return RowNormOp.Run(shape, x, weight, bias, epsilon, nameof(GroupNorm), form);
        return form.Value(RowNormOp.Run(shape, x, weight, bias, epsilon, nameof(GroupNorm)));
    }

    /// <summary>Each channel of each sample shifted and scaled to mean 0 and deviation 1, then <c>· weight + bias</c> per channel.</summary>
    /// <remarks>Ulyanov et al., "Instance Normalization", 2016, arXiv:1607.08022.</remarks>
    /// <param name="x">Shape <c>(N, C, …)</c> with at least one more dimension.</param>
    /// <param name="runningMean">Running mean per channel, or null.</param>
    /// <param name="runningVar">Running unbiased variance per channel, or null.</param>
    /// <param name="weight">Scale per channel, or null.</param>
    /// <param name="bias">Shift per channel, or null.</param>
    /// <param name="useInputStats">Whether the input's own statistics serve (and the running ones are updated), not the running ones.</param>
    /// <param name="momentum">Weight of this batch in the running statistics.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ShapeException">The shapes do not fit, or one value per channel is all there is.</exception>
    public static Tensor InstanceNorm(Tensor x, Tensor? runningMean = null, Tensor? runningVar = null, Tensor? weight = null, Tensor? bias = null,
        bool useInputStats = true, double momentum = 0.1, double epsilon = 1e-5)
    {
        CheckChannels(x, weight, bias, 3, nameof(InstanceNorm));
        if (!useInputStats) return BatchNorm(x, runningMean, runningVar, weight, bias, training: false, momentum, epsilon);
        var shape = new RowNormShape(x.Shape[0], x.Shape[1], x.Shape[2..].Elements, x.Shape[1]);
        if (shape.Plane == 1 && x.Elements > 0)
            throw new ShapeException($"InstanceNorm: {x.Shape} has one value per channel; a deviation needs at least 2.");
        if (x.Elements > 0)
        {
            using var _ = Autograd.NoGrad();
            var planes = x.Detach().Reshape(shape.N, shape.C, shape.Plane);
            if (runningMean is not null) Blend(runningMean, planes.Mean([0, 2]), momentum);
            if (runningVar is not null) Blend(runningVar, planes.Var(2).Mean(0), momentum);
        }
        return RowNormOp.Run(shape, x, weight, bias, epsilon, nameof(InstanceNorm));
    }

    static void Blend(Tensor running, Tensor now, double momentum) => running.Copy_(running.Mul(1 - momentum) + now.Mul(momentum).To(running.DType));

    static RowNormShape LastDimensions(Tensor x, Shape normalized, bool centred, Tensor? weight, Tensor? bias, string operation)
    {
        if (!x.DType.IsFloatingPoint || normalized.Rank == 0 || x.Rank < normalized.Rank || x.Shape[(x.Rank - normalized.Rank)..] != normalized)
            throw new ShapeException($"{operation}: the input is {x.DType} {x.Shape}. Expected floating-point (..., {string.Join(", ", normalized.ToArray())}).");
        foreach (var t in (ReadOnlySpan<Tensor?>)[weight, bias])
            if (t is not null && t.Shape != normalized)
                throw new ShapeException($"{operation}: a parameter has shape {t.Shape}; expected the normalised shape {normalized}.");
        return new(x.Shape[..(x.Rank - normalized.Rank)].Elements, normalized.Elements, 1, 1, centred);
    }

    static void CheckChannels(Tensor x, Tensor? weight, Tensor? bias, int leastRank, string operation)
    {
        if (x.Rank < leastRank || !x.DType.IsFloatingPoint)
            throw new ShapeException($"{operation}: the input is {x.DType} {x.Shape}. Expected floating-point (N, C, …) of at least {leastRank} dimensions.");
        foreach (var t in (ReadOnlySpan<Tensor?>)[weight, bias])
            if (t is not null && t.Shape != new Shape(x.Shape[1]))
                throw new ShapeException($"{operation}: a parameter has shape {t.Shape}; expected ({x.Shape[1]},), one per channel of {x.Shape}.");
    }

    static double UnitRoundoff(DType type) => type switch
    {
        DType.Float64 => Math.Pow(2, -52),
        DType.Float16 => Math.Pow(2, -10),
        DType.BFloat16 => Math.Pow(2, -7),
        _ => Math.Pow(2, -23),
    };
}
