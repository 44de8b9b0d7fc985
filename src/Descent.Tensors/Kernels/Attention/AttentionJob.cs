using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>The tensors of an attention, as numbered in <see cref="AttentionJob{T}"/>.</summary>
enum AttentionTensor
{
    Query,
    Key,
    Value,
    Output,
    Mask,
    OutputGradient,
    QueryGradient,
    KeyGradient,
    ValueGradient,
    Count,
}

/// <summary>Matrices of one tensor: where the first starts, and elements from row to row, column to column, and from one head of a group to the next.</summary>
unsafe struct AttentionMatrix
{
    internal void* Start;
    internal nint Row, Column, Group;
}

/// <summary>What a mask holds.</summary>
enum AttentionMask
{
    None,

    /// <summary>Bytes that are not 0 where attended.</summary>
    Truth,

    /// <summary>Numbers to add to the scores.</summary>
    Number,
}

/// <summary>Attention as the kernels see it: heads of keys and values, each read by a group of the query's heads.</summary>
unsafe struct AttentionJob<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>By <see cref="AttentionTensor"/>; those that are not there start at null.</summary>
    internal AttentionMatrix[] Tensors;

    /// <summary>From a head of the keys to the start of its matrix in each tensor.</summary>
    internal LoopNest Heads;

    /// <summary>Heads of keys, all batches together, and heads of the query to each.</summary>
    internal int Units, Group;

    internal int Queries, Keys, Width, ValueWidth;

    internal ElementStorage Storage;

    /// <summary>Factor of the scores.</summary>
    internal T Scale;

    /// <summary>Query i sees keys 0 to i + Offset.</summary>
    internal bool Causal;

    internal int Offset;

    internal AttentionMask Mask;

    /// <summary>Probability of keeping a weight; 1 without dropout. Score (head, i, j) takes the word at Words + (head · Queries + i) · Keys + j.</summary>
    internal double Keep;

    internal ulong Seed, Stream, Words;

    /// <summary>Log₂ Σ 2^score by (head, query); +∞ where nothing is seen.</summary>
    internal T* LogSums;

    /// <summary>Packed sequences: where each starts and, at the end, where the last ends; null where all heads have one length.</summary>
    internal int* QueryStarts, KeyStarts;

    /// <summary>Packed sequences: all queries together.</summary>
    internal int Total;

    /// <summary>Heads of the query in all.</summary>
    internal readonly int QueryHeads => Units * Group;

    /// <summary>From the scores as multiplied to powers of two.</summary>
    internal readonly T ScoreScale => Scale * Log2E;

    /// <summary>The least finite number.</summary>
    internal static T Least => T.CreateTruncating(typeof(T) == typeof(float) ? float.MinValue : double.MinValue);

    internal static T Log2E => T.CreateTruncating(1.4426950408889634);

    internal readonly AttentionHead<T> Head(int index)
    {
        (int unit, int member) = Math.DivRem(index, Group);
        var head = new AttentionHead<T> { Queries = Queries, Keys = Keys, Offset = Offset, FirstScore = Words + (ulong)index * (ulong)Queries * (ulong)Keys };
        if (QueryStarts == null)
        {
            head.LogSums = LogSums + (nint)index * Queries;
        }
        else
        {
            int sequence = unit / (Units / Sequences), inner = index - sequence * (QueryHeads / Sequences);
            (head.FirstQuery, head.FirstKey) = (QueryStarts[sequence], KeyStarts[sequence]);
            (head.Queries, head.Keys) = (QueryStarts[sequence + 1] - head.FirstQuery, KeyStarts[sequence + 1] - head.FirstKey);
            head.Offset = head.Keys - head.Queries;
            head.LogSums = LogSums + (nint)inner * Total + head.FirstQuery;
        }
        (head.Unit, head.Member) = (unit, member);
        return head;
    }

    /// <summary>Packed sequences.</summary>
    internal int Sequences;

    /// <summary>Element (row, 0) of a head's matrix.</summary>
    internal readonly byte* At(AttentionTensor tensor, in AttentionHead<T> head, int row)
    {
        ref readonly var matrix = ref Tensors[(int)tensor];
        bool key = tensor is AttentionTensor.Key or AttentionTensor.Value or AttentionTensor.KeyGradient or AttentionTensor.ValueGradient;
        int inner = Heads.Inner, outer = head.Unit / inner;
        nint at = Heads.Start((int)tensor, outer) + (nint)(head.Unit - outer * inner) * Heads.Strides[(int)tensor][^1]
            + head.Member * matrix.Group + (row + (nint)(key ? head.FirstKey : head.FirstQuery)) * matrix.Row;
        return (byte*)matrix.Start + at * (tensor != AttentionTensor.Mask ? NarrowElements.Size<T>(Storage) : Mask == AttentionMask.Truth ? 1 : sizeof(T));
    }

    /// <summary>Rows of a head's matrix as numbers of T: where they lie, or converted into the buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly T* Rows(AttentionTensor tensor, in AttentionHead<T> head, int from, int rows, int columns, T* buffer, out nint row, out nint column)
    {
        ref readonly var matrix = ref Tensors[(int)tensor];
        byte* start = At(tensor, head, from);
        if (Storage == ElementStorage.Same)
        {
            (row, column) = (matrix.Row, matrix.Column);
            return (T*)start;
        }
        for (nint r = 0; r < rows; r++)
            NarrowElements.Widen(Storage, start + r * matrix.Row * sizeof(ushort), matrix.Column, (float*)buffer + r * columns, columns);
        (row, column) = (columns, 1);
        return buffer;
    }

    /// <summary>Writes the columns of a tile, whose rows are a pitch apart, as rows of a head's matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void WriteTransposed(AttentionTensor tensor, in AttentionHead<T> head, int from, T* tile, int pitch, int rows, int columns, T* buffer)
    {
        byte* start = At(tensor, head, from);
        nint row = Tensors[(int)tensor].Row;
        if (Storage == ElementStorage.Same)
        {
            Packing.Panel(tile, pitch, 1, (T*)start, columns, columns, (int)row, rows);
            return;
        }
        Packing.Panel(tile, pitch, 1, buffer, columns, columns, columns, rows);
        for (nint r = 0; r < rows; r++)
            NarrowElements.Narrow(Storage, (float*)buffer + r * columns, start + r * row * sizeof(ushort), columns);
    }

    /// <summary>Writes rows of a head's matrix, times a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void Write(AttentionTensor tensor, in AttentionHead<T> head, int from, T* source, nint pitch, int rows, int columns, T factor)
    {
        byte* start = At(tensor, head, from);
        nint row = Tensors[(int)tensor].Row;
        for (nint r = 0; r < rows; r++, source += pitch)
        {
            T* to = Storage == ElementStorage.Same ? (T*)start + r * row : source;
            var factors = new Vector<T>(factor);
            int c = 0;
            for (; c <= columns - Vector<T>.Count; c += Vector<T>.Count) (Vector.Load(source + c) * factors).Store(to + c);
            for (; c < columns; c++) to[c] = source[c] * factor;
            if (Storage != ElementStorage.Same) NarrowElements.Narrow(Storage, (float*)source, start + r * row * sizeof(ushort), columns);
        }
    }
}

/// <summary>One head of the query with its keys and values.</summary>
unsafe struct AttentionHead<T> where T : unmanaged
{
    internal int Unit, Member, Queries, Keys, Offset;

    /// <summary>Where packed sequences start, in rows.</summary>
    internal int FirstQuery, FirstKey;

    /// <summary>The random word of score (0, 0).</summary>
    internal ulong FirstScore;

    internal T* LogSums;
}
