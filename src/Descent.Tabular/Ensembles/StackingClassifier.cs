using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A final learner over the probabilities that members give: of two classes that of the second, else all.</summary>
public sealed record StackingClassifier : StackingOptions, IClassifier<StackedClassificationModel>
{
    /// <summary>The learners of the members.</summary>
    public required ImmutableArray<IClassifier<IClassificationModel>> Learners { get; init => field = Check.NotEmpty(value); }

    /// <inheritdoc/>
    public LearnerInput Takes => Learners.Aggregate(LearnerInput.All, (takes, learner) => takes & learner.Takes);

    /// <summary>What combines them.</summary>
    public IClassifier<IProbabilisticModel> FinalLearner { get; init; } = new LogisticRegression();

    /// <inheritdoc/>
    public StackedClassificationModel Fit(Features x, Labels y, ReadOnlySpan<double> weights = default)
    {
        ArgumentNullException.ThrowIfNull(y);
        double[] w = Training.Check(nameof(StackingClassifier), x, y.Count, weights);
        Training.TwoClasses(nameof(StackingClassifier), y);
        int classes = y.Classes.Length;
        int[] judged = [.. Enumerable.Range(0, x.Rows)];
        IClassificationModel[] members;
        double[][] said;
        if (HoldOut > 0)
        {
            var (train, test) = HeldOut.Rows(x.Rows, HoldOut, Seed);
            members = [.. Learners.Select(l => FitPart(l, train))];
            said = [.. members.SelectMany(m => StackedClassificationModel.Columns(ClassVotes.Of(m, x.Take(test)), classes))];
            judged = test;
        }
        else
        {
            said = [.. Learners.SelectMany(l => StackedClassificationModel.Columns(OutOfFold(l), classes))];
            members = [.. Learners.Select(l => l.Fit(x, y, w))];
        }
        var final = FinalLearner.Fit(Final(x.Take(judged), said), y.Take(judged), Array.ConvertAll(judged, i => w[i]));
        return new() { Schema = x.Schema, Classes = y.Classes, Members = [.. members], Final = final, PassThrough = PassThrough };

        IClassificationModel FitPart(IClassifier<IClassificationModel> learner, int[] rows) => learner.Fit(x.Take(rows), y.Take(rows), Array.ConvertAll(rows, i => w[i]));

        double[] OutOfFold(IClassifier<IClassificationModel> learner)
        {
            double[] votes = new double[x.Rows * classes];
            foreach (var (train, test) in new StratifiedKFold { Folds = Folds }.Split(y))
            {
                double[] own = ClassVotes.Of(FitPart(learner, train), x.Take(test));
                for (int i = 0; i < test.Length; i++) own.AsSpan(i * classes, classes).CopyTo(votes.AsSpan(test[i] * classes));
            }
            return votes;
        }
    }
}

/// <summary>What <see cref="StackingClassifier"/> learned.</summary>
public sealed record StackedClassificationModel : IProbabilisticModel
{
    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <inheritdoc/>
    public required ImmutableArray<string> Classes { get; init; }

    /// <summary>The members, trained on all rows, or on those that are not held out.</summary>
    public required ImmutableArray<IClassificationModel> Members { get; init; }

    /// <summary>What combines them.</summary>
    public required IProbabilisticModel Final { get; init; }

    /// <summary>Whether the final model sees the features too.</summary>
    public required bool PassThrough { get; init; }

    /// <inheritdoc/>
    public void Probabilities(ReadOnlySpan<double> rows, Span<double> probabilities)
    {
        int classes = Classes.Length;
        double[] votes = new double[probabilities.Length];
        var said = new List<double[]>();
        foreach (var member in Members)
        {
            ClassVotes.Of(member, rows, votes, classes);
            said.AddRange(Columns(votes, classes));
        }
        Final.Probabilities(StackedRows.Of(rows, probabilities.Length / classes, [.. said], PassThrough), probabilities);
    }

    /// <summary>The columns of votes, without the first where it follows from the second.</summary>
    internal static double[][] Columns(double[] votes, int classes)
    {
        int first = classes == 2 ? 1 : 0, count = votes.Length / classes;
        var columns = new double[classes - first][];
        for (int k = first; k < classes; k++)
        {
            columns[k - first] = new double[count];
            for (int i = 0; i < count; i++) columns[k - first][i] = votes[i * classes + k];
        }
        return columns;
    }
}
