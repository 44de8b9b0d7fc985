using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>One of the five transforms of <see cref="IWinogradForm"/>: values read, values written, and what lies between.</summary>
interface IWinogradLine
{
    static abstract int Read { get; }

    static abstract int Written { get; }

    static abstract void Apply<V, L>(ref V v0, ref V v1, ref V v2, ref V v3, ref V v4, ref V v5)
        where V : struct where L : IVectorLanes<float, V>;
}

readonly struct InputLine<F> : IWinogradLine where F : struct, IWinogradForm
{
    public static int Read => F.Inputs;

    public static int Written => F.Inputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(ref V v0, ref V v1, ref V v2, ref V v3, ref V v4, ref V v5)
        where V : struct where L : IVectorLanes<float, V> => F.Input<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
}

readonly struct OutputLine<F> : IWinogradLine where F : struct, IWinogradForm
{
    public static int Read => F.Inputs;

    public static int Written => F.Outputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(ref V v0, ref V v1, ref V v2, ref V v3, ref V v4, ref V v5)
        where V : struct where L : IVectorLanes<float, V> => F.Output<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
}

readonly struct FilterLine<F> : IWinogradLine where F : struct, IWinogradForm
{
    public static int Read => F.Taps;

    public static int Written => F.Inputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(ref V v0, ref V v1, ref V v2, ref V v3, ref V v4, ref V v5)
        where V : struct where L : IVectorLanes<float, V> => F.Filter<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
}

readonly struct OutputGradientLine<F> : IWinogradLine where F : struct, IWinogradForm
{
    public static int Read => F.Outputs;

    public static int Written => F.Inputs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(ref V v0, ref V v1, ref V v2, ref V v3, ref V v4, ref V v5)
        where V : struct where L : IVectorLanes<float, V> => F.OutputGradient<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
}

readonly struct FilterGradientLine<F> : IWinogradLine where F : struct, IWinogradForm
{
    public static int Read => F.Inputs;

    public static int Written => F.Taps;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<V, L>(ref V v0, ref V v1, ref V v2, ref V v3, ref V v4, ref V v5)
        where V : struct where L : IVectorLanes<float, V> => F.FilterGradient<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
}

/// <summary>A transform from memory to memory, a register of lanes at a time.</summary>
static unsafe class WinogradLines<K, V, L>
    where K : struct, IWinogradLine
    where V : struct
    where L : IVectorLanes<float, V>
{
    /// <summary>
    /// Values <paramref name="step"/> apart to values <paramref name="toStep"/> apart; the lines that lie
    /// <paramref name="ahead"/> beyond those are fetched, where it is not 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(float* from, nint step, float* to, nint toStep, nint ahead = 0)
    {
        V v0 = L.Load(from), v1 = L.Load(from + step), v2 = default, v3 = default, v4 = default, v5 = default;
        if (K.Read > 2) v2 = L.Load(from + 2 * step);
        if (K.Read > 3) v3 = L.Load(from + 3 * step);
        if (K.Read > 4) v4 = L.Load(from + 4 * step);
        if (K.Read > 5) v5 = L.Load(from + 5 * step);
        K.Apply<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
        if (ahead != 0)
            for (int i = 0; i < K.Written; i++)
                CacheHint.Fetch(to + i * toStep + ahead);
        Store(v0, v1, v2, v3, v4, v5, to, toStep);
    }

    /// <summary>Values at one place of as many rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(float** rows, nint at, float* to, nint toStep)
    {
        V v0 = L.Load(rows[0] + at), v1 = L.Load(rows[1] + at), v2 = default, v3 = default, v4 = default, v5 = default;
        if (K.Read > 2) v2 = L.Load(rows[2] + at);
        if (K.Read > 3) v3 = L.Load(rows[3] + at);
        if (K.Read > 4) v4 = L.Load(rows[4] + at);
        if (K.Read > 5) v5 = L.Load(rows[5] + at);
        K.Apply<V, L>(ref v0, ref v1, ref v2, ref v3, ref v4, ref v5);
        Store(v0, v1, v2, v3, v4, v5, to, toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(V v0, V v1, V v2, V v3, V v4, V v5, float* to, nint step)
    {
        L.Store(v0, to);
        L.Store(v1, to + step);
        if (K.Written > 2) L.Store(v2, to + 2 * step);
        if (K.Written > 3) L.Store(v3, to + 3 * step);
        if (K.Written > 4) L.Store(v4, to + 4 * step);
        if (K.Written > 5) L.Store(v5, to + 5 * step);
    }
}
