using System.Collections;
using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>The sizes of a tensor's dimensions, outermost first. The shape of a single number is <c>()</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    readonly int[]? _dims;

    /// <summary>A shape of the given sizes.</summary>
    /// <exception cref="ShapeException">A size is negative, or there are more than 2³¹ − 1 elements.</exception>
    public Shape(params ReadOnlySpan<int> dims) : this(dims.ToArray(), validated: false) { }

    internal Shape(int[] dims, bool validated)
    {
        _dims = dims;
        if (!validated) Validate(dims);
    }

    /// <summary>A shape of the given sizes (collection expressions call this).</summary>
    public static Shape Create(ReadOnlySpan<int> dims) => new(dims);

    internal int[] Dims => _dims ?? [];

    /// <summary>The number of dimensions; 0 for a single number.</summary>
    public int Rank => Dims.Length;

    /// <summary>The number of dimensions, as list patterns and collections name it.</summary>
    public int Count => Dims.Length;

    /// <summary>The number of elements: the product of the sizes.</summary>
    public int Elements
    {
        get
        {
            int n = 1;
            foreach (int d in Dims) n *= d;
            return n;
        }
    }

    /// <summary>The size of dimension <paramref name="dim"/>, from 0 to <c>Rank - 1</c>.</summary>
    public int this[int dim] => Dims[dim];

    /// <summary>The dimensions of a range, as a shape.</summary>
    public Shape this[Range range] => new(Dims[range], validated: true);

    /// <summary>The sizes.</summary>
    public ReadOnlySpan<int> AsSpan() => Dims;

    /// <summary>The sizes, copied.</summary>
    public int[] ToArray() => (int[])Dims.Clone();

    /// <summary>
    /// The shape that both broadcast to (NumPy's rule): aligned at the last dimension, sizes agree or one of them is 1.
    /// </summary>
    /// <exception cref="ShapeException">They do not broadcast.</exception>
    public static Shape Broadcast(Shape a, Shape b, string operation)
    {
        if (a == b) return a;
        if (Repeats(b, a)) return a;
        if (Repeats(a, b)) return b;
        int rank = Math.Max(a.Rank, b.Rank);
        var dims = new int[rank];
        for (int i = 1; i <= rank; i++)
        {
            int da = i <= a.Rank ? a[^i] : 1, db = i <= b.Rank ? b[^i] : 1;
            dims[^i] = da == db || db == 1 ? da : da == 1 ? db : throw new ShapeException(
                $"{operation}: {a} and {b} do not broadcast: dimension -{i} is {da} and {db}. " +
                "Expected sizes that agree, or one of them 1.");
        }
        return new(dims);
    }

    /// <summary>Whether <paramref name="part"/> broadcasts to <paramref name="whole"/>.</summary>
    static bool Repeats(Shape part, Shape whole)
    {
        ReadOnlySpan<int> small = part.Dims, large = whole.Dims;
        if (small.Length > large.Length) return false;
        large = large[^small.Length..];
        for (int i = 0; i < small.Length; i++)
            if (small[i] != large[i] && small[i] != 1) return false;
        return true;
    }

    /// <summary>Row-major strides, in elements.</summary>
    internal int[] ContiguousStrides()
    {
        var dims = Dims;
        var strides = new int[dims.Length];
        for (int i = dims.Length - 1, s = 1; i >= 0; i--)
        {
            strides[i] = s;
            s *= Math.Max(dims[i], 1);
        }
        return strides;
    }

    /// <summary>A dimension counted from the front: -1 is the last.</summary>
    /// <exception cref="ShapeException">There is no such dimension.</exception>
    internal int Axis(int dim, string operation)
    {
        int rank = Math.Max(Rank, 1);
        if (dim < -rank || dim >= rank)
            throw new ShapeException($"{operation}: dim is {dim}, but the shape is {this}. Expected {-rank} to {rank - 1}.");
        return dim < 0 ? dim + rank : dim;
    }

    static void Validate(int[] dims)
    {
        long n = 1;
        bool empty = false;
        foreach (int d in dims)
        {
            if (d < 0) throw new ShapeException($"Shape ({string.Join(", ", dims)}): a size is {d}; it must be at least 0.");
            empty |= d == 0;
        }
        if (empty) return;
        foreach (int d in dims)
        {
            n *= d;
            if (n > int.MaxValue)
                throw new ShapeException($"Shape ({string.Join(", ", dims)}): a tensor holds at most {int.MaxValue} elements; split it.");
        }
    }

    /// <summary>Enumerates the sizes.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A shape of the sizes in an array.</summary>
    public static implicit operator Shape(int[] dims) => new(dims);

    /// <summary>The sizes, for what takes them as numbers: <c>x.Reshape(y.Shape)</c>.</summary>
    public static implicit operator ReadOnlySpan<int>(Shape shape) => shape.Dims;

    /// <summary>Same sizes in the same order.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>The negation of equality.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Shape other) => ReferenceEquals(_dims, other._dims) || Dims.AsSpan().SequenceEqual(other.Dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int d in Dims) hash.Add(d);
        return hash.ToHashCode();
    }

    /// <summary><c>(2, 3)</c>; one dimension prints as <c>(5,)</c> and a single number as <c>()</c>.</summary>
    public override string ToString() => Rank == 1 ? $"({this[0]},)" : $"({string.Join(", ", Dims)})";
}

/// <summary>Shapes that do not fit an operation; the message says which, and what was expected.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>An error without a message.</summary>
    public ShapeException() { }

    /// <summary>An error that says what was given and what was expected.</summary>
    public ShapeException(string message) : base(message) { }

    /// <summary>An error with its cause.</summary>
    public ShapeException(string message, Exception inner) : base(message, inner) { }
}
