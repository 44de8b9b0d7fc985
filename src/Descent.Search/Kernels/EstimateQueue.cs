using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>Nodes with estimates of their distance, the nearest of which can be taken out; in no order.</summary>
/// <remarks>
/// Of a few hundred estimates one after another in memory the least is found in less time than it takes to put one of them in its
/// place in a sorted list, and most are never taken out.
/// </remarks>
sealed unsafe class EstimateQueue
{
    // A register; estimates are infinite from the last one to the end of its register.
    const int Lanes = 8;
    const int MostHalvings = 20;

    float[] _estimates = [];
    int[] _nodes = [];
    float* _estimate;
    int* _node;

    internal int Count { get; private set; }

    /// <summary>What is not nearer than this need not be put in.</summary>
    internal float Bound { get; private set; }

    /// <summary>Empties the queue.</summary>
    /// <param name="capacity">How many must fit.</param>
    internal void Start(int capacity)
    {
        if (_estimates.Length < capacity + 2 * Lanes)
        {
            int size = Math.Max(capacity + 2 * Lanes, 2 * _estimates.Length);
            _estimates = GC.AllocateUninitializedArray<float>(size, pinned: true);
            _nodes = GC.AllocateUninitializedArray<int>(size, pinned: true);
            _estimate = (float*)Unsafe.AsPointer(ref _estimates[0]);
            _node = (int*)Unsafe.AsPointer(ref _nodes[0]);
        }
        (Count, Bound) = (0, float.PositiveInfinity);
        FillUp();
    }

    internal void Add(int node, float estimate)
    {
        (_estimate[Count], _node[Count]) = (estimate, node);
        Count++;
        FillUp();
    }

    /// <summary>Puts in of some nodes those nearer than the bound that are below a limit and have no mark of an epoch yet.</summary>
    /// <param name="count">A multiple of 32.</param>
    internal void Add(int* nodes, float* estimates, int count, int limit, byte* marks, byte epoch)
    {
        var bound = Vector256.Create(Bound);
        int end = Count;
        for (int i = 0; i < count; i += Lanes)
        {
            uint nearer = Vector256.LessThan(Vector256.Load(estimates + i), bound).ExtractMostSignificantBits();
            for (; nearer != 0; nearer &= nearer - 1)
            {
                int at = i + BitOperations.TrailingZeroCount(nearer), node = Volatile.Read(ref nodes[at]);
                if ((uint)node >= (uint)limit) continue;
                // Without a branch: whether it was seen before can't be predicted.
                (_estimate[end], _node[end]) = (estimates[at], node);
                end += marks[node] == epoch ? 0 : 1;
            }
        }
        Count = end;
        FillUp();
    }

    /// <summary>Takes out the nearest.</summary>
    internal int Take()
    {
        var best = Vector256.Create(float.PositiveInfinity);
        Vector256<int> places = default, place = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        for (int i = 0; i < Count; i += Lanes)
        {
            var estimates = Vector256.Load(_estimate + i);
            var isNearer = Vector256.LessThan(estimates, best);
            best = Vector256.ConditionalSelect(isNearer, estimates, best);
            places = Vector256.ConditionalSelect(isNearer.AsInt32(), place, places);
            place += Vector256.Create(Lanes);
        }
        var least = Vector128.Min(best.GetLower(), best.GetUpper());
        least = Vector128.Min(least, Vector128.Shuffle(least, Vector128.Create(2, 3, 0, 1)));
        least = Vector128.Min(least, Vector128.Shuffle(least, Vector128.Create(1, 0, 3, 2)));
        uint equal = Vector256.Equals(best, Vector256.Create(least.ToScalar())).ExtractMostSignificantBits();
        int at = equal == 0 ? 0 : places[BitOperations.TrailingZeroCount(equal)], node = _node[at];
        Count--;
        (_estimate[at], _node[at]) = (_estimate[Count], _node[Count]);
        _estimate[Count] = float.PositiveInfinity;
        return node;
    }

    /// <summary>Drops the farthest, so that about as many as told are left, not fewer; the bound is where it cut.</summary>
    internal void Keep(int most)
    {
        if (most == 0) (Count, Bound) = (0, float.NegativeInfinity);
        else if (Count > most) Cut(FindBound(most));
        FillUp();
    }

    /// <summary>Takes whatever comes again.</summary>
    internal void Widen() => Bound = float.PositiveInfinity;

    /// <summary>Sets the bound so that of some estimates, if there are so many, eight are below it and few more.</summary>
    /// <param name="count">A multiple of 8.</param>
    internal void Narrow(float* estimates, int count)
    {
        // The least of each lane: as many as there are lanes do not exceed the greatest of them.
        var least = Vector256.Create(float.PositiveInfinity);
        for (int i = 0; i < count; i += Lanes) least = Less(Vector256.Load(estimates + i), least);
        float bound = float.NegativeInfinity;
        for (int lane = 0; lane < Lanes; lane++) bound = Math.Max(bound, least[lane]);
        Bound = MathF.BitIncrement(bound);
    }

    /// <summary>A bound that as many estimates or a few more do not exceed.</summary>
    float FindBound(int most)
    {
        var (low, high) = Range();
        for (int halving = 0; halving < MostHalvings; halving++)
        {
            float middle = low + (high - low) / 2;
            var bound = Vector256.Create(middle);
            int count = 0;
            for (int i = 0; i < Count; i += Lanes)
                count += BitOperations.PopCount(Vector256.LessThanOrEqual(Vector256.Load(_estimate + i), bound).ExtractMostSignificantBits());
            if (count < most) low = middle;
            else high = middle;
            if (count >= most && count <= most + most / 16 + 2) break;
        }
        return high;
    }

    /// <summary>The least estimate and the greatest that is finite.</summary>
    (float Low, float High) Range()
    {
        var infinite = Vector256.Create(float.PositiveInfinity);
        // The greatest as the least of what is negated, as infinity follows the last.
        var (least, leastNegated) = (infinite, infinite);
        for (int i = 0; i < Count; i += Lanes)
        {
            var estimates = Vector256.Load(_estimate + i);
            least = Less(estimates, least);
            leastNegated = Less(Vector256.ConditionalSelect(Vector256.LessThan(estimates, infinite), -estimates, infinite), leastNegated);
        }
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        for (int lane = 0; lane < Lanes; lane++) (low, high) = (Math.Min(low, least[lane]), Math.Max(high, -leastNegated[lane]));
        return (low, high);
    }

    /// <summary>The lesser in each lane; what is not a number is passed over.</summary>
    static Vector256<float> Less(Vector256<float> value, Vector256<float> least) =>
        Vector256.ConditionalSelect(Vector256.LessThan(value, least), value, least);

    void Cut(float bound)
    {
        int end = 0;
        for (int i = 0; i < Count; i++)
        {
            float estimate = _estimate[i];
            (_estimate[end], _node[end]) = (estimate, _node[i]);
            end += estimate <= bound ? 1 : 0;
        }
        (Count, Bound) = (end, bound);
    }

    void FillUp() => Vector256.Create(float.PositiveInfinity).Store(_estimate + Count);
}
