using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Descent.Tabular;

/// <summary>
/// Turns texts into a fixed number of columns, <c>note#0</c>, <c>note#1</c>, …: each token counts +1 or −1 in the column that its
/// hash says. Nothing is learned, so that no term is unknown. A missing text is an empty one.
/// </summary>
public sealed record TextHasher : ITransformer<HashedTexts>
{
    /// <summary>The columns; by default all texts.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>How a text becomes tokens.</summary>
    public TextTokens Tokens { get; init; } = new();

    /// <summary>The number of columns that come of each.</summary>
    public int Width { get; init => field = Check.AtLeast(1, value); } = 256;

    /// <summary>Whether half of the tokens count −1, so that collisions cancel out on average.</summary>
    public bool AlternateSign { get; init; } = true;

    /// <summary>What the length becomes.</summary>
    public TextNorm Norm { get; init; } = TextNorm.L2;

    /// <inheritdoc/>
    public HashedTexts Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(TextHasher), train, [ColumnType.Text], [ColumnType.Text, ColumnType.Category]);
        StepColumns.CheckWidth(nameof(TextHasher), train.Rows, (long)Width * names.Length, "Set a smaller Width.");
        return new() { Columns = names, Tokens = Tokens, Width = Width, AlternateSign = AlternateSign, Norm = Norm };
    }
}

/// <summary>What <see cref="TextHasher"/> learned: nothing but what it was told.</summary>
public sealed record HashedTexts : IFittedTransformer
{
    /// <summary>The names of the columns of texts.</summary>
    public required ImmutableArray<string> Columns { get; init; }

    /// <summary>How a text becomes tokens.</summary>
    public required TextTokens Tokens { get; init; }

    /// <summary>The number of columns that come of each.</summary>
    public required int Width { get; init; }

    /// <summary>Whether half of the tokens count −1.</summary>
    public required bool AlternateSign { get; init; }

    /// <summary>What the length of a text's numbers becomes.</summary>
    public required TextNorm Norm { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame) => StepColumns.Rewrite(nameof(TextHasher), frame, Columns, i =>
    {
        var texts = TextVectors.Texts(nameof(TextHasher), frame, Columns[i]);
        double[][] values = [.. Enumerable.Range(0, Width).Select(_ => new double[texts.Count])];
        for (int row = 0; row < texts.Count; row++)
        {
            var sums = new SortedDictionary<int, double>();
            foreach (var (token, count) in TextVectors.Count(Tokens, texts.Format(row)))
            {
                var (place, sign) = HashedColumns.Place(token, Width, AlternateSign);
                sums[place] = sums.GetValueOrDefault(place) + sign * count;
            }
            var terms = sums.Select(s => (s.Key, s.Value)).ToList();
            TextVectors.Normalize(Norm, CollectionsMarshal.AsSpan(terms));
            foreach (var (place, value) in terms) values[place][row] = value;
        }
        return values.Select((v, j) => Column.Of($"{Columns[i]}#{j}", v));
    });

    string? IFittedTransformer.Fault() => Tokens.StopWords.IsDefault ? "there is no list of stop words" : Width is < 1 or > 1 << 24 ? $"{Width} columns cannot come of hashing" : null;
}
