using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>How the predictions of a model follow one or two features: each row is predicted with the feature set to values along an axis.</summary>
/// <remarks>Friedman, "Greedy Function Approximation", 2001; one curve a row: Goldstein et al., "Peeking Inside the Black Box", 2015.</remarks>
public sealed record PartialDependence
{
    /// <summary>The greatest number of values along an axis.</summary>
    public int Points { get; init => field = Check.AtLeast(2, value); } = 20;

    /// <summary>The curve of a feature, by its name.</summary>
    /// <exception cref="ArgumentException">There is no such feature, or it has no value in any row.</exception>
    public DependenceCurve Of(IModel model, Features x, string feature) => Curve(new FeatureSource(model, x), feature);

    /// <summary>The curve of a column of a frame, as a pipeline takes it before its steps.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it has no value in any row.</exception>
    public DependenceCurve Of(PipelineModel pipeline, Frame frame, string column) => Curve(new FrameSource(pipeline, frame), column);

    /// <summary>The surface over two features, by their names.</summary>
    /// <exception cref="ArgumentException">There is no such feature, or it has no value in any row.</exception>
    public DependenceSurface Of(IModel model, Features x, string first, string second) => Surface(new FeatureSource(model, x), first, second);

    /// <summary>The surface over two columns of a frame, as a pipeline takes them before its steps.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it has no value in any row.</exception>
    public DependenceSurface Of(PipelineModel pipeline, Frame frame, string first, string second) => Surface(new FrameSource(pipeline, frame), first, second);

    DependenceCurve Curve(Source source, string column)
    {
        var axis = source.Axis(column, Points);
        int points = axis.Labels.Length, outputs = source.Outputs.Length;
        double[] means = new double[outputs * points], individual = new double[checked(outputs * source.Rows * points)];
        for (int p = 0; p < points; p++)
        {
            double[] said = source.Predict((axis, p));
            for (int i = 0; i < source.Rows; i++)
                for (int k = 0; k < outputs; k++)
                {
                    individual[(k * source.Rows + i) * points + p] = said[i * outputs + k];
                    means[k * points + p] += said[i * outputs + k] / source.Rows;
                }
        }
        return new() { Axis = axis.Axis, Outputs = source.Outputs, Rows = source.Rows, Means = [.. means], Individual = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(individual) };
    }

    DependenceSurface Surface(Source source, string first, string second)
    {
        if (first == second) throw new ArgumentException($"PartialDependence: '{first}' is given twice; a surface is over two.", nameof(second));
        ChosenAxis a = source.Axis(first, Points), b = source.Axis(second, Points);
        int outputs = source.Outputs.Length;
        double[] means = new double[outputs * a.Labels.Length * b.Labels.Length];
        for (int p = 0; p < a.Labels.Length; p++)
            for (int q = 0; q < b.Labels.Length; q++)
            {
                double[] said = source.Predict((a, p), (b, q));
                for (int at = 0; at < said.Length; at++) means[(at % outputs * a.Labels.Length + p) * b.Labels.Length + q] += said[at] / source.Rows;
            }
        return new() { First = a.Axis, Second = b.Axis, Outputs = source.Outputs, Means = [.. means] };
    }

    /// <summary>An axis, and the rows that have its values.</summary>
    sealed record ChosenAxis(DependenceAxis Axis, int Column, int[] Chosen)
    {
        internal ImmutableArray<string> Labels => Axis.Labels;
    }

    /// <summary>Rows whose columns can be set, and what predicts them.</summary>
    abstract class Source(int rows, IModel model)
    {
        internal int Rows { get; } = rows > 0 ? rows : throw new ArgumentException("PartialDependence: there is no row; expected at least one.", nameof(rows));

        internal ImmutableArray<string> Outputs { get; } = ModelOutputs.Names(model);

        internal abstract ChosenAxis Axis(string column, int points);

        internal abstract double[] Predict(params ReadOnlySpan<(ChosenAxis Axis, int Point)> set);

        private protected static ChosenAxis Choose(string name, int column, int rows, int points, bool isOrdered, Func<int, bool> isMissing, Comparison<int> compare, Func<int, string> label, Func<int, double>? number)
        {
            int[] chosen = DependenceAxis.Choose(rows, points, isOrdered, isMissing, compare);
            if (chosen.Length == 0) throw new ArgumentException($"PartialDependence: '{name}' has no value in any row.", nameof(rows));
            return new(new() { Column = name, Labels = [.. chosen.Select(label)], Numbers = number is null ? [] : [.. chosen.Select(number)] }, column, chosen);
        }
    }

