using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How neighbours count.</summary>
public enum NeighborWeighting
{
    /// <summary>All alike.</summary>
    Uniform,

    /// <summary>By the inverse of their distance; where some lie at the very place, only these.</summary>
    Distance,
}

/// <summary>Which neighbours are asked, and how they count.</summary>
public abstract record NeighborOptions
{
    private protected NeighborOptions() { }

    /// <summary>How many of the nearest rows are asked, at least 1.</summary>
    public int Neighbors { get; init => field = Check.AtLeast(1, value); } = 5;

    /// <summary>If given, all rows no farther than this are asked, however many; where there is none, all training rows together.</summary>
    public double? Radius { get; init => field = value is { } radius ? Check.AtLeast(0, radius) : null; }

    /// <summary>How far apart rows lie.</summary>
    public NeighborMetric Metric { get; init; }

    /// <summary>The power of Minkowski's metric, at least 1.</summary>
    public double Power { get; init => field = Check.AtLeast(1, value); } = 2;

    /// <summary>How neighbours count.</summary>
    public NeighborWeighting Weighting { get; init; }

    /// <summary>How they are found, which changes nothing but the time it takes.</summary>
    public NeighborAlgorithm Algorithm { get; init; }

    private protected TModel Keep<TModel>(string learner, Features x, TModel model) where TModel : NeighborModel
    {
        Training.NoGaps(learner, x);
        if (Radius is null && Neighbors > x.Rows) throw new ArgumentException($"{learner}: {Neighbors} neighbours are asked for, and there are {x.Rows} rows.", nameof(x));
        return model with
        {
            Schema = x.Schema, Rows = ImmutableCollectionsMarshal.AsImmutableArray(x.ToRows()), Neighbors = Neighbors, Radius = Radius, Metric = Metric, Power = Power, Weighting = Weighting, Algorithm = Algorithm,
            Whitening = Metric == NeighborMetric.Mahalanobis ? [.. Whiten(learner, x)] : [],
        };
    }

    /// <summary>A matrix W with W Wᵀ = S⁻¹: rows times it lie as far apart straight as they did by their covariance S.</summary>
    static double[] Whiten(string learner, Features x)
    {
        int columns = x.Columns;
        using var _ = Autograd.NoGrad();
        var rows = Tensor.From<double>(x.ToRows(), [x.Rows, columns]);
        var centred = rows - rows.Mean([0], keepDim: true);
        var (values, vectors) = Linalg.Eigh(centred.T.MatMul(centred) / Math.Max(1, x.Rows - 1));
        double[] spreads = values.ToArray<double>();
        if (!(spreads[0] > 1e-12 * spreads[^1]))
            throw new ArgumentException($"{learner}: Mahalanobis' distance needs features of which none follows from the others; leave some out.", nameof(x));
        return vectors.Div(values.Sqrt()).ToArray<double>();
    }
}
