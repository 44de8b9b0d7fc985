using System.Globalization;
using System.Text.Json;

namespace Descent.Search;

/// <summary>A value of a payload that a filter compares: text, a number, true or false, or null.</summary>
/// <remarks>Whole numbers of 64 bits are compared exactly, all others as <see cref="double"/>; text by the codes of its characters, so that dates written as ISO 8601 are in order.</remarks>
public readonly struct PayloadValue : IEquatable<PayloadValue>
{
    const string Iso = "yyyy-MM-ddTHH:mm:ss.FFFFFFFK";

    readonly string? _text;
    readonly long _bits;

    PayloadValue(PayloadKind kind, long bits, string? text = null) => (Kind, _bits, _text) = (kind, bits, text);

    internal PayloadKind Kind { get; }

    internal string Text => _text!;

    /// <summary>JSON's null.</summary>
    public static PayloadValue Null => new(PayloadKind.Null, 0);

    /// <summary>An object, which a filter only finds to exist.</summary>
    internal static PayloadValue Object => new(PayloadKind.Object, 0);

    double Number => Kind == PayloadKind.Whole ? _bits : BitConverter.Int64BitsToDouble(_bits);

    /// <summary>Text; null is JSON's null.</summary>
    public static implicit operator PayloadValue(string? text) => text is null ? Null : new(PayloadKind.Text, 0, text);

    /// <summary>A whole number.</summary>
    public static implicit operator PayloadValue(long number) => new(PayloadKind.Whole, number);

    /// <summary>A number.</summary>
    public static implicit operator PayloadValue(double number) =>
        number == Math.Floor(number) && Math.Abs(number) < 1L << 53 ? new(PayloadKind.Whole, (long)number) : new(PayloadKind.Number, BitConverter.DoubleToInt64Bits(number));

    /// <summary>True or false.</summary>
    public static implicit operator PayloadValue(bool value) => new(PayloadKind.Truth, value ? 1 : 0);

    /// <summary>A time as JSON writes it. Texts of times are in order if all have one offset: store UTC.</summary>
    public static implicit operator PayloadValue(DateTimeOffset time) => time.ToString(Iso, CultureInfo.InvariantCulture);

    /// <summary>A time as JSON writes it. Texts of times are in order if all have one offset: store UTC.</summary>
    public static implicit operator PayloadValue(DateTime time) => time.ToString(Iso, CultureInfo.InvariantCulture);

    /// <summary>A day as JSON writes it.</summary>
    public static implicit operator PayloadValue(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>An id as JSON writes it.</summary>
    public static implicit operator PayloadValue(Guid id) => id.ToString();

    /// <inheritdoc/>
    public bool Equals(PayloadValue other) => Order(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PayloadValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        PayloadKind.Text => _text!.GetHashCode(StringComparison.Ordinal),
        PayloadKind.Whole or PayloadKind.Number => Number.GetHashCode(),
        _ => HashCode.Combine(Kind, _bits),
    };

    /// <summary>Whether both are the same value.</summary>
    public static bool operator ==(PayloadValue a, PayloadValue b) => a.Equals(b);

    /// <summary>Whether the values differ.</summary>
    public static bool operator !=(PayloadValue a, PayloadValue b) => !a.Equals(b);

    /// <summary>As JSON.</summary>
    public override string ToString() => Kind switch
    {
        PayloadKind.Text => $"\"{JsonEncodedText.Encode(_text!)}\"",
        PayloadKind.Whole => _bits.ToString(CultureInfo.InvariantCulture),
        PayloadKind.Number => Number.ToString("R", CultureInfo.InvariantCulture),
        PayloadKind.Truth => _bits != 0 ? "true" : "false",
        PayloadKind.Object => "{}",
        _ => "null",
    };

    /// <summary>Bits that are in order within a kind, but for texts.</summary>
    internal long Ordered => Kind == PayloadKind.Number ? Flip(_bits) : _bits;

    /// <summary>All values in one order: null, truth, numbers, texts, objects.</summary>
    internal static Comparer<PayloadValue> Sorting { get; } = Comparer<PayloadValue>.Create(static (a, b) => a.Order(b) ?? Group(a.Kind).CompareTo(Group(b.Kind)));

    /// <summary>A number's place in the order of <see cref="Ordered"/> bits.</summary>
    internal static long Order(double number) => Flip(BitConverter.DoubleToInt64Bits(number));

    /// <summary>A value that is no text, from its <see cref="Ordered"/> bits.</summary>
    internal static PayloadValue Restore(PayloadKind kind, long ordered) => new(kind, kind == PayloadKind.Number ? Flip(ordered) : ordered);

    internal static PayloadValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? (PayloadValue)whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => Null,
        _ => Object,
    };

    /// <summary>Negative doubles have the bits of their magnitudes, which grow downwards. Done twice it is undone.</summary>
    static long Flip(long bits) => bits ^ ((bits >> 63) & long.MaxValue);

    static PayloadKind Group(PayloadKind kind) => kind == PayloadKind.Number ? PayloadKind.Whole : kind;

    internal bool TryNumber(out double number)
    {
        number = Number;
        return Kind is PayloadKind.Whole or PayloadKind.Number;
    }

    /// <summary>Negative if this comes before the other, positive if after, 0 if they are equal; null where there is no order between such values.</summary>
    internal int? Order(PayloadValue other)
    {
        if (Kind == other.Kind)
            return Kind switch
            {
                PayloadKind.Text => string.CompareOrdinal(_text, other._text),
                PayloadKind.Number => Number.CompareTo(other.Number),
                PayloadKind.Object => null,
                _ => _bits.CompareTo(other._bits),
            };
        bool areNumbers = Kind is PayloadKind.Whole or PayloadKind.Number && other.Kind is PayloadKind.Whole or PayloadKind.Number;
        return areNumbers ? Number.CompareTo(other.Number) : null;
    }
}

/// <summary>What a payload's value is.</summary>
enum PayloadKind : byte
{
    Missing,
    Null,
    Truth,
    Whole,
    Number,
    Text,
    Object,
    Many,
}
