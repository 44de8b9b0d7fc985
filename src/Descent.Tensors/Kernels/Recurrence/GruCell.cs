using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A gated recurrent unit: with r and z the sigmoids of <c>gates + h·Wᵀ + b</c> and <c>n = tanh(gates + r·(h·Wᵀ + b))</c>,
/// <c>h = (1 − z)·n + z·h</c>.
/// </summary>
unsafe struct GruCell<T> : IRecurrentCell<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Width of the state.</summary>
    internal int Hidden;
    /// <summary>(3·hidden), or null.</summary>
    internal T* Bias;
    /// <summary>
    /// (rows, 3·hidden): what the inputs give, over which the gates r, z, n are written; and the gradients of the former and
    /// of <c>h·Wᵀ + b</c>, <see cref="Stride"/> apart.
    /// </summary>
    internal T* Gates, Gradients, StateGradients;
    /// <summary>(rows, hidden): states before the steps, <see cref="BeforeStride"/> apart, and what the state gives to n.</summary>
    internal T* Before, Candidates;
    internal nint Stride, BeforeStride;

    public static int GateCount => 3;

    public readonly T* ProductGradients => StateGradients;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Forward<V>(in CellUnits at, T* product, nint stride, V before) where V : struct, IUnits<V, T>
    {
        nint gate = at.Row * GateCount * Hidden + at.First;
        int n = at.Count;
        T* a = Gates + gate;
        V r = V.Load(product, n), z = V.Load(product + stride, n), candidate = V.Load(product + 2 * stride, n);
        if (Bias != null)
        {
            r += V.Load(Bias + at.First, n);
            z += V.Load(Bias + Hidden + at.First, n);
            candidate += V.Load(Bias + 2 * Hidden + at.First, n);
        }
        r = V.Sigmoid(V.Load(a, n) + r);
        V.Store(r, a, n);
        z = V.Sigmoid(V.Load(a + Hidden, n) + z);
        V.Store(z, a + Hidden, n);
        V.Store(candidate, Candidates + at.Row * Hidden + at.First, n);
        var y = V.Tanh(V.Load(a + 2 * Hidden, n) + r * candidate);
        V.Store(y, a + 2 * Hidden, n);
        return y + z * (before - y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly V Backward<V>(in CellUnits at, V dh) where V : struct, IUnits<V, T>
    {
        nint unit = at.Row * Hidden + at.First, gate = at.Row * GateCount * Hidden + at.First;
        int n = at.Count;
        T* a = Gates + gate, d = Gradients + at.Row * Stride + at.First, p = StateGradients + at.Row * Stride + at.First;
        V r = V.Load(a, n), z = V.Load(a + Hidden, n), y = V.Load(a + 2 * Hidden, n), one = V.One;
        var dy = dh * (one - z) * (one - y * y);
        var dr = dy * V.Load(Candidates + unit, n) * r * (one - r);
        var dz = dh * (V.Load(Before + at.Row * BeforeStride + at.First, n) - y) * z * (one - z);
        V.Store(dr, d, n);
        V.Store(dr, p, n);
        V.Store(dz, d + Hidden, n);
        V.Store(dz, p + Hidden, n);
        V.Store(dy, d + 2 * Hidden, n);
        V.Store(dy * r, p + 2 * Hidden, n);
        return dh * z;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void FetchForward(nint row, int unit, int count, int gate)
    {
        Prefetch.Lines(Gates + (row * GateCount + gate) * Hidden + unit, count);
        if (gate == 1) Prefetch.Lines(Candidates + row * Hidden + unit, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void FetchBackward(nint row, int unit, int count, int gate)
    {
        nint at = row * Stride + gate * Hidden + unit;
        Prefetch.Lines(Gates + (row * GateCount + gate) * Hidden + unit, count);
        Prefetch.Lines(Gradients + at, count);
        Prefetch.Lines(StateGradients + at, count);
        if (gate == 1) Prefetch.Lines(Before + row * BeforeStride + unit, count);
        if (gate == 2) Prefetch.Lines(Candidates + row * Hidden + unit, count);
    }
}
