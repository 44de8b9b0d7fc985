using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>What a sum of bytes stands for: <c>Step · sum + Offset</c>.</summary>
readonly record struct ScanScale(float Step, float Offset);

/// <summary>Makes the tables of <see cref="FastScan"/>: bytes with one step for all parts, and one offset for their sum.</summary>
static unsafe class FastScanTables
{
    const int Entries = 16;
    const float Greatest = byte.MaxValue;

    /// <summary>Tables from any numbers, 16 for each part.</summary>
    /// <param name="tables">Room for <see cref="FastScan.Bytes"/>.</param>
    internal static ScanScale Quantize(float* entries, int parts, byte* tables)
    {
        float range = 0, offset = 0;
        for (int part = 0; part < parts; part++)
        {
            var (least, most) = Range(entries + part * Entries);
            range = Math.Max(range, most - least);
            offset += least;
        }
        float step = range / Greatest;
        var perStep = Vector128.Create(range > 0 ? Greatest / range : 0);
        for (int part = 0; part < parts; part++)
        {
            float* own = entries + part * Entries;
            var least = Vector128.Create(Range(own).Least);
            Store(tables + part * Entries, perStep, Vector128.Load(own) - least, Vector128.Load(own + 4) - least, Vector128.Load(own + 8) - least, Vector128.Load(own + 12) - least);
        }
        Fill(tables, parts);
        return new(step, offset);
    }

    /// <summary>Tables by which the sum of a code is Σ ± x over the bits of its parts, + where a bit is set.</summary>
    /// <param name="values">4 for each part.</param>
    /// <param name="tables">Room for <see cref="FastScan.Bytes"/>.</param>
    internal static ScanScale OfSigns(float* values, int parts, byte* tables)
    {
        float range = 0, total = 0;
        for (int part = 0; part < parts; part++)
        {
            float own = Vector128.Sum(Vector128.Abs(Vector128.Load(values + 4 * part)));
            range = Math.Max(range, own);
            total += own;
        }
        // Half of each entry: those of a part lie between 0 and the sum of its magnitudes.
        var perStep = Vector128.Create(range > 0 ? Greatest / range : 0);
        var (ones, twos) = (Vector128.Create(-1f, 1, -1, 1), Vector128.Create(-1f, -1, 1, 1));
        for (int part = 0; part < parts; part++)
        {
            var own = Vector128.Load(values + 4 * part) * Vector128.Create(0.5f);
            var (third, fourth) = (Vector128.Create(own[2]), Vector128.Create(own[3]));
            var low = ones * Vector128.Create(own[0]) + twos * Vector128.Create(own[1]) + Vector128.Create(Vector128.Sum(Vector128.Abs(own)));
            Store(tables + part * Entries, perStep, low - third - fourth, low + third - fourth, low - third + fourth, low + third + fourth);
        }
        Fill(tables, parts);
        return new(2 * range / Greatest, -total);
    }

    static (float Least, float Most) Range(float* entries)
    {
        var (a, b, c, d) = (Vector128.Load(entries), Vector128.Load(entries + 4), Vector128.Load(entries + 8), Vector128.Load(entries + 12));
        var least = Vector128.Min(Vector128.Min(a, b), Vector128.Min(c, d));
        var most = Vector128.Max(Vector128.Max(a, b), Vector128.Max(c, d));
        return (Math.Min(Math.Min(least[0], least[1]), Math.Min(least[2], least[3])), Math.Max(Math.Max(most[0], most[1]), Math.Max(most[2], most[3])));
    }

    static void Store(byte* to, Vector128<float> perStep, Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        var low = Vector128.NarrowWithSaturation(Round(a * perStep), Round(b * perStep));
        var high = Vector128.NarrowWithSaturation(Round(c * perStep), Round(d * perStep));
        Vector128.NarrowWithSaturation(low.AsUInt16(), high.AsUInt16()).Store(to);
    }

    static Vector128<int> Round(Vector128<float> x) => Vector128.ConvertToInt32(Vector128.Max(x, Vector128<float>.Zero) + Vector128.Create(0.5f));

    static void Fill(byte* tables, int parts) => new Span<byte>(tables, FastScan.Bytes(parts))[(parts * Entries)..].Clear();
}
