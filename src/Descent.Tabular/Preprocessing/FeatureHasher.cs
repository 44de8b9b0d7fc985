using System.Collections.Immutable;
using System.Text;

namespace Descent.Tabular;

/// <summary>
/// Adds up categories of any number of levels in a fixed number of columns: <c>town=Berne</c> counts +1 or −1 in the column
/// that its hash says. Missing values count nowhere.
/// </summary>
/// <remarks>Weinberger, Dasgupta, Langford, Smola and Attenberg, "Feature Hashing for Large Scale Multitask Learning", 2009; by MurmurHash3, as scikit-learn hashes.</remarks>
public sealed record FeatureHasher : ITransformer<HashedColumns>
{
    /// <summary>The columns; by default all categories.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The number of columns that come of them.</summary>
    public int Width { get; init => field = Check.AtLeast(1, value); } = 64;

    /// <summary>Whether half of the values count −1, so that collisions cancel out on average.</summary>
    public bool AlternateSign { get; init; } = true;

    /// <summary>What the new columns are called, followed by their numbers.</summary>
    public string Name { get; init; } = "hash";

    /// <inheritdoc/>
    public HashedColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(FeatureHasher), train, StepColumns.Levels, StepColumns.Discrete);
        StepColumns.CheckWidth(nameof(FeatureHasher), train.Rows, Width, "Set a smaller Width.");
        return new() { Columns = names, Width = Width, AlternateSign = AlternateSign, Name = Name };
    }
}

/// <summary>What <see cref="FeatureHasher"/> learned: nothing but what it was told.</summary>
public sealed record HashedColumns : IFittedTransformer
{
    /// <summary>The names of the columns that are hashed.</summary>
    public required ImmutableArray<string> Columns { get; init; }

    /// <summary>The number of columns that come of them.</summary>
    public required int Width { get; init; }

    /// <summary>Whether half of the values count −1.</summary>
    public required bool AlternateSign { get; init; }

    /// <summary>What the new columns are called, followed by their numbers.</summary>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame)
    {
        double[][] sums = [.. Enumerable.Range(0, Width).Select(_ => new double[frame.Rows])];
        var rest = StepColumns.Rewrite(nameof(FeatureHasher), frame, Columns, i =>
        {
            var column = frame[Columns[i]];
            var (codes, _, distinct) = column.Factorize(null);
            var places = new (int Place, double Sign)[distinct];
            for (int row = codes.Length - 1; row >= 0; row--)
                if (codes[row] >= 0 && places[codes[row]].Sign == 0) places[codes[row]] = Place($"{column.Name}={column.Format(row)}", Width, AlternateSign);
            for (int row = 0; row < codes.Length; row++)
                if (codes[row] >= 0) sums[places[codes[row]].Place][row] += places[codes[row]].Sign;
            return [];
        });
        return new(rest.Columns.Concat(sums.Select((s, j) => Column.Of($"{Name}#{j}", s))));
    }

    /// <summary>The column that a text counts in, and its sign.</summary>
    internal static (int Place, double Sign) Place(string text, int width, bool alternate)
    {
        int hash = (int)MurmurHash.Of(Encoding.UTF8.GetBytes(text));
        int place = hash == int.MinValue ? (int.MaxValue - (width - 1)) % width : Math.Abs(hash) % width;
        return (place, alternate && hash < 0 ? -1 : 1);
    }

    string? IFittedTransformer.Fault() => Width is < 1 or > 1 << 24 ? $"{Width} columns cannot come of hashing" : null;
}
