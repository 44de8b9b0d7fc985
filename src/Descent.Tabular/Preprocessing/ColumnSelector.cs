using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Descent.Tabular;

/// <summary>Which columns a step works on; a list of names, <c>["age", "fare"]</c>, is one.</summary>
[CollectionBuilder(typeof(ColumnSelector), nameof(Named))]
public sealed record ColumnSelector
{
    readonly ImmutableArray<string> _names, _except;
    readonly ImmutableArray<ColumnType> _types;
    readonly bool _isNamed;

    ColumnSelector(ImmutableArray<string> names, bool isNamed, ImmutableArray<ColumnType> types, ImmutableArray<string> except) =>
        (_names, _isNamed, _types, _except) = (names, isNamed, types, except);

    /// <summary>All columns of the types that the step is meant for.</summary>
    public static ColumnSelector Fitting { get; } = new([], false, [], []);

    /// <summary>The columns of these names, all of which must be there.</summary>
    public static ColumnSelector Named(params ReadOnlySpan<string> names) => new([.. names], true, [], []);

    /// <summary>All columns of these types.</summary>
    public static ColumnSelector OfType(params ReadOnlySpan<ColumnType> types) => new([], false, [.. types], []);

    /// <summary>The same columns without some.</summary>
    public ColumnSelector Except(params ReadOnlySpan<string> names) => new(_names, _isNamed, _types, [.. _except, .. names]);

    /// <summary>The names that were given, of which there are none where columns are chosen by type.</summary>
    public IEnumerator<string> GetEnumerator() => _names.AsEnumerable().GetEnumerator();

    /// <summary>The names of its columns in a frame, in the frame's order where they are chosen by type.</summary>
    /// <param name="step">The step's name, for messages.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="meant">The types that the step is meant for.</param>
    /// <param name="taken">The types that it can take where it is told to; null is those it is meant for.</param>
    internal ImmutableArray<string> Resolve(string step, Frame frame, ColumnType[] meant, ColumnType[]? taken = null)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Rows == 0) throw new ArgumentException($"{step}: the frame has no rows; expected at least one to learn from.", nameof(frame));
        var types = _types.IsEmpty ? meant : [.. _types];
        var chosen = _isNamed ? [.. _names.Select(n => frame[n])] : frame.Columns.Where(c => types.Contains(c.Type));
        var columns = chosen.Where(c => !_except.Contains(c.Name)).ToArray();
        if (columns.FirstOrDefault(c => !(taken ?? meant).Contains(c.Type) && c.MissingCount < c.Count) is { } wrong)
            throw new ArgumentException($"{step}: column '{wrong.Name}' is {wrong.Type}; expected {string.Join(" or ", taken ?? meant)}. Choose other columns, or convert it first.", nameof(frame));
        if (columns.Select(c => c.Name).Distinct(StringComparer.Ordinal).Count() < columns.Length)
            throw new ArgumentException($"{step}: a column is named twice in {string.Join(", ", _names)}.", nameof(frame));
        return [.. columns.Select(c => c.Name)];
    }
}
