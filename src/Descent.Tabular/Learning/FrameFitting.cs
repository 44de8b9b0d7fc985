namespace Descent.Tabular;

/// <summary>Training on frames.</summary>
public static class FrameFitting
{
    extension<TModel>(IRegressor<TModel> learner) where TModel : IRegressionModel
    {
        /// <summary>Trains on the columns of a frame but the target and the weights.</summary>
        /// <exception cref="ArgumentException">A name is not a column, a column cannot be a feature, or a target is missing.</exception>
        public TModel Fit(Frame train, string target, string? weights = null)
        {
            double[] y = Numbers(train[target]);
            return learner.Fit(Features.Of(train, weights is null ? [target] : [target, weights]), y, weights is null ? [] : Numbers(train[weights]));
        }
    }

    extension<TModel>(IClassifier<TModel> learner) where TModel : IClassificationModel
    {
        /// <summary>Trains on the columns of a frame but the target and the weights.</summary>
        /// <exception cref="ArgumentException">A name is not a column, a column cannot be a feature, or a target is missing.</exception>
        public TModel Fit(Frame train, string target, string? weights = null) =>
            learner.Fit(Features.Of(train, weights is null ? [target] : [target, weights]), Labels.From(train[target]), weights is null ? [] : Numbers(train[weights]));
    }

    /// <summary>The values of a column that has a number in every row.</summary>
    internal static double[] Numbers(Column column)
    {
        if (column.Type is not (ColumnType.Float or ColumnType.Integer or ColumnType.Boolean))
            throw new ArgumentException($"Column '{column.Name}' is {column.Type}; expected numbers. To tell its values apart, train a classifier.", nameof(column));
        double[] values = new double[column.Count];
        column.CopyNumbers(values);
        int missing = Array.FindIndex(values, double.IsNaN);
        return missing < 0 ? values : throw new ArgumentException($"'{column.Name}' is missing in row {missing}. Leave out rows without it.", nameof(column));
    }
}
