using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Descent.Tabular;

/// <summary>The training rows, of which the nearest to a new one are asked.</summary>
public abstract record NeighborModel : IModel
{
    readonly Lazy<INeighborSearch> _search;

    private protected NeighborModel() => _search = new(Index);

    /// <summary>A copy.</summary>
    protected NeighborModel(NeighborModel other)
    {
        (Schema, Rows, RowWeights) = (other.Schema, other.Rows, other.RowWeights);
        (Neighbors, Radius, Metric, Power, Weighting, Algorithm, Whitening) = (other.Neighbors, other.Radius, other.Metric, other.Power, other.Weighting, other.Algorithm, other.Whitening);
        // What was changed may change who is near.
        _search = new(Index);
    }

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The training rows, one after another.</summary>
    public required ImmutableArray<double> Rows { get; init; }

    /// <summary>The rows' weights.</summary>
    public required ImmutableArray<double> RowWeights { get; init; }

    /// <summary>How many neighbours are asked.</summary>
    public required int Neighbors { get; init; }

    /// <summary>If given, how far from a row others are asked, however many.</summary>
    public double? Radius { get; init; }

    /// <summary>How far apart rows lie.</summary>
    public required NeighborMetric Metric { get; init; }

    /// <summary>The power of Minkowski's metric.</summary>
    public double Power { get; init; } = 2;

    /// <summary>How neighbours count.</summary>
    public required NeighborWeighting Weighting { get; init; }

    /// <summary>How they are found.</summary>
    public NeighborAlgorithm Algorithm { get; init; }

    /// <summary>(columns × columns) what rows are multiplied by for Mahalanobis' metric; empty for others.</summary>
    public ImmutableArray<double> Whitening { get; init; } = [];

    /// <summary>The nearest training rows of each row, (n × neighbours), nearest first, and their distances.</summary>
    public void Find(ReadOnlySpan<double> rows, Span<int> nearest, Span<double> distances) => _search.Value.Find(Place(rows), Neighbors, nearest, distances);

    /// <summary>The training rows no farther than a radius from each row, in their order, and their distances.</summary>
    public IReadOnlyList<IReadOnlyList<(int Row, double Distance)>> Within(ReadOnlySpan<double> rows, double radius) => _search.Value.Within(Place(rows), radius);

    /// <summary>Who is asked about each row, and what each counts: those of row i stand from Starts[i] to Starts[i + 1].</summary>
    private protected (int[] Starts, int[] Asked, double[] Votes) Vote(ReadOnlySpan<double> rows, int count)
    {
        int[] starts = new int[count + 1], asked;
        double[] votes;
        if (Radius is { } radius)
        {
            var found = _search.Value.Within(Place(rows), radius);
            for (int i = 0; i < count; i++) starts[i + 1] = starts[i] + found[i].Count;
            asked = [.. found.SelectMany(f => f.Select(n => n.Row))];
            votes = [.. found.SelectMany(f => f.Select(n => n.Distance))];
        }
        else
        {
            for (int i = 0; i <= count; i++) starts[i] = i * Neighbors;
            asked = new int[count * Neighbors];
            votes = new double[asked.Length];
            Find(rows, asked, votes);
        }
        for (int i = 0; i < count; i++)
        {
            var own = votes.AsSpan(starts[i]..starts[i + 1]);
            bool isHere = own.Contains(0);
            foreach (ref double v in own) v = Weighting == NeighborWeighting.Uniform ? 1 : isHere ? (v == 0 ? 1 : 0) : 1 / v;
        }
        for (int k = 0; k < votes.Length; k++) votes[k] *= RowWeights[asked[k]];
        return (starts, asked, votes);
    }

    INeighborSearch Index() =>
        INeighborSearch.Create(Whitening.IsEmpty ? ImmutableCollectionsMarshal.AsArray(Rows)! : Place(Rows.AsSpan()).ToArray(), Schema!.Features.Length, new(Metric, Power), Algorithm);

    ReadOnlySpan<double> Place(ReadOnlySpan<double> rows)
    {
        if (Whitening.IsEmpty) return rows;
        int columns = Schema.Features.Length;
        double[] placed = new double[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            var own = placed.AsSpan(i / columns * columns, columns);
            TensorPrimitives.MultiplyAdd(Whitening.AsSpan(i % columns * columns, columns), rows[i], own, own);
        }
        return placed;
    }
}
