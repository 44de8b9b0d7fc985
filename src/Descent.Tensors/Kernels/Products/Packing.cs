using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors.Kernels;

/// <summary>Copies strided blocks into the panels that the register tile reads from end to end.</summary>
static unsafe class Packing
{
    /// <summary>Elements beyond the end of a destination that <see cref="CopyOver"/> may write.</summary>
    public const int Slack = 16;

    // Runs of a row are too short for the processor to foresee the next; so many rows ahead it is told.
    const int RowsAhead = 4;

    // Of narrow panels a part of so many bytes of so many rows is copied at once: with the next rows it fits in L1.
    const int NarrowBytes = 512, NarrowRowsAtOnce = 16;

    /// <summary>
    /// One panel: <c>destination[k · pitch + i] = source[i · stride + k · kStride]</c> for i below <paramref name="count"/>,
    /// zeros from there to <paramref name="width"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel<T>(T* source, nint stride, nint kStride, T* destination, int count, int width, int pitch, int kc)
        where T : unmanaged
    {
        if (stride == 1)
        {
            for (nint k = 0; k < kc; k++)
            {
                Copy(source + k * kStride, destination + k * pitch, count);
                Clear(destination + k * pitch + count, width - count);
            }
            return;
        }

        int i = 0;
        if (kStride == 1 && GemmTiles<T>.Generated is { Tier: >= IsaTier.Avx512 } tiles)
        {
            for (; i < count; i += tiles.Lanes)
            {
                int rows = Math.Min(tiles.Lanes, count - i);
                TransposeCall call = new()
                {
                    K = kc, Source = source + i * stride, Stride = stride * sizeof(T), Target = destination + i, Pitch = (nint)pitch * sizeof(T),
                };
                tiles.FindTransposition(rows, isPadded: i + tiles.Lanes <= width)(&call);
            }
            if (i > width) i = count;
        }
        else if (kStride == 1)
        {
            int block = Vector128<T>.Count;
            T** rows = stackalloc T*[block];
            for (; i + block <= count; i += block)
            {
                for (int r = 0; r < block; r++)
                    rows[r] = source + (i + r) * stride;
                Transpose(rows, destination + i, pitch, kc, block * stride);
            }
        }
        for (; i < count; i++)
        {
            T* from = source + i * stride;
            T* to = destination + i;
            for (nint k = 0; k < kc; k++, from += kStride, to += pitch)
                *to = *from;
        }
        // Whole vectors have brought their zeros.
        if (i < width)
            for (nint k = 0; k < kc; k++)
                Clear(destination + k * pitch + i, width - i);
    }

    /// <summary>The transpose of a <c>(rows, columns)</c> matrix, block by block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transposed<T>(T* source, T* destination, int rows, int columns) where T : unmanaged
    {
        var job = new TransposeJob<T> { Source = source, Destination = destination, Rows = rows, Columns = columns };
        int blocks = (columns + TransposeJob<T>.Block - 1) / TransposeJob<T>.Block;
        if ((nint)rows * columns < TransposeJob<T>.LeastWork)
            for (int i = 0; i < blocks; i++) job.Invoke(i);
        else
            WorkerPool.For(blocks, job);
    }

    struct TransposeJob<T> : IParallelBody where T : unmanaged
    {
        public const int Block = 32;
        public const nint LeastWork = 16 * 1024;

        public T* Source, Destination;
        public int Rows, Columns;

        public readonly void Invoke(int index)
        {
            int first = index * Block, count = Math.Min(Block, Columns - first);
            Panel(Source + first, Columns, 1, Destination + (nint)first * Rows, Rows, Rows, Rows, count);
        }
    }

    /// <summary>
    /// Several panels from rows that are contiguous in memory, row after row, as memory likes to be read.
    /// The last panel's width is rounded up to a multiple of <paramref name="step"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<T>(T* source, nint kStride, T* destination, int count, int panel, int step, int kc)
        where T : unmanaged
    {
        int tail = count % panel;
        int full = count - tail;
        int tailWidth = (tail + step - 1) / step * step;
        if (panel <= Vector512<T>.Count)
        {
            NarrowRows(source, kStride, destination, count, panel, kc);
            if (tail > 0) Panel(source + full, 1, kStride, destination + (nint)full * kc, tail, tailWidth, tailWidth, kc);
            return;
        }
        int widest = Widest<T>();
        bool isWhole = panel % widest == 0;
        for (nint k = 0; k < kc; k++, source += kStride)
        {
            FetchRow(source + RowsAhead * kStride, count);
            T* row = destination + k * panel;
            for (nint j = 0; j < full; j += panel, row += (nint)panel * kc)
                if (isWhole)
                    for (nint x = 0; x < panel; x += widest) CopyWidest(source + j + x, row + x);
                else
                    Copy(source + j, row, panel);
            if (tail > 0)
            {
                row = destination + (nint)full * kc + k * tailWidth;
                Copy(source + full, row, tail);
                Clear(row + tail, tailWidth - tail);
            }
        }
    }

