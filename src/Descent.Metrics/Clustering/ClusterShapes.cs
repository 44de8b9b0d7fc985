namespace Descent.Metrics;

/// <summary>How far apart two points are.</summary>
public enum PointDistance
{
    /// <summary><c>√Σ (a − b)²</c>.</summary>
    Euclidean,
    /// <summary><c>Σ |a − b|</c>.</summary>
    Manhattan,
    /// <summary><c>max |a − b|</c>.</summary>
    Chebyshev,
    /// <summary><c>Σ (a − b)²</c>.</summary>
    SquaredEuclidean,
    /// <summary><c>1 − a · b / (‖a‖ ‖b‖)</c>.</summary>
    Cosine,
}

/// <summary>How compact and how far apart clusters are, without knowing the truth.</summary>
/// <remarks>Points are rows of numbers; there must be at least two clusters, and fewer than points.</remarks>
public static class ClusterShapes
{
    /// <summary>
    /// For every point <c>(b − a) / max(a, b)</c>, with a its mean distance to the others of its cluster and b the least mean
    /// distance to another cluster; 0 for a point alone in its cluster. O(n²).
    /// </summary>
    /// <remarks>Rousseeuw, "Silhouettes", 1987.</remarks>
    /// <param name="points">Points × features, row by row.</param>
    /// <param name="clusters">The cluster of each point.</param>
    /// <param name="features">Numbers in a row.</param>
    /// <param name="distance">How far apart two points are.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or there are too few or too many clusters.</exception>
    public static double[] Silhouettes(ReadOnlySpan<double> points, ReadOnlySpan<long> clusters, int features, PointDistance distance = PointDistance.Euclidean)
    {
        var (own, sizes) = Grouped(points, clusters, features, nameof(Silhouettes));
        int n = own.Length, k = sizes.Length;
        var sums = new double[n * k];
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++)
            {
                double d = Distance(points.Slice(i * features, features), points.Slice(j * features, features), distance);
                sums[i * k + own[j]] += d;
                sums[j * k + own[i]] += d;
            }
        var figures = new double[n];
        for (int i = 0; i < n; i++)
        {
            if (sizes[own[i]] == 1) continue;
            double a = sums[i * k + own[i]] / (sizes[own[i]] - 1), b = double.PositiveInfinity;
            for (int c = 0; c < k; c++)
                if (c != own[i]) b = Math.Min(b, sums[i * k + c] / sizes[c]);
            figures[i] = Means.Quotient(b - a, Math.Max(a, b), 0);
        }
        return figures;
    }

    /// <summary>The mean of <see cref="Silhouettes"/>, −1 to 1.</summary>
    /// <inheritdoc cref="Silhouettes"/>
    public static double Silhouette(ReadOnlySpan<double> points, ReadOnlySpan<long> clusters, int features, PointDistance distance = PointDistance.Euclidean) =>
        Means.Of(Silhouettes(points, clusters, features, distance));

    /// <summary>The spread between clusters over that within, each over its degrees of freedom; 1 where nothing is spread within.</summary>
    /// <remarks>Caliński and Harabasz, "A dendrite method for cluster analysis", 1974.</remarks>
    /// <inheritdoc cref="Silhouettes"/>
    /// <returns>The greater, the better.</returns>
    public static double CalinskiHarabasz(ReadOnlySpan<double> points, ReadOnlySpan<long> clusters, int features)
    {
        var (own, sizes) = Grouped(points, clusters, features, nameof(CalinskiHarabasz));
        double[] centres = Centres(points, own, sizes, features), middle = Centres(points, new int[own.Length], [own.Length], features);
        double between = 0, within = 0;
        for (int c = 0; c < sizes.Length; c++)
            between += sizes[c] * Distance(centres.AsSpan(c * features, features), middle, PointDistance.SquaredEuclidean);
        for (int i = 0; i < own.Length; i++)
            within += Distance(points.Slice(i * features, features), centres.AsSpan(own[i] * features, features), PointDistance.SquaredEuclidean);
        return within == 0 ? 1 : between * (own.Length - sizes.Length) / (within * (sizes.Length - 1));
    }

    /// <summary>
    /// The mean over clusters of the worst <c>(s + s') / d</c> against another one, with s the mean distance of the points to
    /// their centre and d the distance of the centres.
    /// </summary>
    /// <remarks>Davies and Bouldin, "A Cluster Separation Measure", 1979.</remarks>
    /// <inheritdoc cref="Silhouettes"/>
    /// <returns>The less, the better; 0 where all clusters are points, or all centres the same.</returns>
    public static double DaviesBouldin(ReadOnlySpan<double> points, ReadOnlySpan<long> clusters, int features)
    {
        // What counts as 0, as in scikit-learn.
        const double Nothing = 1e-8;
        var (own, sizes) = Grouped(points, clusters, features, nameof(DaviesBouldin));
        int k = sizes.Length;
        double[] centres = Centres(points, own, sizes, features), spread = new double[k], worst = new double[k];
        for (int i = 0; i < own.Length; i++)
            spread[own[i]] += Distance(points.Slice(i * features, features), centres.AsSpan(own[i] * features, features), PointDistance.Euclidean) / sizes[own[i]];
        double farthest = 0;
        for (int a = 0; a < k; a++)
            for (int b = 0; b < k; b++)
            {
                if (a == b) continue;
                double d = Distance(centres.AsSpan(a * features, features), centres.AsSpan(b * features, features), PointDistance.Euclidean);
                farthest = Math.Max(farthest, d);
                if (d > 0) worst[a] = Math.Max(worst[a], (spread[a] + spread[b]) / d);
            }
        return spread.Max() <= Nothing || farthest <= Nothing ? 0 : Means.Of(worst);
    }

    static (int[] Own, int[] Sizes) Grouped(ReadOnlySpan<double> points, ReadOnlySpan<long> clusters, int features, string metric)
    {
        int n = Check.Rows(points.Length, features, "numbers", metric);
        if (n != clusters.Length) throw new ArgumentException($"{metric}: {n} points but {clusters.Length} cluster numbers; expected as many.");
        var present = LabelIndex.Present(clusters);
        if (present.Length < 2 || present.Length >= n)
            throw new ArgumentException($"{metric}: {present.Length} clusters of {n} points; expected at least 2 clusters, and fewer than points.");
        var index = LabelIndex.Of(present);
        int[] own = new int[n], sizes = new int[present.Length];
        for (int i = 0; i < n; i++) sizes[own[i] = index.Find(clusters[i])]++;
        return (own, sizes);
    }

    static double[] Centres(ReadOnlySpan<double> points, int[] own, int[] sizes, int features)
    {
        var centres = new double[sizes.Length * features];
        for (int i = 0; i < own.Length; i++)
            for (int f = 0; f < features; f++) centres[own[i] * features + f] += points[i * features + f];
        for (int c = 0; c < centres.Length; c++) centres[c] /= sizes[c / features];
        return centres;
    }

    static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b, PointDistance kind)
    {
        double sum = 0, greatest = 0, dot = 0, left = 0, right = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double d = Math.Abs(a[i] - b[i]);
            sum += kind == PointDistance.Manhattan ? d : d * d;
            greatest = Math.Max(greatest, d);
            (dot, left, right) = (dot + a[i] * b[i], left + a[i] * a[i], right + b[i] * b[i]);
        }
        return kind switch
        {
            PointDistance.Euclidean => Math.Sqrt(sum),
            PointDistance.Chebyshev => greatest,
            PointDistance.Cosine => 1 - Means.Quotient(dot, Math.Sqrt(left * right), 0),
            _ => sum,
        };
    }
}
