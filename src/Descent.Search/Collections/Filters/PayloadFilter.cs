namespace Descent.Search;

/// <summary>What of a payload must hold for a record to be found.</summary>
/// <remarks>
/// A path names properties with dots between, <c>"maker.country"</c>; a backslash stands before a dot that belongs to a name. An array
/// stands for each of its elements: a filter holds if it holds for one of them.
/// </remarks>
public abstract class PayloadFilter
{
    private protected PayloadFilter()
    {
    }

    /// <summary>The value at the path is this one.</summary>
    public static PayloadFilter EqualTo(string path, PayloadValue value) => new ValueFilter(path, new OneOf([value]));

    /// <summary>The value at the path is another or there is none: what <see cref="EqualTo"/> does not find.</summary>
    public static PayloadFilter NotEqualTo(string path, PayloadValue value) => !EqualTo(path, value);

    /// <summary>The value at the path is one of these.</summary>
    public static PayloadFilter In(string path, params IEnumerable<PayloadValue> values) => new ValueFilter(path, new OneOf(values));

    /// <summary>The value at the path is a number or a text within bounds of its own kind; a bound that is not given is none.</summary>
    /// <param name="atLeast">The value may be this one or more.</param>
    /// <param name="moreThan">The value must be more.</param>
    /// <param name="atMost">The value may be this one or less.</param>
    /// <param name="lessThan">The value must be less.</param>
    /// <exception cref="ArgumentException">There is no bound, or one is neither a number nor a text.</exception>
    public static PayloadFilter Range(string path, PayloadValue? atLeast = null, PayloadValue? moreThan = null, PayloadValue? atMost = null, PayloadValue? lessThan = null)
    {
        PayloadValue?[] bounds = [atLeast, moreThan, atMost, lessThan];
        if (bounds.All(bound => bound is null)) throw new ArgumentException($"Range: the filter of {path} has no bound.");
        foreach (var bound in bounds)
            if (bound is { Kind: not (PayloadKind.Whole or PayloadKind.Number or PayloadKind.Text) })
                throw new ArgumentException($"Range: a bound of {path} is {bound}; expected a number or a text.");
        return new ValueFilter(path, new Between(atLeast, moreThan, atMost, lessThan));
    }

    /// <summary>There is something at the path, be it null.</summary>
    public static PayloadFilter Exists(string path) => new ExistsFilter(path);

    /// <summary>All of them hold; none are no condition.</summary>
    public static PayloadFilter All(params IEnumerable<PayloadFilter> filters) => new AllFilter([.. filters]);

    /// <summary>One of them holds at least; where there is none, nothing is found.</summary>
    public static PayloadFilter Any(params IEnumerable<PayloadFilter> filters) => new AnyFilter([.. filters]);

    /// <summary>Reads a filter from JSON, as programs and models write it.</summary>
    /// <remarks>
    /// <c>{"color": "red", "price": {"gte": 1, "lt": 5}, "tags": {"in": ["new", "old"]}, "$or": [{…}, {…}], "$not": {…}}</c>: an object
    /// holds if all of its properties do. Beside a path stands the value that it must equal, or an object of conditions:
    /// <c>eq</c>, <c>ne</c>, <c>gt</c>, <c>gte</c>, <c>lt</c>, <c>lte</c>, <c>in</c>, <c>nin</c>, <c>exists</c>, with or without a
    /// <c>$</c> before. <c>$and</c>, <c>$or</c> and <c>$not</c> stand in place of a path.
    /// </remarks>
    /// <exception cref="FormatException">The text is no such filter; the message says where.</exception>
    public static PayloadFilter Parse(string json) => FilterText.Parse(json);

    /// <summary>Both hold.</summary>
    public static PayloadFilter operator &(PayloadFilter a, PayloadFilter b) => All(a, b);

    /// <summary>One of the two holds at least.</summary>
    public static PayloadFilter operator |(PayloadFilter a, PayloadFilter b) => Any(a, b);

    /// <summary>It does not hold.</summary>
    public static PayloadFilter operator !(PayloadFilter filter) => new NotFilter(filter);

    /// <summary>Both hold.</summary>
    public static PayloadFilter BitwiseAnd(PayloadFilter a, PayloadFilter b) => a & b;

    /// <summary>One of the two holds at least.</summary>
    public static PayloadFilter BitwiseOr(PayloadFilter a, PayloadFilter b) => a | b;

    /// <summary>It does not hold.</summary>
    public static PayloadFilter LogicalNot(PayloadFilter filter) => !filter;

    /// <summary>What columns it looks into.</summary>
    internal abstract IEnumerable<ColumnUse> Columns { get; }

    /// <summary>Those of some slots for whose payloads it holds; the set is the caller's to change.</summary>
    internal abstract SlotSet Find<TKey>(PayloadColumns<TKey> columns, SlotSet among) where TKey : notnull;
}

sealed class ValueFilter : PayloadFilter
{
    readonly string _path;
    readonly ValueCondition _condition;

    internal ValueFilter(string path, ValueCondition condition)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_path, _condition) = (path, condition);
    }

    internal override IEnumerable<ColumnUse> Columns => [new(_path, _condition.TextBounds is not null)];

    internal override SlotSet Find<TKey>(PayloadColumns<TKey> columns, SlotSet among) => columns[_path].Where(among, columns.Table.Slots, _condition);
}

sealed class ExistsFilter : PayloadFilter
{
    readonly string _path;

    internal ExistsFilter(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    internal override IEnumerable<ColumnUse> Columns => [new(_path, false)];

    internal override SlotSet Find<TKey>(PayloadColumns<TKey> columns, SlotSet among) => columns[_path].Existing(among, columns.Table.Slots);
}

sealed class AllFilter(PayloadFilter[] filters) : PayloadFilter
{
    internal override IEnumerable<ColumnUse> Columns => filters.SelectMany(filter => filter.Columns);

    internal override SlotSet Find<TKey>(PayloadColumns<TKey> columns, SlotSet among) =>
        filters.Length == 0 ? among.Copy() : filters.Aggregate(among, (left, filter) => filter.Find(columns, left));
}

sealed class AnyFilter(PayloadFilter[] filters) : PayloadFilter
{
    internal override IEnumerable<ColumnUse> Columns => filters.SelectMany(filter => filter.Columns);

    internal override SlotSet Find<TKey>(PayloadColumns<TKey> columns, SlotSet among) =>
        filters.Aggregate(new SlotSet(), (found, filter) => found.Or(filter.Find(columns, among)));
}

sealed class NotFilter(PayloadFilter filter) : PayloadFilter
{
    internal override IEnumerable<ColumnUse> Columns => filter.Columns;

    internal override SlotSet Find<TKey>(PayloadColumns<TKey> columns, SlotSet among) => among.Copy().Except(filter.Find(columns, among));
}
