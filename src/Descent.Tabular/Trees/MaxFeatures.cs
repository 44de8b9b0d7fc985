namespace Descent.Tabular;

/// <summary>How many features a node looks at, drawn anew at each.</summary>
public readonly record struct MaxFeatures
{
    readonly Func<int, double>? _count;
    readonly string? _text;

    MaxFeatures(string text, Func<int, double> count) => (_text, _count) = (text, count);

    /// <summary>All of them.</summary>
    public static MaxFeatures All => default;

    /// <summary>The root of their number.</summary>
    public static MaxFeatures SquareRoot { get; } = new("square root", n => Math.Sqrt(n));

    /// <summary>The binary logarithm of their number.</summary>
    public static MaxFeatures Log2 { get; } = new("log2", n => Math.Log2(n));

    /// <summary>A number of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public static MaxFeatures Count(int count)
    {
        Check.AtLeast(1, count);
        return new($"{count}", _ => count);
    }

    /// <summary>A share of them, rounded down, at least one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0 and at most 1.</exception>
    public static MaxFeatures Share(double share)
    {
        Check.Above(0, Check.Within(0, 1, share), nameof(share));
        return new($"{share:R}", n => share * n);
    }

    internal int Of(int features) => _count is null ? features : Math.Clamp((int)_count(features), 1, features);

    /// <inheritdoc/>
    public override string ToString() => _text ?? "all";

    /// <summary>Whether both mean the same number of features.</summary>
    public bool Equals(MaxFeatures other) => _text == other._text;

    /// <inheritdoc/>
    public override int GetHashCode() => _text?.GetHashCode(StringComparison.Ordinal) ?? 0;
}
