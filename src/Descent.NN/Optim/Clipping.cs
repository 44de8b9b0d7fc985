using System.Numerics;
using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.NN;

/// <summary>Limits on gradients, between backward and the optimizer's step.</summary>
public static class Clipping
{
    const int Piece = 4096;

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
        double total = 0;
        foreach (var gradient in gradients)
            total = Combine(total, normType, gradient.DType == DType.Float64 ? Norm<double>(gradient, normType) : Norm<float>(gradient, normType));
        if (double.IsFinite(normType)) total = Math.Pow(total, 1 / normType);
        if (errorIfNonFinite && !double.IsFinite(total))
            throw new InvalidOperationException($"ClipGradNorm_: the norm of the gradients is {total}. Autograd.DetectAnomaly() finds the operation that first made it; the gradients are left as they are.");

        double factor = maxNorm / (total + 1e-6);
        // Where the norm is NaN so is the factor, and so the gradients become, as in PyTorch.
        if (!(factor >= 1))
            foreach (var gradient in gradients) Change(gradient, factor, static (g, f) => TensorPrimitives.Multiply(g, (float)f, g), static (g, f) => TensorPrimitives.Multiply(g, f, g));
        return total;
    }

    /// <summary>Limits every element of the gradients to [−<paramref name="limit"/>, <paramref name="limit"/>].</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is negative.</exception>
    public static void ClipGradValue_(IEnumerable<Tensor> parameters, double limit)
    {
        if (!(limit >= 0))
            throw new ArgumentOutOfRangeException(nameof(limit), limit, $"ClipGradValue_: the limit is {limit}; it must be at least 0.");
        foreach (var gradient in Gradients(parameters))
            Change(gradient, limit, static (g, l) => TensorPrimitives.Clamp(g, (float)-l, (float)l, g), static (g, l) => TensorPrimitives.Clamp(g, -l, l, g));
    }

    static Tensor[] Gradients(IEnumerable<Tensor> parameters) => [.. parameters.Select(p => p.Grad).OfType<Tensor>().Distinct<Tensor>(ReferenceEqualityComparer.Instance)];

    static double Combine(double total, double p, double norm) => double.IsFinite(p) ? total + norm : double.IsNaN(norm) ? norm : Math.Max(total, norm);

    /// <summary>Σ |g|ᵖ, or the greatest |g|: pieces in the gradient's type, their sum in double.</summary>
    static double Norm<T>(Tensor gradient, double p) where T : unmanaged, IFloatingPointIeee754<T>
    {
        using var _ = Autograd.NoGrad();
        var source = gradient.Detach().To(DType.Of<T>()).Contiguous();
        double total = 0;
        for (int start = 0; start < source.Elements; start += Piece)
        {
            ReadOnlySpan<T> part = source.AsSpan<T>()[start..Math.Min(start + Piece, source.Elements)];
            total = Combine(total, p, p switch
            {
                2 => double.CreateTruncating(TensorPrimitives.SumOfSquares(part)),
                1 => double.CreateTruncating(TensorPrimitives.SumOfMagnitudes(part)),
                double.PositiveInfinity => double.CreateTruncating(T.Abs(TensorPrimitives.MaxMagnitude(part))),
                _ => Powers(part, p),
            });
        }
        GC.KeepAlive(source);
        return total;
    }

    static double Powers<T>(ReadOnlySpan<T> values, double p) where T : unmanaged, IFloatingPointIeee754<T>
    {
        double total = 0;
        foreach (var value in values) total += Math.Pow(Math.Abs(double.CreateTruncating(value)), p);
        return total;
    }

    static void Change(Tensor gradient, double number, SpanChange<float> single, SpanChange<double> wide)
    {
        using var _ = Autograd.NoGrad();
        var type = gradient.DType == DType.Float64 ? DType.Float64 : DType.Float32;
        var target = gradient.Detach().To(type).Contiguous();
        if (type == DType.Float64) wide(target.AsSpan<double>(), number);
        else single(target.AsSpan<float>(), number);
        if (gradient.IsContiguous && gradient.DType == type) gradient.MarkChanged();
        else gradient.Copy_(target);
    }

    delegate void SpanChange<T>(Span<T> values, double number);
}
