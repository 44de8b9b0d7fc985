using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Descent.Tabular;

/// <summary>The training rows, of which the nearest to a new one are asked.</summary>
public abstract record NeighborModel : IModel
{
    readonly Lazy<NeighborSearch> _search;

    private protected NeighborModel() =>
        _search = new(() => new(ImmutableCollectionsMarshal.AsArray(Rows)!, Schema!.Features.Length, Metric));

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The training rows, one after another.</summary>
    public required ImmutableArray<double> Rows { get; init; }

    /// <summary>The rows' weights.</summary>
    public required ImmutableArray<double> RowWeights { get; init; }

    /// <summary>How many neighbours are asked.</summary>
    public required int Neighbors { get; init; }

    /// <summary>How far apart rows lie.</summary>
    public required NeighborMetric Metric { get; init; }

    /// <summary>How neighbours count.</summary>
    public required NeighborWeighting Weighting { get; init; }

    /// <summary>The nearest training rows of each row, (n × neighbours), nearest first, and their distances.</summary>
    public void Find(ReadOnlySpan<double> rows, Span<int> nearest, Span<double> distances) => _search.Value.Find(rows, Neighbors, nearest, distances);

    /// <summary>The neighbours of rows, and what each counts.</summary>
    private protected (int[] Nearest, double[] Votes) Vote(ReadOnlySpan<double> rows, int count)
    {
        int[] nearest = new int[count * Neighbors];
        double[] votes = new double[nearest.Length];
        Find(rows, nearest, votes);
        for (int i = 0; i < votes.Length; i += Neighbors)
        {
            var own = votes.AsSpan(i, Neighbors);
            bool isHere = own[0] == 0;
            foreach (ref double v in own) v = Weighting == NeighborWeighting.Uniform ? 1 : isHere ? (v == 0 ? 1 : 0) : 1 / v;
            for (int k = 0; k < own.Length; k++) own[k] *= RowWeights[nearest[i + k]];
        }
        return (nearest, votes);
    }
}
