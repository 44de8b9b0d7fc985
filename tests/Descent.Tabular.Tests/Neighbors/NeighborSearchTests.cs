using Descent.Tensors;

namespace Descent.Tabular.Tests;

[Collection(nameof(Numerics))]
public sealed class NeighborSearchTests
{
    const int Rows = 700;

    public static TheoryData<NeighborMetric, double, int> Metrics
    {
        get
        {
            var cases = new TheoryData<NeighborMetric, double, int>();
            foreach (var metric in Enum.GetValues<NeighborMetric>())
                foreach (int columns in (int[])[1, 3, 20])
                    cases.Add(metric, metric == NeighborMetric.Minkowski ? 3 : 2, columns);
            return cases;
        }
    }

    /// <summary>Rows some of which are given several times, far from the origin, and queries of which some are rows.</summary>
    static (double[] Rows, double[] Queries) Sample(int columns, bool isWhole)
    {
        var random = new Random(columns);
        double[] rows = [.. Enumerable.Range(0, Rows * columns).Select(_ => isWhole ? random.Next(4) : 1000 + 3 * random.NextDouble())];
        rows.AsSpan(0, 20 * columns).CopyTo(rows.AsSpan(300 * columns));
        double[] queries = [.. rows.AsSpan(0, 5 * columns), .. Enumerable.Range(0, 30 * columns).Select(_ => isWhole ? random.Next(4) : 1000 + 4 * random.NextDouble())];
        return (rows, queries);
    }

    [Theory, MemberData(nameof(Metrics))]
    public void Every_way_finds_what_a_look_at_all_distances_finds(NeighborMetric metric, double power, int columns)
    {
        var (rows, queries) = Sample(columns, metric == NeighborMetric.Hamming);
        int count = queries.Length / columns;
        var learner = new KNeighborsRegressor { Neighbors = 7, Metric = metric, Power = power };
        foreach (var algorithm in Enum.GetValues<NeighborAlgorithm>())
        {
            var model = (learner with { Algorithm = algorithm }).Fit(Features.FromRows(rows, columns), new double[Rows]);
            int[] nearest = new int[count * 7];
            double[] distances = new double[count * 7];
            model.Find(queries, nearest, distances);
            double radius = distances[9 * 7 + 4] * 1.0001;
            var within = model.Within(queries, radius);
            for (int q = 0; q < count; q++)
            {
                double[] all = [.. Enumerable.Range(0, Rows).Select(i => Plain(model, metric, power, queries.AsSpan(q * columns, columns), rows.AsSpan(i * columns, columns)))];
                double[] sorted = [.. all.Order().Take(7)];
                for (int k = 0; k < 7; k++)
                {
                    Assert.Equal(sorted[k], distances[q * 7 + k], 1e-7);
                    Assert.Equal(distances[q * 7 + k], all[nearest[q * 7 + k]], 1e-7);
                }
                Assert.Equal(7, nearest.AsSpan(q * 7, 7).ToArray().Distinct().Count());
                Assert.Equal(Enumerable.Range(0, Rows).Where(i => all[i] <= radius), within[q].Select(n => n.Row));
            }
        }
    }

    [Fact]
    public void Of_equally_near_rows_the_first_are_taken_whatever_the_way()
    {
        double[] rows = [.. Enumerable.Range(0, 300).Select(i => (double)(i % 3))];
        foreach (var algorithm in Enum.GetValues<NeighborAlgorithm>())
        {
            var model = new KNeighborsRegressor { Neighbors = 4, Algorithm = algorithm }.Fit(Features.FromRows(rows, 1), new double[300]);
            int[] nearest = new int[4];
            model.Find([1.2], nearest, new double[4]);
            Assert.Equal([1, 4, 7, 10], nearest);
        }
    }

    [Fact]
    public void Rows_of_any_size_and_queries_far_away_are_told_apart()
    {
        foreach (double size in (double[])[1e-150, 1e-30, 1, 1e30, 1e140])
        {
            double[] rows = [.. Enumerable.Range(0, 200).Select(i => size * (i * 37 % 200))];
            var model = new KNeighborsRegressor { Neighbors = 1, Algorithm = NeighborAlgorithm.BruteForce }.Fit(Features.FromRows(rows, 1), rows);
            Assert.Equal(50 * size, model.PredictRow(50.2 * size));
            Assert.Equal(199 * size, model.PredictRow(1e12 * size));
        }
    }

    [Fact]
    public void A_row_without_neighbours_in_its_radius_is_given_what_all_rows_say()
    {
        var x = Features.FromRows([0, 1, 10], 1);
        var numbers = new KNeighborsRegressor { Radius = 2 }.Fit(x, [1, 3, 8]);
        Assert.Equal([2, 8, 4], numbers.Predict(Features.FromRows([0.5, 9, 100], 1)));
        var classes = new KNeighborsClassifier { Radius = 2 }.Fit(x, Labels.From([0L, 0, 1]));
        Assert.Equal([1, 0, 0, 1, 2 / 3.0, 1 / 3.0], classes.Probabilities(Features.FromRows([0.5, 9, 100], 1)));
    }

    static double Plain(NeighborModel model, NeighborMetric metric, double power, ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double[] d = new double[a.Length];
        double dot = 0, na = 0, nb = 0;
        for (int j = 0; j < d.Length; j++)
        {
            d[j] = Math.Abs(a[j] - b[j]);
            (dot, na, nb) = (dot + a[j] * b[j], na + a[j] * a[j], nb + b[j] * b[j]);
        }
        if (metric == NeighborMetric.Mahalanobis)
        {
            int n = d.Length;
            double[] placed = new double[n];
            for (int j = 0; j < n; j++)
                for (int k = 0; k < n; k++) placed[k] += (a[j] - b[j]) * model.Whitening[j * n + k];
            d = placed;
        }
        return metric switch
        {
            NeighborMetric.Manhattan => d.Sum(),
            NeighborMetric.Chebyshev => d.Max(),
            NeighborMetric.Minkowski => Math.Pow(d.Sum(v => Math.Pow(v, power)), 1 / power),
            NeighborMetric.Cosine => na * nb > 0 ? 1 - dot / Math.Sqrt(na * nb) : 1,
            NeighborMetric.Hamming => d.Count(v => v != 0) / (double)d.Length,
            _ => Math.Sqrt(d.Sum(v => v * v)),
        };
    }
}
