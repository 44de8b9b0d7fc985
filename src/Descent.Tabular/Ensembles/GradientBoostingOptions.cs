using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>How gradient boosting of first order trains.</summary>
/// <remarks>Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001, and "Stochastic Gradient Boosting", 2002.</remarks>
public abstract record GradientBoostingOptions : TreeOptions
{
    private protected GradientBoostingOptions() => MaxDepth = 3;

    /// <summary>The number of stages, each a tree for every score.</summary>
    public int Rounds { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>Shrinks what each tree adds.</summary>
    public double LearningRate { get; init => field = Check.Above(0, value); } = 0.1;

    /// <summary>The share of rows that each stage draws, without replacement.</summary>
    public double Subsample { get; init => field = Check.Above(0, Check.Within(0, 1, value)); } = 1;

    /// <summary>What makes a node impure.</summary>
    public RegressionCriterion Criterion { get; init; } = RegressionCriterion.Friedman;

    private protected (double[] Initial, ImmutableArray<Tree> Trees, ImmutableArray<double> Losses) Boost(Features x, IStageLoss loss, double[] weights, bool isWeighted)
    {
        var data = new TreeData(x);
        int rows = x.Rows, width = loss.Scores;
        double[] initial = loss.Initial(weights, isWeighted), scores = new double[rows * width], residuals = new double[rows];
        for (int i = 0; i < scores.Length; i++) scores[i] = initial[i % width];
        var trees = ImmutableArray.CreateBuilder<Tree>(Rounds * width);
        var losses = ImmutableArray.CreateBuilder<double>(Rounds);
        for (int round = 0; round < Rounds; round++)
        {
            var generator = new Generator(Seed, (ulong)round + 1);
            double[] own = weights;
            if (Subsample < 1)
            {
                int[] order = [.. Enumerable.Range(0, rows)];
                generator.Shuffle<int>(order);
                own = new double[rows];
                foreach (int row in order.AsSpan(0, Math.Max(1, (int)(Subsample * rows)))) own[row] = weights[row];
            }
            double[] before = width == 1 ? scores : (double[])scores.Clone();
            for (int k = 0; k < width; k++)
            {
                loss.Residuals(before, k, own, residuals);
                var tree = TreeTraining.Grow(data, this, false, Criterion, residuals, own, generator);
                int[] leaves = TreeRows.Leaves(tree, data);
                tree = Step(tree, leaves, loss, before, k, own, residuals);
                trees.Add(tree);
                for (int i = 0; i < rows; i++) scores[i * width + k] += tree.Values[leaves[i]];
            }
            losses.Add(loss.Mean(scores, own));
        }
        return (initial, trees.MoveToImmutable(), losses.MoveToImmutable());
    }

    /// <summary>The tree with the best step in each leaf, shrunk, in place of the mean residual.</summary>
    Tree Step(Tree tree, int[] leaves, IStageLoss loss, double[] scores, int k, double[] weights, double[] residuals)
    {
        var values = tree.Values.ToBuilder();
        foreach (var leaf in Enumerable.Range(0, leaves.Length).Where(i => weights[i] != 0).GroupBy(i => leaves[i]))
        {
            double step = loss.Step([.. leaf], scores, k, weights, residuals);
            if (!double.IsNaN(step)) values[leaf.Key] = step;
        }
        for (int node = 0; node < values.Count; node++) values[node] *= LearningRate;
        return tree with { Values = values.MoveToImmutable() };
    }
}
