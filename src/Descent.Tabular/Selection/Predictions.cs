using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>What a model says of rows: a number each, or a class each and, where the model knows them, the probabilities of all classes.</summary>
public sealed class Predictions
{
    readonly double[]? _numbers;
    readonly int[]? _codes;
    readonly double[]? _probabilities;

    Predictions(double[]? numbers, int[]? codes, double[]? probabilities, ImmutableArray<string> classes) =>
        (_numbers, _codes, _probabilities, Classes) = (numbers, codes, probabilities, classes);

    /// <summary>A number for each row. The array is not copied.</summary>
    public static Predictions Of(double[] numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        return new(numbers, null, null, []);
    }

    /// <summary>A class for each row, and (rows × classes) probabilities where they are known. The arrays are not copied.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static Predictions Of(ImmutableArray<string> classes, int[] codes, double[]? probabilities = null)
    {
        ArgumentNullException.ThrowIfNull(codes);
        if (probabilities is not null && probabilities.Length != (long)codes.Length * classes.Length)
            throw new ArgumentException($"{probabilities.Length} probabilities of {codes.Length} rows and {classes.Length} classes; expected one for each.", nameof(probabilities));
        return new(null, codes, probabilities, classes);
    }

    /// <summary>What a model says of features.</summary>
    /// <exception cref="ArgumentException">The features are not those of the model, or it predicts neither numbers nor classes.</exception>
    public static Predictions Of(IModel model, Features x) => model switch
    {
        IRegressionModel numbers => Of(numbers.Predict(x)),
        IProbabilisticModel probable => Of(probable.Classes, probable.Predict(x), probable.Probabilities(x)),
        IClassificationModel classes => Of(classes.Classes, classes.Predict(x)),
        _ => throw new ArgumentException($"A {model?.GetType().Name} predicts neither numbers nor classes.", nameof(model)),
    };

    /// <summary>What a pipeline says of a frame as it came.</summary>
    /// <exception cref="ArgumentException">A column is missing, or of another type.</exception>
    public static Predictions Of(PipelineModel pipeline, Frame frame)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return Of(pipeline.Model, pipeline.Prepare(frame));
    }

    /// <summary>Numbers or classes.</summary>
    public TargetKind Kind => _numbers is null ? TargetKind.Class : TargetKind.Number;

    /// <summary>The number of rows.</summary>
    public int Count => _numbers?.Length ?? _codes!.Length;

    /// <summary>The names of the classes; empty for numbers.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>Whether probabilities are known.</summary>
    public bool HasProbabilities => _probabilities is not null;

    /// <summary>The number of each row.</summary>
    /// <exception cref="InvalidOperationException">These are classes.</exception>
    public ReadOnlySpan<double> Numbers => _numbers ?? throw new InvalidOperationException("The model tells classes apart and predicts no numbers.");

    /// <summary>The number of each row's class.</summary>
    /// <exception cref="InvalidOperationException">These are numbers.</exception>
    public ReadOnlySpan<int> Codes => _codes ?? throw new InvalidOperationException("The model predicts numbers and no classes.");

    /// <summary>(rows × classes) probabilities.</summary>
    /// <exception cref="InvalidOperationException">The model knows none.</exception>
    public ReadOnlySpan<double> Probabilities => _probabilities ?? throw new InvalidOperationException("The model gives no probabilities. Take one that does, or another metric.");

    /// <summary>Some rows, in the order given.</summary>
    public Predictions Take(ReadOnlySpan<int> rows)
    {
        if (_numbers is not null) return Of(Pick(_numbers, rows, 1));
        return new(null, Pick(_codes!, rows, 1), _probabilities is null ? null : Pick(_probabilities, rows, Classes.Length), Classes);
    }

    /// <summary>The same of other classes: those the model does not know have probability 0.</summary>
    /// <exception cref="ArgumentException">The model knows a class that is not among them.</exception>
    internal Predictions Among(ImmutableArray<string> classes)
    {
        if (_numbers is not null || classes.SequenceEqual(Classes)) return this;
        int[] places = [.. Classes.Select(c => classes.IndexOf(c))];
        int unknown = Array.IndexOf(places, -1);
        if (unknown >= 0) throw new ArgumentException($"The model knows the class '{Classes[unknown]}', which is not among: {string.Join(", ", classes)}.", nameof(classes));
        double[]? p = null;
        if (_probabilities is not null)
        {
            p = new double[Count * classes.Length];
            for (int i = 0; i < Count; i++)
                for (int k = 0; k < places.Length; k++) p[i * classes.Length + places[k]] = _probabilities[i * places.Length + k];
        }
        return new(null, Array.ConvertAll(_codes!, c => places[c]), p, classes);
    }

    /// <summary>The mean of what was said of each row by those that said something: numbers and probabilities are averaged, of bare classes the most frequent wins.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="parts">Some rows, and what was said of them.</param>
    /// <returns>Rows of which nothing was said are left out; which are there is told beside.</returns>
    internal static (Predictions Said, int[] Rows) Merge(int rows, IReadOnlyList<(int[] Rows, Predictions Said)> parts)
    {
        var first = parts[0].Said;
        bool isNumber = first.Kind == TargetKind.Number, isProbable = parts.All(p => p.Said.HasProbabilities);
        int width = isNumber ? 1 : first.Classes.Length;
        double[] sums = new double[rows * width];
        int[] said = new int[rows];
        foreach (var (own, what) in parts)
            for (int i = 0; i < own.Length; i++)
            {
                said[own[i]]++;
                var sum = sums.AsSpan(own[i] * width, width);
                if (isNumber) sum[0] += what.Numbers[i];
                else if (!isProbable) sum[what.Codes[i]]++;
                else TensorPrimitives.Add(sum, what.Probabilities.Slice(i * width, width), sum);
            }
        int[] there = [.. Enumerable.Range(0, rows).Where(row => said[row] > 0)];
        double[] means = Pick(sums, there, width);
        for (int i = 0; i < means.Length; i++) means[i] /= said[there[i / width]];
        if (isNumber) return (Of(means), there);
        int[] codes = [.. Enumerable.Range(0, there.Length).Select(i => TensorPrimitives.IndexOfMax<double>(means.AsSpan(i * width, width)))];
        // Where each row was told once, its class is the model's own, which need not be the most probable.
        if (Array.TrueForAll(said, s => s <= 1))
            foreach (var (own, what) in parts)
                for (int i = 0; i < own.Length; i++) codes[Array.BinarySearch(there, own[i])] = what.Codes[i];
        return (new(null, codes, isProbable ? means : null, first.Classes), there);
    }

    static T[] Pick<T>(T[] values, ReadOnlySpan<int> rows, int width)
    {
        var taken = new T[rows.Length * width];
        for (int i = 0; i < rows.Length; i++) values.AsSpan(rows[i] * width, width).CopyTo(taken.AsSpan(i * width));
        return taken;
    }
}
