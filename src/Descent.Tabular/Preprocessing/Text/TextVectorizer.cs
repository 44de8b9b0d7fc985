using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>What the length of a text's numbers becomes.</summary>
public enum TextNorm
{
    /// <summary>Rows keep the length that they have.</summary>
    None,

    /// <summary>Magnitudes sum to 1.</summary>
    L1,

    /// <summary>Squares sum to 1.</summary>
    L2,
}

/// <summary>
/// Turns texts into how often each term occurs in them, by default weighted by its rarity (TF-IDF): a column for each term,
/// <c>note:cheap</c>, or, with <see cref="Components"/>, a few weighted sums of all of them, <c>note#0</c>. A missing text is an empty one.
/// </summary>
/// <remarks>
/// Spärck Jones, "A Statistical Interpretation of Term Specificity", 1972, smoothed as scikit-learn does: log((1 + n) / (1 + documents)) + 1;
/// the sums are those of latent semantic analysis (Deerwester and others, 1990), computed without ever writing down the zeros.
/// </remarks>
public sealed record TextVectorizer : ITransformer<TextVectors>
{
    /// <summary>The columns; by default all texts.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>How a text becomes terms.</summary>
    public TextTokens Tokens { get; init; } = new();

    /// <summary>The fewest texts in which a term must occur.</summary>
    public int MinDocuments { get; init => field = Check.AtLeast(1, value); } = 1;

    /// <summary>The greatest share of the texts in which a term may occur.</summary>
    public double MaxDocumentShare { get; init => field = Check.Within(0, 1, value); } = 1;

    /// <summary>How many terms are kept, the commonest; null is 1000, or with components 50,000.</summary>
    public int? MaxFeatures { get; init => field = value is { } v ? Check.AtLeast(1, v) : null; }

    /// <summary>Whether terms are weighted by their rarity.</summary>
    public bool Idf { get; init; } = true;

    /// <summary>Whether one text more, holding every term, is imagined for the weights.</summary>
    public bool SmoothIdf { get; init; } = true;

    /// <summary>Whether a term that occurs n times counts 1 + log n.</summary>
    public bool SublinearTf { get; init; }

    /// <summary>Whether a term counts once however often it occurs.</summary>
    public bool Binary { get; init; }

    /// <summary>What the length becomes; null is L2 with weights by rarity, and none without.</summary>
    public TextNorm? Norm { get; init; }

    /// <summary>How many weighted sums take the place of the terms; null keeps the terms. At most as many as there are texts or terms.</summary>
    public int? Components { get; init => field = value is { } v ? Check.AtLeast(1, v) : null; }

    /// <summary>How often texts and terms are multiplied to find the sums, each making them more exact.</summary>
    public int Iterations { get; init => field = Check.AtLeast(0, value); } = 5;

    /// <summary>Decides the random vectors by which sums are found.</summary>
    public ulong Seed { get; init; }

    const int DenseTerms = 1000, SparseTerms = 50_000;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The columns would not fit into memory.</exception>
    public TextVectors Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(TextVectorizer), train, [ColumnType.Text], [ColumnType.Text, ColumnType.Category]);
        return new()
        {
            Tokens = Tokens,
            SublinearTf = SublinearTf,
            Binary = Binary,
            Norm = Norm ?? (Idf ? TextNorm.L2 : TextNorm.None),
            Columns = [.. names.Select(n => Learn(train[n]))],
        };
    }

    TermColumn Learn(Column column)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var (documents, occurrences) = (new List<int>(), new List<int>());
        for (int row = 0; row < column.Count; row++)
        {
            foreach (var (term, count) in TextVectors.Count(Tokens, column.Format(row)))
            {
                if (!numbers.TryGetValue(term, out int number))
                {
                    numbers.Add(term, number = numbers.Count);
                    documents.Add(0);
                    occurrences.Add(0);
                }
                documents[number]++;
                occurrences[number] += count;
            }
        }
        var kept = numbers.Where(p => documents[p.Value] >= MinDocuments && documents[p.Value] <= MaxDocumentShare * column.Count)
            .OrderByDescending(p => occurrences[p.Value]).ThenBy(p => p.Key, StringComparer.Ordinal)
            .Take(MaxFeatures ?? (Components is null ? DenseTerms : SparseTerms)).OrderBy(p => p.Key, StringComparer.Ordinal).ToArray();
        if (Components is null)
            StepColumns.CheckWidth(nameof(TextVectorizer), column.Count, kept.Length, "Set Components, so that a few sums take the place of the terms, or a smaller MaxFeatures.");
        double extra = SmoothIdf ? 1 : 0;
        var learned = new TermColumn(column.Name, [.. kept.Select(p => p.Key)],
            Idf ? [.. kept.Select(p => Math.Log((column.Count + extra) / (documents[p.Value] + extra)) + 1)] : [], [], 0);
        return Components is { } components ? Compress(column, learned, components) : learned;
    }

    TermColumn Compress(Column column, TermColumn learned, int components)
    {
        components = Math.Min(components, Math.Min(column.Count, learned.Terms.Length));
        if (components == 0) return learned with { Terms = [], Idf = [] };
        var vectors = new TextVectors { Columns = [learned], Tokens = Tokens, SublinearTf = SublinearTf, Binary = Binary, Norm = Norm ?? (Idf ? TextNorm.L2 : TextNorm.None) };
        var (directions, _) = RandomizedSvd.Of(vectors.Matrix(column, learned), components, Iterations, Seed);
        return learned with { Weights = [.. directions.T.Contiguous().ToArray<double>()], Components = components };
    }
}
