namespace Descent.Search;

/// <summary>Distinct points of the plane or of a space of any dimension, numbered from 0; immutable.</summary>
public sealed class PointSet
{
    // Between these no product of four differences overflows or loses a bit, so that signs can be found exactly.
    const double Smallest = 1e-60, Greatest = 1e60;

    readonly double[] _coordinates;

    /// <summary>Takes points whose coordinates stand one after another, <c>(count, dimension)</c> in row-major order.</summary>
    /// <exception cref="ArgumentException">
    /// The length is no multiple of the dimension, two points are equal, or a coordinate is neither 0 nor of a magnitude
    /// from 1e−60 to 1e60.
    /// </exception>
    public PointSet(ReadOnlySpan<double> coordinates, int dimension)
    {
        Dimension = Check.AtLeast(1, dimension, nameof(dimension));
        if (coordinates.Length % dimension != 0)
            throw new ArgumentException($"PointSet: {coordinates.Length} coordinates are no multiple of the dimension {dimension}.", nameof(coordinates));
        for (int i = 0; i < coordinates.Length; i++)
            if (coordinates[i] != 0 && !(Math.Abs(coordinates[i]) is >= Smallest and <= Greatest))
                throw new ArgumentException($"PointSet: coordinate {i % dimension} of point {i / dimension} is {coordinates[i]}; " +
                    "expected 0 or a magnitude from 1e-60 to 1e60: scale the points.", nameof(coordinates));
        _coordinates = coordinates.ToArray();
        Count = coordinates.Length / dimension;
        CheckDistinct();
    }

    /// <summary>How many points there are.</summary>
    public int Count { get; }

    /// <summary>Coordinates of a point.</summary>
    public int Dimension { get; }

    /// <summary>The coordinates of a point.</summary>
    public ReadOnlySpan<double> this[int point] => _coordinates.AsSpan(point * Dimension, Dimension);

    internal double X(int point) => _coordinates[point * Dimension];

    internal double Y(int point) => _coordinates[point * Dimension + 1];

    /// <summary>All points, in the order of their coordinates, the first coordinate first.</summary>
    internal int[] Sorted()
    {
        int[] order = [.. Enumerable.Range(0, Count)];
        Array.Sort(order, (a, b) => this[a].SequenceCompareTo(this[b]));
        return order;
    }

    internal void RequirePlane(string user)
    {
        if (Dimension != 2) throw new ArgumentException($"{user}: the points have dimension {Dimension}; expected 2.");
    }

    void CheckDistinct()
    {
        int[] order = Sorted();
        for (int i = 1; i < order.Length; i++)
            if (this[order[i]].SequenceEqual(this[order[i - 1]]))
                throw new ArgumentException($"PointSet: points {order[i - 1]} and {order[i]} are equal; expected distinct points.");
    }
}
