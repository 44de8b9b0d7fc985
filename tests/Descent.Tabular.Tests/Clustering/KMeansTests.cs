namespace Descent.Tabular.Tests;

[Collection(nameof(Descent.Tensors.Numerics))]
public sealed class KMeansTests
{
    static Features Clouds(out int[] truth)
    {
        var random = new Random(1);
        double[] rows = new double[240 * 2];
        truth = new int[240];
        for (int i = 0; i < truth.Length; i++)
        {
            truth[i] = i % 3;
            (rows[2 * i], rows[2 * i + 1]) = (10 * Math.Cos(2.1 * truth[i]) + random.NextDouble(), 10 * Math.Sin(2.1 * truth[i]) + random.NextDouble());
        }
        return Features.FromRows(rows, 2);
    }

    [Fact]
    public void Clouds_are_told_apart_alike_on_any_number_of_threads()
    {
        var x = Clouds(out int[] truth);
        var model = LearnerTests.OnThreads(1, () => new KMeans { Clusters = 3, Restarts = 2 }.Fit(x));
        var other = LearnerTests.OnThreads(2, () => new KMeans { Clusters = 3, Restarts = 2 }.Fit(x));
        Assert.Equal(model.Centers.ToArray(), other.Centers.ToArray());
        Assert.Equal(model.Codes.ToArray(), model.Predict(x));
        Assert.Equal(3, model.Codes.Zip(truth).Distinct().Count());
        // The centre of a cloud of 80 rows is their mean.
        double[] mean = [.. Enumerable.Range(0, 2).Select(j => Enumerable.Range(0, 240).Where(i => truth[i] == truth[0]).Average(i => x.Column(j)[i]))];
        for (int j = 0; j < 2; j++) Assert.Equal(mean[j], model.Centers[model.Codes[0] * 2 + j], 1e-9);
    }

    [Fact]
    public void Inertia_is_the_sum_of_squares_and_falls_with_more_clusters()
    {
        var x = Clouds(out _);
        var models = Enumerable.Range(1, 6).Select(k => new KMeans { Clusters = k }.Fit(x)).ToArray();
        for (int k = 1; k < models.Length; k++) Assert.True(models[k].Inertia < models[k - 1].Inertia);
        var one = models[0];
        double expected = Enumerable.Range(0, 2).Sum(j => x.Column(j).ToArray() is var c ? c.Sum(v => (v - c.Average()) * (v - c.Average())) : 0);
        Assert.Equal(expected, one.Inertia, 1e-6);
    }

    [Fact]
    public void As_many_clusters_as_distinct_rows_leave_no_distance()
    {
        var x = Features.FromRows([1, 1, 1, 2, 2, 3, 3, 3], 1);
        Assert.Equal(0, new KMeans { Clusters = 3 }.Fit(x).Inertia);
        Assert.Equal(0, new KMeans { Clusters = 5 }.Fit(x).Inertia);
        Assert.Contains("9 clusters of 8 rows", Assert.Throws<ArgumentException>(() => new KMeans { Clusters = 9 }.Fit(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_given_to_their_nearest_centres_however_close_others_are()
    {
        // Far from the origin, and so close that float32 cannot tell them apart.
        var random = new Random(2);
        double[] rows = [.. Enumerable.Range(0, 3000).Select(_ => 1e6 + 1e-3 * random.NextDouble())];
        rows[0] = 0;
        var model = new KMeans { Clusters = 7, Restarts = 1, MaxIterations = 5 }.Fit(Features.FromRows(rows, 3));
        for (int i = 0; i < model.Codes.Length; i++)
        {
            double[] squares = [.. Enumerable.Range(0, 7).Select(k => Enumerable.Range(0, 3).Sum(j => Math.Pow(rows[3 * i + j] - model.Centers[3 * k + j], 2)))];
            Assert.Equal(squares.Min(), squares[model.Codes[i]], 1e-9 * squares.Min());
        }
    }

    [Fact]
    public void Small_draws_find_the_clouds_too()
    {
        var x = Clouds(out int[] truth);
        var model = new MiniBatchKMeans { Clusters = 3, BatchRows = 50 }.Fit(x);
        Assert.Equal(3, model.Codes.Zip(truth).Distinct().Count());
        Assert.True(model.Inertia < 1.2 * new KMeans { Clusters = 3 }.Fit(x).Inertia);
        Assert.Equal(model.Centers.ToArray(), LearnerTests.OnThreads(1, () => new MiniBatchKMeans { Clusters = 3, BatchRows = 50 }.Fit(x)).Centers.ToArray());
    }

    [Fact]
    public void A_perceptron_parts_what_a_plane_can_part()
    {
        var random = new Random(3);
        double[] rows = [.. Enumerable.Range(0, 400).Select(_ => 2 * random.NextDouble() - 1)];
        long Side(int i) => rows[2 * i] - 2 * rows[2 * i + 1] > 0 ? 1 : 0;
        int[] far = [.. Enumerable.Range(0, 200).Where(i => Math.Abs(rows[2 * i] - 2 * rows[2 * i + 1]) > 0.2)];
        var x = Features.FromRows([.. far.SelectMany(i => new[] { rows[2 * i], rows[2 * i + 1] })], 2);
        var y = Labels.From([.. far.Select(Side)]);
        var model = new Perceptron().Fit(x, y);
        Assert.True(model.IsSeparating);
        Assert.Equal(y.Codes.ToArray(), model.Predict(x));
        Assert.False(new Perceptron { Epochs = 20 }.Fit(Features.FromRows([0, 0, 1, 1], 1), Labels.From([0L, 1, 0, 1])).IsSeparating);
    }
}
