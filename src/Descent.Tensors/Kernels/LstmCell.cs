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
    public readonly Vector<T> Forward<TLane>(in CellUnits at, T* product, nint stride, Vector<T> before) where TLane : struct, ILane
    {
        nint unit = at.Row * Hidden + at.First, gate = at.Row * GateCount * Hidden + at.First;
        int n = at.Count;
        T* a = Gates + gate, cell = Cell + at.Sequence * Hidden + at.First;
        var i = GateFunctions.Sigmoid(TLane.Load(a, n) + TLane.Load(product, n));
        TLane.Store(i, a, n);
        var f = GateFunctions.Sigmoid(TLane.Load(a + Hidden, n) + TLane.Load(product + stride, n));
        TLane.Store(f, a + Hidden, n);
        var g = GateFunctions.Tanh(TLane.Load(a + 2 * Hidden, n) + TLane.Load(product + 2 * stride, n));
        TLane.Store(g, a + 2 * Hidden, n);
        var o = GateFunctions.Sigmoid(TLane.Load(a + 3 * Hidden, n) + TLane.Load(product + 3 * stride, n));
        TLane.Store(o, a + 3 * Hidden, n);
        var c = TLane.Load(cell, n);
        TLane.Store(c, Before + unit, n);
        c = f * c + i * g;
        TLane.Store(c, cell, n);
        var tangent = GateFunctions.Tanh(c);
        TLane.Store(tangent, Tangents + unit, n);
        return o * tangent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector<T> Backward<TLane>(in CellUnits at, Vector<T> dh) where TLane : struct, ILane
    {
        nint unit = at.Row * Hidden + at.First, gate = at.Row * GateCount * Hidden + at.First;
        int n = at.Count;
        T* a = Gates + gate, d = Gradients + at.Row * Stride + at.First, cell = Cell + at.Sequence * Hidden + at.First;
        Vector<T> i = TLane.Load(a, n), f = TLane.Load(a + Hidden, n), g = TLane.Load(a + 2 * Hidden, n), o = TLane.Load(a + 3 * Hidden, n);
        Vector<T> tangent = TLane.Load(Tangents + unit, n), one = Vector<T>.One;
        var dc = TLane.Load(cell, n) + dh * o * (one - tangent * tangent);
        TLane.Store(dc * g * i * (one - i), d, n);
        TLane.Store(dc * TLane.Load(Before + unit, n) * f * (one - f), d + Hidden, n);
        TLane.Store(dc * i * (one - g * g), d + 2 * Hidden, n);
        TLane.Store(dh * tangent * o * (one - o), d + 3 * Hidden, n);
        TLane.Store(dc * f, cell, n);
        return Vector<T>.Zero;
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
