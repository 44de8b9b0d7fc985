using Microsoft.Extensions.AI;

namespace Descent.Search.Tests;

/// <summary>Makes vectors of texts by counting words, each at a place that its letters decide.</summary>
sealed class WordCounts : IEmbeddingGenerator<string, Embedding<float>>
{
    internal const int Width = 64;

    /// <summary>How many texts it got each time.</summary>
    internal List<int> Asked { get; } = [];

    /// <summary>Which time it fails; 0 for never.</summary>
    internal int Fails { get; init; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        Asked.Add(values.Count());
        return Asked.Count == Fails ? throw new HttpRequestException("busy") : Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(Count(text)))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingGeneratorMetadata) ? new EmbeddingGeneratorMetadata("words", defaultModelDimensions: Width) : null;

    public void Dispose()
    {
    }

    static float[] Count(string text)
    {
        float[] counts = new float[Width];
        foreach (string word in text.Split(' ')) counts[word.Aggregate(7, (hash, c) => hash * 31 + c & 0xFFFF) % Width]++;
        return counts;
    }
}