    /// <summary>
    /// The same for panels narrower than a line: some rows of one after the other, as panels far apart fall on the same lines
    /// of the first cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void NarrowRows<T>(T* source, nint kStride, T* destination, int count, int panel, int kc) where T : unmanaged
    {
        int most = Math.Max(1, NarrowBytes / sizeof(T) / panel) * panel;
        for (int left = 0; left + panel <= count; left += most)
            for (int k0 = 0; k0 < kc; k0 += NarrowRowsAtOnce)
            {
                int end = Math.Min(kc, k0 + NarrowRowsAtOnce), right = Math.Min(count, left + most);
                for (int j = left; j + panel <= right; j += panel)
                {
                    T* from = source + j + k0 * kStride, to = destination + (nint)j * kc + (nint)k0 * panel;
                    int k = k0;
                    // What a vector brings too much the next one overwrites; so the last row of all is copied by itself.
                    if (panel <= Vector256<T>.Count && Vector256.IsHardwareAccelerated && j + Vector256<T>.Count <= count)
                        for (int last = panel == Vector256<T>.Count ? end : Math.Min(end, kc - 1); k < last; k++, from += kStride, to += panel)
                        {
                            Fetch(from + NarrowRowsAtOnce * kStride);
                            Vector256.Load(from).Store(to);
                        }
                    else if (panel <= Vector512<T>.Count && Vector512.IsHardwareAccelerated && j + Vector512<T>.Count <= count)
                        for (int last = panel == Vector512<T>.Count ? end : Math.Min(end, kc - 1); k < last; k++, from += kStride, to += panel)
                        {
                            Fetch(from + NarrowRowsAtOnce * kStride);
                            Vector512.Load(from).Store(to);
                        }
                    for (; k < end; k++, from += kStride, to += panel)
                        Copy(from, to, panel);
                }
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(void* line)
    {
        if (Sse.IsSupported) Sse.Prefetch0(line);
    }

    /// <summary>Asks for a row's lines. A row too far is no error: fetching never faults.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void FetchRow<T>(T* row, int count) where T : unmanaged
    {
        if (Sse.IsSupported)
            for (int i = 0; i < count; i += CacheLines.Line / sizeof(T)) Sse.Prefetch0(row + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(void* p0, void* p1)
    {
        Fetch(p0);
        Fetch(p1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(void* p0, void* p1, void* p2, void* p3)
    {
        Fetch(p0, p1);
        Fetch(p2, p3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy<T>(T* source, T* destination, int count) where T : unmanaged
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count)
                Vector512.Load(source + i).Store(destination + i);
        if (Vector256.IsHardwareAccelerated)
            for (; i <= count - Vector256<T>.Count; i += Vector256<T>.Count)
                Vector256.Load(source + i).Store(destination + i);
        for (; i <= count - Vector128<T>.Count; i += Vector128<T>.Count)
            Vector128.Load(source + i).Store(destination + i);
        for (; i < count; i++)
            destination[i] = source[i];
    }

    /// <summary>As <see cref="Copy"/>, but may read and write up to <see cref="Slack"/> − 1 elements more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyOver<T>(T* source, T* destination, int count) where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
            for (int i = 0; i < count; i += Vector512<T>.Count)
                Vector512.Load(source + i).Store(destination + i);
        else if (Vector256.IsHardwareAccelerated)
            for (int i = 0; i < count; i += Vector256<T>.Count)
                Vector256.Load(source + i).Store(destination + i);
        else
            for (int i = 0; i < count; i += Vector128<T>.Count)
                Vector128.Load(source + i).Store(destination + i);
    }

    /// <summary>Elements that <see cref="CopyWidest"/> copies.</summary>
    public static int Widest<T>() where T : unmanaged =>
        Vector512.IsHardwareAccelerated ? Vector512<T>.Count
        : Vector256.IsHardwareAccelerated ? Vector256<T>.Count
        : Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyWidest<T>(T* source, T* destination) where T : unmanaged
    {
        if (Vector512.IsHardwareAccelerated)
            Vector512.Load(source).Store(destination);
        else if (Vector256.IsHardwareAccelerated)
            Vector256.Load(source).Store(destination);
        else
            Vector128.Load(source).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear<T>(T* destination, int count) where T : unmanaged
    {
        for (int i = 0; i < count; i++)
            destination[i] = default;
    }

    /// <summary>As many rows as a 128-bit vector has lanes become columns: <c>destination[k · pitch + i] = rows[i][k]</c>.</summary>
    /// <remarks>Fetches into the caches what lies <paramref name="ahead"/> elements further: short runs are over before the processor sees that they are.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose<T>(T** rows, T* destination, nint pitch, nint kc, nint ahead = 0) where T : unmanaged
    {
        nint k = 0;
        if (sizeof(T) == sizeof(float))
        {
            float* s0 = (float*)rows[0], s1 = (float*)rows[1], s2 = (float*)rows[2], s3 = (float*)rows[3];
            var d = (float*)destination;
            for (; k + 4 <= kc; k += 4, d += 4 * pitch)
            {
                if ((k & 15) == 0) Fetch(s0 + ahead + k, s1 + ahead + k, s2 + ahead + k, s3 + ahead + k);
                var r0 = Vector128.Load(s0 + k);
                var r1 = Vector128.Load(s1 + k);
                var r2 = Vector128.Load(s2 + k);
                var r3 = Vector128.Load(s3 + k);
                Quad.Transpose(ref r0, ref r1, ref r2, ref r3);
                r0.Store(d);
                r1.Store(d + pitch);
                r2.Store(d + 2 * pitch);
                r3.Store(d + 3 * pitch);
            }
        }
        else if (sizeof(T) == sizeof(double))
        {
            double* s0 = (double*)rows[0], s1 = (double*)rows[1];
            var d = (double*)destination;
            for (; k + 2 <= kc; k += 2, d += 2 * pitch)
            {
                if ((k & 7) == 0) Fetch(s0 + ahead + k, s1 + ahead + k);
                var r0 = Vector128.Load(s0 + k);
                var r1 = Vector128.Load(s1 + k);
                Zip.Low(r0, r1).Store(d);
                Zip.High(r0, r1).Store(d + pitch);
            }
        }
        for (; k < kc; k++)
            for (nint i = 0; i < Vector128<T>.Count; i++)
                destination[k * pitch + i] = rows[i][k];
    }
}
