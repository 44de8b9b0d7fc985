using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>k-means by small draws of rows, each of which moves its nearest centre by the inverse of the weight that centre has seen; for very many rows.</summary>
/// <remarks>Sculley, "Web-Scale K-Means Clustering", 2010.</remarks>
public sealed record MiniBatchKMeans
{
    /// <summary>The number of parts.</summary>
    public int Clusters { get; init => field = Check.AtLeast(1, value); } = 8;

    /// <summary>Rows of a draw.</summary>
    public int BatchRows { get; init => field = Check.AtLeast(1, value); } = 1024;

    /// <summary>The greatest number of passes, each of as many draws as the rows make.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>Draws without a lower smoothed inertia after which it stops.</summary>
    public int Patience { get; init => field = Check.AtLeast(1, value); } = 10;

    /// <summary>Decides the start and the draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>Finds the parts.</summary>
    /// <exception cref="ArgumentException">There are fewer rows than parts, or a value is not finite.</exception>
    public KMeansModel Fit(Features x, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckRows(nameof(MiniBatchKMeans), x, weights);
        CenterStart.EnoughRows(nameof(MiniBatchKMeans), x, Clusters);
        int columns = x.Columns, taken = Math.Min(BatchRows, x.Rows), batches = (x.Rows + taken - 1) / taken;
        double[] rows = x.ToRows(), centers = Start(rows, columns, w), seen = new double[Clusters];
        double smoothed = double.PositiveInfinity, least = double.PositiveInfinity;
        int waited = 0, batch = 0;
        for (; batch < MaxIterations * batches && waited < Patience; batch++)
        {
            long[] drawn = new long[taken];
            new Generator(Seed, (ulong)batch + 2).Categorical<double>(w, drawn);
            double inertia = Step(Gather(rows, columns, drawn), columns, centers, seen) / taken;
            // Smoothed over about as many draws as make a pass.
            double share = Math.Min(1, 2.0 * taken / (x.Rows + 1));
            smoothed = double.IsInfinity(smoothed) ? inertia : smoothed + share * (inertia - smoothed);
            (least, waited) = smoothed < least ? (smoothed, 0) : (least, waited + 1);
        }
        int[] codes = new int[x.Rows];
        var all = new CenterAssignment(rows, columns);
        all.Assign(centers, codes);
        double total = TensorPrimitives.Dot<double>(w, all.Distances(centers, codes));
        return new() { Schema = x.Schema, Centers = [.. centers], Inertia = total, Iterations = (batch + batches - 1) / batches, Codes = [.. codes] };
    }

    /// <summary>k-means++ among a few draws' rows.</summary>
    double[] Start(double[] rows, int columns, double[] w)
    {
        var generator = new Generator(Seed, 1);
        int count = Math.Min(w.Length, Math.Max(3 * BatchRows, 3 * Clusters));
        long[] drawn = generator.Permutation(w.Length)[..count];
        double[] own = Array.ConvertAll(drawn, i => w[i]);
        // Rows without weight are none to start from.
        if (TensorPrimitives.Sum<double>(own) == 0) (drawn, own) = ([.. Enumerable.Range(0, w.Length).Select(i => (long)i)], w);
        return CenterStart.Draw(new(Gather(rows, columns, drawn), columns), own, Clusters, generator);
    }

    static double[] Gather(double[] rows, int columns, long[] drawn)
    {
        double[] gathered = new double[drawn.Length * columns];
        for (int i = 0; i < drawn.Length; i++) rows.AsSpan((int)drawn[i] * columns, columns).CopyTo(gathered.AsSpan(i * columns));
        return gathered;
    }

    /// <summary>Moves the centres towards the means of a draw's rows; gives the sum of squared distances before.</summary>
    static double Step(double[] rows, int columns, double[] centers, double[] seen)
    {
        var batch = new CenterAssignment(rows, columns);
        int[] codes = new int[rows.Length / columns];
        double[] ones = new double[codes.Length];
        Array.Fill(ones, 1);
        batch.Assign(centers, codes);
        double inertia = TensorPrimitives.Sum<double>(batch.Distances(centers, codes));
        var (sums, counts) = batch.Sums(codes, ones, seen.Length);
        for (int k = 0; k < seen.Length; k++)
        {
            if (counts[k] == 0) continue;
            seen[k] += counts[k];
            for (int j = k * columns; j < (k + 1) * columns; j++) centers[j] += (sums[j] - counts[k] * centers[j]) / seen[k];
        }
        return inertia;
    }
}
