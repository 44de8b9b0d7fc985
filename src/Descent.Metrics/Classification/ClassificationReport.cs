using System.Globalization;
using System.Text;

namespace Descent.Metrics;

/// <summary>Figures of one class, or of an average over classes.</summary>
/// <param name="Precision">Of what is predicted so, the share that is.</param>
/// <param name="Recall">Of what is so, the share predicted.</param>
/// <param name="F1">Their harmonic mean.</param>
/// <param name="Support">How many samples are so.</param>
public sealed record ClassFigures(double Precision, double Recall, double F1, long Support);

/// <summary>What a <see cref="ConfusionMatrix"/> says of each class and of all; figures of no samples are NaN.</summary>
/// <param name="Accuracy">The share predicted right.</param>
/// <param name="PerClass">By class.</param>
/// <param name="Macro">The mean over classes.</param>
/// <param name="Weighted">The mean over classes, weighed by support.</param>
public sealed record ClassificationReport(double Accuracy, IReadOnlyList<ClassFigures> PerClass, ClassFigures Macro, ClassFigures Weighted)
{
    /// <summary>A table of the figures.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("              precision    recall        f1   support\n");
        for (int c = 0; c < PerClass.Count; c++) Row(c.ToString(CultureInfo.InvariantCulture), PerClass[c]);
        text.Append(CultureInfo.InvariantCulture, $"\n{"accuracy",12}{"",20} {Accuracy,10:F3}{Macro.Support,10}\n");
        Row("macro", Macro);
        Row("weighted", Weighted);
        return text.ToString();

        void Row(string name, ClassFigures figures) => text.Append(CultureInfo.InvariantCulture,
            $"{name,12} {figures.Precision,10:F3}{figures.Recall,10:F3}{figures.F1,10:F3}{figures.Support,10}\n");
    }
}
