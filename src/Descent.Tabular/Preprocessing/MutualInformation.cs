using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How much one variable says of another, in nats: exactly of classes, by the distances of near neighbours of numbers.</summary>
/// <remarks>Kraskov, Stögbauer and Grassberger, "Estimating mutual information", Physical Review E 69, 2004; Ross, "Mutual Information between Discrete and Continuous Data Sets", PLoS ONE 9, 2014.</remarks>
static class MutualInformation
{
    /// <summary>Of two lists of classes.</summary>
    internal static double Discrete(int[] a, int[] b)
    {
        var both = new Dictionary<(int, int), int>();
        int[] ofA = new int[a.Max() + 1], ofB = new int[b.Max() + 1];
        for (int i = 0; i < a.Length; i++)
        {
            both[(a[i], b[i])] = both.GetValueOrDefault((a[i], b[i])) + 1;
            ofA[a[i]]++;
            ofB[b[i]]++;
        }
        double n = a.Length;
        return Math.Max(0, both.OrderBy(p => p.Key).Sum(p => p.Value / n * Math.Log(p.Value * n / ((double)ofA[p.Key.Item1] * ofB[p.Key.Item2]))));
    }

    /// <summary>Of numbers and classes.</summary>
    internal static double Mixed(double[] x, int[] classes, int neighbors)
    {
        // A class of a single row has no neighbour.
        var groups = Enumerable.Range(0, x.Length).GroupBy(i => classes[i]).OrderBy(g => g.Key).Select(g => g.Select(i => x[i]).Order().ToArray()).Where(g => g.Length > 1).ToArray();
        double[] all = [.. groups.SelectMany(g => g).Order()];
        if (all.Length == 0) return 0;
        var (counts, near, sizes) = (new List<double>(), new List<double>(), new List<double>());
        foreach (double[] own in groups)
        {
            int k = Math.Min(neighbors, own.Length - 1);
            for (int i = 0; i < own.Length; i++)
            {
                counts.Add(Within(all, own[i], Math.BitDecrement(Nearest(own, i, k))));
                near.Add(k);
                sizes.Add(own.Length);
            }
        }
        return Math.Max(0, Digamma([all.Length])[0] + Digamma(near).Average() - Digamma(sizes).Average() - Digamma(counts).Average());
    }

    /// <summary>Of two lists of numbers.</summary>
    internal static double Continuous(double[] x, double[] y, int neighbors)
    {
        int n = x.Length, k = Math.Min(neighbors, n - 1);
        if (k < 1) return 0;
        int[] order = [.. Enumerable.Range(0, n)];
        Array.Sort(order, (a, b) => x[a].CompareTo(x[b]) is not 0 and var by ? by : a.CompareTo(b));
        double[] sortedX = Array.ConvertAll(order, i => x[i]), alongX = Array.ConvertAll(order, i => y[i]), sortedY = [.. y.Order()], inX = new double[n], inY = new double[n];
        const int Block = 256;
        WorkerPool.For((n + Block - 1) / Block, block =>
        {
            double[] nearest = new double[k];
            for (int i = block * Block; i < Math.Min(n, (block + 1) * Block); i++)
            {
                double radius = Math.BitDecrement(Nearest(sortedX, alongX, i, nearest));
                inX[i] = Within(sortedX, sortedX[i], radius);
                inY[i] = Within(sortedY, alongX[i], radius);
            }
        });
        return Math.Max(0, Digamma([n])[0] + Digamma([k])[0] - Digamma(inX).Average() - Digamma(inY).Average());
    }

    /// <summary>Numbers over their standard deviation, with noise that parts equal ones, as Kraskov advises.</summary>
    internal static double[] Spread(double[] x, ulong seed)
    {
        const double Noise = 1e-10;
        var (_, scale) = StandardScaler.MeanAndSpread(x);
        double[] noise = new double[x.Length], scaled = Array.ConvertAll(x, v => v / scale);
        new Generator(seed).Normal(noise);
        double size = Noise * Math.Max(1, scaled.Average(Math.Abs));
        for (int i = 0; i < scaled.Length; i++) scaled[i] += size * noise[i];
        return scaled;
    }

    /// <summary>The distance of the k-th nearest of rising numbers.</summary>
    static double Nearest(double[] sorted, int i, int k)
    {
        int low = i, high = i;
        double distance = 0;
        for (; k > 0; k--)
        {
            double below = low > 0 ? sorted[i] - sorted[low - 1] : double.PositiveInfinity, above = high < sorted.Length - 1 ? sorted[high + 1] - sorted[i] : double.PositiveInfinity;
            distance = Math.Min(below, above);
            if (below <= above) low--;
            else high++;
        }
        return distance;
    }

    /// <summary>The distance of the k-th nearest point, by the greater of its two coordinates' gaps; outwards along the first until no nearer one can follow.</summary>
    static double Nearest(double[] x, double[] y, int i, double[] nearest)
    {
        Array.Fill(nearest, double.PositiveInfinity);
        for (int low = i - 1, high = i + 1; ;)
        {
            double below = low >= 0 ? x[i] - x[low] : double.PositiveInfinity, above = high < x.Length ? x[high] - x[i] : double.PositiveInfinity;
            if (Math.Min(below, above) >= nearest[^1]) return nearest[^1];
            int at = below <= above ? low-- : high++;
            double distance = Math.Max(Math.Abs(x[i] - x[at]), Math.Abs(y[i] - y[at]));
            int place = nearest.Length;
            while (place > 0 && nearest[place - 1] > distance) place--;
            for (int j = nearest.Length - 1; j > place; j--) nearest[j] = nearest[j - 1];
            if (place < nearest.Length) nearest[place] = distance;
        }
    }

    /// <summary>How many of rising numbers lie no farther than a radius from one of them.</summary>
    static double Within(double[] sorted, double x, double radius)
    {
        // Compared as differences: a bound x ± radius may be rounded to a number that lies outside.
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (x - sorted[middle] > radius) low = middle + 1;
            else high = middle;
        }
        int first = low;
        high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] - x <= radius) low = middle + 1;
            else high = middle;
        }
        return low - first;
    }

    static double[] Digamma(IEnumerable<double> values)
    {
        using (Autograd.NoGrad()) return Tensor.From<double>([.. values]).Digamma().ToArray<double>();
    }
}
