using System.Collections.Immutable;
using System.Text;

namespace Descent.Tabular;

/// <summary>Gathers the cells of a column and makes columns of them.</summary>
abstract class ColumnBuilder
{
    /// <summary>Adds a cell; false if it cannot be read so, in which case nothing was added.</summary>
    internal abstract bool Add(ReadOnlySpan<byte> cell);

    internal abstract void AddMissing();

    /// <summary>The column of what was gathered, after which it starts anew.</summary>
    internal abstract Column Take(string name);

    internal static ColumnBuilder For(CellForm form) => form.Type switch
    {
        ColumnType.Float => new FloatBuilder(form.DecimalComma),
        ColumnType.Integer => new MaskedBuilder<long>(CellText.TryInteger, (name, values, missing) => new IntegerColumn(name, values, missing)),
        ColumnType.Boolean => new MaskedBuilder<bool>(TryFlag, (name, values, missing) => new BooleanColumn(name, values, missing)),
        ColumnType.DateTime => new MaskedBuilder<DateTime>((ReadOnlySpan<byte> cell, out DateTime value) => CellText.TryDate(cell, form.DateForm, out value),
            (name, values, missing) => new DateTimeColumn(name, values, missing)),
        ColumnType.Category => new CategoryBuilder(),
        _ => new TextBuilder(),
    };

    /// <summary>Where boolean was asked for, 0 and 1 are too.</summary>
    static bool TryFlag(ReadOnlySpan<byte> cell, out bool value)
    {
        if (CellText.TryBoolean(cell, out value)) return true;
        value = cell is [(byte)'1'];
        return value || cell is [(byte)'0'];
    }

    sealed class FloatBuilder(bool decimalComma) : ColumnBuilder
    {
        readonly List<double> _values = [];

        internal override bool Add(ReadOnlySpan<byte> cell)
        {
            if (!CellText.TryFloat(cell, decimalComma, out double value)) return false;
            _values.Add(value);
            return true;
        }

        internal override void AddMissing() => _values.Add(double.NaN);

        internal override Column Take(string name)
        {
            var column = new FloatColumn(name, [.. _values]);
            _values.Clear();
            return column;
        }
    }

    delegate bool Parse<T>(ReadOnlySpan<byte> cell, out T value);

    sealed class MaskedBuilder<T>(Parse<T> parse, Func<string, T[], bool[]?, Column> make) : ColumnBuilder where T : struct
    {
        readonly List<T> _values = [];
        readonly List<int> _missing = [];

        internal override bool Add(ReadOnlySpan<byte> cell)
        {
            if (!parse(cell, out T value)) return false;
            _values.Add(value);
            return true;
        }

        internal override void AddMissing()
        {
            _missing.Add(_values.Count);
            _values.Add(default);
        }

        internal override Column Take(string name)
        {
            bool[]? missing = _missing.Count == 0 ? null : new bool[_values.Count];
            foreach (int row in _missing) missing![row] = true;
            var column = make(name, [.. _values], missing);
            _values.Clear();
            _missing.Clear();
            return column;
        }
    }

    sealed class CategoryBuilder : ColumnBuilder
    {
        // Levels keep their numbers from batch to batch.
        readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        readonly Dictionary<ulong, (byte[] Cell, int Number)> _known = [];
        readonly List<int> _codes = [];
        ImmutableArray<string> _levels = [];

        internal override bool Add(ReadOnlySpan<byte> cell)
        {
            ulong hash = Hashing.Of(cell);
            if (!_known.TryGetValue(hash, out var known) || !cell.SequenceEqual(known.Cell))
            {
                string text = Encoding.UTF8.GetString(cell);
                if (!_numbers.TryGetValue(text, out int number)) _numbers.Add(text, number = _numbers.Count);
                known = (cell.ToArray(), number);
                _known[hash] = known;
            }
            _codes.Add(known.Number);
            return true;
        }

        internal override void AddMissing() => _codes.Add(-1);

        internal override Column Take(string name)
        {
            if (_levels.Length != _numbers.Count) _levels = [.. _numbers.Keys];
            var column = new CategoryColumn(name, [.. _codes], _levels);
            _codes.Clear();
            return column;
        }
    }

    sealed class TextBuilder : ColumnBuilder
    {
        readonly List<string?> _values = [];

        internal override bool Add(ReadOnlySpan<byte> cell)
        {
            _values.Add(Encoding.UTF8.GetString(cell));
            return true;
        }

        internal override void AddMissing() => _values.Add(null);

        internal override Column Take(string name)
        {
            var column = new TextColumn(name, [.. _values]);
            _values.Clear();
            return column;
        }
    }
}
