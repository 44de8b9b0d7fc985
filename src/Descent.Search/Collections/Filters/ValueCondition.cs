namespace Descent.Search;

/// <summary>What must hold of a value, said so that columns can look for it without asking for each.</summary>
abstract class ValueCondition
{
    internal abstract bool Holds(PayloadValue value);

    /// <summary>Where values lie for which it holds.</summary>
    internal IReadOnlyList<ValueSpan> Spans { get; init; } = [];

    /// <summary>Whole numbers for which it holds, where they are too many for spans.</summary>
    internal WholeNumbers? Wholes { get; init; }

    /// <summary>Whether it has to be asked for each number.</summary>
    internal bool AsksNumbers { get; init; }

    /// <summary>Whether it may hold for others than <see cref="Texts"/>.</summary>
    internal bool IsMoreThanTexts => Spans.Count > 0 || Wholes is not null || AsksNumbers || TextBounds is not null;

    /// <summary>The texts for which it holds, where they can be listed.</summary>
    internal IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Texts that it holds for, where they lie between bounds.</summary>
    internal ITextBounds? TextBounds { get; init; }
}

/// <summary>Bounds of texts in the order of their codes.</summary>
interface ITextBounds
{
    /// <summary>Whether a text, and so all before it, is too small.</summary>
    bool IsBelow(string text);

    /// <summary>Whether a text, and so all after it, is too large.</summary>
    bool IsAbove(string text);
}

/// <summary>Values of one kind from one to another, both included, by their <see cref="PayloadValue.Ordered"/> bits.</summary>
readonly record struct ValueSpan(PayloadKind Kind, long Low, long High);

/// <summary>Whole numbers that lie near each other, as bits.</summary>
sealed class WholeNumbers
{
    /// <summary>The most that the least and the greatest may be apart.</summary>
    internal const long MostApart = 1 << 20;

    readonly long _least;
    readonly SlotSet _numbers = new();

    internal WholeNumbers(IReadOnlyCollection<long> numbers)
    {
        _least = numbers.Min();
        foreach (long number in numbers) _numbers.Add((int)(number - _least));
    }

    internal bool Contains(long number) => number - _least is >= 0 and <= MostApart and var at && number >= _least && _numbers[(int)at];
}

/// <summary>The value is one of some.</summary>
sealed class OneOf : ValueCondition
{
    // Comparing all slots with so many spans takes as long as looking each up.
    const int MostSpans = 6;

    readonly HashSet<PayloadValue> _values;

    internal OneOf(IEnumerable<PayloadValue> values)
    {
        _values = [.. values];
        Texts = [.. _values.Where(value => value.Kind == PayloadKind.Text).Select(value => value.Text)];
        // Large whole numbers are compared with others as doubles, of which several may be equal to one.
        AsksNumbers = _values.Any(value => value.TryNumber(out double number) && Math.Abs(number) >= 1L << 53);
        long[] wholes = AsksNumbers ? [] : [.. _values.Where(value => value.Kind == PayloadKind.Whole).Select(value => value.Ordered).Order()];
        var spans = Join(wholes);
        if (spans.Count > MostSpans && wholes[^1] - wholes[0] <= WholeNumbers.MostApart)
        {
            Wholes = new(wholes);
            spans.Clear();
        }
        spans.AddRange(_values.Where(value => value.Kind is PayloadKind.Null or PayloadKind.Truth || value.Kind == PayloadKind.Number && !AsksNumbers)
            .Select(value => new ValueSpan(value.Kind, value.Ordered, value.Ordered)));
        Spans = spans;
    }

    internal override bool Holds(PayloadValue value) => _values.Contains(value);

    /// <summary>Spans of numbers that follow each other.</summary>
    static List<ValueSpan> Join(long[] ascending)
    {
        var spans = new List<ValueSpan>();
        foreach (long number in ascending)
            if (spans.Count > 0 && spans[^1].High == number - 1) spans[^1] = spans[^1] with { High = number };
            else spans.Add(new(PayloadKind.Whole, number, number));
        return spans;
    }
}

/// <summary>The value is a number or a text within bounds of its own kind.</summary>
sealed class Between : ValueCondition, ITextBounds
{
    readonly PayloadValue? _atLeast, _moreThan, _atMost, _lessThan;

    internal Between(PayloadValue? atLeast, PayloadValue? moreThan, PayloadValue? atMost, PayloadValue? lessThan)
    {
        (_atLeast, _moreThan, _atMost, _lessThan) = (atLeast, moreThan, atMost, lessThan);
        PayloadValue[] bounds = [.. new[] { atLeast, moreThan, atMost, lessThan }.OfType<PayloadValue>()];
        bool areTexts = bounds.All(bound => bound.Kind == PayloadKind.Text), areNumbers = bounds.All(bound => bound.Kind != PayloadKind.Text);
        if (areTexts) TextBounds = this;
        var numbers = areNumbers ? Numbers() : [];
        AsksNumbers = numbers is null;
        Spans = numbers ?? [];
    }

    internal override bool Holds(PayloadValue value) =>
        (_atLeast is not { } a || value.Order(a) >= 0) && (_moreThan is not { } b || value.Order(b) > 0) &&
        (_atMost is not { } c || value.Order(c) <= 0) && (_lessThan is not { } d || value.Order(d) < 0);

    bool ITextBounds.IsBelow(string text) => _atLeast is { } a && string.CompareOrdinal(text, a.Text) < 0 || _moreThan is { } b && string.CompareOrdinal(text, b.Text) <= 0;

    bool ITextBounds.IsAbove(string text) => _atMost is { } c && string.CompareOrdinal(text, c.Text) > 0 || _lessThan is { } d && string.CompareOrdinal(text, d.Text) >= 0;

    /// <summary>Null where a bound is so large that whole numbers there lie between two doubles.</summary>
    ValueSpan[]? Numbers()
    {
        if (!TryBound(_atLeast, double.NegativeInfinity, out double from) || !TryBound(_moreThan, double.NegativeInfinity, out double above) ||
            !TryBound(_atMost, double.PositiveInfinity, out double to) || !TryBound(_lessThan, double.PositiveInfinity, out double below))
            return null;
        if (_moreThan is not null) from = Math.Max(from, Math.BitIncrement(above));
        if (_lessThan is not null) to = Math.Min(to, Math.BitDecrement(below));
        long least = double.IsNegativeInfinity(from) ? long.MinValue : (long)Math.Ceiling(from);
        long most = double.IsPositiveInfinity(to) ? long.MaxValue : (long)Math.Floor(to);
        return [new(PayloadKind.Whole, least, most), new(PayloadKind.Number, PayloadValue.Order(from), PayloadValue.Order(to))];
    }

    static bool TryBound(PayloadValue? value, double none, out double bound)
    {
        bound = none;
        return value is not { } given || given.TryNumber(out bound) && Math.Abs(bound) < 1L << 53;
    }
}
