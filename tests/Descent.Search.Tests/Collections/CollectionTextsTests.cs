using Microsoft.Extensions.AI;

namespace Descent.Search.Tests;

public sealed class CollectionTextsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Texts_are_stored_with_their_payloads_and_found_by_what_they_say()
    {
        var options = new CollectionOptions { Embeddings = new WordCounts() };
        using (var collection = VectorCollection.Open<string>(_folder.Path, options))
        {
            Assert.Equal(WordCounts.Width, collection.Dimension);
            await collection.UpsertTextAsync("cat", "the cat sat on the mat", new() { ["animal"] = true });
            await collection.UpsertTextsAsync([("rate", "the bank raised the rate", null), ("bank", "the river has a bank", null)]);
        }
        using var again = VectorCollection.Open<string>(_folder.Path, options);
        var hits = await again.SearchTextAsync("a cat on a mat", 3);
        Assert.Equal("cat", hits[0].Key);
        Assert.Equal("the cat sat on the mat", (string?)hits[0].Record.Payload["text"]);
        Assert.True((bool)hits[0].Record.Payload["animal"]!);
        Assert.Equal(["bank"], (await again.SearchTextAsync("bank", 3, new() { Filter = PayloadFilter.In("text", "the river has a bank") })).Select(h => h.Key));
    }

    [Fact]
    public async Task Without_a_generator_texts_are_refused_and_a_wrong_one_is_told()
    {
        using var collection = VectorCollection.Open<string>(_folder.Path, new() { Dimension = 4 });
        Assert.Contains("Embeddings", (await Assert.ThrowsAsync<InvalidOperationException>(() => collection.UpsertTextAsync("a", "b"))).Message, StringComparison.Ordinal);
        using var other = VectorCollection.Open<string>(_folder.At("other"), new() { Dimension = 4, Embeddings = new WordCounts() });
        await Assert.ThrowsAsync<ArgumentException>(() => other.UpsertTextAsync("a", "b"));
        Assert.Equal(0, other.Count);
    }
}
