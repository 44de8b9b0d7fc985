using System.Numerics;
using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.NN;

/// <summary>Limits on gradients, between backward and the optimizer's step.</summary>
public static class Clipping
{
    /// <summary>Scales all gradients by one factor where their common norm exceeds <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">Those without a gradient are passed over.</param>
    /// <param name="maxNorm">The norm allowed.</param>
    /// <param name="normType">The p of the p-norm; infinity for the greatest magnitude.</param>
    /// <param name="errorIfNonFinite">Whether a norm that is NaN or infinite is an error, and leaves the gradients as they are.</param>
    /// <returns>The norm before; NaN or infinity where a gradient has one, and then all of them are spoilt.</returns>
    /// <remarks>Pascanu et al., "On the difficulty of training recurrent neural networks", 2013. The factor is PyTorch's, maxNorm / (norm + 1e-6).</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="normType"/> is not above 0, or <paramref name="maxNorm"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The norm is no finite number, and that is an error.</exception>
    public static double ClipGradNorm_(IEnumerable<Tensor> parameters, double maxNorm, double normType = 2, bool errorIfNonFinite = false)
    {
        if (!(maxNorm >= 0))
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, $"ClipGradNorm_: the greatest norm is {maxNorm}; it must be at least 0.");
        if (!(normType > 0))
            throw new ArgumentOutOfRangeException(nameof(normType), normType, $"ClipGradNorm_: the norm is {normType}; it must be above 0.");
        var gradients = Gradients(parameters);
        double total = Norm(gradients, normType);
        if (double.IsFinite(normType)) total = Math.Pow(total, 1 / normType);
        if (errorIfNonFinite && !double.IsFinite(total))
            throw new InvalidOperationException($"ClipGradNorm_: the norm of the gradients is {total}. Autograd.DetectAnomaly() finds the operation that first made it; the gradients are left as they are.");

        double factor = maxNorm / (total + 1e-6);
        // Where the norm is NaN so is the factor, and so the gradients become, as in PyTorch.
        if (!(factor >= 1))
            Change(gradients, factor, static (g, f) => TensorPrimitives.Multiply(g, (float)f, g), static (g, f) => TensorPrimitives.Multiply(g, f, g));
        return total;
    }

    /// <summary>Limits every element of the gradients to [−<paramref name="limit"/>, <paramref name="limit"/>].</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is negative.</exception>
    public static void ClipGradValue_(IEnumerable<Tensor> parameters, double limit)
    {
        if (!(limit >= 0))
            throw new ArgumentOutOfRangeException(nameof(limit), limit, $"ClipGradValue_: the limit is {limit}; it must be at least 0.");
        Change(Gradients(parameters), limit, static (g, l) => TensorPrimitives.Clamp(g, (float)-l, (float)l, g), static (g, l) => TensorPrimitives.Clamp(g, -l, l, g));
    }

    static Tensor[] Gradients(IEnumerable<Tensor> parameters) => [.. parameters.Select(p => p.Grad).OfType<Tensor>().Distinct<Tensor>(ReferenceEqualityComparer.Instance)];

    static double Combine(double total, double p, double norm) => double.IsFinite(p) ? total + norm : double.IsNaN(norm) ? norm : Math.Max(total, norm);

    /// <summary>Σ |g|ᵖ, or the greatest |g|: pieces in the gradient's type, on all threads, and their sums in double, in their order.</summary>
    static double Norm(Tensor[] gradients, double p)
    {
        using var _ = Autograd.NoGrad();
        var sources = new PiecedGradients(gradients);
        var norms = new double[sources.Pieces];
        sources.ForEach(new NormBody(sources, p, norms));
        double total = 0;
        for (int i = 0, piece = 0; i < gradients.Length; i++)
        {
            double own = 0;
            for (; piece < sources.End(i); piece++) own = Combine(own, p, norms[piece]);
            total = Combine(total, p, own);
        }
        return total;
    }

    readonly struct NormBody(PiecedGradients sources, double p, double[] norms) : IPieceBody
    {
        public void Single(int piece, Span<float> part) => norms[piece] = Norm<float>(part, p);

        public void Wide(int piece, Span<double> part) => norms[piece] = Norm<double>(part, p);

        public PiecedGradients Sources => sources;
    }

    static double Norm<T>(ReadOnlySpan<T> part, double p) where T : unmanaged, IFloatingPointIeee754<T> => p switch
    {
        2 => double.CreateTruncating(TensorPrimitives.SumOfSquares(part)),
        1 => double.CreateTruncating(TensorPrimitives.SumOfMagnitudes(part)),
        double.PositiveInfinity => double.CreateTruncating(T.Abs(TensorPrimitives.MaxMagnitude(part))),
        _ => Powers(part, p),
    };

    static double Powers<T>(ReadOnlySpan<T> values, double p) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double total = 0;
        foreach (var value in values) total += Math.Pow(Math.Abs(double.CreateTruncating(value)), p);
        return total;
    }

    static void Change(Tensor[] gradients, double number, SpanChange<float> single, SpanChange<double> wide)
    {
        using var _ = Autograd.NoGrad();
        var targets = new PiecedGradients(gradients);
        targets.ForEach(new ChangeBody(targets, number, single, wide));
        targets.Store();
    }

    readonly struct ChangeBody(PiecedGradients targets, double number, SpanChange<float> single, SpanChange<double> wide) : IPieceBody
    {
        public void Single(int piece, Span<float> part) => single(part, number);

        public void Wide(int piece, Span<double> part) => wide(part, number);

        public PiecedGradients Sources => targets;
    }

    delegate void SpanChange<T>(Span<T> values, double number);
}
