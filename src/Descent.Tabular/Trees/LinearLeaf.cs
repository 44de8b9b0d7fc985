using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A leaf that says a constant and a sum over features, or a constant alone where one of them is missing.</summary>
/// <remarks>Shi, Li and Li, "Gradient Boosting With Piece-Wise Linear Regression Trees", 2019, arXiv:1802.05640.</remarks>
/// <param name="Constant">What is said where all features are 0.</param>
/// <param name="Features">The features, rising.</param>
/// <param name="Coefficients">What each is multiplied by.</param>
public sealed record LinearLeaf(double Constant, ImmutableArray<int> Features, ImmutableArray<double> Coefficients)
{
    internal double At(ReadOnlySpan<double> row, double missing)
    {
        double sum = Constant;
        for (int j = 0; j < Features.Length; j++)
        {
            float value = (float)row[Features[j]];
            if (float.IsNaN(value)) return missing;
            sum += Coefficients[j] * value;
        }
        return sum;
    }

    internal double At(float[][] columns, int row, double missing)
    {
        double sum = Constant;
        for (int j = 0; j < Features.Length; j++)
        {
            float value = columns[Features[j]][row];
            if (float.IsNaN(value)) return missing;
            sum += Coefficients[j] * value;
        }
        return sum;
    }

    /// <summary>The tree with a ridge regression in each leaf, over the numbers that are asked on the way to it: −(XᵀHX + λ)⁻¹ Xᵀg.</summary>
    internal static Tree Fit(Tree tree, int[] leaves, TreeData data, float[] gradients, float[] hessians, double lambda, float learningRate)
    {
        var paths = Paths(tree, data);
        var lines = new LinearLeaf?[tree.Nodes];
        int[][] rows = [.. Enumerable.Range(0, tree.Nodes).Select(_ => Array.Empty<int>())];
        foreach (var group in Enumerable.Range(0, leaves.Length).GroupBy(i => leaves[i])) rows[group.Key] = [.. group];
        WorkerPool.For(tree.Nodes, node =>
        {
            if (tree.Left[node] < 0 && paths[node] is { Length: > 0 } path) lines[node] = Fit(path, rows[node], data, gradients, hessians, lambda, learningRate);
        });
        return tree with { LinearLeaves = [.. lines] };
    }

    static LinearLeaf? Fit(int[] path, int[] rows, TreeData data, float[] gradients, float[] hessians, double lambda, float learningRate)
    {
        int n = path.Length + 1, used = 0;
        double[] normal = new double[n * n], slope = new double[n], x = new double[n];
        x[^1] = 1;
        foreach (int row in rows)
        {
            bool isWhole = true;
            for (int j = 0; j < path.Length && isWhole; j++) isWhole = !double.IsNaN(x[j] = data.Columns[path[j]][row]);
            if (!isWhole) continue;
            used++;
            for (int a = 0; a < n; a++)
            {
                slope[a] += x[a] * gradients[row];
                for (int b = 0; b <= a; b++) normal[a * n + b] += x[a] * hessians[row] * x[b];
            }
        }
        if (used < n) return null;
        for (int a = 0; a < n; a++)
        {
            if (a < n - 1) normal[a * n + a] += lambda;
            for (int b = 0; b < a; b++) normal[b * n + a] = normal[a * n + b];
        }
        return Solve(normal, slope) is not { } w ? null
            : new(-w[^1] * learningRate, [.. path], [.. w[..^1].Select(v => -v * learningRate)]);
    }

    /// <summary>The numbers that are asked on the way to each leaf, rising; null of nodes that are no leaves.</summary>
    static int[]?[] Paths(Tree tree, TreeData data)
    {
        var paths = new int[]?[tree.Nodes];
        var waiting = new Stack<(int Node, ImmutableSortedSet<int> Asked)>([(0, [])]);
        while (waiting.TryPop(out var at))
        {
            if (tree.Left[at.Node] < 0)
            {
                paths[at.Node] = [.. at.Asked];
                continue;
            }
            int feature = tree.Feature[at.Node];
            var asked = data.Levels[feature] == 0 ? at.Asked.Add(feature) : at.Asked;
            waiting.Push((tree.Left[at.Node], asked));
            waiting.Push((tree.Right[at.Node], asked));
        }
        return paths;
    }

    /// <summary>A⁻¹ b by elimination with pivots; null where A is singular to rounding.</summary>
    static double[]? Solve(double[] a, double[] b)
    {
        int n = b.Length;
        double largest = a.Max(Math.Abs);
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            for (int i = k + 1; i < n; i++)
                if (Math.Abs(a[i * n + k]) > Math.Abs(a[pivot * n + k])) pivot = i;
            if (!(Math.Abs(a[pivot * n + k]) > 1e-13 * largest)) return null;
            for (int j = 0; j < n; j++) (a[k * n + j], a[pivot * n + j]) = (a[pivot * n + j], a[k * n + j]);
            (b[k], b[pivot]) = (b[pivot], b[k]);
            for (int i = k + 1; i < n; i++)
            {
                double factor = a[i * n + k] / a[k * n + k];
                for (int j = k; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
                b[i] -= factor * b[k];
            }
        }
        for (int k = n - 1; k >= 0; k--)
        {
            for (int j = k + 1; j < n; j++) b[k] -= a[k * n + j] * b[j];
            b[k] /= a[k * n + k];
        }
        return b;
    }
}
