using Descent.Tensors;

namespace Descent.Search.Tests;

public class AutoIndexTests
{
    const int Dimension = 24;

    [Theory]
    [InlineData(VectorMetric.SquaredEuclidean, VectorElement.Float32)]
    [InlineData(VectorMetric.Cosine, VectorElement.Float16)]
    [InlineData(VectorMetric.Hamming, VectorElement.Binary)]
    public void The_index_holds_all_vectors_and_finds_as_much_as_is_wanted(VectorMetric metric, VectorElement elements)
    {
        const int count = 3000;
        float[] x = IndexCase.Sample(count, Dimension, 3), queries = IndexCase.Sample(100, Dimension, 4);
        var (index, report) = AutoIndex.Build(IndexCase.Ids(count), x, new(Dimension) { Metric = metric, Elements = elements }, new() { Recall = 0.9, Sample = 1500, Queries = 200 });
        using (index)
        {
            Assert.Equal(count, index.Count);
            Assert.Equal(report.Ef, index.DefaultEf);
            Assert.True(report.Recall >= 0.9);
            using var exact = new FlatIndex(Dimension, metric, metric == VectorMetric.Hamming ? elements : VectorElement.Float32);
            exact.Add(IndexCase.Ids(count), x);
            // Other queries than those that it was set by: within what a thousand draws may be off.
            Assert.True(TrueNeighbors.Find(exact, queries, 10).Recall(index.SearchMany(queries, 10)) >= 0.87);
            Assert.Contains(report.Chosen, report.Candidates);
            Assert.All(report.Candidates, c => Assert.True(c.QueriesPerSecond > 0 && c.Bytes > 0 && c.Recall is > 0 and <= 1));
            foreach (string part in (string[])["> ", "recall", report.Reason, report.Chosen.Kind]) Assert.Contains(part, report.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_takes_too_much_memory_is_not_chosen()
    {
        const int count = 4000;
        float[] x = IndexCase.Sample(count, Dimension, 5);
        // Less than the vectors take in float32, filled up to 32 elements.
        var (index, report) = AutoIndex.Build(IndexCase.Ids(count), x, new(Dimension), new() { Recall = 0.8, MemoryBytes = 500_000, Sample = 2000 });
        using (index) Assert.Equal(VectorElement.Int8, index.Elements);
        Assert.Contains(report.Candidates, c => c.Objection == "takes too much memory");
        var error = Assert.Throws<ArgumentException>(() => AutoIndex.Build(IndexCase.Ids(count), x, new(Dimension), new() { MemoryBytes = 1000, Sample = 1000 }));
        Assert.Contains("the smallest takes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public void Few_vectors_are_all_measured(int count)
    {
        var (index, report) = AutoIndex.Build(IndexCase.Ids(count), IndexCase.Sample(count, 3, 6), new(3));
        using (index)
        {
            Assert.IsType<FlatIndex>(index);
            Assert.Equal(count, index.Count);
        }
        Assert.Contains("so few", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_input_is_refused()
    {
        Assert.Contains("expected 3 for each", Assert.Throws<ArgumentException>(() => AutoIndex.Build(new long[2], new float[5], new(3))).Message, StringComparison.Ordinal);
        Assert.Contains("m would be chosen", Assert.Throws<ArgumentException>(() => AutoIndex.Build(new long[2], new float[6], new(3) { Named = new Dictionary<string, string> { ["m"] = "8" } })).Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => AutoIndex.Build(IndexCase.Ids(3000), IndexCase.Sample(3000, 3, 6), new(3), cancellation: new(true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoOptions { Recall = 0 });
    }
}
