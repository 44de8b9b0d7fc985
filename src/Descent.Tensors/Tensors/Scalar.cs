namespace Descent.Tensors;

/// <summary>
/// A number beside a tensor in an operation. It keeps its category (bool, integer or floating), which takes part in
/// type promotion, and converts implicitly from .NET's numbers.
/// </summary>
public readonly struct Scalar : IEquatable<Scalar>
{
    enum Kind : byte { Floating, Integer, Bool }

    readonly double _floating;
    readonly long _integer;
    readonly Kind _kind;

    Scalar(double floating, long integer, Kind kind) => (_floating, _integer, _kind) = (floating, integer, kind);

    /// <summary>A float or a double.</summary>
    public bool IsFloatingPoint => _kind == Kind.Floating;

    /// <summary>A bool.</summary>
    public bool IsBool => _kind == Kind.Bool;

    /// <summary>The value as a double.</summary>
    public double AsDouble() => _kind == Kind.Floating ? _floating : _integer;

    /// <summary>The value as a long; a fraction is cut towards zero, as PyTorch's conversion does.</summary>
    public long AsInt64() => _kind == Kind.Floating ? (long)_floating : _integer;

    /// <summary>The element type that a 0-d tensor of this number has.</summary>
    public DType DType => _kind switch { Kind.Bool => DType.Bool, Kind.Integer => DType.Int64, _ => Tensor.DefaultDType };

    /// <summary>The value as one of .NET's numbers, by truncation where <typeparamref name="T"/> is narrower.</summary>
    internal T To<T>() where T : struct, System.Numerics.INumberBase<T> =>
        _kind == Kind.Floating ? T.CreateTruncating(_floating) : T.CreateTruncating(_integer);

    /// <summary>A floating scalar.</summary>
    public static implicit operator Scalar(double value) => new(value, 0, Kind.Floating);

    /// <summary>A floating scalar.</summary>
    public static implicit operator Scalar(float value) => new(value, 0, Kind.Floating);

    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(long value) => new(0, value, Kind.Integer);

    /// <summary>An integer scalar.</summary>
    public static implicit operator Scalar(int value) => new(0, value, Kind.Integer);

    /// <summary>A bool scalar.</summary>
    public static implicit operator Scalar(bool value) => new(0, value ? 1 : 0, Kind.Bool);

    /// <summary>Equal category and value.</summary>
    public static bool operator ==(Scalar a, Scalar b) => a.Equals(b);

    /// <summary>The negation of equality.</summary>
    public static bool operator !=(Scalar a, Scalar b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(Scalar other) => _kind == other._kind && _floating.Equals(other._floating) && _integer == other._integer;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_floating, _integer, _kind);

    /// <inheritdoc/>
    public override string ToString() => _kind switch
    {
        Kind.Bool => _integer != 0 ? "True" : "False",
        Kind.Integer => _integer.ToString(),
        _ => _floating.ToString(),
    };
}
