using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Descent.Tabular;

/// <summary>Adds rows to histograms: for each feature of a row, its gradient and hessian to the entry of the feature's bin.</summary>
static unsafe class HistogramKernel
{
    /// <summary>How many rows ahead lines are fetched: the rows of a node lie anywhere, and a line from memory takes as long as about ten rows.</summary>
    const int Ahead = 16;

    /// <summary>Added to a number below 2^51, leaves it in the low bits, rounded to the nearest integer.</summary>
    const double Magic = 6755399441055744;

    /// <summary>Entries of 16 bytes: the gradients, and the hessians with the number of rows.</summary>
    /// <param name="bins">The first feature's bin of row 0.</param>
    /// <param name="pitch">Bytes from a row to the next.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="pairs">Gradient and hessian of each row of the table.</param>
    /// <param name="point">How they become integers.</param>
    /// <param name="histogram">The first feature's entries.</param>
    /// <param name="quads">The number of features, in fours.</param>
    internal static void Add(byte* bins, int pitch, int* rows, int count, float* pairs, FixedPoint point, long* histogram, int quads)
    {
        const int Entries = 2 * FeatureBins.Stride;
        var rounding = new FixedRounding(point);
        int ahead = count - Ahead;
        for (int i = 0; i < count; i++)
        {
            long row = rows[i];
            if (i < ahead) Fetch(bins, pitch, pairs, rows[i + Ahead]);
            var value = rounding.Round(pairs + 2 * row);
            byte* bin = bins + row * pitch, end = bin + 4 * quads;
            for (long* h = histogram; bin < end; bin += 4, h += 4 * Entries)
            {
                // Four addresses first, then four sums: the features' entries are different memory.
                long* a = h + 2L * bin[0], b = h + Entries + 2L * bin[1], c = h + 2 * Entries + 2L * bin[2], d = h + 3 * Entries + 2L * bin[3];
                (Vector128.Load(a) + value).Store(a);
                (Vector128.Load(b) + value).Store(b);
                (Vector128.Load(c) + value).Store(c);
                (Vector128.Load(d) + value).Store(d);
            }
        }
    }

    /// <summary>As <see cref="Add(byte*, int, int*, int, float*, FixedPoint, long*, int)"/> for some of the features alone.</summary>
    internal static void Add(byte* bins, int pitch, int* rows, int count, float* pairs, FixedPoint point, long* histogram, ReadOnlySpan<int> features)
    {
        var rounding = new FixedRounding(point);
        int ahead = count - Ahead;
        for (int i = 0; i < count; i++)
        {
            long row = rows[i];
            if (i < ahead) Fetch(bins, pitch, pairs, rows[i + Ahead]);
            var value = rounding.Round(pairs + 2 * row);
            byte* bin = bins + row * pitch;
            foreach (int feature in features)
            {
                long* at = histogram + 2 * (feature * FeatureBins.Stride + bin[feature]);
                (Vector128.Load(at) + value).Store(at);
            }
        }
    }

    /// <summary>Rows whose quantised sums have room in one integer: 23 bits of gradients, 24 of hessians, 17 of rows.</summary>
    internal const int MostQuantized = 65_535;

    /// <summary>Adds quantised rows, at most <see cref="MostQuantized"/>, to entries of 8 bytes.</summary>
    internal static void AddQuantized(byte* bins, int pitch, int* rows, int count, short* quantized, long* sums, int quads)
    {
        const int Entries = FeatureBins.Stride;
        int ahead = count - Ahead;
        for (int i = 0; i < count; i++)
        {
            long row = rows[i];
            if (i < ahead && Sse.IsSupported)
            {
                Sse.Prefetch0(bins + ((long)rows[i + Ahead] * pitch));
                Sse.Prefetch0(quantized + rows[i + Ahead]);
            }
            short own = quantized[row];
            long value = ((long)(own >> 8) << 41) + ((long)(byte)own << 17) + 1;
            byte* bin = bins + (row * pitch), end = bin + (4 * quads);
            for (long* h = sums; bin < end; bin += 4, h += 4 * Entries)
            {
                h[bin[0]] += value;
                h[Entries + bin[1]] += value;
                h[(2 * Entries) + bin[2]] += value;
                h[(3 * Entries) + bin[3]] += value;
            }
        }
    }

    /// <summary>Adds sums of quantised rows to entries of 16 bytes.</summary>
    internal static void Widen(ReadOnlySpan<long> sums, int countBits, long* entries)
    {
        foreach (long sum in sums)
        {
            entries[0] += sum >> 41;
            entries[1] += (((sum >> 17) & 0xFFFFFF) << countBits) + (sum & 0x1FFFF);
            entries += 2;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Fetch(byte* bins, int pitch, float* pairs, long row)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(bins + row * pitch);
        Sse.Prefetch0(pairs + 2 * row);
    }

    /// <summary>Gradient and hessian to integers, the hessian above the count of one row.</summary>
    readonly struct FixedRounding(FixedPoint point)
    {
        readonly Vector128<double> _scale = Vector128.Create(point.GradientScale, point.HessianScale * (1L << point.CountBits));

        // Rounds the hessian to a multiple of what the count leaves free.
        readonly Vector128<double> _step = Vector128.Create(Magic, Magic * (1L << point.CountBits));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal Vector128<long> Round(float* pair)
        {
            var scaled = Vector128.Create((double)pair[0], pair[1]) * _scale;
            var rounded = scaled + _step - _step;
            return (rounded + Vector128.Create(Magic)).AsInt64() - Vector128.Create(Magic).AsInt64() + Vector128.Create(0L, 1);
        }
    }
}
