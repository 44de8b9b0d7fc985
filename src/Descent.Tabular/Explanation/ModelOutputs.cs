using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>What any model says of rows, as numbers: its prediction, or the probabilities (or votes) of the classes.</summary>
static class ModelOutputs
{
    internal static ImmutableArray<string> Names(IModel model) => model is IClassificationModel classifier ? classifier.Classes : TreeSum.Prediction;

    /// <summary>(rows × outputs) numbers.</summary>
    internal static double[] Of(IModel model, Features x) => model switch
    {
        IRegressionModel regression => regression.Predict(x),
        IClassificationModel classification => ClassVotes.Of(classification, x),
        _ => throw Refuse(model),
    };

    /// <summary>The same of rows that lie one after another.</summary>
    internal static void Of(IModel model, ReadOnlySpan<double> rows, Span<double> outputs)
    {
        if (model is IRegressionModel regression) regression.Predict(rows, outputs);
        else if (model is IClassificationModel classification) ClassVotes.Of(classification, rows, outputs, classification.Classes.Length);
        else throw Refuse(model);
    }

    static NotSupportedException Refuse(IModel model) => new($"A {model.GetType().Name} predicts neither numbers nor classes.");
}
