using Microsoft.Extensions.AI;

namespace Descent.Search;

/// <summary>What a collection is from its beginning on: the type of keys, dimension, metric, elements.</summary>
static class CollectionShape
{
    /// <exception cref="ArgumentException">The options do not say enough, or what does not fit.</exception>
    internal static Manifest Create<TKey>(CollectionFolder folder, CollectionOptions options) where TKey : notnull
    {
        // A first log without a manifest is what is left where making the collection was broken off; anything more was a collection.
        if (folder.Numbers("segment").Any() || folder.Numbers("index").Any() || folder.Numbers("log").Any(n => n != 1 || new FileInfo(folder.Log(n)).Length > LogFormat.HeaderBytes))
            throw new InvalidDataException($"{folder.Manifest}: byte 0: the manifest is missing, but there are files of a collection beside it.");
        int dimension = options.Dimension ?? (options.Embeddings?.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata)?.DefaultModelDimensions ??
            throw new ArgumentException($"There is no collection in {folder.Root}. To make one, set Dimension to the number of elements of a vector.", nameof(options));
        var elements = options.Elements ?? VectorElement.Float32;
        var manifest = new Manifest
        {
            Collection = Random.Shared.NextInt64(),
            Keys = KeyCodec<TKey>.Instance.Kind,
            Dimension = dimension,
            Elements = elements,
            Metric = options.Metric ?? (elements == VectorElement.Binary ? VectorMetric.Hamming : VectorMetric.Cosine),
        };
        RowCodec.Create(manifest.Dimension, manifest.Metric, manifest.Elements);
        WriteLog.Create(folder, manifest.Collection, manifest.FirstLog).Dispose();
        manifest.Save(folder.Manifest);
        return manifest;
    }

    /// <exception cref="ArgumentException">The collection is another than the options say.</exception>
    internal static void Check<TKey>(Manifest manifest, CollectionOptions options, string path) where TKey : notnull
    {
        if (manifest.Keys != KeyCodec<TKey>.Instance.Kind)
            throw new ArgumentException($"The keys of the collection in {path} are {(manifest.Keys == 1 ? "string" : "long")}; it was opened with keys of type {typeof(TKey).Name}.");
        Expect("Dimension", manifest.Dimension, options.Dimension);
        Expect("Metric", manifest.Metric, options.Metric);
        Expect("Elements", manifest.Elements, options.Elements);

        void Expect<T>(string name, T actual, T? asked) where T : struct
        {
            if (asked is { } value && !value.Equals(actual))
                throw new ArgumentException($"{name} of the collection in {path} is {actual}; it was opened with {value}. Leave it out to take what is there.", nameof(options));
        }
    }
}
