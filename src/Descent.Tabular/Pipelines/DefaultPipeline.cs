using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Pipelines that suit a frame and a learner, for those who do not choose the steps themselves.</summary>
public static class DefaultPipeline
{
    const int MostLevels = 64;
    const double RareShare = 0.002;

    extension(Pipeline)
    {
        /// <summary>
        /// Prepares what the learner cannot take as it is: dates become numbers always; where it takes no missing values
        /// they are imputed, with indicators; where it takes no categories these become one-hot columns, rare levels grouped;
        /// where scale matters numbers are scaled.
        /// </summary>
        /// <param name="train">The frame that it will be fitted to.</param>
        /// <param name="target">The column to predict.</param>
        /// <param name="learner">The learner behind the steps.</param>
        /// <param name="except">Columns that are not to be learned from, such as identifiers or weights.</param>
        /// <exception cref="ArgumentException">A name is not a column.</exception>
        public static Pipeline Default(Frame train, string target, ILearner learner, params IEnumerable<string> except)
        {
            ArgumentNullException.ThrowIfNull(train);
            ArgumentNullException.ThrowIfNull(learner);
            var steps = ImmutableArray.CreateBuilder<ITransformer<IFittedTransformer>>();
            ImmutableArray<string> apart = [.. except];
            var x = train.Drop([target, .. apart]);
            bool Has(ColumnType type) => x.Columns.Any(c => c.Type == type);

            if (Has(ColumnType.DateTime)) steps.Add(new DateParts { Cyclic = !learner.Takes.HasFlag(LearnerInput.AnyScale) });
            if (Has(ColumnType.Text)) steps.Add(new DropColumns { Columns = ColumnSelector.OfType(ColumnType.Text) });
            if (Has(ColumnType.Category) && !learner.Takes.HasFlag(LearnerInput.Categories))
                steps.Add(new OneHotEncoder { MinShare = RareShare, MaxLevels = MostLevels, Unknown = UnknownLevel.Rare });
            if (!learner.Takes.HasFlag(LearnerInput.Missing)) steps.Add(new SimpleImputer { Strategy = Imputation.Median, AddIndicator = true });
            if (!learner.Takes.HasFlag(LearnerInput.AnyScale)) steps.Add(new StandardScaler());
            return new() { Except = apart, Steps = steps.ToImmutable(), Learner = learner };
        }
    }
}
