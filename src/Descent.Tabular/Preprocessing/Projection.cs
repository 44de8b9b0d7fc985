using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Steps that replace columns of numbers by a few weighted sums of them, <c>pca#0</c>, <c>pca#1</c>, …</summary>
public abstract record ProjectionStep : ITransformer<ProjectedColumns>
{
    private protected ProjectionStep() { }

    /// <summary>The columns; by default all numbers.</summary>
    public ColumnSelector Columns { get; init; } = ColumnSelector.Fitting;

    /// <summary>Decides the random vectors.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    public abstract ProjectedColumns Fit(Frame train, Target? target = null);

    private protected ImmutableArray<string> Names(Frame train) => Columns.Resolve(GetType().Name, train, StepColumns.Numeric);

    private protected ProjectedColumns Make(ImmutableArray<string> names, ImmutableArray<double> means, Tensor vectors, double[] variances, double total, string name, bool whiten)
    {
        double[] weights = vectors.ToArray<double>();
        const double Least = 2.220446049250313e-16;
        // A direction without variance has no scale to divide by.
        for (int k = 0; whiten && k < variances.Length; k++)
            for (int j = 0; j < names.Length; j++) weights[k * names.Length + j] /= Math.Sqrt(Math.Max(variances[k], Least * total));
        return new()
        {
            Columns = names,
            Means = means,
            Weights = [.. weights],
            Name = name,
            Variances = [.. variances],
            VarianceRatios = [.. variances.Select(v => total > 0 ? v / total : 0)],
        };
    }
}

/// <summary>Principal components: the directions in which rows differ most.</summary>
/// <remarks>Exact by the eigenvectors of the covariances, or the singular vectors where columns outnumber rows; each vector's greatest weight is positive.</remarks>
public sealed record Pca : ProjectionStep
{
    /// <summary>How many directions; null is as many as there are.</summary>
    public int? Components { get; init => field = value is { } v ? Check.AtLeast(1, v) : null; }

    /// <summary>Instead of a number, the share of the variance that the directions are to explain.</summary>
    public double? VarianceShare { get; init => field = value is { } v ? Check.Above(0, Check.Within(0, 1, v)) : null; }

    /// <summary>Whether each direction is scaled to variance 1.</summary>
    public bool Whiten { get; init; }

    /// <summary>Whether the directions are found by random products, which is faster where they are few of many; <see cref="Components"/> must be set.</summary>
    public bool Randomized { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A value is missing, or the options do not go together.</exception>
    public override ProjectedColumns Fit(Frame train, Target? target = null)
    {
        var names = Names(train);
        if (Randomized && Components is null) throw new ArgumentException("Pca: random products need to know how many directions are wanted. Set Components.");
        if (Components is not null && VarianceShare is not null) throw new ArgumentException("Pca: Components and VarianceShare both say how many directions there are. Set one of them.");
        var means = StepMatrix.Means(nameof(Pca), train, names);
        double[] rows = StepMatrix.Rows(nameof(Pca), train, names, means);
        int n = train.Rows, p = names.Length, most = Math.Min(n, p);
        if (Components > most) throw new ArgumentException($"Pca: {Components} components of {n} rows × {p} columns; expected at most {most}.");
        if (p == 0) return Make(names, means, Tensor.Zeros([0, 0], DType.Float64), [], 0, "pca", false);
        double freedom = Math.Max(1, n - 1), total = rows.Sum(v => v * v) / freedom;
        using var _ = Autograd.NoGrad();
        var x = Tensor.From<double>(rows, [n, p]);
        Tensor vectors;
        double[] variances;
        if (Randomized)
        {
            int few = Components!.Value;
            (vectors, double[] values) = RandomizedSvd.Of(new DenseMatrix(x), few, few < 0.1 * most ? 7 : 4, Seed);
            variances = Array.ConvertAll(values, s => s * s / freedom);
        }
        else if (n >= p)
        {
            var (values, columns) = Linalg.Eigh(x.T.MatMul(x));
            variances = [.. values.ToArray<double>().Reverse().Select(w => Math.Max(0, w) / freedom)];
            vectors = RandomizedSvd.Signed(columns.T.Flip(0));
        }
        else
        {
            var (_, values, right) = Linalg.Svd(x, fullMatrices: false);
            variances = Array.ConvertAll(values.ToArray<double>(), s => s * s / freedom);
            vectors = RandomizedSvd.Signed(right);
        }
        int count = Components ?? (VarianceShare is { } share ? Enough(variances, share * total) : most);
        return Make(names, means, vectors[..count], variances[..count], total, "pca", Whiten);
    }

    static int Enough(double[] variances, double wanted)
    {
        double sum = 0;
        for (int k = 0; k < variances.Length; k++)
            if ((sum += variances[k]) > wanted) return k + 1;
        return variances.Length;
    }
}

/// <summary>The directions of the greatest singular values, without subtracting means, so that zeros stay where they are; by random products.</summary>
public sealed record TruncatedSvd : ProjectionStep
{
    /// <summary>How many directions.</summary>
    public int Components { get; init => field = Check.AtLeast(1, value); } = 2;

