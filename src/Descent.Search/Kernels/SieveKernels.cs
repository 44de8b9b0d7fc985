using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>What a sieve lets through of a block.</summary>
static unsafe class SieveKernels
{
    /// <summary>Bounds of the distances of 32 codes: <c>offset + a − f S − e length</c>.</summary>
    /// <param name="terms">32 each of a, f and e.</param>
    /// <param name="sums">The sums of tables.</param>
    /// <param name="scale">What they stand for.</param>
    /// <param name="offset">The query's.</param>
    /// <param name="length">The length of the query's direction.</param>
    /// <param name="most">What is not less does not come through.</param>
    /// <param name="bounds">Room for 32.</param>
    /// <returns>A bit for each that comes through.</returns>
    internal static uint Pass(float* terms, int* sums, ScanScale scale, float offset, float length, float most, float* bounds)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            ulong passed = 0;
            for (int i = 0; i < FastScan.Codes; i += 16)
            {
                var sum = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(Vector512.Load(sums + i)), Vector512.Create(scale.Step), Vector512.Create(scale.Offset));
                var bound = Vector512.Create(offset) + Vector512.Load(terms + i) - Vector512.Load(terms + FastScan.Codes + i) * sum
                    - Vector512.Load(terms + 2 * FastScan.Codes + i) * Vector512.Create(length);
                bound.Store(bounds + i);
                passed |= Vector512.LessThan(bound, Vector512.Create(most)).ExtractMostSignificantBits() << i;
            }
            return (uint)passed;
        }
        uint through = 0;
        for (int i = 0; i < FastScan.Codes; i += 4)
        {
            var sum = Vector128.ConvertToSingle(Vector128.Load(sums + i)) * Vector128.Create(scale.Step) + Vector128.Create(scale.Offset);
            var bound = Vector128.Create(offset) + Vector128.Load(terms + i) - Vector128.Load(terms + FastScan.Codes + i) * sum
                - Vector128.Load(terms + 2 * FastScan.Codes + i) * Vector128.Create(length);
            bound.Store(bounds + i);
            through |= Vector128.LessThan(bound, Vector128.Create(most)).ExtractMostSignificantBits() << i;
        }
        return through;
    }
}
