namespace Descent.Tabular;

/// <summary>How the columns of a frame come from records: a name, a type and a selector for each, without reflection.</summary>
/// <typeparam name="T">The type of a record.</typeparam>
public sealed class FrameFields<T>
{
    readonly List<Func<IReadOnlyList<T>, Column>> _fields = [];

    /// <summary>A column of real numbers; null or NaN is missing.</summary>
    public FrameFields<T> Float(string name, Func<T, double?> value) => Add(items => Column.Of(name, Map(items, item => value(item) ?? double.NaN)));

    /// <summary>A column of whole numbers; null is missing.</summary>
    public FrameFields<T> Integer(string name, Func<T, long?> value) => Add(items =>
        new IntegerColumn(name, Map(items, item => value(item) ?? 0), Map(items, item => value(item) is null)));

    /// <summary>A column of truth values; null is missing.</summary>
    public FrameFields<T> Boolean(string name, Func<T, bool?> value) => Add(items =>
        new BooleanColumn(name, Map(items, item => value(item) ?? false), Map(items, item => value(item) is null)));

    /// <summary>A column of dates; null is missing.</summary>
    public FrameFields<T> Date(string name, Func<T, DateTime?> value) => Add(items =>
        new DateTimeColumn(name, Map(items, item => value(item) ?? default), Map(items, item => value(item) is null)));

    /// <summary>A column of levels; null is missing.</summary>
    public FrameFields<T> Category(string name, Func<T, string?> value) => Add(items => Column.Categories(name, Map(items, value)));

    /// <summary>A column of free text; null is missing.</summary>
    public FrameFields<T> Text(string name, Func<T, string?> value) => Add(items => Column.Of(name, Map(items, value)));

    /// <summary>The frame of these columns over some records.</summary>
    public Frame Read(IEnumerable<T> records)
    {
        var items = records.ToList();
        return new(_fields.Select(field => field(items)));
    }

    FrameFields<T> Add(Func<IReadOnlyList<T>, Column> field)
    {
        _fields.Add(field);
        return this;
    }

    static TValue[] Map<TValue>(IReadOnlyList<T> items, Func<T, TValue> value)
    {
        var values = new TValue[items.Count];
        for (int i = 0; i < values.Length; i++) values[i] = value(items[i]);
        return values;
    }
}
