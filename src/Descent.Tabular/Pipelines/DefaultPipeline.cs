using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Pipelines that suit a frame and a learner, for those who do not choose the steps themselves.</summary>
public static class DefaultPipeline
{
    // Categories of more levels are encoded by their targets: for learners that take categories, for those that
    // take columns of any scale (trees, to which a column for each level says little), and for the others.
    const int MostNative = 128, MostSplit = 10, MostOneHot = 64;
    const int MostClasses = 20, TextComponents = 16;
    const double RareShare = 0.002;

    extension(Pipeline)
    {
        /// <summary>
        /// Prepares what the learner cannot take as it is. Always: dates become parts, texts a few sums of their terms, and
        /// identifiers and constants are left out. Where the learner takes no missing values, numbers are imputed by their
        /// medians, with indicators; where it takes no categories, or these have many levels, they become one-hot columns,
        /// rare levels grouped, or are encoded by their targets out of fold; where scale matters, numbers are scaled.
        /// </summary>
        /// <param name="train">The frame that it will be fitted to.</param>
        /// <param name="target">The column to predict.</param>
        /// <param name="learner">The learner behind the steps.</param>
        /// <param name="except">Columns that are not to be learned from, such as weights.</param>
        /// <exception cref="ArgumentException">A name is not a column.</exception>
        public static Pipeline Default(Frame train, string target, ILearner learner, params IEnumerable<string> except)
        {
            ArgumentNullException.ThrowIfNull(train);
            ArgumentNullException.ThrowIfNull(learner);
            string[] given = [.. except.Where(name => name != target)];
            var whole = train.Drop([target, .. given]);
            ImmutableArray<string> apart = [.. given, .. whole.Inspect().Where(w => IsUseless(w, whole[w.Column])).Select(w => w.Column)];
            // Something has to be left.
            if (apart.Length == given.Length + whole.Columns.Length) apart = [.. given];
            var x = train.Drop([target, .. apart]);
            bool tellsMany = learner.Predicts == TargetKind.Class && train[target].Factorize(null).Distinct > MostClasses;
            return new() { Except = apart, Learner = learner, Steps = [.. Steps(x, learner.Takes, tellsMany)] };
        }
    }

    /// <summary>Constants, and identifiers; texts of several words are none, though each is different.</summary>
    static bool IsUseless(ColumnWarning warning, Column column) => warning.Concern switch
    {
        ColumnConcern.Constant => true,
        ColumnConcern.Identifier => column.Type != ColumnType.Text || Enumerable.Range(0, column.Count).Count(row => column.Format(row)!.AsSpan().Trim().Contains(' ')) < column.Count / 2,
        _ => false,
    };

    static IEnumerable<ITransformer<IFittedTransformer>> Steps(Frame x, LearnerInput takes, bool tellsMany)
    {
        bool takesCategories = takes.HasFlag(LearnerInput.Categories), takesMissing = takes.HasFlag(LearnerInput.Missing), takesAnyScale = takes.HasFlag(LearnerInput.AnyScale);
        bool Has(params ColumnType[] types) => x.Columns.Any(c => types.Contains(c.Type));

        if (Has(ColumnType.DateTime)) yield return new DateParts { Cyclic = !takesAnyScale };
        if (!takesMissing && Has(ColumnType.Float, ColumnType.Integer, ColumnType.Boolean, ColumnType.DateTime)) yield return new SimpleImputer { Strategy = Imputation.Median, AddIndicator = true };

        int most = takesCategories ? MostNative : takesAnyScale ? MostSplit : MostOneHot;
        string[] wide = tellsMany && !takesCategories ? [] : [.. x.Columns.Where(c => c is CategoryColumn && c.Factorize(null).Distinct > most).Select(c => c.Name)];
        if (wide.Length > 0) yield return new TargetEncoder { Columns = ColumnSelector.Named(wide) };
        // Before the columns of one category or text come: together they are to weigh about as much as one column of numbers.
        if (!takesAnyScale) yield return new StandardScaler();
        if (x.Columns.Count(c => c.Type == ColumnType.Category) > wide.Length)
        {
            if (!takesCategories) yield return new OneHotEncoder { MinShare = RareShare, MaxLevels = MostOneHot, Unknown = UnknownLevel.Rare };
            else if (!takesMissing) yield return new SimpleImputer { Strategy = Imputation.Constant, Columns = ColumnSelector.OfType(ColumnType.Category) };
        }
        if (Has(ColumnType.Text)) yield return new TextVectorizer { Components = TextComponents, MinDocuments = 2 };
    }
}
