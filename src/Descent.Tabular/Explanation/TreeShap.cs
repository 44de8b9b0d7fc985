using System.Runtime.Intrinsics;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Exact path-dependent Shapley values of trees, and of their features' pairs.</summary>
/// <remarks>Lundberg et al., 2020, in the form that <see cref="ShapTree"/> tells.</remarks>
static class TreeShap
{
    /// <summary>Rows in one vector.</summary>
    internal const int Lanes = 8;

    // Trees that are ready together stay in the cache while blocks of rows pass.
    const int BlockGroups = 16;
    const long BatchBytes = 2 << 20;

    /// <param name="trees">The trees.</param>
    /// <param name="rows">(rows × features) numbers.</param>
    /// <param name="sum">What is added to.</param>
    /// <param name="pairs">If given, (rows × outputs × features × features) to which the pairs' halves are added.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal static void Add(TreeSum trees, double[] rows, ShapSum sum, double[]? pairs, CancellationToken cancellation)
    {
        int groups = (sum.Rows + Lanes - 1) / Lanes, width = sum.Outputs * sum.Features;
        for (int first = 0; first < trees.Terms.Length;)
        {
            var batch = new List<(ShapTree Tree, int First)>();
            long size = 0;
            for (; first < trees.Terms.Length && size < BatchBytes; first++)
            {
                var tree = new ShapTree(trees.Terms[first]);
                for (int k = 0; k < tree.Outputs; k++) sum.Base[trees.Terms[first].First + k] += tree.Expected[k];
                if (tree.Nodes == 1) continue;
                batch.Add((tree, trees.Terms[first].First));
                size += tree.Size;
            }
            WorkerPool.For((groups + BlockGroups - 1) / BlockGroups, block =>
            {
                var x = new Vector512<double>[sum.Features];
                var values = new Vector512<double>[width];
                var walk = new ShapWalk();
                for (int group = block * BlockGroups; group < Math.Min(groups, (block + 1) * BlockGroups); group++)
                {
                    Load(rows, sum, group, x);
                    Array.Clear(values);
                    foreach (var (tree, output) in batch)
                    {
                        walk.Down(tree, x);
                        for (int k = 0; k < tree.Outputs; k++) walk.Up(k, values.AsSpan((output + k) * sum.Features, sum.Features));
                        if (pairs is not null) AddPairs(walk, tree, output, sum, group, pairs);
                    }
                    for (int lane = 0; lane < Math.Min(Lanes, sum.Rows - group * Lanes); lane++)
                    {
                        var own = sum.Values.AsSpan((group * Lanes + lane) * width, width);
                        for (int at = 0; at < width; at++) own[at] += values[at][lane];
                    }
                }
            }, cancellation);
        }
    }

    /// <summary>Rows side by side, as float32s; behind the last one it is repeated.</summary>
    static void Load(double[] rows, ShapSum sum, int group, Vector512<double>[] x)
    {
        Span<double> column = stackalloc double[Lanes];
        for (int j = 0; j < x.Length; j++)
        {
            for (int lane = 0; lane < Lanes; lane++) column[lane] = (float)rows[Math.Min(group * Lanes + lane, sum.Rows - 1) * sum.Features + j];
            x[j] = Vector512.Create<double>(column);
        }
    }

    static void AddPairs(ShapWalk walk, ShapTree tree, int output, ShapSum sum, int group, double[] pairs)
    {
        int used = tree.Features.Length, features = sum.Features;
        for (int k = 0; k < tree.Outputs; k++)
        {
            var values = walk.Pairs(k);
            for (int lane = 0; lane < Math.Min(Lanes, sum.Rows - group * Lanes); lane++)
            {
                var own = pairs.AsSpan(((group * Lanes + lane) * sum.Outputs + output + k) * features * features, features * features);
                for (int a = 0; a < used; a++)
                    for (int b = 0; b < a; b++)
                    {
                        double half = values[a * used + b][lane] / 2;
                        own[tree.Features[a] * features + tree.Features[b]] += half;
                        own[tree.Features[b] * features + tree.Features[a]] += half;
                    }
            }
        }
    }
}
