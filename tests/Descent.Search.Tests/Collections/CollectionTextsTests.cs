using System.Text.Json.Nodes;

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
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => other.UpsertTextAsync("a", "b"));
        Assert.Contains("64 elements", error.Message, StringComparison.Ordinal);
        Assert.Contains("vectors of 4", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => other.SearchTextAsync("a", 1));
        await Assert.ThrowsAsync<ArgumentException>(() => other.UpsertTextsAsync([("a", "b", null), ("c", null!, null)]));
        Assert.Equal(0, other.Count);
    }

    [Fact]
    public async Task Each_text_is_made_a_vector_once_in_parts_and_again_only_when_it_changes()
    {
        var words = new WordCounts();
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Embeddings = words, TextsAtOnce = 10 });
        await collection.UpsertTextsAsync(Enumerable.Range(0, 35).Select(i => ((long)i, $"text {i % 25}", (JsonObject?)null)));
        Assert.Equal([10, 10, 5], words.Asked);
        await collection.UpsertTextsAsync(Enumerable.Range(0, 35).Select(i => ((long)i, i == 4 ? "new" : $"text {i % 25}", (JsonObject?)new JsonObject { ["i"] = i })));
        Assert.Equal([10, 10, 5, 1], words.Asked);
        Assert.Equal(7, (int)collection.Get(7)!.Payload["i"]!);
        Assert.Equal(4, (await collection.SearchTextAsync("new", 1)).Single().Key);
        await collection.UpsertTextsAsync([]);
        Assert.Equal(5, words.Asked.Count);
    }

    [Fact]
    public async Task What_a_generator_throws_leaves_everything_as_it_was()
    {
        var words = new WordCounts { Fails = 3 };
        using var collection = VectorCollection.Open<long>(_folder.Path, new() { Embeddings = words, TextsAtOnce = 4 });
        await Assert.ThrowsAsync<HttpRequestException>(() => collection.UpsertTextsAsync(Enumerable.Range(0, 20).Select(i => ((long)i, $"text {i}", (JsonObject?)null))));
        Assert.Equal(3, words.Asked.Count);
        Assert.Equal(0, collection.Count);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collection.UpsertTextAsync(1, "a", cancellation: new(true)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => collection.SearchTextAsync("a", 1, cancellation: new(true)));
        Assert.Equal(3, words.Asked.Count);
        await collection.UpsertTextAsync(1, "a");
        using var reader = VectorCollection.OpenReadOnly<long>(_folder.Path, new() { Embeddings = words });
        Assert.Equal(1, (await reader.SearchTextAsync("a", 1)).Single().Key);
        await Assert.ThrowsAsync<InvalidOperationException>(() => reader.UpsertTextAsync(2, "b"));
        Assert.Equal(5, words.Asked.Count);
    }
}
