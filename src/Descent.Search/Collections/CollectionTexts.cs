using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Descent.Search;

/// <summary>Texts in collections that were opened with something that makes vectors of them, <see cref="CollectionOptions.Embeddings"/>.</summary>
public static class CollectionTexts
{
    extension<TKey>(VectorCollection<TKey> collection) where TKey : notnull
    {
        /// <summary>Stores a text by its vector, in the payload under <see cref="CollectionOptions.TextProperty"/> too. The task is done when it is safe.</summary>
        /// <remarks>Where the same text is stored under the key already, its vector stays and only the payload is written.</remarks>
        /// <exception cref="InvalidOperationException">The collection was opened without anything that makes vectors of texts or only to read, or the vectors do not fit.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public Task UpsertTextAsync(TKey key, string text, JsonObject? payload = null, CancellationToken cancellation = default) =>
            collection.UpsertTextsAsync([(key, text, payload)], cancellation);

        /// <summary>Stores many texts at once: all of them or none. Each text that is not stored under one of the keys already becomes a vector once.</summary>
        /// <remarks>
        /// The generator gets <see cref="CollectionOptions.TextsAtOnce"/> texts at a time, and nothing is written before it made all vectors: what it throws leaves
        /// everything as it was. Vectors of two generators do not compare; for another one make another collection.
        /// </remarks>
        /// <exception cref="InvalidOperationException">The collection was opened without anything that makes vectors of texts or only to read, or the vectors do not fit.</exception>
        /// <exception cref="IOException">Writing failed.</exception>
        public async Task UpsertTextsAsync(IEnumerable<(TKey Key, string Text, JsonObject? Payload)> texts, CancellationToken cancellation = default)
        {
            (TKey Key, string Text, JsonObject? Payload)[] all = [.. texts];
            foreach (var (key, text, _) in all)
                if (text is null) throw new ArgumentException($"The text of {key} is null.", nameof(texts));
            collection.CheckWritable();
            var generator = Generator(collection);
            string property = collection.Options.TextProperty;
            var wanted = all.Select(item => item.Text).ToHashSet();
            var vectors = new Dictionary<string, ReadOnlyMemory<float>>();
            foreach (var record in collection.Get(all.Select(item => item.Key), includeVectors: true))
                if (record.Payload[property] is JsonValue value && value.TryGetValue(out string? text) && wanted.Remove(text)) vectors.Add(text, record.Vector);
            foreach (string[] part in wanted.Chunk(collection.Options.TextsAtOnce))
            {
                var made = await Embed(generator, part, collection.Dimension, cancellation).ConfigureAwait(false);
                for (int i = 0; i < part.Length; i++) vectors.Add(part[i], made[i].Vector);
            }
            await collection.UpsertAsync(all.Select(item => new CollectionRecord<TKey>(item.Key, vectors[item.Text], WithText(item.Payload, item.Text, property))), cancellation).ConfigureAwait(false);
        }

        /// <summary>The records nearest to a text, nearest first.</summary>
        /// <exception cref="InvalidOperationException">The collection was opened without anything that makes vectors of texts, or the vector does not fit.</exception>
        public async Task<IReadOnlyList<CollectionHit<TKey>>> SearchTextAsync(string text, int k, CollectionSearchOptions? options = null, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(text);
            var vectors = await Embed(Generator(collection), [text], collection.Dimension, cancellation).ConfigureAwait(false);
            return collection.Search(vectors[0].Vector.Span, k, options);
        }
    }

    static IEmbeddingGenerator<string, Embedding<float>> Generator<TKey>(VectorCollection<TKey> collection) where TKey : notnull => collection.Options.Embeddings ??
        throw new InvalidOperationException("The collection was opened without Embeddings; set it in CollectionOptions to store and search texts.");

    static async Task<GeneratedEmbeddings<Embedding<float>>> Embed(IEmbeddingGenerator<string, Embedding<float>> generator, string[] texts, int dimension, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var made = await generator.GenerateAsync(texts, cancellationToken: cancellation).ConfigureAwait(false);
        if (made.Count != texts.Length) throw new InvalidOperationException($"The generator made {made.Count} vectors of {texts.Length} texts.");
        foreach (var embedding in made)
            if (embedding.Vector.Length != dimension)
                throw new InvalidOperationException($"The generator makes vectors of {embedding.Vector.Length} elements; the collection holds vectors of {dimension}. Take the generator that it was made with, or make another collection.");
        return made;
    }

    static JsonObject WithText(JsonObject? payload, string text, string property)
    {
        var with = payload is null ? [] : (JsonObject)payload.DeepClone();
        with[property] = text;
        return with;
    }
}
