using Microsoft.Extensions.AI;

namespace Descent.Search;

/// <summary>What a collection is made with, and how it is written.</summary>
public sealed record CollectionOptions
{
    /// <summary>Elements of a vector; may be left out for a collection that is there, or where <see cref="Embeddings"/> says it.</summary>
    public int? Dimension { get; init => field = value is { } given ? Check.Within(1, VectorIndex.MostDimensions, given) : null; }

    /// <summary>How distance is measured; cosine for a new collection where this is left out.</summary>
    public VectorMetric? Metric { get; init; }

    /// <summary>How the index stores elements; float32 for a new collection where this is left out. The vectors themselves are always kept as they come.</summary>
    public VectorElement? Elements { get; init; }

    /// <summary>Makes the index for many records, empty, of the collection's dimension, metric and elements; an <see cref="HnswIndex"/> where this is left out.</summary>
    public Func<VectorIndexShape, VectorIndex>? CreateIndex { get; init; }

    /// <summary>Records up to which every search measures all, and there is no other index.</summary>
    public int ExactUpTo { get; init => field = Check.Within(0, 1 << 20, value); } = 4096;

    /// <summary>
    /// When what is written is brought to the disk. Zero: before it is acknowledged, so that it survives a loss of power; what many threads write
    /// at once shares one flush. More: at least so often; what is acknowledged survives the end of the process from the first, and
    /// a loss of power from then on. <see cref="Timeout.InfiniteTimeSpan"/>: when the system does it.
    /// </summary>
    public TimeSpan FlushInterval
    {
        get;
        init => field = value >= TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value
            : throw new ArgumentOutOfRangeException(nameof(FlushInterval), $"FlushInterval is {value}; it must not be negative, or be Timeout.InfiniteTimeSpan.");
    }

    /// <summary>Bytes of the log from which on its records are moved into a segment, in the background.</summary>
    public long CompactAt { get; init => field = Check.AtLeast(1L << 12, value); } = 64L << 20;

    /// <summary>What makes vectors of texts.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Embeddings { get; init; }

    /// <summary>How many texts <see cref="Embeddings"/> gets at once at most.</summary>
    public int TextsAtOnce { get; init => field = Check.AtLeast(1, value); } = 64;

    /// <summary>The property of payloads that texts are stored under.</summary>
    public string TextProperty { get; init; } = "text";
}

/// <summary>What an index must be made for.</summary>
public readonly record struct VectorIndexShape(int Dimension, VectorMetric Metric, VectorElement Elements);
