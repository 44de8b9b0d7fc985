using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Steps over features in place of frames, for learners that stand beside others with other steps.</summary>
static class PreparedRows
{
    /// <summary>Fits steps to features: those given, or where there are none those that suit the learner.</summary>
    internal static (Features X, ImmutableArray<IFittedTransformer> Fitted) Fit(ImmutableArray<ITransformer<IFittedTransformer>>? steps, ILearner learner, Features x, Target y)
    {
        const string Target = "\0target";
        var frame = Frame(x);
        var own = steps ?? Pipeline.Default(frame.With(Column.Of(Target, new double[x.Rows])), Target, learner).Steps;
        var fitted = ImmutableArray.CreateBuilder<IFittedTransformer>(own.Length);
        foreach (var step in own)
        {
            var learned = step.Fit(frame, y);
            frame = step.TrainingRows(frame, y, learned);
            fitted.Add(learned);
        }
        return (Features.Of(frame), fitted.MoveToImmutable());
    }

    /// <summary>Rows that lie one after another, as the model behind the steps sees them.</summary>
    internal static double[] Apply(ImmutableArray<IFittedTransformer> steps, FeatureSchema schema, IModel model, ReadOnlySpan<double> rows)
    {
        int columns = schema.Features.Length, count = rows.Length / columns;
        var own = new double[columns][];
        for (int j = 0; j < columns; j++)
        {
            own[j] = new double[count];
            for (int i = 0; i < count; i++) own[j][i] = rows[i * columns + j];
        }
        var frame = Frame(new(schema, count, own));
        foreach (var step in steps) frame = step.Apply(frame);
        var x = model.Schema.Read(frame);
        double[] prepared = new double[count * x.Columns];
        x.CopyRows(0, prepared);
        return prepared;
    }

    static Frame Frame(Features x) => new(x.Schema.Features.Select((f, j) => f.IsCategory
        ? (Column)new CategoryColumn(f.Name, Codes(x.Column(j), f.Levels.Length), f.Levels)
        : Column.Of(f.Name, x.Column(j).ToArray())));

    static int[] Codes(ReadOnlySpan<double> values, int levels)
    {
        int[] codes = new int[values.Length];
        // What is no number of a level is missing, whatever a caller puts there.
        for (int i = 0; i < codes.Length; i++) codes[i] = values[i] >= 0 && values[i] < levels ? (int)values[i] : -1;
        return codes;
    }
}
