using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How members of a bag are drawn.</summary>
/// <remarks>Breiman, "Bagging Predictors", Machine Learning 24, 1996; drawing features too is Ho's random subspaces, 1998.</remarks>
public abstract record BaggingOptions
{
    private protected BaggingOptions() { }

    /// <summary>The number of members.</summary>
    public int Members { get; init => field = Check.AtLeast(1, value); } = 10;

    /// <summary>Whether rows are drawn with replacement.</summary>
    public bool Bootstrap { get; init; } = true;

    /// <summary>How many rows a member draws, as a share of all.</summary>
    public double SampleShare { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>How many features a member draws, without replacement, as a share of all.</summary>
    public double FeatureShare { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>Whether the model is also tried on the rows that each member did not see.</summary>
    public bool OutOfBag { get; init; }

    /// <summary>Decides the draws.</summary>
    public ulong Seed { get; init; }

    private protected (TModel[] Models, int[][] Features, bool[][] LeftOut) Train<TModel>(Features x, double[] weights, Func<Features, int[], double[], TModel> fit)
    {
        var bag = new Bag(Seed, Bootstrap, SampleShare);
        var models = new TModel[Members];
        var (features, leftOut) = (new int[Members][], new bool[Members][]);
        WorkerPool.For(Members, m =>
        {
            var generator = bag.Generator(m);
            int[] counts = bag.Counts(x.Rows, generator);
            double[] own = Bag.Weigh(weights, counts);
            int[] rows = [.. Enumerable.Range(0, x.Rows).Where(row => own[row] > 0)];
            features[m] = [.. Enumerable.Range(0, x.Columns)];
            if (FeatureShare < 1)
            {
                generator.Shuffle<int>(features[m]);
                features[m] = features[m][..Math.Max(1, (int)(FeatureShare * x.Columns))];
                Array.Sort(features[m]);
            }
            models[m] = fit(x.Select(features[m]).Take(rows), rows, Array.ConvertAll(rows, row => own[row]));
            leftOut[m] = Array.ConvertAll(counts, c => c == 0);
        });
        return (models, features, leftOut);
    }

    /// <summary>For each row the mean of what members say that did not see it; NaN where there is none.</summary>
    private protected static double[] OutOfBagMeans(Features x, int outputs, bool[][] leftOut, int[][] features, Func<int, Features, double[]> predict)
    {
        double[] sums = new double[x.Rows * outputs];
        int[] votes = new int[x.Rows];
        for (int m = 0; m < leftOut.Length; m++)
        {
            int[] rows = [.. Enumerable.Range(0, x.Rows).Where(row => leftOut[m][row])];
            if (rows.Length == 0) continue;
            double[] said = predict(m, x.Select(features[m]).Take(rows));
            for (int i = 0; i < rows.Length; i++)
            {
                votes[rows[i]]++;
                for (int k = 0; k < outputs; k++) sums[rows[i] * outputs + k] += said[i * outputs + k];
            }
        }
        for (int i = 0; i < sums.Length; i++) sums[i] = votes[i / outputs] == 0 ? double.NaN : sums[i] / votes[i / outputs];
        return sums;
    }
}
