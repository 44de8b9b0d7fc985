namespace Descent.Search.Tests;

/// <summary>Ways to make a collection; every property is checked for each.</summary>
public sealed record CollectionCase(CollectionOptions Options)
{
    internal static Dictionary<string, CollectionCase> All { get; } = new()
    {
        ["exact"] = new(new CollectionOptions { Dimension = Invented.Dimension }),
        ["graph"] = new(new CollectionOptions { Dimension = Invented.Dimension, ExactUpTo = 20 }),
        ["compacted all the time"] = new(new CollectionOptions { Dimension = Invented.Dimension, ExactUpTo = 50, CompactAt = 4096 }),
        ["squared, float16"] = new(new CollectionOptions { Dimension = Invented.Dimension, Metric = VectorMetric.SquaredEuclidean, Elements = VectorElement.Float16, ExactUpTo = 20 }),
        ["product, int8"] = new(new CollectionOptions { Dimension = Invented.Dimension, Metric = VectorMetric.InnerProduct, Elements = VectorElement.Int8, CompactAt = 4096 }),
        ["bits"] = new(new CollectionOptions { Dimension = Invented.Dimension, Elements = VectorElement.Binary }),
        ["nsg"] = new(new CollectionOptions { Dimension = Invented.Dimension, ExactUpTo = 20, CreateIndex = static shape => new NsgIndex(shape.Dimension, shape.Metric, shape.Elements) }),
        ["unflushed"] = new(new CollectionOptions { Dimension = Invented.Dimension, FlushInterval = Timeout.InfiniteTimeSpan }),
        ["flushed now and then"] = new(new CollectionOptions { Dimension = Invented.Dimension, FlushInterval = TimeSpan.FromMilliseconds(5) }),
    };

    public static TheoryData<string> Names => [.. All.Keys];
}
