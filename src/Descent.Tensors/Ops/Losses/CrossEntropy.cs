using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Functions of neural networks: what layers and losses are made of.</summary>
public static partial class F
{
    /// <summary>Cross entropy of unnormalised log-probabilities with classes, or with probabilities of classes.</summary>
    /// <param name="logits">Of shape <c>(N, C)</c>, <c>(N, C, d₁, …)</c> or, for one sample, <c>(C)</c>.</param>
    /// <param name="target">Integers of the shape without C, from 0 to C − 1; or probabilities of the logits' shape.</param>
    /// <param name="weight">Weights of the classes, of shape <c>(C)</c>.</param>
    /// <param name="ignoreIndex">The class that takes no part, also not in the mean.</param>
    /// <param name="reduction">The mean divides by the sum of the weights of the targets that count; for probabilities, by the number of positions.</param>
    /// <param name="labelSmoothing">How much of each target, 0 to 1, is spread evenly over the classes.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class, or the smoothing not in 0 to 1.</exception>
    public static Tensor CrossEntropy(Tensor logits, Tensor target, Tensor? weight = null, long ignoreIndex = -100,
        Reduction reduction = Reduction.Mean, double labelSmoothing = 0)
    {
        if (!(labelSmoothing is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "CrossEntropy: label smoothing must be between 0 and 1.");
        if (!logits.DType.IsFloatingPoint)
            throw new NotSupportedException($"CrossEntropy: the logits are {logits.DType}. Convert with To(DType.Float32).");
        logits = Autocast.Full(logits);
        if (logits.DType.IsReduced)
            return CrossEntropy(logits.To(DType.Float32), target.DType.IsFloatingPoint ? target.To(DType.Float32) : target, weight, ignoreIndex, reduction, labelSmoothing).To(logits.DType);
        CheckWeight(weight, logits, nameof(CrossEntropy));
        if (target.DType.IsFloatingPoint) return SoftCrossEntropy(logits, target.To(logits.DType), weight?.To(logits.DType), reduction, labelSmoothing);

        var positions = ClassTargets.Check(logits.Shape, target.Shape, nameof(CrossEntropy));
        var rows = ClassTargets.Rows(logits);
        var classes = target.To(DType.Int64).Contiguous();
        weight = weight?.To(logits.DType).Contiguous();
        double total = ClassTargets.Total(classes, weight, rows.Shape[1], ignoreIndex, nameof(CrossEntropy));
        return logits.DType == DType.Float32
            ? ClassCrossEntropy<float>(rows, classes, weight, ignoreIndex, reduction, labelSmoothing, total, positions)
            : ClassCrossEntropy<double>(rows, classes, weight, ignoreIndex, reduction, labelSmoothing, total, positions);
    }

    /// <summary>The negative log-likelihood of classes.</summary>
    /// <param name="logProbabilities">Of shape <c>(N, C)</c>, <c>(N, C, d₁, …)</c> or <c>(C)</c>, as <see cref="SoftmaxOps"/> gives them.</param>
    /// <param name="target">Integers of the shape without C, from 0 to C − 1.</param>
    /// <param name="weight">Weights of the classes, of shape <c>(C)</c>.</param>
    /// <param name="ignoreIndex">The class that takes no part, also not in the mean.</param>
    /// <param name="reduction">The mean divides by the sum of the weights of the targets that count.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is no class.</exception>
    public static Tensor NllLoss(Tensor logProbabilities, Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean)
    {
        logProbabilities = Autocast.Full(logProbabilities);
        CheckWeight(weight, logProbabilities, nameof(NllLoss));
        var positions = ClassTargets.Check(logProbabilities.Shape, target.Shape, nameof(NllLoss));
        var rows = ClassTargets.Rows(logProbabilities.Wide());
        var classes = target.To(DType.Int64).Contiguous();
        weight = weight?.To(rows.DType).Contiguous();
        double total = ClassTargets.Total(classes, weight, rows.Shape[1], ignoreIndex, nameof(NllLoss));
        var (_, chosen) = ClassTargets.Coefficients(classes, weight, rows.Shape[1], rows.DType, new(ignoreIndex, 0, 0));
        // Only the chosen elements are read: an infinite logarithm elsewhere must not meet a zero weight.
        var losses = ClassTargets.Pick(rows, classes, ignoreIndex, chosen).Neg();
        return Finish(losses, positions, reduction, total).To(logProbabilities.DType);
    }

    static Tensor ClassCrossEntropy<T>(Tensor rows, Tensor classes, Tensor? weight, long ignored, Reduction reduction, double smoothing, double total, Shape positions)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        var (n, c) = (rows.Shape[0], rows.Shape[1]);
        var options = new CrossEntropyRows.Options(ignored, smoothing, ClassTargets.Sum<T>(weight, c));
        Tensor losses = Tensor.Uninitialized(reduction == Reduction.None ? positions : [n], rows.DType), lse = Tensor.Uninitialized([n], rows.DType);
        CrossEntropyRows.Losses(rows.AsSpan<T>(), classes.AsSpan<long>(), weight is null ? default : weight.AsSpan<T>(), losses.AsSpan<T>(), lse.AsSpan<T>(), c, options);
        double divisor = Divisor(reduction, positions, total);
        var y = losses;
        if (reduction != Reduction.None)
        {
            y = Tensor.Uninitialized([], rows.DType);
            Reduce.Fold<T, SumFold>(losses.AsSpan<T>(), y.AsSpan<T>(), 1, n, 1);
            y.AsSpan<T>()[0] = T.CreateTruncating(double.CreateTruncating(y.AsSpan<T>()[0]) / divisor);
            losses.Dispose();
        }
        return Autograd.Record(y, (rows: rows.Saved, classes: classes.Saved, weight, lse, options, divisor),
            (rows, static (dy, s) => CrossEntropyGradient<T>(dy, s.rows, s.classes, s.weight, s.lse, s.options, s.divisor)), owned: lse, operation: nameof(CrossEntropy));
    }

