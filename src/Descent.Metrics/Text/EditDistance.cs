namespace Descent.Metrics;

/// <summary>How many single changes turn one sequence into another.</summary>
/// <remarks>Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966.</remarks>
public static class EditDistance
{
    /// <summary>The least number of insertions, deletions and substitutions; O(n · m) time, O(min(n, m)) memory.</summary>
    public static int Between<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b) where T : IEquatable<T>
    {
        if (a.Length < b.Length)
        {
            var other = a;
            a = b;
            b = other;
        }
        var row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1].Equals(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }

    /// <summary>Changes of Unicode characters over the characters of the reference: 0 is the same, and it may exceed 1.</summary>
    /// <returns>For an empty reference NaN if the hypothesis is empty too, else infinity.</returns>
    public static double CharacterErrorRate(string reference, string hypothesis)
    {
        var meter = new ErrorRateMeter(ErrorUnit.Character);
        meter.Update(reference, hypothesis);
        return meter.Compute();
    }

    /// <summary>Changes of words, which white space separates, over the words of the reference.</summary>
    /// <inheritdoc cref="CharacterErrorRate"/>
    public static double WordErrorRate(string reference, string hypothesis)
    {
        var meter = new ErrorRateMeter(ErrorUnit.Word);
        meter.Update(reference, hypothesis);
        return meter.Compute();
    }
}

/// <summary>What an error rate counts.</summary>
public enum ErrorUnit
{
    /// <summary>Unicode characters.</summary>
    Character,
    /// <summary>Words, which white space separates.</summary>
    Word,
}

/// <summary>The error rate of a corpus: all changes over the length of all references.</summary>
/// <param name="unit">What is counted.</param>
public sealed class ErrorRateMeter(ErrorUnit unit) : IMetric<ErrorRateMeter, double>
{
    long _changes, _length;

    /// <summary>Adds a text: what should stand there, and what does.</summary>
    /// <param name="reference">What is true.</param>
    /// <param name="hypothesis">What was recognised.</param>
    public void Update(string reference, string hypothesis)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(hypothesis);
        if (unit == ErrorUnit.Word) Add<string>(reference.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), hypothesis.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        else Add<System.Text.Rune>([.. reference.EnumerateRunes()], [.. hypothesis.EnumerateRunes()]);
    }

    /// <summary>The rate; NaN of nothing, infinity where something was recognised in empty references only.</summary>
    public double Compute() => (double)_changes / _length;

    /// <inheritdoc/>
    public void Reset() => (_changes, _length) = (0, 0);

    /// <inheritdoc/>
    public void Merge(ErrorRateMeter other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Unit != Unit) throw new ArgumentException($"ErrorRateMeter: cannot merge rates of {other.Unit} and {Unit}.");
        (_changes, _length) = (_changes + other._changes, _length + other._length);
    }

    /// <summary>What is counted.</summary>
    public ErrorUnit Unit => unit;

    void Add<T>(T[] reference, T[] hypothesis) where T : IEquatable<T>
    {
        _changes += EditDistance.Between<T>(reference, hypothesis);
        _length += reference.Length;
    }
}
