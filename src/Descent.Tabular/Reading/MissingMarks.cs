using System.Text;

namespace Descent.Tabular;

/// <summary>The cells that stand for a missing value.</summary>
sealed class MissingMarks
{
    readonly byte[][][] _byLength;

    internal MissingMarks(IEnumerable<string> marks)
    {
        byte[][] all = [.. marks.Select(Encoding.UTF8.GetBytes)];
        _byLength = new byte[all.Select(m => m.Length).DefaultIfEmpty().Max() + 1][][];
        for (int length = 0; length < _byLength.Length; length++)
            _byLength[length] = [.. all.Where(m => m.Length == length)];
    }

    internal bool Contains(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty) return true;
        if (cell.Length >= _byLength.Length) return false;
        foreach (byte[] mark in _byLength[cell.Length])
            if (Ascii.EqualsIgnoreCase(cell, mark) || cell.SequenceEqual(mark)) return true;
        return false;
    }
}
