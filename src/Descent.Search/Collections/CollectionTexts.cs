using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Descent.Search;

/// <summary>Texts in collections that were opened with something that makes vectors of them, <see cref="CollectionOptions.Embeddings"/>.</summary>
public static class CollectionTexts
{
    extension<TKey>(VectorCollection<TKey> collection) where TKey : notnull
    {
        /// <summary>Stores a text by its vector, in the payload under <see cref="CollectionOptions.TextProperty"/> too. The task is done when it is safe.</summary>
        /// <exception cref="InvalidOperationException">The collection was opened without anything that makes vectors of texts.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public Task UpsertTextAsync(TKey key, string text, JsonObject? payload = null, CancellationToken cancellation = default) =>
            collection.UpsertTextsAsync([(key, text, payload)], cancellation);

        /// <summary>Stores many texts at once: all of them or none.</summary>
        /// <exception cref="InvalidOperationException">The collection was opened without anything that makes vectors of texts.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public async Task UpsertTextsAsync(IEnumerable<(TKey Key, string Text, JsonObject? Payload)> texts, CancellationToken cancellation = default)
        {
            (TKey Key, string Text, JsonObject? Payload)[] all = [.. texts];
            if (all.Length == 0) return;
            var vectors = await Embed(collection.Options, all.Select(item => item.Text), cancellation).ConfigureAwait(false);
            if (vectors.Count != all.Length) throw new InvalidOperationException($"The generator made {vectors.Count} vectors of {all.Length} texts.");
            await collection.UpsertAsync(all.Select((item, i) => new CollectionRecord<TKey>(item.Key, vectors[i].Vector, WithText(item.Payload, item.Text, collection.Options.TextProperty))),
                cancellation).ConfigureAwait(false);
        }

        /// <summary>The records nearest to a text, nearest first.</summary>
        /// <exception cref="InvalidOperationException">The collection was opened without anything that makes vectors of texts.</exception>
        public async Task<IReadOnlyList<CollectionHit<TKey>>> SearchTextAsync(string text, int k, CollectionSearchOptions? options = null, CancellationToken cancellation = default)
        {
            var vectors = await Embed(collection.Options, [text], cancellation).ConfigureAwait(false);
            return collection.Search(vectors[0].Vector.Span, k, options);
        }
    }

    static Task<GeneratedEmbeddings<Embedding<float>>> Embed(CollectionOptions options, IEnumerable<string> texts, CancellationToken cancellation) =>
        (options.Embeddings ?? throw new InvalidOperationException("The collection was opened without Embeddings; set it in CollectionOptions to store and search texts."))
            .GenerateAsync(texts, cancellationToken: cancellation);

    static JsonObject WithText(JsonObject? payload, string text, string property)
    {
        var with = payload is null ? [] : (JsonObject)payload.DeepClone();
        with[property] = text;
        return with;
    }
}
