using System.Collections.Immutable;
using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Parts rows so that the squared distances from the means of the parts are small; Lloyd's algorithm from k-means++ starts.</summary>
/// <remarks>Lloyd, 1957; Arthur and Vassilvitskii, "k-means++: The Advantages of Careful Seeding", 2007.</remarks>
public sealed record KMeans
{
    const int BlockRows = 1024;

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
        double[] w = Training.Check(nameof(KMeans), x, x?.Rows ?? 0, weights);
        Training.NoGaps(nameof(KMeans), x!);
        if (x!.Rows < Clusters) throw new ArgumentException($"KMeans: {Clusters} clusters of {x.Rows} rows; expected at least as many rows.", nameof(x));
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        double variance = Enumerable.Range(0, x.Columns).Average(j => Variance(x.Column(j)));
        KMeansModel? best = null;
        for (int start = 0; start < Restarts; start++)
        {
            var model = Run(x, rows, w, Tolerance * variance, new(Seed, (ulong)start + 1));
            if (best is null || model.Inertia < best.Inertia) best = model;
        }
        return best!;
    }

    KMeansModel Run(Features x, double[] rows, double[] w, double tolerance, Generator generator)
    {
        int columns = x.Columns;
        double[] centers = Start(rows, columns, w, generator), distances = new double[x.Rows];
        int[] codes = new int[x.Rows];
        int iteration = 0;
        while (iteration < MaxIterations)
        {
            iteration++;
            int[] before = (int[])codes.Clone();
            Assign(rows, columns, centers, codes, distances);
            double[] means = Means(rows, columns, w, codes, distances, centers);
            double moved = 0;
            for (int i = 0; i < means.Length; i++) moved += (means[i] - centers[i]) * (means[i] - centers[i]);
            centers = means;
            if (moved <= tolerance || (iteration > 1 && codes.AsSpan().SequenceEqual(before))) break;
        }
        Assign(rows, columns, centers, codes, distances);
        return new() { Schema = x.Schema, Centers = [.. centers], Inertia = TensorPrimitives.Dot<double>(w, distances), Iterations = iteration, Codes = [.. codes] };
    }

    /// <summary>Each centre is drawn by the squared distances from those before; of a few draws the one that lowers their sum most.</summary>
    double[] Start(double[] rows, int columns, double[] w, Generator generator)
    {
        int count = w.Length, trials = 2 + (int)Math.Log(Clusters);
        double[] centers = new double[Clusters * columns], nearest = new double[count], chances = (double[])w.Clone(), own = new double[count];
        long[] drawn = new long[1];
        generator.Categorical<double>(chances, drawn);
        Row((int)drawn[0]).CopyTo(centers);
        for (int i = 0; i < count; i++) nearest[i] = Square(Row(i), Row((int)drawn[0]));
        long[] candidates = new long[trials];
        for (int k = 1; k < Clusters; k++)
        {
            TensorPrimitives.Multiply<double>(nearest, w, chances);
            // All rows lie on centres already: any row will do.
            if (TensorPrimitives.Sum<double>(chances) > 0) generator.Categorical<double>(chances, candidates);
            else generator.Integers(candidates, 0, count);
            double least = double.PositiveInfinity;
            double[] kept = nearest;
            int chosen = 0;
            foreach (long candidate in candidates)
            {
                for (int i = 0; i < count; i++) own[i] = Math.Min(nearest[i], Square(Row(i), Row((int)candidate)));
                double sum = TensorPrimitives.Dot<double>(own, w);
                if (sum >= least) continue;
                (least, chosen, kept) = (sum, (int)candidate, (double[])own.Clone());
            }
            nearest = kept;
            Row(chosen).CopyTo(centers.AsSpan(k * columns));
        }
        return centers;

        ReadOnlySpan<double> Row(int i) => rows.AsSpan(i * columns, columns);
    }

    static void Assign(double[] rows, int columns, double[] centers, int[] codes, double[] distances) =>
        WorkerPool.For((codes.Length + BlockRows - 1) / BlockRows, block =>
        {
            for (int i = block * BlockRows; i < Math.Min(codes.Length, (block + 1) * BlockRows); i++)
                codes[i] = KMeansModel.Nearest(rows.AsSpan(i * columns, columns), centers, out distances[i]);
        });

    /// <summary>The means of the parts; an empty one takes the row that lies farthest from its centre.</summary>
    static double[] Means(double[] rows, int columns, double[] w, int[] codes, double[] distances, double[] centers)
    {
        double[] sums = new double[centers.Length], counts = new double[centers.Length / columns];
        for (int i = 0; i < codes.Length; i++)
        {
            var own = sums.AsSpan(codes[i] * columns, columns);
            TensorPrimitives.MultiplyAdd(rows.AsSpan(i * columns, columns), w[i], own, own);
            counts[codes[i]] += w[i];
        }
        bool[] isTaken = new bool[codes.Length];
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
            var row = rows.AsSpan(far * columns, columns);
            var from = sums.AsSpan(codes[far] * columns, columns);
            TensorPrimitives.MultiplyAdd(row, -w[far], from, from);
            counts[codes[far]] -= w[far];
            TensorPrimitives.Multiply(row, w[far], sums.AsSpan(k * columns, columns));
            (codes[far], counts[k]) = (k, w[far]);
        }
        for (int i = 0; i < sums.Length; i++) sums[i] /= counts[i / columns];
        return sums;
    }

    internal static double Square(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int j = 0; j < a.Length; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
        return sum;
    }

    static double Variance(ReadOnlySpan<double> values)
    {
        double mean = TensorPrimitives.Sum(values) / values.Length, sum = 0;
        foreach (double v in values) sum += (v - mean) * (v - mean);
        return sum / values.Length;
    }
}

/// <summary>What <see cref="KMeans"/> found.</summary>
public sealed record KMeansModel : IModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>(clusters × features) centres.</summary>
    public required ImmutableArray<double> Centers { get; init; }

    /// <summary>The weighted sum of the squared distances from the nearest centres.</summary>
    public required double Inertia { get; init; }

    /// <summary>The passes that the best start took.</summary>
    public required int Iterations { get; init; }

    /// <summary>The part of each training row.</summary>
    public required ImmutableArray<int> Codes { get; init; }

    /// <summary>The part whose centre is nearest to each row.</summary>
    public int[] Predict(Features x)
    {
        ArgumentNullException.ThrowIfNull(x);
        int columns = Schema.Features.Length;
        if (x.Columns != columns) throw new ArgumentException($"{x.Columns} features are given; the model was trained on {columns}.", nameof(x));
        int[] codes = new int[x.Rows];
        double[] row = new double[columns];
        for (int i = 0; i < codes.Length; i++)
        {
            x.CopyRows(i, row);
            codes[i] = Nearest(row, Centers.AsSpan(), out _);
        }
        return codes;
    }

    internal static int Nearest(ReadOnlySpan<double> row, ReadOnlySpan<double> centers, out double least)
    {
        least = double.PositiveInfinity;
        int nearest = 0;
        for (int k = 0; k * row.Length < centers.Length; k++)
        {
            double distance = KMeans.Square(row, centers.Slice(k * row.Length, row.Length));
            if (distance < least) (least, nearest) = (distance, k);
        }
        return nearest;
    }
}
