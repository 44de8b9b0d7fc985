using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Which rows a member of an ensemble is trained on, drawn by the member's number.</summary>
/// <param name="Seed">Decides the draws.</param>
/// <param name="Bootstrap">Whether rows are drawn with replacement.</param>
/// <param name="Share">How many are drawn, as a share of all.</param>
readonly record struct Bag(ulong Seed, bool Bootstrap, double Share)
{
    /// <summary>The generator of a member.</summary>
    internal Generator Generator(int member) => new(Seed, (ulong)member + 1);

    /// <summary>How often each row is drawn for a member.</summary>
    internal int[] Counts(int rows, Generator generator)
    {
        int[] counts = new int[rows];
        int drawn = Math.Max(1, (int)Math.Round(Share * rows));
        if (Bootstrap)
        {
            long[] picks = new long[drawn];
            generator.Integers(picks, 0, rows);
            foreach (long pick in picks) counts[pick]++;
        }
        else if (drawn >= rows) Array.Fill(counts, 1);
        else
        {
            int[] order = [.. Enumerable.Range(0, rows)];
            generator.Shuffle<int>(order);
            foreach (int row in order.AsSpan(0, drawn)) counts[row] = 1;
        }
        return counts;
    }

    /// <summary>The weights of rows drawn so often; if none of weight was drawn, those of all.</summary>
    internal static double[] Weigh(double[] weights, int[] counts)
    {
        double[] weighed = new double[weights.Length];
        double sum = 0;
        for (int i = 0; i < weighed.Length; i++) sum += weighed[i] = weights[i] * counts[i];
        return sum > 0 ? weighed : weights;
    }
}
