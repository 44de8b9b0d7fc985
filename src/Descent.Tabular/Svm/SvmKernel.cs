using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>How alike a support vector machine takes rows to be.</summary>
public enum SvmKernelKind
{
    /// <summary>e^(−γ |a − b|²).</summary>
    Rbf,

    /// <summary>a · b.</summary>
    Linear,

    /// <summary>(γ a · b + c)^d.</summary>
    Polynomial,

    /// <summary>tanh(γ a · b + c).</summary>
    Sigmoid,
}

/// <summary>A kernel and its numbers.</summary>
/// <param name="Kind">The formula.</param>
/// <param name="Gamma">γ.</param>
/// <param name="Degree">d.</param>
/// <param name="Offset">c.</param>
public readonly record struct SvmKernel(SvmKernelKind Kind, double Gamma, int Degree, double Offset)
{
    /// <summary>The kernel of two rows.</summary>
    public double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b) => Kind switch
    {
        SvmKernelKind.Rbf => Math.Exp(-Gamma * RowMath.SquaredDistance(a, b)),
        SvmKernelKind.Linear => TensorPrimitives.Dot(a, b),
        SvmKernelKind.Polynomial => Math.Pow(Gamma * TensorPrimitives.Dot(a, b) + Offset, Degree),
        _ => Math.Tanh(Gamma * TensorPrimitives.Dot(a, b) + Offset),
    };
}
