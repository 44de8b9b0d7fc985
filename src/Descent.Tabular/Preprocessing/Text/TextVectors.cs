using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A column of texts and the terms that are looked for in it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Terms">The terms, sorted.</param>
/// <param name="Idf">The weight of each, or none.</param>
/// <param name="Weights">(terms × components) weights of the sums that take the place of terms, or none.</param>
/// <param name="Components">How many sums there are; 0 keeps the terms.</param>
public sealed record TermColumn(string Name, ImmutableArray<string> Terms, ImmutableArray<double> Idf, ImmutableArray<double> Weights, int Components)
{
    Dictionary<string, int>? _places;

    /// <summary>The number of each term; made once.</summary>
    [JsonIgnore]
    internal Dictionary<string, int> Places => _places ??= Terms.Select((t, i) => (t, i)).DistinctBy(p => p.t).ToDictionary(p => p.t, p => p.i, StringComparer.Ordinal);
}

/// <summary>What <see cref="TextVectorizer"/> learned.</summary>
public sealed record TextVectors : IFittedTransformer
{
    const int BlockRows = 64;

    /// <summary>The columns of texts, with the terms of each.</summary>
    public required ImmutableArray<TermColumn> Columns { get; init; }

    /// <summary>How a text becomes terms.</summary>
    public required TextTokens Tokens { get; init; }

    /// <summary>Whether a term that occurs n times counts 1 + log n.</summary>
    public required bool SublinearTf { get; init; }

    /// <summary>Whether a term counts once however often it occurs.</summary>
    public required bool Binary { get; init; }

    /// <summary>What the length of a text's numbers becomes.</summary>
    public required TextNorm Norm { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(TextVectorizer), frame, Columns.Select(c => c.Name), i => Vectorize(Columns[i], Texts(nameof(TextVectorizer), frame, Columns[i].Name)));

    IEnumerable<Column> Vectorize(TermColumn own, Column texts)
    {
        bool isSummed = own.Components > 0;
        double[][] values = [.. Enumerable.Range(0, isSummed ? own.Components : own.Terms.Length).Select(_ => new double[texts.Count])];
        WorkerPool.For((texts.Count + BlockRows - 1) / BlockRows, block =>
        {
            double[] sums = new double[own.Components];
            for (int row = block * BlockRows; row < Math.Min(texts.Count, (block + 1) * BlockRows); row++)
            {
                var terms = Row(own, texts.Format(row));
                if (!isSummed)
                {
                    foreach (var (term, value) in terms) values[term][row] = value;
                    continue;
                }
                Array.Clear(sums);
                foreach (var (term, value) in terms) TensorPrimitives.MultiplyAdd(own.Weights.AsSpan().Slice(term * sums.Length, sums.Length), value, sums, sums);
                for (int k = 0; k < sums.Length; k++) values[k][row] = sums[k];
            }
        });
        return values.Select((v, j) => Column.Of(isSummed ? $"{own.Name}#{j}" : $"{own.Name}:{own.Terms[j]}", v));
    }

    /// <summary>The terms of a text by rising number, and their weights.</summary>
    List<(int Term, double Value)> Row(TermColumn own, string? text)
    {
        var terms = new List<(int Term, double Value)>();
        foreach (var (term, count) in Count(Tokens, text))
        {
            if (!own.Places.TryGetValue(term, out int place)) continue;
            double value = Binary ? 1 : SublinearTf ? 1 + Math.Log(count) : count;
            terms.Add((place, own.Idf.IsEmpty ? value : value * own.Idf[place]));
        }
        terms.Sort((a, b) => a.Term.CompareTo(b.Term));
        Normalize(Norm, CollectionsMarshal.AsSpan(terms));
        return terms;
    }

    /// <summary>The weights of all texts without their zeros.</summary>
    internal SparseMatrix Matrix(Column texts, TermColumn own) => SparseMatrix.Of([.. Enumerable.Range(0, texts.Count).Select(row => Row(own, texts.Format(row)))], own.Terms.Length);

    internal static Dictionary<string, int> Count(TextTokens tokens, string? text)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        if (text is null) return counts;
        foreach (string token in tokens.Of(text)) CollectionsMarshal.GetValueRefOrAddDefault(counts, token, out _)++;
        return counts;
    }

    internal static void Normalize(TextNorm norm, Span<(int Term, double Value)> terms)
    {
        double length = 0;
        foreach (var (_, value) in terms) length += norm == TextNorm.L2 ? value * value : Math.Abs(value);
        if (norm == TextNorm.None || length == 0) return;
        if (norm == TextNorm.L2) length = Math.Sqrt(length);
        foreach (ref var term in terms) term.Value /= length;
    }

    /// <summary>A column of texts; a category is one of short ones.</summary>
    internal static Column Texts(string step, Frame frame, string name)
    {
        var column = StepColumns.Find(step, frame, name);
        return column.Type is ColumnType.Text or ColumnType.Category || column.MissingCount == column.Count ? column
            : throw new ArgumentException($"{step}: column '{name}' is {column.Type}; it was fitted to Text.", nameof(frame));
    }

    string? IFittedTransformer.Fault() => Tokens.StopWords.IsDefault || Columns.Any(c => (!c.Idf.IsEmpty && c.Idf.Length != c.Terms.Length) || c.Components < 0 || c.Weights.Length != (long)c.Components * c.Terms.Length) ? "the terms of a text have no weights" : null;
}
