using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>Blocks of queries, keys and values in the forms that the tiles of attention read.</summary>
static unsafe class AttentionPacking<T, V, L>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : struct
    where L : IFloatLanes<T, V>
{
    /// <summary>Columns of a block of queries, times a factor: <c>(width, queries)</c>, rows a pitch apart, zeros to whole vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Queries(in AttentionJob<T> job, AttentionTensor tensor, in AttentionHead<T> head, int from, int vectors, int width, T* panel, T* buffer, T factor)
    {
        int pitch = AttentionTile<T, V, L>.Pitch, rows = Math.Min(vectors * L.Count, head.Queries - from);
        Prefetch(job, tensor, head, from, rows, width);
        T* source = job.Rows(tensor, head, from, rows, width, buffer, out nint row, out nint column);
        Packing.Panel(source, row, column, panel, rows, vectors * L.Count, pitch, width);
        if (factor == T.One) return;
        V factors = L.Broadcast(factor);
        for (nint d = 0; d < width; d++)
            for (int v = 0; v < vectors; v++)
            {
                T* at = panel + d * pitch + v * L.Count;
                L.Store(L.Multiply(L.Load(at), factors), at);
            }
    }

    /// <summary>Panels of a tile's rows of keys, <c>(width, rows)</c> each, the last filled with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Keys(in AttentionJob<T> job, AttentionTensor tensor, in AttentionHead<T> head, int from, int keys, int width, T* panels, T* buffer)
    {
        int rows = AttentionTile<T, V, L>.Rows;
        T* source = job.Rows(tensor, head, from, keys, width, buffer, out nint row, out nint column);
        for (int j = 0; j < keys; j += rows)
            Packing.Panel(source + j * row, row, column, panels + (nint)j * width, Math.Min(rows, keys - j), rows, rows, width);
    }

    /// <summary>Panels of a tile's rows of columns, <c>(keys, rows)</c> each, the last filled with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void KeyColumns(in AttentionJob<T> job, AttentionTensor tensor, in AttentionHead<T> head, int from, int keys, int width, T* panels, T* buffer)
    {
        int rows = AttentionTile<T, V, L>.Rows;
        T* source = job.Rows(tensor, head, from, keys, width, buffer, out nint row, out nint column);
        if (column == 1)
        {
            Packing.Rows(source, row, panels, width, rows, rows, keys);
            return;
        }
        for (int d = 0; d < width; d += rows)
            Packing.Panel(source + d * column, column, row, panels + (nint)d * keys, Math.Min(rows, width - d), rows, rows, keys);
    }

    /// <summary>
    /// Asks for rows that will be packed next. Heads mostly lie beside each other, so that a head's rows are far apart and the
    /// machine does not guess them; asked for together, they arrive together.
    /// </summary>
    internal static void Prefetch(in AttentionJob<T> job, AttentionTensor tensor, in AttentionHead<T> head, int from, int rows, int width)
    {
        if (!Sse.IsSupported || rows <= 0 || job.Tensors[(int)tensor].Column != 1) return;
        byte* start = job.At(tensor, head, from);
        int size = NarrowElements.Size<T>(job.Storage);
        nint row = job.Tensors[(int)tensor].Row * size;
        for (nint r = 0; r < rows; r++, start += row)
            for (nint at = 0; at < width * size; at += 64) Sse.Prefetch1(start + at);
    }
}
