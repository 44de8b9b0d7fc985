using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Descent.Tabular;

/// <summary>What a <see cref="Pipeline"/> learned: predicts from frames as they come. Immutable, and safe to share between threads.</summary>
public sealed record PipelineModel
{
    /// <summary>The columns it was fitted to, without the target.</summary>
    public required FrameSchema Input { get; init; }

    /// <summary>The name of the column that it predicts.</summary>
    public required string Target { get; init; }

    /// <summary>The steps, first to last.</summary>
    public required ImmutableArray<IFittedTransformer> Steps { get; init; }

    /// <summary>What was learned behind the steps.</summary>
    public required IModel Model { get; init; }

    /// <summary>What is done with a frame that lacks a column.</summary>
    public MissingColumn MissingColumns { get; init; }

    /// <summary>What is done with levels that did not occur in training.</summary>
    public UnseenLevel UnseenLevels { get; init; }

    /// <summary>What it predicts.</summary>
    [JsonIgnore]
    public TargetKind Predicts => Model is IClassificationModel ? TargetKind.Class : TargetKind.Number;

    /// <summary>The names of the classes, by number; none where it predicts numbers.</summary>
    [JsonIgnore]
    public ImmutableArray<string> Classes => Model is IClassificationModel model ? model.Classes : [];

    /// <summary>The features of a frame as <see cref="Model"/> sees them.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type, or a level is unseen, where that is not allowed.</exception>
    public Features Prepare(Frame frame)
    {
        var x = Input.Read(frame, MissingColumns, UnseenLevels);
        foreach (var step in Steps) x = step.Apply(x);
        return Model.Schema.Read(x);
    }

    /// <summary>The number predicted for each row.</summary>
    /// <exception cref="ArgumentException">The frame does not fit; see <see cref="Prepare"/>.</exception>
    /// <exception cref="InvalidOperationException">It predicts classes.</exception>
    public double[] Predict(Frame frame) => Take<IRegressionModel>("numbers").Predict(Prepare(frame));

    /// <summary>The name of the class predicted for each row.</summary>
    /// <exception cref="ArgumentException">The frame does not fit; see <see cref="Prepare"/>.</exception>
    /// <exception cref="InvalidOperationException">It predicts numbers.</exception>
    public string[] PredictClasses(Frame frame)
    {
        var model = Take<IClassificationModel>("classes");
        return Array.ConvertAll(model.Predict(Prepare(frame)), c => model.Classes[c]);
    }

    /// <summary>The probabilities of the classes, (rows × classes), one row after another.</summary>
    /// <exception cref="ArgumentException">The frame does not fit; see <see cref="Prepare"/>.</exception>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public double[] Probabilities(Frame frame) => Take<IProbabilisticModel>("probabilities").Probabilities(Prepare(frame));

    /// <summary>The scores behind the predictions, (rows × scores), one row after another.</summary>
    /// <exception cref="ArgumentException">The frame does not fit; see <see cref="Prepare"/>.</exception>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public double[] Margins(Frame frame) => Take<IMarginModel>("margins").Margins(Prepare(frame));

    /// <summary>What is predicted for each row as a column under the target's name: numbers or classes.</summary>
    /// <exception cref="ArgumentException">The frame does not fit; see <see cref="Prepare"/>.</exception>
    public Column PredictColumn(Frame frame) =>
        Predicts == TargetKind.Number ? Column.Of(Target, Predict(frame)) : Column.Categories(Target, PredictClasses(frame));

    /// <summary>The number predicted for one row, given as values by column.</summary>
    /// <exception cref="ArgumentException">A value does not fit its column, or one is not given.</exception>
    /// <exception cref="InvalidOperationException">It predicts classes.</exception>
    public double Predict(IEnumerable<KeyValuePair<string, object?>> row) => Predict(Input.Row(row))[0];

    /// <summary>The name of the class predicted for one row, given as values by column.</summary>
    /// <exception cref="ArgumentException">A value does not fit its column, or one is not given.</exception>
    /// <exception cref="InvalidOperationException">It predicts numbers.</exception>
    public string PredictClass(IEnumerable<KeyValuePair<string, object?>> row) => PredictClasses(Input.Row(row))[0];

    TModel Take<TModel>(string what) where TModel : class, IModel =>
        Model as TModel ?? throw new InvalidOperationException($"A {Model.GetType().Name} gives no {what}; it predicts {(Predicts == TargetKind.Class ? "classes" : "numbers")}.");
}
