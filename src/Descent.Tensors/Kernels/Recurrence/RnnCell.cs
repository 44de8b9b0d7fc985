using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The recurrence <c>h = f(gates + h·Wᵀ)</c>, f the hyperbolic tangent or the rectifier.</summary>
unsafe struct RnnCell<T> : IRecurrentCell<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Width of the state.</summary>
    internal int Hidden;
    internal bool Rectifies;
    /// <summary>(rows, hidden), each: what the inputs give, which may be where the states after the steps are written; those states; and the gradients of the former, <see cref="Stride"/> apart.</summary>
    internal T* Gates, Output, Gradients;
    internal nint Stride;

    public static int GateCount => 1;

    public readonly T* ProductGradients => Gradients;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Forward<V>(in CellUnits at, T* product, nint stride, V before) where V : struct, IUnits<V, T>
    {
        var x = V.Load(Gates + at.Row * Hidden + at.First, at.Count) + V.Load(product, at.Count);
        return Rectifies ? V.Gate(x, x) : V.Tanh(x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Backward<V>(in CellUnits at, V dh) where V : struct, IUnits<V, T>
    {
        nint unit = at.Row * Hidden + at.First;
        var y = V.Load(Output + unit, at.Count);
        var d = Rectifies ? V.Gate(dh, y) : dh * (V.One - y * y);
        V.Store(d, Gradients + at.Row * Stride + at.First, at.Count);
        return default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void FetchForward(nint row, int unit, int count, int gate) => Prefetch.Lines(Gates + row * Hidden + unit, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void FetchBackward(nint row, int unit, int count, int gate)
    {
        Prefetch.Lines(Output + row * Hidden + unit, count);
        Prefetch.Lines(Gradients + row * Stride + unit, count);
    }
}
