using Descent.Tensors;

namespace Descent.Search;

/// <summary>Some vectors divided among cells around centres, and for each the cells in which its nearest are likely to be.</summary>
sealed class CellDivision
{
    // Where so many times as many as in the others are nearest to a centre, as among equal vectors, several cells share it.
    const int MostTimes = 4;

    readonly int[] _probes;

    CellDivision(int[][] members, int[] probes, int rounds) => (Members, _probes, Rounds) = (members, probes, rounds);

    /// <summary>For each cell the numbers of the vectors that are in it, in no order.</summary>
    internal int[][] Members { get; }

    /// <summary>Cells named for each vector.</summary>
    internal int Rounds { get; }

    /// <summary>The cell where a vector is to be looked for in a round, the likeliest first.</summary>
    internal int Probe(int number, int round) => _probes[(long)number * Rounds + round];

    /// <param name="store">Where the vectors are.</param>
    /// <param name="slots">Their slots; a number is a place in these.</param>
    /// <param name="size">Vectors of a cell, about.</param>
    /// <param name="rounds">Cells to name for each vector, if there are as many.</param>
    /// <param name="seed">Decides in which order the members of a cell are.</param>
    internal static unsafe CellDivision Learn(VectorStore store, int[] slots, int size, int rounds, ulong seed)
    {
        void Load(int number, Span<float> to) => store.Codec.Decode(store.Rows.Row(slots[number]), to);
        using var centres = KMeans.Learn(slots.Length, store.Codec.QueryFloats, Math.Max(1, slots.Length / size), Load);
        rounds = Math.Min(rounds, centres.Shape[0]);
        int[] near = KMeans.Nearest(slots.Length, centres, Load, rounds, isProduct: store.Codec.Metric == VectorMetric.InnerProduct);
        int[] own = store.Codec.Metric == VectorMetric.InnerProduct ? KMeans.Assign(slots.Length, centres, Load) : [.. Enumerable.Range(0, slots.Length).Select(i => near[i * rounds])];
        return Divide(own, near, centres.Shape[0], MostTimes * size, rounds, seed);
    }

    static CellDivision Divide(int[] own, int[] near, int centres, int most, int rounds, ulong seed)
    {
        int[] counts = new int[centres], firsts = new int[centres + 1];
        foreach (int centre in own) counts[centre]++;
        for (int c = 0; c < centres; c++) firsts[c + 1] = firsts[c] + (counts[c] + most - 1) / most;
        var members = new List<int>[firsts[centres]];
        int[] cells = new int[own.Length];
        Array.Clear(counts);
        for (int i = 0; i < own.Length; i++)
        {
            int c = own[i];
            cells[i] = firsts[c] + counts[c]++ / most;
            (members[cells[i]] ??= []).Add(i);
        }
        rounds = Math.Min(rounds, members.Length);
        var shuffled = new int[members.Length][];
        WorkerPool.For(members.Length, c =>
        {
            shuffled[c] = [.. members[c]];
            new Generator(seed, (ulong)c).Shuffle(shuffled[c].AsSpan());
        });
        return new(shuffled, Probes(cells, near, near.Length / Math.Max(1, own.Length), firsts, rounds), rounds);
    }

    /// <summary>The cells of the centres near each vector, and its own before others of the same centre.</summary>
    static int[] Probes(int[] cells, int[] near, int named, int[] firsts, int rounds)
    {
        int[] probes = new int[cells.Length * rounds];
        WorkerPool.For(cells.Length, i =>
        {
            var to = probes.AsSpan(i * rounds, rounds);
            int count = 0;
            for (int n = 0; n < named && count < rounds; n++)
            {
                int first = firsts[near[i * named + n]], end = firsts[near[i * named + n] + 1], start = cells[i] >= first && cells[i] < end ? cells[i] : first;
                for (int c = 0; c < end - first && count < rounds; c++) to[count++] = first + (start - first + c) % (end - first);
            }
            // Centres near which nothing is have no cells.
            to[count..].Fill(-1);
        });
        return probes;
    }
}