    sealed class FeatureSource(IModel model, Features x) : Source((x ?? throw new ArgumentNullException(nameof(x))).Rows, model ?? throw new ArgumentNullException(nameof(model)))
    {
        internal override ChosenAxis Axis(string column, int points)
        {
            int j = x.Schema.Features.IndexOf(x.Schema.Features.FirstOrDefault(f => f.Name == column)
                ?? throw new ArgumentException($"PartialDependence: '{column}' is no feature; the features are: {string.Join(", ", x.Schema.Features.Select(f => f.Name))}.", nameof(column)));
            double[] values = x.Column(j).ToArray();
            var levels = x.Schema.Features[j].Levels;
            return Choose(column, j, Rows, points, levels.IsEmpty, i => double.IsNaN(values[i]), (a, b) => values[a].CompareTo(values[b]),
                i => levels.IsEmpty ? values[i].ToString("R", CultureInfo.InvariantCulture) : levels[(int)values[i]], levels.IsEmpty ? i => values[i] : null);
        }

        internal override double[] Predict(params ReadOnlySpan<(ChosenAxis Axis, int Point)> set)
        {
            var changed = x;
            foreach (var (axis, point) in set)
            {
                double[] values = new double[Rows];
                Array.Fill(values, x.Column(axis.Column)[axis.Chosen[point]]);
                changed = changed.WithColumn(axis.Column, values);
            }
            return ModelOutputs.Of(model, changed);
        }
    }

    sealed class FrameSource : Source
    {
        readonly PipelineModel _pipeline;
        readonly Frame _frame;

        internal FrameSource(PipelineModel pipeline, Frame frame) : base((frame ?? throw new ArgumentNullException(nameof(frame))).Rows, (pipeline ?? throw new ArgumentNullException(nameof(pipeline))).Model) =>
            (_pipeline, _frame) = (pipeline, pipeline.Input.Read(frame));

        internal override ChosenAxis Axis(string column, int points)
        {
            var values = _frame[column];
            bool isNumber = values.Type is ColumnType.Float or ColumnType.Integer or ColumnType.Boolean, isOrdered = isNumber || values.Type == ColumnType.DateTime;
            double[] numbers = new double[isNumber ? Rows : 0];
            if (isNumber) values.CopyNumbers(numbers);
            return Choose(column, _frame.Columns.IndexOf(values), Rows, points, isOrdered, values.IsMissing, values.Compare, i => values.Format(i)!, isNumber ? i => numbers[i] : null);
        }

        internal override double[] Predict(params ReadOnlySpan<(ChosenAxis Axis, int Point)> set)
        {
            var changed = _frame;
            foreach (var (axis, point) in set)
            {
                int[] same = new int[Rows];
                Array.Fill(same, axis.Chosen[point]);
                changed = changed.With(_frame.Columns[axis.Column].Take(same));
            }
            return ModelOutputs.Of(_pipeline.Model, _pipeline.Prepare(changed));
        }
    }
}

/// <summary>How predictions follow one feature.</summary>
public sealed record DependenceCurve
{
    /// <summary>The values of the feature.</summary>
    public required DependenceAxis Axis { get; init; }

    /// <summary>What is predicted: the classes, or <c>prediction</c>.</summary>
    public required ImmutableArray<string> Outputs { get; init; }

    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>(outputs × points) means over the rows: the partial dependence.</summary>
    public required ImmutableArray<double> Means { get; init; }

    /// <summary>(outputs × rows × points) predictions: the individual conditional expectations.</summary>
    public required ImmutableArray<double> Individual { get; init; }
}

/// <summary>How predictions follow two features together.</summary>
public sealed record DependenceSurface
{
    /// <summary>The values of the first feature.</summary>
    public required DependenceAxis First { get; init; }

    /// <summary>The values of the second.</summary>
    public required DependenceAxis Second { get; init; }

    /// <summary>What is predicted: the classes, or <c>prediction</c>.</summary>
    public required ImmutableArray<string> Outputs { get; init; }

    /// <summary>(outputs × points of the first × points of the second) means over the rows.</summary>
    public required ImmutableArray<double> Means { get; init; }
}
