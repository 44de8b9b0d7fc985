using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The result of a chain as a reduction reads it: machine code computes it row by row, when it is asked for.</summary>
unsafe struct ChainElements : IElements<float>
{
    internal ChainLoop Loop;
    internal int Result;

    [SkipLocalsInit]
    public readonly float* At(nint first, int count)
    {
        byte** at = stackalloc byte*[Loop.SlotCount];
        Loop.Locate(at, Loop.Buffers(), (int)first, count, 0);
        ((delegate* unmanaged[SuppressGCTransition]<byte**, nint, void>)Loop.Kernel)(at, count);
        return (float*)at[Result];
    }
}

/// <summary>A reduction of rows at the end of a chain.</summary>
abstract unsafe class ChainFold
{
    /// <summary>y[o] = the fold of the row o of n elements.</summary>
    internal abstract void Run(in ChainElements x, float* y, int outer, int n);
}

/// <inheritdoc cref="ChainFold"/>
sealed unsafe class ChainFold<F> : ChainFold where F : struct, IFold
{
    internal static readonly ChainFold<F> Instance = new();

    internal override void Run(in ChainElements x, float* y, int outer, int n) => Reduce.Fold<float, F, ChainElements>(x, y, outer, n, 1);
}
