using System.Numerics;

namespace Descent.Search;

/// <summary>Edges from one point such that for every other point one of them leads nearer to it.</summary>
sealed class MonotonicCover
{
    readonly int _count, _point, _words;
    readonly ulong[][] _covers;

    internal MonotonicCover(PointDistances distances, int count, int point)
    {
        (_count, _point, _words) = (count, point, (count + 63) / 64);
        _covers = new ulong[count][];
        for (int r = 0; r < count; r++)
        {
            _covers[r] = new ulong[_words];
            if (r == point) continue;
            for (int q = 0; q < count; q++)
                if (q != point && distances.IsLess(r, q, point, q)) _covers[r][q >> 6] |= 1UL << q;
        }
    }

    internal List<int> Choose()
    {
        ulong[] open = new ulong[_words];
        for (int q = 0; q < _count; q++)
            if (q != _point) open[q >> 6] |= 1UL << q;
        var chosen = new List<int>();
        while (open.AsSpan().ContainsAnyExcept(0UL))
        {
            int best = 0, most = 0;
            for (int r = 0; r < _count; r++)
            {
                int gain = 0;
                for (int w = 0; w < _words; w++) gain += BitOperations.PopCount(_covers[r][w] & open[w]);
                if (gain > most) (best, most) = (r, gain);
            }
            chosen.Add(best);
            for (int w = 0; w < _words; w++) open[w] &= ~_covers[best][w];
        }
        // What was taken early may have become superfluous.
        for (int i = chosen.Count - 1; i >= 0; i--)
            if (IsCover(chosen, without: i)) chosen.RemoveAt(i);
        return chosen;
    }

    bool IsCover(List<int> chosen, int without)
    {
        ulong[] covered = new ulong[_words];
        covered[_point >> 6] |= 1UL << _point;
        for (int i = 0; i < chosen.Count; i++)
            if (i != without)
                for (int w = 0; w < _words; w++) covered[w] |= _covers[chosen[i]][w];
        return covered.Sum(BitOperations.PopCount) == _count;
    }
}