    /// <summary>How often rows and columns are multiplied, each making the directions more exact.</summary>
    public int Iterations { get; init => field = Check.AtLeast(0, value); } = 5;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A value is missing, or there are fewer rows or columns than components.</exception>
    public override ProjectedColumns Fit(Frame train, Target? target = null)
    {
        var names = Names(train);
        if (Components > Math.Min(train.Rows, names.Length)) throw new ArgumentException($"TruncatedSvd: {Components} components of {train.Rows} rows × {names.Length} columns; expected at most {Math.Min(train.Rows, names.Length)}.");
        var means = StepMatrix.Means(nameof(TruncatedSvd), train, names);
        ImmutableArray<double> none = [.. new double[names.Length]];
        double[] rows = StepMatrix.Rows(nameof(TruncatedSvd), train, names, none);
        var x = Tensor.From<double>(rows, [train.Rows, names.Length]);
        var (vectors, _) = RandomizedSvd.Of(new DenseMatrix(x), Components, Iterations, Seed);
        double[] projected = StepMatrix.Project(rows, names.Length, vectors.T);
        double[] variances = [.. StepMatrix.Columns("", projected, Components).Cast<FloatColumn>().Select(c => StandardScaler.Moments(c.Values.ToArray()).Variance)];
        double total = 0;
        for (int i = 0; i < rows.Length; i++) total += Math.Pow(rows[i] - means[i % names.Length], 2) / train.Rows;
        return Make(names, none, vectors, variances, total, "svd", false);
    }
}

/// <summary>What a <see cref="ProjectionStep"/> learned. A row with a missing value becomes one of missing values.</summary>
public sealed record ProjectedColumns : IFittedTransformer
{
    /// <summary>The columns, which are dropped.</summary>
    public required ImmutableArray<string> Columns { get; init; }

    /// <summary>What is subtracted from each.</summary>
    public required ImmutableArray<double> Means { get; init; }

    /// <summary>(components × columns) weights.</summary>
    public required ImmutableArray<double> Weights { get; init; }

    /// <summary>The variance of the training rows in each direction.</summary>
    public required ImmutableArray<double> Variances { get; init; }

    /// <summary>The same as shares of the variance of all columns.</summary>
    public required ImmutableArray<double> VarianceRatios { get; init; }

    /// <summary>What the new columns are called, followed by their numbers.</summary>
    public required string Name { get; init; }

    /// <inheritdoc/>
    public Frame Apply(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (Columns.IsEmpty) return frame;
        double[] rows = StepMatrix.Rows(Name, frame, Columns, Means);
        int outputs = Variances.Length;
        double[] projected = StepMatrix.Project(rows, Columns.Length, Tensor.From<double>(Weights.AsSpan(), [outputs, Columns.Length]).T);
        var dropped = Columns.ToHashSet(StringComparer.Ordinal);
        return new(frame.Columns.Where(c => !dropped.Contains(c.Name)).Concat(StepMatrix.Columns(Name, projected, outputs)));
    }

    string? IFittedTransformer.Fault() => Means.Length != Columns.Length || Weights.Length != (long)Columns.Length * Variances.Length || (Variances.IsEmpty && !Columns.IsEmpty) ? "the weights of a projection do not fit its columns" : null;
}
