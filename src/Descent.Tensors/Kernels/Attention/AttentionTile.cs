using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The innermost loops of attention: a tile of C, held in registers, is or gains the product of a tile's rows of A and
/// of up to three vectors of B's columns. In score tiles rows are keys and columns are queries, <see cref="Pitch"/> apart.
/// </summary>
/// <remarks>Every element is one chain of multiply-adds in the order of k, so its bits do not depend on the tile's size.</remarks>
static unsafe class AttentionTile<T, V, L>
    where T : unmanaged
    where V : struct
    where L : IFloatLanes<T, V>
{
    /// <summary>The most vectors in a row of a tile.</summary>
    internal const int MostVectors = 3;

    /// <summary>Rows of a tile: with 3 vectors, 24 accumulators of 32 registers or 12 of 16.</summary>
    internal static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => L.ManyRegisters ? 8 : 4;
    }

    /// <summary>Elements from one row of a tile of queries to the next.</summary>
    internal static int Pitch
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => MostVectors * L.Count;
    }

    /// <summary>C = A·B, and the columns' greatest elements so far.</summary>
    /// <param name="vectors">Vectors of columns, 1 to 3.</param>
    /// <param name="k">Length of the sums.</param>
    /// <param name="a">A panel: <c>(k, Rows)</c>.</param>
    /// <param name="b"><c>(k, columns)</c>, rows a pitch apart.</param>
    /// <param name="c"><c>(Rows, columns)</c>, rows a pitch apart.</param>
    /// <param name="greatest">One row; null where nobody asks.</param>
    internal static void Scores(int vectors, nint k, T* a, T* b, T* c, T* greatest)
    {
        switch (vectors)
        {
            case 3: Run<Three, ScoreForm>(k, a, b, Pitch, c, Pitch, greatest); break;
            case 2: Run<Two, ScoreForm>(k, a, b, Pitch, c, Pitch, greatest); break;
            default: Run<One, ScoreForm>(k, a, b, Pitch, c, Pitch, greatest); break;
        }
    }

    /// <summary>C += A·B with A a panel, as in <see cref="Scores"/>.</summary>
    internal static void Add(int vectors, nint k, T* a, T* b, T* c)
    {
        switch (vectors)
        {
            case 3: Run<Three, PanelForm>(k, a, b, Pitch, c, Pitch, null); break;
            case 2: Run<Two, PanelForm>(k, a, b, Pitch, c, Pitch, null); break;
            default: Run<One, PanelForm>(k, a, b, Pitch, c, Pitch, null); break;
        }
    }

    /// <summary>C += A·B with A rows of a tile of queries, a pitch apart, and B and C of their own row lengths.</summary>
    internal static void AddRows(int vectors, nint k, T* a, T* b, nint bRow, T* c, nint cRow)
    {
        switch (vectors)
        {
            case 3: Run<Three, RowsForm>(k, a, b, bRow, c, cRow, null); break;
            case 2: Run<Two, RowsForm>(k, a, b, bRow, c, cRow, null); break;
            default: Run<One, RowsForm>(k, a, b, bRow, c, cRow, null); break;
        }
    }

    // Accumulators are separate locals, as only those live in registers; cIJ is row I, vector J.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Run<S, F>(nint k, T* a, T* b, nint bRow, T* c, nint cRow, T* greatest)
        where S : struct, IWidth where F : struct, IForm
    {
        V c00 = default, c01 = default, c02 = default;
        V c10 = default, c11 = default, c12 = default;
        V c20 = default, c21 = default, c22 = default;
        V c30 = default, c31 = default, c32 = default;
        V c40 = default, c41 = default, c42 = default;
        V c50 = default, c51 = default, c52 = default;
        V c60 = default, c61 = default, c62 = default;
        V c70 = default, c71 = default, c72 = default;
        if (F.Accumulates)
        {
            Load<S>(c, ref c00, ref c01, ref c02);
            Load<S>(c + cRow, ref c10, ref c11, ref c12);
            Load<S>(c + cRow * 2, ref c20, ref c21, ref c22);
            Load<S>(c + cRow * 3, ref c30, ref c31, ref c32);
            if (L.ManyRegisters)
            {
                Load<S>(c + cRow * 4, ref c40, ref c41, ref c42);
                Load<S>(c + cRow * 5, ref c50, ref c51, ref c52);
                Load<S>(c + cRow * 6, ref c60, ref c61, ref c62);
                Load<S>(c + cRow * 7, ref c70, ref c71, ref c72);
            }
        }

        // Unrolled so that the loop's end, which is mispredicted, and its counting are rare.
        for (; k >= 4; k -= 4, a += 4 * F.Step, b += 4 * bRow)
        {
            Step<S, F>(a, b, ref c00, ref c01, ref c02, ref c10, ref c11, ref c12, ref c20, ref c21, ref c22, ref c30, ref c31, ref c32, ref c40, ref c41, ref c42, ref c50, ref c51, ref c52, ref c60, ref c61, ref c62, ref c70, ref c71, ref c72);
            Step<S, F>(a + F.Step, b + bRow, ref c00, ref c01, ref c02, ref c10, ref c11, ref c12, ref c20, ref c21, ref c22, ref c30, ref c31, ref c32, ref c40, ref c41, ref c42, ref c50, ref c51, ref c52, ref c60, ref c61, ref c62, ref c70, ref c71, ref c72);
            Step<S, F>(a + 2 * F.Step, b + 2 * bRow, ref c00, ref c01, ref c02, ref c10, ref c11, ref c12, ref c20, ref c21, ref c22, ref c30, ref c31, ref c32, ref c40, ref c41, ref c42, ref c50, ref c51, ref c52, ref c60, ref c61, ref c62, ref c70, ref c71, ref c72);
            Step<S, F>(a + 3 * F.Step, b + 3 * bRow, ref c00, ref c01, ref c02, ref c10, ref c11, ref c12, ref c20, ref c21, ref c22, ref c30, ref c31, ref c32, ref c40, ref c41, ref c42, ref c50, ref c51, ref c52, ref c60, ref c61, ref c62, ref c70, ref c71, ref c72);
        }
        for (; k > 0; k--, a += F.Step, b += bRow)
            Step<S, F>(a, b, ref c00, ref c01, ref c02, ref c10, ref c11, ref c12, ref c20, ref c21, ref c22, ref c30, ref c31, ref c32, ref c40, ref c41, ref c42, ref c50, ref c51, ref c52, ref c60, ref c61, ref c62, ref c70, ref c71, ref c72);

        Store<S>(c, c00, c01, c02);
        Store<S>(c + cRow, c10, c11, c12);
        Store<S>(c + cRow * 2, c20, c21, c22);
        Store<S>(c + cRow * 3, c30, c31, c32);
        if (L.ManyRegisters)
        {
            Store<S>(c + cRow * 4, c40, c41, c42);
            Store<S>(c + cRow * 5, c50, c51, c52);
            Store<S>(c + cRow * 6, c60, c61, c62);
            Store<S>(c + cRow * 7, c70, c71, c72);
        }
        if (F.Accumulates || greatest == null) return;
        L.Store(Greatest(L.Load(greatest), c00, c10, c20, c30, c40, c50, c60, c70), greatest);
        if (S.Vectors > 1) L.Store(Greatest(L.Load(greatest + L.Count), c01, c11, c21, c31, c41, c51, c61, c71), greatest + L.Count);
        if (S.Vectors > 2) L.Store(Greatest(L.Load(greatest + L.Count * 2), c02, c12, c22, c32, c42, c52, c62, c72), greatest + L.Count * 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Step<S, F>(T* a, T* b,
        ref V c00, ref V c01, ref V c02,
        ref V c10, ref V c11, ref V c12,
        ref V c20, ref V c21, ref V c22,
        ref V c30, ref V c31, ref V c32,
        ref V c40, ref V c41, ref V c42,
        ref V c50, ref V c51, ref V c52,
        ref V c60, ref V c61, ref V c62,
        ref V c70, ref V c71, ref V c72)
        where S : struct, IWidth where F : struct, IForm
    {
        V b0 = L.Load(b), b1 = default, b2 = default;
        if (S.Vectors > 1) b1 = L.Load(b + L.Count);
        if (S.Vectors > 2) b2 = L.Load(b + L.Count * 2);

        V x = L.Broadcast(a[0]);
        c00 = L.MultiplyAdd(x, b0, c00);
        if (S.Vectors > 1) c01 = L.MultiplyAdd(x, b1, c01);
        if (S.Vectors > 2) c02 = L.MultiplyAdd(x, b2, c02);
        x = L.Broadcast(a[F.Row]);
        c10 = L.MultiplyAdd(x, b0, c10);
        if (S.Vectors > 1) c11 = L.MultiplyAdd(x, b1, c11);
        if (S.Vectors > 2) c12 = L.MultiplyAdd(x, b2, c12);
        x = L.Broadcast(a[F.Row * 2]);
        c20 = L.MultiplyAdd(x, b0, c20);
        if (S.Vectors > 1) c21 = L.MultiplyAdd(x, b1, c21);
        if (S.Vectors > 2) c22 = L.MultiplyAdd(x, b2, c22);
        x = L.Broadcast(a[F.Row * 3]);
        c30 = L.MultiplyAdd(x, b0, c30);
        if (S.Vectors > 1) c31 = L.MultiplyAdd(x, b1, c31);
        if (S.Vectors > 2) c32 = L.MultiplyAdd(x, b2, c32);
        if (L.ManyRegisters)
        {
            x = L.Broadcast(a[F.Row * 4]);
            c40 = L.MultiplyAdd(x, b0, c40);
            if (S.Vectors > 1) c41 = L.MultiplyAdd(x, b1, c41);
            if (S.Vectors > 2) c42 = L.MultiplyAdd(x, b2, c42);
            x = L.Broadcast(a[F.Row * 5]);
            c50 = L.MultiplyAdd(x, b0, c50);
            if (S.Vectors > 1) c51 = L.MultiplyAdd(x, b1, c51);
            if (S.Vectors > 2) c52 = L.MultiplyAdd(x, b2, c52);
            x = L.Broadcast(a[F.Row * 6]);
            c60 = L.MultiplyAdd(x, b0, c60);
            if (S.Vectors > 1) c61 = L.MultiplyAdd(x, b1, c61);
            if (S.Vectors > 2) c62 = L.MultiplyAdd(x, b2, c62);
            x = L.Broadcast(a[F.Row * 7]);
            c70 = L.MultiplyAdd(x, b0, c70);
            if (S.Vectors > 1) c71 = L.MultiplyAdd(x, b1, c71);
            if (S.Vectors > 2) c72 = L.MultiplyAdd(x, b2, c72);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Greatest(V before, V c0, V c1, V c2, V c3, V c4, V c5, V c6, V c7)
    {
        V x = L.Max(L.Max(L.Max(c0, c1), L.Max(c2, c3)), before);
        return L.ManyRegisters ? L.Max(L.Max(L.Max(c4, c5), L.Max(c6, c7)), x) : x;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Load<S>(T* p, ref V v0, ref V v1, ref V v2) where S : struct, IWidth
    {
        v0 = L.Load(p);
        if (S.Vectors > 1) v1 = L.Load(p + L.Count);
        if (S.Vectors > 2) v2 = L.Load(p + L.Count * 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<S>(T* p, V v0, V v1, V v2) where S : struct, IWidth
    {
        L.Store(v0, p);
        if (S.Vectors > 1) L.Store(v1, p + L.Count);
        if (S.Vectors > 2) L.Store(v2, p + L.Count * 2);
    }

    /// <summary>Vectors in a row of the tile: a constant to the JIT, which drops what the tile lacks.</summary>
    interface IWidth
    {
        static abstract int Vectors { get; }
    }

    readonly struct Three : IWidth { public static int Vectors => 3; }
    readonly struct Two : IWidth { public static int Vectors => 2; }
    readonly struct One : IWidth { public static int Vectors => 1; }

    /// <summary>Where A's elements lie, and whether C is added to.</summary>
    interface IForm
    {
        static abstract bool Accumulates { get; }

        static abstract int Row { get; }

        static abstract int Step { get; }
    }

    readonly struct ScoreForm : IForm
    {
        public static bool Accumulates => false;
        public static int Row => 1;
        public static int Step => Rows;
    }

    readonly struct PanelForm : IForm
    {
        public static bool Accumulates => true;
        public static int Row => 1;
        public static int Step => Rows;
    }

    readonly struct RowsForm : IForm
    {
        public static bool Accumulates => true;
        public static int Row => Pitch;
        public static int Step => 1;
    }
}
