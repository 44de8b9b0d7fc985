using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Rows that a learner keeps from itself, to judge by them when to stop.</summary>
static class HeldOut
{
    /// <summary>Rows to learn from and rows to judge by, both in rising order; of a share of 0 none to judge by.</summary>
    internal static (int[] Train, int[] Held) Rows(int rows, double share, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, rows)];
        if (share == 0 || rows < 2) return (order, []);
        new Generator(seed).Shuffle<int>(order);
        int held = Math.Clamp((int)Math.Round(share * rows), 1, rows - 1);
        return ([.. order[held..].Order()], [.. order[..held].Order()]);
    }

    /// <summary>The same share of each class; of each, one row at least is learned from.</summary>
    internal static (int[] Train, int[] Held) Classes(Labels y, double share, ulong seed)
    {
        var train = new List<int>();
        var held = new List<int>();
        for (int k = 0; k < y.Classes.Length; k++)
        {
            int[] own = [.. Enumerable.Range(0, y.Count).Where(i => y.Codes[i] == k)];
            if (own.Length == 0) continue;
            var (some, others) = Rows(own.Length, share, seed + (ulong)k);
            train.AddRange(some.Select(i => own[i]));
            held.AddRange(others.Select(i => own[i]));
        }
        return ([.. train.Order()], [.. held.Order()]);
    }
}
