using System.Runtime.CompilerServices;

namespace Descent.Search;

/// <summary>The rows among which the k nearest to a query must be, as far as bounds on their values tell.</summary>
sealed class ByteCandidates(int k)
{
    (float Most, int Slot)[] _kept = new (float, int)[2 * k + 64];

    // Negated, so that the greatest is first.
    readonly float[] _least = new float[k];
    int _count, _leastCount;

    /// <summary>The least value of the one of this rank, from 1 on, or a value that all have.</summary>
    internal float this[int rank] => rank <= _leastCount ? -_least[rank - 1] : float.MinValue;

    /// <summary>Forgets all.</summary>
    internal void Clear() => (_count, _leastCount) = (0, 0);

    /// <summary>Takes a row.</summary>
    /// <param name="row">Which one it is.</param>
    /// <param name="hit">Bounds on its value.</param>
    /// <param name="least">Those whose value is less may be forgotten.</param>
    /// <returns>Its rank by its least value.</returns>
    internal int Offer(int row, in ByteHit hit, float least)
    {
        if (_count == _kept.Length && Collect(least).Length > _kept.Length / 2) Array.Resize(ref _kept, 2 * _kept.Length);
        _kept[_count++] = (hit.Most, row);
        if (_leastCount == k && -hit.Least >= _least[^1]) return k + 1;
        int place = _least.AsSpan(0, _leastCount).BinarySearch(-hit.Least);
        if (place < 0) place = ~place;
        if (_leastCount < k) _leastCount++;
        _least.AsSpan(place, _leastCount - 1 - place).CopyTo(_least.AsSpan(place + 1));
        _least[place] = -hit.Least;
        return place + 1;
    }

    /// <summary>The rows whose value may be as great as this; others are forgotten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal ReadOnlySpan<(float Most, int Row)> Collect(float least)
    {
        int count = 0;
        for (int i = 0; i < _count; i++)
            if (_kept[i].Most >= least) _kept[count++] = _kept[i];
        _count = count;
        return _kept.AsSpan(0, count);
    }
}
