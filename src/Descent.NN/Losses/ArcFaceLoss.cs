using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Cross entropy of cosines between embeddings and one learned direction per class, where the angle to the target's
/// direction is made wider by a margin: <c>s · cos(θ + m)</c> for the target, <c>s · cos θ</c> for the others.
/// </summary>
/// <remarks>
/// Deng et al., "ArcFace", CVPR 2019, arXiv:1801.07698. Where <c>θ + m</c> would pass π, the line
/// <c>cos θ − m · sin m</c> goes on, so that the logit keeps falling with the angle.
/// </remarks>
public sealed class ArcFaceLoss : Module
{
    readonly double _scale, _margin;
    readonly Reduction _reduction;

    /// <param name="features">Width of the embeddings.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="scale">s, above 0.</param>
    /// <param name="margin">m in radians, 0 to π.</param>
    /// <param name="reduction">Mean by default.</param>
    /// <param name="dtype">Type of the directions; the default type if null.</param>
    /// <param name="generator">Draws the directions.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size, the scale or the margin is out of range.</exception>
    public ArcFaceLoss(int features, int classes, double scale = 64, double margin = 0.5, Reduction reduction = Reduction.Mean, DType? dtype = null, Generator? generator = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (!(scale > 0)) throw new ArgumentOutOfRangeException(nameof(scale), scale, $"ArcFaceLoss: the scale is {scale}; it must be above 0.");
        if (!(margin is >= 0 and < Math.PI)) throw new ArgumentOutOfRangeException(nameof(margin), margin, $"ArcFaceLoss: the margin is {margin}; it must be from 0 to π.");
        (_scale, _margin, _reduction) = (scale, margin, reduction);
        Weight = DefaultInit.Weight([classes, features], dtype, generator);
    }

    /// <summary>Shape <c>(classes, features)</c>; only the directions of the rows matter.</summary>
    public Parameter Weight { get; }

    /// <param name="embeddings">Shape <c>(N, features)</c>.</param>
    /// <param name="target">Classes <c>(N)</c>.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class.</exception>
    public Tensor Forward(Tensor embeddings, Tensor target)
    {
        if (embeddings.Rank != 2 || embeddings.Shape[1] != Weight.Shape[1] || target.Shape != embeddings.Shape[..1])
            throw new ShapeException($"ArcFaceLoss: embeddings of shape {embeddings.Shape} with classes of {target.Shape}. Expected (N, {Weight.Shape[1]}) and (N,).");
        var cosine = F.Normalize(embeddings).MatMul(F.Normalize(Weight).T);
        var own = target.To(DType.Int64).Unsqueeze(1);
        // Checked before it is used as an index, so that the message is the loss's own.
        long classes = Weight.Shape[0];
        if (own.Elements > 0 && (own.Amin().Item() < 0 || own.Amax().Item() >= classes))
            throw new ArgumentOutOfRangeException(nameof(target), $"ArcFaceLoss: the targets are from {own.Amin().Item()} to {own.Amax().Item()}; expected 0 to {classes - 1}.");
        var x = cosine.Gather(1, own);
        // Bounded away from ±1, where the slope of the sine is infinite.
        var sine = x.Square().RSub(1).Clamp(1e-12, null).Sqrt();
        var wider = x.Mul(Math.Cos(_margin)) - sine.Mul(Math.Sin(_margin));
        wider = Tensor.Where(x.Gt(-Math.Cos(_margin)), wider, x.Sub(_margin * Math.Sin(_margin)));
        return Observed(F.CrossEntropy(cosine.Scatter(1, own, wider).Mul(_scale), target, reduction: _reduction));
    }
}
