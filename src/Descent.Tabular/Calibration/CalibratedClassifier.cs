using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Makes the probabilities of a classifier, or the scores of one that gives none, true to how often classes come about.</summary>
/// <remarks>With <see cref="IsEnsemble"/> as <c>CalibratedClassifierCV</c> of scikit-learn, which takes log odds only where a model has them.</remarks>
public sealed record CalibratedClassifier : IClassifier<CalibratedModel>
{
    /// <summary>What is calibrated.</summary>
    public required IClassifier<IClassificationModel> Base { get; init; }

    /// <summary>The curve from scores to probabilities.</summary>
    public CalibrationMethod Method { get; init; }

    /// <summary>The folds, so that each model is calibrated by rows that it was not trained on.</summary>
    public int Folds { get; init => field = Check.AtLeast(2, value); } = 5;

    /// <summary>Whether the models of all folds are kept and averaged; else one model is trained on all rows, and calibrated by what those of the folds said.</summary>
    public bool IsEnsemble { get; init; } = true;

    /// <inheritdoc/>
    public LearnerInput Takes => Base.Takes;

    /// <inheritdoc/>
    public CalibratedModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(CalibratedClassifier), x, y.Count, weights);
        Training.TwoClasses(nameof(CalibratedClassifier), y);
        var members = ImmutableArray.CreateBuilder<CalibratedMember>();
        int sums = CalibrationScores.Sums(y.Classes.Length);
        double[] all = new double[x.Rows * sums];
        foreach (var (train, test) in new StratifiedKFold { Folds = Folds }.Split(y))
        {
            var model = Base.Fit(x.Take(train), y.Take(train), Array.ConvertAll(train, i => w[i]));
            double[] scores = CalibrationScores.Of(model, x.Take(test), Method);
            if (IsEnsemble) members.Add(Calibrate(model, scores, y.Take(test), Array.ConvertAll(test, i => w[i])));
            for (int i = 0; i < test.Length; i++) scores.AsSpan(i * sums, sums).CopyTo(all.AsSpan(test[i] * sums));
        }
        if (!IsEnsemble) members.Add(Calibrate(Base.Fit(x, y, w), all, y, w));
        return new() { Schema = x.Schema, Classes = y.Classes, Method = Method, Members = members.ToImmutable() };
    }

    /// <summary>Calibrates a model by rows that it was not trained on.</summary>
    /// <exception cref="ArgumentException">The rows do not fit the model, or it gives neither probabilities nor scores.</exception>
    public static CalibratedModel OfModel(IClassificationModel model, Features x, Labels y, CalibrationMethod method = CalibrationMethod.Sigmoid, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(CalibratedClassifier), x, y.Count, weights);
        int[] places = [.. y.Classes.Select(c => model.Classes.IndexOf(c))];
        if (places.Contains(-1)) throw new ArgumentException($"CalibratedClassifier: the model knows {string.Join(", ", model.Classes)}, and not all of {string.Join(", ", y.Classes)}.", nameof(y));
        var own = new Labels(Array.ConvertAll(y.Codes.ToArray(), c => places[c]), model.Classes);
        var learner = new CalibratedClassifier { Base = new DummyClassifier(), Method = method };
        return new() { Schema = model.Schema, Classes = model.Classes, Method = method, Members = [learner.Calibrate(model, CalibrationScores.Of(model, x, method), own, w)] };
    }

    CalibratedMember Calibrate(IClassificationModel model, double[] scores, Labels y, double[] w)
    {
        int classes = y.Classes.Length, sums = CalibrationScores.Sums(classes);
        if (Method == CalibrationMethod.Temperature) return new(model, [CalibrationMap.Temperature(scores, y.Codes, w, sums)]);
        var maps = Enumerable.Range(0, sums).Select(k =>
        {
            int one = sums == 1 ? 1 : k;
            double[] own = [.. Enumerable.Range(0, y.Count).Select(i => scores[i * sums + k])];
            bool[] holds = [.. Enumerable.Range(0, y.Count).Select(i => y.Codes[i] == one)];
            return Method == CalibrationMethod.Isotonic ? CalibrationMap.Isotonic(own, holds, w) : CalibrationMap.Sigmoid(own, holds, w);
        });
        return new(model, [.. maps]);
    }
}

/// <summary>A model and how its scores become probabilities.</summary>
/// <param name="Model">The model.</param>
/// <param name="Maps">A function for each score; one for all of a temperature.</param>
public sealed record CalibratedMember(IClassificationModel Model, ImmutableArray<CalibrationMap> Maps);

/// <summary>What <see cref="CalibratedClassifier"/> learned: the mean of the calibrated probabilities of its members.</summary>
public sealed record CalibratedModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>How it was calibrated.</summary>
    public required CalibrationMethod Method { get; init; }

    /// <summary>A classifier with its curves for each fold; their probabilities are averaged.</summary>
    public required ImmutableArray<CalibratedMember> Members { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length, sums = CalibrationScores.Sums(classes), count = probabilities.Length / classes;
        double[] scores = new double[count * sums], own = new double[classes];
        probabilities.Clear();
        foreach (var (model, maps) in Members)
        {
            CalibrationScores.Of(model, rows, scores, Method);
            for (int i = 0; i < count; i++)
            {
                Calibrate(scores.AsSpan(i * sums, sums), maps, own);
                for (int k = 0; k < classes; k++) probabilities[i * classes + k] += own[k] / Members.Length;
            }
        }
    }

    void Calibrate(ReadOnlySpan<double> scores, ImmutableArray<CalibrationMap> maps, Span<double> p)
    {
        if (scores.Length == 1)
        {
            p[1] = maps[0].Of(scores[0]);
            p[0] = 1 - p[1];
        }
        else if (Method == CalibrationMethod.Temperature)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply(scores, maps[0].Slope, p);
            System.Numerics.Tensors.TensorPrimitives.SoftMax<double>(p, p);
        }
        else
        {
            double sum = 0;
            for (int k = 0; k < p.Length; k++) sum += p[k] = maps[k].Of(scores[k]);
            foreach (ref double v in p) v = sum > 0 ? v / sum : 1.0 / p.Length;
        }
    }
}
