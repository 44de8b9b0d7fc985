namespace Descent.NN;

/// <summary>
/// All examples in a random order whose every beginning holds each class by its share of the whole, to less than one
/// example; so each batch does to less than two.
/// </summary>
/// <remarks>
/// Deadlines that keep such a promise always can be met: Steiner and Yeomans, "Level Schedules for Mixed-Model,
/// Just-in-Time Processes", Management Science 39, 1993.
/// </remarks>
public sealed class StratifiedSampler : ISampler
{
    readonly int[][] _members;
    readonly ulong _seed;

    /// <param name="labels">The class of each example.</param>
    /// <param name="seed">Decides the orders of all epochs.</param>
    public StratifiedSampler(IEnumerable<long> labels, ulong seed)
    {
        _members = [.. labels.Select((label, index) => (label, index)).GroupBy(e => e.label, e => e.index).OrderBy(g => g.Key).Select(g => g.ToArray())];
        (_seed, Count) = (seed, _members.Sum(m => m.Length));
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int[] Order(int epoch)
    {
        var generator = SampleStreams.Order(_seed, epoch);
        var members = Array.ConvertAll(_members, m => (int[])m.Clone());
        foreach (var ofClass in members) generator.Shuffle<int>(ofClass);
        int[] rank = [.. Enumerable.Range(0, members.Length)];
        generator.Shuffle<int>(rank);

        // The j-th of n members may stand from place ⌊jN/n⌋ on, and must by place ⌈(j+1)N/n⌉ − 1.
        var waiting = new PriorityQueue<int, (long From, int Rank)>();
        var ready = new PriorityQueue<int, (long By, int Rank)>();
        var taken = new int[members.Length];
        for (int c = 0; c < members.Length; c++) waiting.Enqueue(c, (0, rank[c]));
        var order = new int[Count];
        for (int place = 0; place < order.Length; place++)
        {
            while (waiting.TryPeek(out int free, out var start) && start.From <= place)
            {
                waiting.Dequeue();
                long n = members[free].Length;
                ready.Enqueue(free, (((taken[free] + 1L) * Count + n - 1) / n, rank[free]));
            }
            int c = ready.Dequeue();
            order[place] = members[c][taken[c]++];
            if (taken[c] < members[c].Length) waiting.Enqueue(c, ((long)taken[c] * Count / members[c].Length, rank[c]));
        }
        return order;
    }
}
