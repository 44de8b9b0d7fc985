using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Long short-term memory: with i, f, o the sigmoids and g the tangent of <c>gates + h·Wᵀ</c>, <c>c = f·c + i·g</c> and
/// <c>h = o·tanh(c)</c>.
/// </summary>
unsafe struct LstmCell<T> : IRecurrentCell<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Width of the cell.</summary>
    internal int Hidden;
    /// <summary>(rows, 4·hidden): what the inputs give, over which the gates i, f, g, o are written; and the gradients of the former, <see cref="Stride"/> apart.</summary>
    internal T* Gates, Gradients;
    internal nint Stride;
    /// <summary>(rows, hidden): cells before the steps, and tangents of those after.</summary>
    internal T* Before, Tangents;
    /// <summary>(batch, hidden): the cell, in and out; in backward its gradient.</summary>
    internal T* Cell;

    public static int GateCount => 4;

    public readonly T* ProductGradients => Gradients;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Forward<V>(in CellUnits at, T* product, nint stride, V before) where V : struct, IUnits<V, T>
    {
        nint unit = at.Row * Hidden + at.First, gate = at.Row * GateCount * Hidden + at.First;
        int n = at.Count;
        T* a = Gates + gate, cell = Cell + at.Sequence * Hidden + at.First;
        var i = V.Sigmoid(V.Load(a, n) + V.Load(product, n));
        V.Store(i, a, n);
        var f = V.Sigmoid(V.Load(a + Hidden, n) + V.Load(product + stride, n));
        V.Store(f, a + Hidden, n);
        var g = V.Tanh(V.Load(a + 2 * Hidden, n) + V.Load(product + 2 * stride, n));
        V.Store(g, a + 2 * Hidden, n);
        var o = V.Sigmoid(V.Load(a + 3 * Hidden, n) + V.Load(product + 3 * stride, n));
        V.Store(o, a + 3 * Hidden, n);
        var c = V.Load(cell, n);
        V.Store(c, Before + unit, n);
        c = f * c + i * g;
        V.Store(c, cell, n);
        var tangent = V.Tanh(c);
        V.Store(tangent, Tangents + unit, n);
        return o * tangent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Backward<V>(in CellUnits at, V dh) where V : struct, IUnits<V, T>
    {
        nint unit = at.Row * Hidden + at.First, gate = at.Row * GateCount * Hidden + at.First;
        int n = at.Count;
        T* a = Gates + gate, d = Gradients + at.Row * Stride + at.First, cell = Cell + at.Sequence * Hidden + at.First;
        V i = V.Load(a, n), f = V.Load(a + Hidden, n), g = V.Load(a + 2 * Hidden, n), o = V.Load(a + 3 * Hidden, n);
        V tangent = V.Load(Tangents + unit, n), one = V.One;
        var dc = V.Load(cell, n) + dh * o * (one - tangent * tangent);
        V.Store(dc * g * i * (one - i), d, n);
        V.Store(dc * V.Load(Before + unit, n) * f * (one - f), d + Hidden, n);
        V.Store(dc * i * (one - g * g), d + 2 * Hidden, n);
        V.Store(dh * tangent * o * (one - o), d + 3 * Hidden, n);
        V.Store(dc * f, cell, n);
        return default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void FetchForward(nint row, int unit, int count, int gate)
    {
        Prefetch.Lines(Gates + (row * GateCount + gate) * Hidden + unit, count);
        if (gate == 1) Prefetch.Lines(Before + row * Hidden + unit, count);
        if (gate == 2) Prefetch.Lines(Tangents + row * Hidden + unit, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void FetchBackward(nint row, int unit, int count, int gate)
    {
        Prefetch.Lines(Gates + (row * GateCount + gate) * Hidden + unit, count);
        Prefetch.Lines(Gradients + row * Stride + gate * Hidden + unit, count);
        if (gate == 1) Prefetch.Lines(Before + row * Hidden + unit, count);
        if (gate == 2) Prefetch.Lines(Tangents + row * Hidden + unit, count);
    }
}
