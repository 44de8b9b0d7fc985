using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Parts rows so that the squared distances from the means of the parts are small; Lloyd's algorithm from k-means++ starts.</summary>
/// <remarks>Lloyd, 1957; Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", 2007.</remarks>
public sealed record KMeans
{
    /// <summary>The number of parts.</summary>
    public int Clusters { get; init => field = Check.AtLeast(1, value); } = 8;

    /// <summary>Starts, of which the best end counts.</summary>
    public int Restarts { get; init => field = Check.AtLeast(1, value); } = 10;

    /// <summary>The greatest number of passes from each start.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 300;

    /// <summary>The squared movement of all centres, as a share of the features' mean variance, at which a start has come to its end.</summary>
    public double Tolerance { get; init => field = Check.AtLeast(0, value); } = 1e-4;

    /// <summary>Decides the starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>Finds the parts.</summary>
    /// <exception cref="ArgumentException">There are fewer rows than parts, or a value is not finite.</exception>
    public KMeansModel Fit(Features x, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckRows(nameof(KMeans), x, weights);
        CenterStart.EnoughRows(nameof(KMeans), x, Clusters);
        var rows = new CenterAssignment(x.ToRows(), x.Columns);
        double tolerance = Tolerance * RowMath.MeanVariance(x, w);
        KMeansModel? best = null;
        for (int start = 0; start < Restarts; start++)
        {
            var model = Run(x, rows, w, tolerance, new(Seed, (ulong)start + 1));
            if (best is null || model.Inertia < best.Inertia) best = model;
        }
        return best!;
    }

    KMeansModel Run(Features x, CenterAssignment rows, double[] w, double tolerance, Generator generator)
    {
        double[] centers = CenterStart.Draw(rows, w, Clusters, generator);
        int[] codes = new int[x.Rows];
        Array.Fill(codes, -1);
        int iteration = 0;
        bool isAssigned = false;
        while (iteration < MaxIterations && !isAssigned)
        {
            iteration++;
            // Where no row goes elsewhere, the centres are the means already.
            if (!rows.Assign(centers, codes))
            {
                isAssigned = true;
                break;
            }
            double[] means = Means(rows, w, codes, centers);
            double moved = RowMath.SquaredDistance(means, centers);
            centers = means;
            if (moved <= tolerance) break;
        }
        if (!isAssigned) rows.Assign(centers, codes);
        double inertia = TensorPrimitives.Dot<double>(w, rows.Distances(centers, codes));
        return new() { Schema = x.Schema, Centers = [.. centers], Inertia = inertia, Iterations = iteration, Codes = [.. codes] };
    }

    /// <summary>The means of the parts; an empty one takes the row that lies farthest from its centre.</summary>
    static double[] Means(CenterAssignment rows, double[] w, int[] codes, double[] centers)
    {
        int columns = rows.Row(0).Length;
        var (sums, counts) = rows.Sums(codes, w, centers.Length / columns);
        double[] distances = counts.AsSpan().Contains(0) ? rows.Distances(centers, codes) : [];
        bool[] isTaken = new bool[distances.Length];
        for (int k = 0; k < counts.Length; k++)
        {
            if (counts[k] > 0) continue;
            int far = -1;
            for (int i = 0; i < codes.Length; i++)
                if (!isTaken[i] && w[i] > 0 && counts[codes[i]] > w[i] && (far < 0 || distances[i] > distances[far])) far = i;
            if (far < 0)
            {
                centers.AsSpan(k * columns, columns).CopyTo(sums.AsSpan(k * columns));
                counts[k] = 1;
                continue;
            }
            isTaken[far] = true;
            var from = sums.AsSpan(codes[far] * columns, columns);
            TensorPrimitives.MultiplyAdd(rows.Row(far), -w[far], from, from);
            counts[codes[far]] -= w[far];
            TensorPrimitives.Multiply(rows.Row(far), w[far], sums.AsSpan(k * columns, columns));
            (codes[far], counts[k]) = (k, w[far]);
        }
        for (int i = 0; i < sums.Length; i++) sums[i] /= counts[i / columns];
        return sums;
    }
}
