using System.Runtime.InteropServices;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// Shapley values of a model's features: exact for sums of trees and of weighted features, by sampling for all others. What a feature
/// adds is the mean, over all orders in which features become known, of the change it makes when its turn comes.
/// </summary>
/// <remarks>
/// Without <see cref="Background"/> a feature that is not known sends a row down both sides of a tree, by the weight of the training
/// rows there (the "path-dependent" values). With it, and for models that are no trees, the feature takes the values it has in the
/// background rows, whatever the others are ("interventional").
/// </remarks>
public sealed record Shap
{
    const int DrawnRows = 100;

    /// <summary>
    /// The rows that stand for features that are not known. Null: trees go by their training rows, and of other models up to 100 of
    /// the rows that are explained stand for them.
    /// </summary>
    public Features? Background { get; init; }

    /// <summary>Of models that are sampled, the orders drawn for each background row, each taken forwards and backwards.</summary>
    public int Orders { get; init => field = Check.AtLeast(1, value); } = 4;

    /// <summary>Decides what is drawn.</summary>
    public ulong Seed { get; init; }

    /// <summary>What each feature adds to the predictions of rows.</summary>
    /// <exception cref="ArgumentException">The features, or those of the background, are not those of the model.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ShapValues Explain(IModel model, Features x, CancellationToken cancellation = default)
    {
        double[] rows = Rows(model, x);
        if (TreeSum.Of(model) is { } trees)
        {
            var sum = new ShapSum(trees, x.Rows);
            if (Background is null) TreeShap.Add(trees, rows, sum, null, cancellation);
            else InterventionalShap.Add(trees, rows, Rows(model, Background), sum, cancellation);
            return sum.ToValues();
        }
        double[] background = BackgroundRows(model, x);
        return LinearShap.Explain(model, rows, background) ?? new SampledShap(model, background, Orders, Seed).Explain(rows, cancellation);
    }

    /// <summary>What each feature adds to the predictions of a frame's rows.</summary>
    /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ShapValues Explain(IModel model, Frame frame, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Explain(model, model.Schema.Read(frame), cancellation);
    }

    /// <summary>What each feature behind a pipeline's steps adds to the predictions of a frame's rows.</summary>
    /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ShapValues Explain(PipelineModel pipeline, Frame frame, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return Explain(pipeline.Model, pipeline.Prepare(frame), cancellation);
    }

    /// <summary>How features act together in the predictions of a model that is a sum of trees, path-dependent.</summary>
    /// <exception cref="ArgumentException">The features are not those of the model.</exception>
    /// <exception cref="NotSupportedException">The model is no sum of trees, or <see cref="Background"/> is set.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ShapInteractions Interactions(IModel model, Features x, CancellationToken cancellation = default)
    {
        double[] rows = Rows(model, x);
        if (Background is not null) throw new NotSupportedException("Interactions: they are found along the training rows of trees; leave Background null.");
        if (TreeSum.Of(model) is not { } trees) throw new NotSupportedException($"Interactions: a {model.GetType().Name} is no sum of trees. Its values alone are given by Explain.");
        var sum = new ShapSum(trees, x.Rows);
        double[] pairs = new double[checked(sum.Values.Length * x.Columns)];
        TreeShap.Add(trees, rows, sum, pairs, cancellation);
        var values = sum.ToValues();
        // What is left of a feature's value when its pairs are taken away is its own.
        for (int at = 0; at < sum.Values.Length; at++)
        {
            var own = pairs.AsSpan(at * x.Columns, x.Columns);
            double rest = sum.Values[at];
            foreach (double pair in own) rest -= pair;
            own[at % x.Columns] = rest;
        }
        return new() { Sums = values, Values = ImmutableCollectionsMarshal.AsImmutableArray(pairs) };
    }

    double[] BackgroundRows(IModel model, Features x)
    {
        if (Background is not null) return Rows(model, Background);
        if (x.Rows <= DrawnRows) return Rows(model, x);
        int[] order = [.. Enumerable.Range(0, x.Rows)];
        new Generator(Seed).Shuffle<int>(order);
        return Rows(model, x.Take(order.AsSpan(0, DrawnRows)));
    }

    static double[] Rows(IModel model, Features x)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(x);
        if (x.Columns != model.Schema.Features.Length) throw new ArgumentException($"{x.Columns} features are given; the model was trained on {model.Schema.Features.Length}.", nameof(x));
        if (x.Rows == 0) throw new ArgumentException("There is no row; expected at least one to explain, and one in the background.", nameof(x));
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        return rows;
    }
}
