namespace Descent.Tensors;

/// <summary>
/// One entry between the brackets of <c>x[…]</c>: an integer, an index, a range, a slice with a step, a tensor of
/// integers or bools, an ellipsis, or a new dimension. Numbers, ranges and tensors convert to it.
/// </summary>
public readonly struct TensorIndex : IEquatable<TensorIndex>
{
    internal enum Kind : byte { Integer, Slice, Tensor, Ellipsis, NewAxis }

    TensorIndex(Kind kind, int? start = null, int? stop = null, int step = 1, Tensor? tensor = null) =>
        (Type, Start, Stop, Step, Tensor) = (kind, start, stop, step, tensor);

    internal Kind Type { get; }

    /// <summary>Where the slice begins, or the position of an integer.</summary>
    internal int? Start { get; }

    internal int? Stop { get; }

    internal int Step { get; }

    internal Tensor? Tensor { get; }

    /// <summary>As many whole dimensions as the other indices leave.</summary>
    public static TensorIndex Ellipsis => new(Kind.Ellipsis);

    /// <summary>A new dimension of size 1.</summary>
    public static TensorIndex NewAxis => new(Kind.NewAxis);

    /// <summary>Python's <c>start:stop:step</c>; a negative step walks backwards, as a view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is 0.</exception>
    public static TensorIndex Slice(int? start = null, int? stop = null, int step = 1)
    {
        if (step == 0) throw new ArgumentOutOfRangeException(nameof(step), "Slice: the step is 0; expected any other number.");
        return new(Kind.Slice, start, stop, step);
    }

    /// <summary>One position; negative counts from the end.</summary>
    public static implicit operator TensorIndex(int position) => new(Kind.Integer, position);

    /// <summary>One position: <c>^1</c> is the last.</summary>
    public static implicit operator TensorIndex(Index position) => new(Kind.Integer, position.IsFromEnd ? -position.Value : position.Value);

    /// <summary>The positions of a range; <c>..</c> is the whole dimension.</summary>
    public static implicit operator TensorIndex(Range range) => new(Kind.Slice,
        range.Start is { IsFromEnd: true, Value: 0 } ? int.MaxValue : Signed(range.Start),
        range.End is { IsFromEnd: true, Value: 0 } ? null : Signed(range.End));

    /// <summary>The positions that integers name, or those where a mask is true.</summary>
    public static implicit operator TensorIndex(Tensor tensor) => new(Kind.Tensor, tensor: tensor);

    static int Signed(Index index) => index.IsFromEnd ? -index.Value : index.Value;

    /// <summary>The same kind of index with the same numbers or the same tensor object.</summary>
    public static bool operator ==(TensorIndex a, TensorIndex b) => a.Equals(b);

    /// <summary>The negation of equality.</summary>
    public static bool operator !=(TensorIndex a, TensorIndex b) => !a.Equals(b);

    /// <inheritdoc/>
    public bool Equals(TensorIndex other) => Type == other.Type && Start == other.Start && Stop == other.Stop && Step == other.Step &&
        ReferenceEquals(Tensor, other.Tensor);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorIndex other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Start, Stop, Step, Tensor);

    /// <inheritdoc/>
    public override string ToString() => Type switch
    {
        Kind.Integer => $"{Start}",
        Kind.Slice => Step == 1 ? $"{Start}:{Stop}" : $"{Start}:{Stop}:{Step}",
        Kind.Tensor => $"{Tensor!.DType}{Tensor.Shape}",
        Kind.Ellipsis => "...",
        _ => "newaxis",
    };
}
