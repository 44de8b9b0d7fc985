namespace Descent.Search.Tests;

public class VectorSamplesTests
{
    public static TheoryData<string, Func<int, ulong, ulong, float[]>> Sorts => new()
    {
        { "clusters", (count, seed, draw) => VectorSamples.Clusters(count, 16, clusters: 5, latent: 3, seed, draw) },
        { "cloud", (count, seed, draw) => VectorSamples.Cloud(count, 16, latent: 8, seed, draw) },
    };

    [Theory, MemberData(nameof(Sorts))]
    public void The_same_seed_and_draw_give_the_same_vectors_on_any_number_of_threads(string name, Func<int, ulong, ulong, float[]> sample)
    {
        float[] one, two;
        using (new ThreadCount(1)) one = sample(1000, 3, 1);
        using (new ThreadCount(2)) two = sample(1000, 3, 1);
        Assert.Equal(one, two);
        Assert.Equal(one[..160], sample(10, 3, 1));
        Assert.NotEqual(one, sample(1000, 3, 2));
        Assert.NotEqual(one, sample(1000, 4, 1));
        Assert.All(one, x => Assert.True(float.IsFinite(x), name));
    }

    [Fact]
    public void Vectors_of_one_cluster_are_nearer_than_those_of_two()
    {
        float[] x = VectorSamples.Clusters(400, 64, clusters: 4, latent: 4, seed: 1), y = VectorSamples.Clusters(1, 64, clusters: 4, latent: 4, seed: 1, draw: 9);
        double[] distances = [.. Enumerable.Range(0, 400).Select(i => IndexCase.Distance(VectorMetric.SquaredEuclidean, y, x[(i * 64)..(i * 64 + 64)])).Order()];
        // About 64 (2 · 0.25² + 2 · 1) in a cluster whose directions make up for its number of them, and 128 more between centres.
        Assert.InRange(distances.Count(d => d < 80 * 2), 30, 200);
        Assert.True(distances[^1] > 150);
    }
}