    static Tensor CrossEntropyGradient<T>(Tensor dy, Tensor rows, Tensor classes, Tensor? weight, Tensor lse, CrossEntropyRows.Options options, double divisor)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        int n = rows.Shape[0], c = rows.Shape[1];
        if (Autograd.IsEnabled)
        {
            var (all, chosen) = ClassTargets.Coefficients(classes, weight, c, rows.DType, options);
            var upstream = dy.Rank == 0 ? dy.Div(divisor) : dy.Reshape(n, 1);
            return (rows.Softmax(1) * all - chosen) * upstream;
        }
        var dx = Tensor.Uninitialized(rows.Shape, rows.DType);
        var g = dy.Contiguous();
        ReadOnlySpan<T> upstreams = dy.Elements == 1 ? [T.CreateTruncating(double.CreateTruncating(g.AsSpan<T>()[0]) / divisor)] : g.AsSpan<T>();
        CrossEntropyRows.Gradients<T>(rows.AsSpan<T>(), classes.AsSpan<long>(), weight is null ? default : weight.AsSpan<T>(), lse.AsSpan<T>(), upstreams, dx.AsSpan<T>(), c, options);
        GC.KeepAlive(g);
        GC.KeepAlive(rows);
        return dx;
    }

    static Tensor SoftCrossEntropy(Tensor logits, Tensor target, Tensor? weight, Reduction reduction, double smoothing)
    {
        if (logits.Shape != target.Shape || logits.Rank == 0)
            throw new ShapeException($"CrossEntropy: the target's shape is {target.Shape}, the logits' {logits.Shape}. Expected probabilities of the same " +
                "shape, or integer classes (DType.Int64) of the shape without the class dimension.");
        int dim = logits.Rank > 1 ? 1 : 0, c = logits.Shape[dim];
        if (smoothing != 0) target = target.Mul(1 - smoothing).Add(smoothing / c);
        var terms = logits.LogSoftmax(dim) * target;
        if (weight is not null)
        {
            var around = new int[logits.Rank];
            Array.Fill(around, 1);
            around[dim] = c;
            terms *= weight.Reshape(around);
        }
        var losses = terms.Sum(dim).Neg();
        return reduction.Apply(losses);
    }

    static Tensor Finish(Tensor losses, Shape positions, Reduction reduction, double total) => reduction switch
    {
        Reduction.None => losses.Reshape(positions.AsSpan()),
        _ => losses.Sum().Div(Divisor(reduction, positions, total)),
    };

    static double Divisor(Reduction reduction, Shape positions, double total) => reduction switch
    {
        Reduction.Mean => total,
        Reduction.BatchMean => Reductions.Batch(positions),
        _ => 1,
    };

    static void CheckWeight(Tensor? weight, Tensor logits, string operation)
    {
        if (logits.Rank == 0) throw new ShapeException($"{operation}: the input has the shape (); expected (C), (N, C) or (N, C, d₁, …).");
        int c = logits.Shape[logits.Rank > 1 ? 1 : 0];
        if (weight is not null && (weight.Rank != 1 || weight.Shape[0] != c))
            throw new ShapeException($"{operation}: the weights have the shape {weight.Shape}; expected ({c},), one for each class of {logits.Shape}.");
    }
}
