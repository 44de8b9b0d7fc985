using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Members, each trained on some features, whose answers are averaged.</summary>
/// <typeparam name="TMember">What a member is.</typeparam>
public abstract record BaggedModel<TMember> : IModel where TMember : class, IModel
{
    private protected BaggedModel() { }

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>What each draw of rows and features has taught.</summary>
    public required ImmutableArray<TMember> Members { get; init; }

    /// <summary>The numbers of the features that each member sees.</summary>
    public required ImmutableArray<ImmutableArray<int>> Features { get; init; }

    private protected void Average(ReadOnlySpan<double> rows, Span<double> means)
    {
        means.Clear();
        double[] own = new double[means.Length];
        for (int m = 0; m < Members.Length; m++)
        {
            Ask(Members[m], RowParts.Columns(rows, Schema.Features.Length, Features[m]), own);
            TensorPrimitives.MultiplyAdd(own, 1.0 / Members.Length, means, means);
        }
    }

    private protected abstract void Ask(TMember member, ReadOnlySpan<double> rows, Span<double> answers);
}
