using Descent.Tensors;

namespace Descent.NN;

/// <summary>What a decoder's outputs are taken as.</summary>
public enum Likelihood
{
    /// <summary>Logits of pixels between 0 and 1: binary cross entropy.</summary>
    Bernoulli,
    /// <summary>Means of a normal distribution of variance ½: the squared error.</summary>
    Gaussian,
}

/// <summary>
/// The negative evidence lower bound of a variational autoencoder for each sample: the error of the reconstruction, and
/// <c>beta · KL(N(mean, e^logVar) ‖ N(0, 1)) = beta · ½ Σ (mean² + e^logVar − 1 − logVar)</c>.
/// </summary>
/// <remarks>
/// Kingma and Welling, "Auto-Encoding Variational Bayes", 2013, arXiv:1312.6114; beta: Higgins et al., ICLR 2017.
/// </remarks>
/// <param name="likelihood">What the reconstruction is.</param>
/// <param name="beta">The weight of the divergence.</param>
/// <param name="reduction">Over the samples; mean by default.</param>
public sealed class VaeLoss(Likelihood likelihood = Likelihood.Bernoulli, double beta = 1, Reduction reduction = Reduction.Mean)
{
    /// <param name="reconstruction">What the decoder gave, <c>(N, …)</c>.</param>
    /// <param name="target">What went in, of the same shape.</param>
    /// <param name="mean">The encoder's means, <c>(N, D)</c>.</param>
    /// <param name="logVar">The logarithms of the encoder's variances, of the shape of <paramref name="mean"/>.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor reconstruction, Tensor target, Tensor mean, Tensor logVar)
    {
        var error = likelihood == Likelihood.Bernoulli
            ? F.BinaryCrossEntropyWithLogits(reconstruction, target, reduction: Reduction.None)
            : F.MseLoss(reconstruction, target, Reduction.None);
        var divergence = Divergence(mean, logVar);
        if (reconstruction.Shape != target.Shape || error.Rank == 0 || divergence.Shape != new Shape(error.Shape[0]))
            throw new ShapeException($"VaeLoss: a reconstruction of shape {reconstruction.Shape} of {target.Shape}, means of {mean.Shape}. Expected (N, ...) twice, and (N, D).");
        var losses = error.Reshape(error.Shape[0], -1).Sum(1) + divergence.Mul(beta);
        return reduction switch { Reduction.None => losses, Reduction.Sum => losses.Sum(), _ => losses.Mean() };
    }

    /// <summary>The divergence of each sample's normal distribution from the standard one.</summary>
    /// <param name="mean">Shape <c>(N, D)</c>.</param>
    /// <param name="logVar">Of the same shape.</param>
    /// <returns>Shape <c>(N)</c>.</returns>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Divergence(Tensor mean, Tensor logVar)
    {
        if (mean.Shape != logVar.Shape || mean.Rank != 2)
            throw new ShapeException($"VaeLoss: means of shape {mean.Shape} and logarithms of variances of {logVar.Shape}. Expected (N, D) twice.");
        return (mean.Square() + logVar.Exp() - logVar).Sub(1).Sum(1).Mul(0.5);
    }
}
