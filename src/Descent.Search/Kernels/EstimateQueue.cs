using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>Nodes with estimates of their distance, the nearest of which can be taken out; in no order.</summary>
/// <remarks>
/// Of a few hundred estimates one after another in memory the least is found in less time than it takes to put one of them in its
/// place in a sorted list, and most are never taken out. Where there are thousands, the least of each block of them is kept, and
/// the block that has the least of all is looked through.
/// </remarks>
sealed unsafe class EstimateQueue
{
    // A register; estimates are infinite from the last one to the end of its register.
    const int Lanes = 8;

    // Halvings of the range of numbers, after which the range of floats is halved: few will do, unless some are far from all others.
    const int Halvings = 12;

    // From so many on there are blocks, each of so many.
    const int Many = 1024, Block = 64;

    float[] _estimates = [], _leasts = [];
    int[] _nodes = [];
    float* _estimate, _least;
    int* _node;
    bool _hasBlocks;

    internal int Count { get; private set; }

    /// <summary>What is not nearer than this need not be put in.</summary>
    internal float Bound { get; private set; }

    /// <summary>Empties the queue.</summary>
    /// <param name="capacity">How many must fit.</param>
    /// <param name="held">How many there will be for most of the time.</param>
    internal void Start(int capacity, int held)
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
        _hasBlocks = held > Many;
        if (!_hasBlocks) return;
        int blocks = Blocks(capacity) + Lanes;
        if (_leasts.Length < blocks)
        {
            _leasts = GC.AllocateUninitializedArray<float>(Math.Max(blocks, 2 * _leasts.Length), pinned: true);
            _least = (float*)Unsafe.AsPointer(ref _leasts[0]);
        }
        _leasts.AsSpan(0, blocks).Fill(float.PositiveInfinity);
    }

    internal void Add(int node, float estimate)
    {
        (_estimate[Count], _node[Count]) = (estimate, node);
        Count++;
        FillUp();
        if (_hasBlocks) Refresh(Count - 1, Count);
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
        int before = Count;
        Count = end;
        FillUp();
        if (_hasBlocks && end > before) Refresh(before, end);
    }

    /// <summary>Takes out the nearest.</summary>
    internal int Take()
    {
        int first = _hasBlocks ? PlaceOfLeast(_least, Blocks(Count)) * Block : 0;
        int at = first + PlaceOfLeast(_estimate + first, _hasBlocks ? Math.Min(Block, Count - first) : Count), node = _node[at];
        Count--;
        (_estimate[at], _node[at]) = (_estimate[Count], _node[Count]);
        _estimate[Count] = float.PositiveInfinity;
        if (!_hasBlocks) return node;
        Refresh(at, at + 1);
        Refresh(Count, Count + 1);
        return node;
    }

    static int Blocks(int count) => (count + Block - 1) / Block;

    /// <summary>Finds the least of each block again in which places have changed.</summary>
    void Refresh(int from, int to)
    {
        for (int block = from / Block; block <= (to - 1) / Block; block++)
        {
            var least = Vector256.Create(float.PositiveInfinity);
            for (int i = block * Block; i < Math.Min(Count, (block + 1) * Block); i += Lanes) least = Less(Vector256.Load(_estimate + i), least);
            _least[block] = Least(least);
        }
    }

    static float Least(Vector256<float> values)
    {
        var least = Vector128.Min(values.GetLower(), values.GetUpper());
        least = Vector128.Min(least, Vector128.Shuffle(least, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Min(least, Vector128.Shuffle(least, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <param name="values">Infinite ones follow the last to the end of its register.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int PlaceOfLeast(float* values, int count)
    {
        var best = Vector256.Create(float.PositiveInfinity);
        Vector256<int> places = default, place = Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7);
        for (int i = 0; i < count; i += Lanes)
        {
            var estimates = Vector256.Load(values + i);
            var isNearer = Vector256.LessThan(estimates, best);
            best = Vector256.ConditionalSelect(isNearer, estimates, best);
            places = Vector256.ConditionalSelect(isNearer.AsInt32(), place, places);
            place += Vector256.Create(Lanes);
        }
        uint equal = Vector256.Equals(best, Vector256.Create(Least(best))).ExtractMostSignificantBits();
        return equal == 0 ? 0 : places[BitOperations.TrailingZeroCount(equal)];
    }

    /// <summary>The most that is left where as many as told are to be kept.</summary>
    internal static int Limit(int most) => most + most / 16 + 2;

    /// <summary>Drops the farthest, so that as many as told or a few more are left, at most <see cref="Limit"/>; the bound is where it cut.</summary>
    internal void Keep(int most)
    {
        int before = Count;
        if (most == 0) (Count, Bound) = (0, float.NegativeInfinity);
        else if (Count > most) Cut(FindBound(most), Limit(most));
        FillUp();
        if (_hasBlocks && before > 0) Refresh(0, before);
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

    /// <summary>The least bound that as many estimates do not exceed, or a greater one that no more than <see cref="Limit"/> do not.</summary>
    float FindBound(int most)
    {
        var (low, high) = Range();
        if (CountWithin(low) >= most) return low;
        for (int halving = 0; ; halving++)
        {
            float middle = halving < Halvings ? low + (high - low) / 2 : Between(low, high);
            if (!(middle > low && middle < high))
            {
                if (halving >= Halvings) return high;
                // Beyond what can be subtracted, or next to each other.
                continue;
            }
            int count = CountWithin(middle);
            if (count < most) low = middle;
            else high = middle;
            if (count >= most && count <= Limit(most)) return high;
        }
    }

    int CountWithin(float bound)
    {
        var limit = Vector256.Create(bound);
        int count = 0;
        for (int i = 0; i < Count; i += Lanes)
            count += BitOperations.PopCount(Vector256.LessThanOrEqual(Vector256.Load(_estimate + i), limit).ExtractMostSignificantBits());
        return count;
    }

    /// <summary>The float in the middle of all floats between two.</summary>
    static float Between(float low, float high)
    {
        int middle = (int)((Order(BitConverter.SingleToInt32Bits(low)) + (long)Order(BitConverter.SingleToInt32Bits(high))) >> 1);
        return BitConverter.Int32BitsToSingle(Order(middle));

        // The bits of floats as numbers in the order of the floats, and back.
        static int Order(int bits) => bits < 0 ? int.MinValue - bits : bits;
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

    /// <summary>Drops what is beyond a bound, and of what is at it what is too much.</summary>
    void Cut(float bound, int limit)
    {
        int end = 0, beyond = CountWithin(bound) - limit;
        for (int i = 0; i < Count; i++)
        {
            float estimate = _estimate[i];
            (_estimate[end], _node[end]) = (estimate, _node[i]);
            if (beyond > 0 && estimate == bound) beyond--;
            else end += estimate <= bound ? 1 : 0;
        }
        (Count, Bound) = (end, bound);
    }

    void FillUp() => Vector256.Create(float.PositiveInfinity).Store(_estimate + Count);
}
