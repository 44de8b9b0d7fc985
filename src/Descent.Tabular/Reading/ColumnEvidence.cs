namespace Descent.Tabular;

/// <summary>Which types all cells of a column so far could be, and what spoke against the others.</summary>
sealed class ColumnEvidence(MissingMarks marks, bool? decimalComma)
{
    const int MostLevels = 1000, FewLevels = 20, LongestLevel = 100;
    const double LevelShare = 0.05;

    long _cells, _afterNumbers;
    int _dates = (1 << CellText.DateForms.Length) - 1;
    bool _integer = true, _point = decimalComma != true, _comma = decimalComma != false, _boolean = true;
    bool _isCode, _isMarked;
    long _againstLine;
    string? _against;
    HashSet<ulong>? _levels;
    int _longest;

    internal long Missing { get; private set; }

    internal void Add(ReadOnlySpan<byte> cell, CellKind kind, long line)
    {
        if (kind == CellKind.Plain) cell = CellText.Trim(cell);
        if (kind == CellKind.Missing || marks.Contains(cell))
        {
            Missing++;
            return;
        }
        _cells++;
        _longest = Math.Max(_longest, cell.Length);
        bool wasNumber = _integer || _point || _comma;
        if (kind == CellKind.Text)
        {
            _isMarked = true;
            _integer = _point = _comma = _boolean = false;
        }
        else
        {
            if (wasNumber && CellText.IsCode(cell))
            {
                _isCode = true;
                _integer = _point = _comma = false;
            }
            if (_integer && !CellText.TryInteger(cell, out _)) _integer = false;
            if (!_integer)
            {
                if (_point && !CellText.TryFloat(cell, false, out _)) _point = false;
                if (_comma && !CellText.TryFloat(cell, true, out _)) _comma = false;
            }
            if (_boolean && !CellText.TryBoolean(cell, out _)) _boolean = false;
        }
        if (wasNumber && !_integer && !_point && !_comma) (_against, _againstLine) = (CellText.Quote(cell), line);
        for (int form = 0; _dates >> form != 0; form++)
            if ((_dates >> form & 1) != 0 && !CellText.TryDate(cell, form, out _)) _dates &= ~(1 << form);

        // Levels matter only to what is neither a number nor a date; until then none is counted.
        if (_integer || _point || _comma || _dates != 0 || _boolean) return;
        _afterNumbers++;
        _levels ??= [];
        if (_levels.Count <= MostLevels) _levels.Add(Hashing.Of(cell));
    }

    internal CellForm Decide(ColumnType? given)
    {
        // Where all numbers are whole the comma was never tried; a point is as good.
        bool comma = !_point && _comma;
        if (given is { } type) return new(type, comma, DateForm, "as was asked");
        if (_cells == 0) return new(ColumnType.Float, false, 0, "there is no value at all");
        if (_integer) return new(ColumnType.Integer, false, 0, $"all {_cells} values are whole numbers");
        if (_point || _comma) return new(ColumnType.Float, comma, 0, $"all {_cells} values are numbers{(comma ? ", with a decimal comma" : "")}");
        if (_boolean) return new(ColumnType.Boolean, false, 0, $"all {_cells} values are true or false, yes or no");
        if (_dates != 0) return new(ColumnType.DateTime, false, DateForm, DateReason());
        string why = _isMarked ? "the file says they are text" : _isCode && _against is not null
            ? $"{_against} in line {_againstLine} is a code, which as a number would change" : $"{_against ?? "a value"} in line {_againstLine} is no number";
        int levels = _levels?.Count ?? 0;
        bool isCategory = levels <= MostLevels && _longest <= LongestLevel && (levels <= FewLevels || levels <= LevelShare * _afterNumbers);
        return isCategory ? new(ColumnType.Category, false, 0, $"{levels} different values in {_cells}; {why}")
            : new(ColumnType.Text, false, 0, $"{(levels > MostLevels ? $"more than {MostLevels}" : levels)} different values in {_cells}; {why}");
    }

    int DateForm => _dates == 0 ? 0 : System.Numerics.BitOperations.TrailingZeroCount(_dates);

    string DateReason()
    {
        bool isAmbiguous = DateForm == CellText.MonthFirst && (_dates >> CellText.DayFirst & 1) != 0;
        return $"all {_cells} values are dates like {CellText.DateForms[DateForm][0]}{(isAmbiguous ? "; day and month may be the other way round" : "")}";
    }
}

/// <summary>How the cells of a column are read.</summary>
/// <param name="Type">As what.</param>
/// <param name="DecimalComma">Whether a comma is the decimal point.</param>
/// <param name="DateForm">Which of the forms of dates.</param>
/// <param name="Reason">Why.</param>
readonly record struct CellForm(ColumnType Type, bool DecimalComma, int DateForm, string Reason);
