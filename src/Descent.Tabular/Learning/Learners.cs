using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Learns from features and a target of one kind: an <see cref="IRegressor{TModel}"/> or an <see cref="IClassifier{TModel}"/>.</summary>
public interface ILearner
{
    /// <summary>What it learns to predict.</summary>
    TargetKind Predicts { get; }

    /// <summary>What it takes without preparation: by default only numbers of like scale, none missing.</summary>
    LearnerInput Takes => LearnerInput.Numbers;

    /// <summary>Trains on rows, their targets and, if given, their weights.</summary>
    /// <exception cref="ArgumentException">The lengths differ, there is no row, or a number is not finite where it must be.</exception>
    /// <exception cref="InvalidOperationException">The target is of the other kind.</exception>
    IModel Fit(Features x, Target y, ReadOnlySpan<double> weights = default);
}

/// <summary>Learns to predict numbers. A record of options; training gives a model of another type.</summary>
/// <typeparam name="TModel">What it learns.</typeparam>
public interface IRegressor<out TModel> : ILearner where TModel : IRegressionModel
{
    TargetKind ILearner.Predicts => TargetKind.Number;

    IModel ILearner.Fit(Features x, Target y, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(y);
        return Fit(x, y.Numbers, weights);
    }

    /// <summary>Trains on rows, their targets and, if given, their weights.</summary>
    /// <exception cref="ArgumentException">The lengths differ, there is no row, or a number is not finite where it must be.</exception>
    TModel Fit(Features x, ReadOnlySpan<double> y, ReadOnlySpan<double> weights = default);
}

/// <summary>Learns to tell classes apart. A record of options; training gives a model of another type.</summary>
/// <typeparam name="TModel">What it learns.</typeparam>
public interface IClassifier<out TModel> : ILearner where TModel : IClassificationModel
{
    TargetKind ILearner.Predicts => TargetKind.Class;

    IModel ILearner.Fit(Features x, Target y, ReadOnlySpan<double> weights)
    {
        ArgumentNullException.ThrowIfNull(y);
        return Fit(x, y.Labels, weights);
    }

    /// <summary>Trains on rows, their classes and, if given, their weights.</summary>
    /// <exception cref="ArgumentException">The lengths differ, there is no row, or a number is not finite where it must be.</exception>
    TModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default);
}

/// <summary>What was learned from features. Immutable, and safe to share between threads.</summary>
public interface IModel
{
    /// <summary>The features it was trained on.</summary>
    FeatureSchema Schema { get; }
}

/// <summary>Predicts numbers.</summary>
public interface IRegressionModel : IModel
{
    /// <summary>Predicts rows that lie one after another.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="y">n predictions.</param>
    void Predict(ReadOnlySpan<double> rows, Span<double> y);
}

/// <summary>Tells classes apart.</summary>
public interface IClassificationModel : IModel
{
    /// <summary>The names of the classes, by number.</summary>
    ImmutableArray<string> Classes { get; }

    /// <summary>Predicts the classes of rows that lie one after another.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="classes">n numbers of classes.</param>
    void Predict(ReadOnlySpan<double> rows, Span<int> classes);
}

/// <summary>Says how probable each class is.</summary>
public interface IProbabilisticModel : IClassificationModel
{
    /// <summary>Predicts the probabilities of the classes of rows that lie one after another.</summary>
    /// <param name="rows">(n × features) numbers.</param>
    /// <param name="probabilities">(n × classes) numbers, each row summing to 1.</param>
    void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities);

    void IClassificationModel.Predict(ReadOnlySpan<double> rows, Span<int> classes)
    {
        double[] p = new double[classes.Length * Classes.Length];
        Probabilities(rows, p);
        for (int i = 0; i < classes.Length; i++) classes[i] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<double>(p.AsSpan(i * Classes.Length, Classes.Length));
    }
}
