using System.Runtime.InteropServices;
using System.Text;
using Descent.Tensors;
using Descent.Tensors.Formats;

namespace Descent.Search;

/// <summary>Vectors that come line by line, all of one length, all with ids or none.</summary>
sealed class VectorLines(string path) : IDisposable
{
    // The most elements there may be, each a number as long as anyone writes it.
    const int LongestLine = VectorIndex.MostDimensions * 32;

    readonly BoundedLines _lines = new(File.OpenRead(path), path, LongestLine);
    readonly List<float> _values = [];
    readonly List<long> _ids = [];
    readonly HashSet<long> _distinct = [];
    int _rows, _start;

    /// <summary>The line without blanks around it.</summary>
    internal ReadOnlySpan<byte> Current => _lines.Current.Span.Trim(" \t\r"u8);

    internal bool IsFirst => _rows == 0;

    public void Dispose() => _lines.Dispose();

    /// <summary>Goes to the next line that is not blank.</summary>
    internal bool Read()
    {
        while (_lines.Read())
            if (!Current.IsEmpty) return true;
        return false;
    }

    internal InvalidDataException Damage(string what) => new($"{path}: line {_lines.Number}: {what}");

    /// <summary>The next element of the line's vector.</summary>
    internal void Add(float value, ReadOnlySpan<byte> text)
    {
        int place = _values.Count - _start;
        if (!float.IsFinite(value)) throw Damage($"element {place} is {Quote(text)}, which is no number that a float holds.");
        if (place == VectorIndex.MostDimensions) throw Damage($"there are more than {VectorIndex.MostDimensions} elements.");
        _values.Add(value);
    }

    /// <summary>The vector is complete.</summary>
    internal void EndVector(long? id)
    {
        int length = _values.Count - _start;
        if (length == 0) throw Damage("there is no element.");
        if (!IsFirst && length != Dimension) throw Damage($"the vector has {length} elements; expected {Dimension}, as those before it.");
        if (IsFirst) Dimension = length;
        if (!IsFirst && (id is null) != (_ids.Count == 0)) throw Damage(id is null ? "there is no id; the lines before have one." : "there is an id; the lines before have none.");
        if (id is { } given)
        {
            if (!_distinct.Add(given)) throw Damage($"the id {given} occurs twice.");
            _ids.Add(given);
        }
        _rows++;
        _start = _values.Count;
        if (_start > int.MaxValue - VectorIndex.MostDimensions) throw Damage($"there are more than {_start} numbers; split the file.");
    }

    internal int Dimension { get; private set; }

    internal VectorSet ToSet()
    {
        var all = Tensor.Empty([_rows, Dimension], DType.Float32);
        CollectionsMarshal.AsSpan(_values).CopyTo(all.AsSpan<float>());
        return new(all, _ids.Count > 0 ? [.. _ids] : null);
    }

    /// <summary>What stands there, as a message shows it.</summary>
    internal static string Quote(ReadOnlySpan<byte> text)
    {
        const int Shown = 24;
        string start = Encoding.UTF8.GetString(text[..Math.Min(Shown, text.Length)]);
        return $"'{string.Concat(start.Select(c => char.IsControl(c) ? '?' : c))}{(text.Length > Shown ? "…" : "")}'";
    }
}
