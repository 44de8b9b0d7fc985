using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Adds the products of columns of numbers, <c>x^2</c>, <c>x*z</c>, …; the columns themselves stay.</summary>
public sealed record PolynomialFeatures : ITransformer<ProductColumns>
{
    /// <summary>The columns; by default all real and whole numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>The greatest number of factors.</summary>
    public int Degree { get; init => field = Check.AtLeast(2, value); } = 2;

    /// <summary>Whether no column is multiplied by itself.</summary>
    public bool InteractionOnly { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The products would not fit into memory.</exception>
    public ProductColumns Fit(Frame train, Target? target = null)
    {
        var names = Columns.Resolve(nameof(PolynomialFeatures), train, StepColumns.Measures, StepColumns.Numeric);
        double count = 0;
        for (int d = 2; d <= Degree; d++)
        {
            double own = 1;
            for (int i = 0; i < d; i++) own *= InteractionOnly ? Math.Max(0, names.Length - i) / (i + 1.0) : (names.Length + i) / (i + 1.0);
            count += own;
        }
        StepColumns.CheckWidth(nameof(PolynomialFeatures), train.Rows, (long)Math.Min(count, 1e12), "Choose fewer columns or a lower Degree.");
        var products = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        for (int d = 2; d <= Degree; d++) Add(products, [], 0, d, names.Length);
        return new() { Columns = names, Products = products.ToImmutable() };
    }

    void Add(ImmutableArray<ImmutableArray<int>>.Builder products, ImmutableArray<int> factors, int first, int left, int columns)
    {
        if (left == 0) products.Add(factors);
        for (int j = first; left > 0 && j < columns; j++) Add(products, factors.Add(j), InteractionOnly ? j + 1 : j, left - 1, columns);
    }
}

/// <summary>What <see cref="PolynomialFeatures"/> learned.</summary>
public sealed record ProductColumns : IFittedTransformer
{
    /// <summary>The columns that are multiplied.</summary>
    public required ImmutableArray<string> Columns { get; init; }

    /// <summary>The numbers of the factors of each product.</summary>
    public required ImmutableArray<ImmutableArray<int>> Products { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame)
    {
        double[][] values = [.. Columns.Select(c => StepColumns.Numbers(nameof(PolynomialFeatures), frame, c))];
        return new(frame.Columns.Concat(Products.Select(factors =>
        {
            double[] product = (double[])values[factors[0]].Clone();
            foreach (int j in factors.AsSpan(1, factors.Length - 1)) System.Numerics.Tensors.TensorPrimitives.Multiply(product, values[j], product);
            return Column.Of(Name(factors), product);
        })));
    }

    string Name(ImmutableArray<int> factors) => string.Join('*', factors.CountBy(j => j).Select(f => f.Value == 1 ? Columns[f.Key] : $"{Columns[f.Key]}^{f.Value}"));

    string? IFittedTransformer.Fault() => Products.Any(p => p.IsDefaultOrEmpty || p.Any(j => (uint)j >= (uint)Columns.Length)) ? "a product has factors that are not there" : null;
}
