using System.Globalization;

namespace Descent.Search;

/// <summary>A kind of index with its parameters, tried on a sample, and what is to be expected of it with all vectors.</summary>
public sealed record AutoCandidate
{
    /// <summary>The kind, as files name it.</summary>
    public required string Kind { get; init; }

    /// <summary>How elements are stored.</summary>
    public required VectorElement Elements { get; init; }

    /// <summary>Parameters that are not the kind's own defaults, by names; see <see cref="IndexSettings.Named"/>.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>How many near vectors were kept in view for the recall on the sample.</summary>
    public int Ef { get; init; }

    /// <summary>The share of the true nearest that was found on the sample.</summary>
    public double Recall { get; init; }

    /// <summary>Queries per second with all vectors, as they grew from a quarter of the sample to the whole.</summary>
    public double QueriesPerSecond { get; init; }

    /// <summary>Bytes of vectors, codes and graph with all vectors.</summary>
    public long Bytes { get; init; }

    /// <summary>Seconds to build with all vectors.</summary>
    public double BuildSeconds { get; init; }

    /// <summary>Why it is out of the question; null if it is not.</summary>
    public string? Objection { get; init; }

    /// <summary>The kind, its parameters and how elements are stored.</summary>
    public string Name => string.Join(' ', [Kind, .. Settings.Select(s => $"{s.Key}={s.Value}"), .. Elements == VectorElement.Float32 ? Array.Empty<string>() : [Elements.ToString().ToLowerInvariant()]]);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name,-34} recall {Recall:0.000} at ef {Ef,4}, {QueriesPerSecond,9:N0} queries/s, {Bytes / 1e6,8:N1} MB, built in {BuildSeconds,6:N1} s{(Objection is null ? "" : $": {Objection}")}");
}
