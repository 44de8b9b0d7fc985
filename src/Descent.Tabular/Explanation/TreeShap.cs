using System.Runtime.Intrinsics;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Exact path-dependent Shapley values of trees, and of their features' pairs.</summary>
/// <remarks>Lundberg et al., 2020, in the form that <see cref="ShapTree"/> tells.</remarks>
static class TreeShap
{
    const int BlockRows = 32;

    /// <param name="trees">The trees.</param>
    /// <param name="rows">(rows × features) numbers.</param>
    /// <param name="sum">What is added to.</param>
    /// <param name="pairs">If given, (rows × outputs × features × features) to which the pairs' halves are added.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal static void Add(TreeSum trees, double[] rows, ShapSum sum, double[]? pairs, CancellationToken cancellation)
    {
        foreach (var term in trees.Terms)
        {
            var tree = new ShapTree(term);
            for (int k = 0; k < tree.Outputs; k++) sum.Base[term.First + k] += tree.Expected[k];
            if (tree.Nodes == 1) continue;
            var ways = pairs is null ? default : tree.Ways();
            WorkerPool.For((sum.Rows + BlockRows - 1) / BlockRows, block =>
            {
                var walk = new Walk(tree);
                for (int i = block * BlockRows; i < Math.Min(sum.Rows, (block + 1) * BlockRows); i++)
                {
                    walk.Down(rows.AsSpan(i * sum.Features, sum.Features));
                    for (int k = 0; k < tree.Outputs; k++)
                        walk.Up(k, sum.Values.AsSpan((i * sum.Outputs + term.First + k) * sum.Features, sum.Features));
                    if (pairs is not null) walk.Pairs(ways.Edges, ways.Starts, pairs, sum.Features, i * sum.Outputs + term.First);
                }
            }, cancellation);
        }
    }

    /// <summary>One row's way through a tree, down both sides at once.</summary>
    sealed class Walk(ShapTree tree)
    {
        readonly Vector256<double>[] _products = new Vector256<double>[tree.Nodes * tree.Chunks], _sums = new Vector256<double>[tree.Nodes * tree.Chunks], _collected = new Vector256<double>[tree.Features.Length * tree.Chunks];
        readonly int[] _state = new int[tree.Nodes];
        readonly bool[] _goesLeft = new bool[tree.Nodes];

        internal void Down(ReadOnlySpan<double> row)
        {
            int chunks = tree.Chunks;
            _products.AsSpan(0, chunks).Fill(Vector256<double>.One);
            if (tree.Split[0] >= 0) _goesLeft[0] = tree.GoesLeft(0, row[tree.Split[0]]);
            for (int i = 1; i < _state.Length; i++)
            {
                int parent = tree.Parent[i], previous = tree.Previous[i], state = 2;
                if (previous == 0 || _state[previous] == 0) state = _goesLeft[parent] == tree.IsLeft[i] ? 0 : 1;
                _state[i] = state;
                int edge = (i * ShapTree.States + state) * chunks;
                for (int c = 0; c < chunks; c++) _products[i * chunks + c] = _products[parent * chunks + c] * tree.Factors[edge + c];
                if (tree.Split[i] >= 0) _goesLeft[i] = tree.GoesLeft(i, row[tree.Split[i]]);
            }
        }

        internal void Up(int output, Span<double> values)
        {
            int chunks = tree.Chunks;
            _collected.AsSpan().Clear();
            _sums.AsSpan().Clear();
            for (int i = _state.Length - 1; i > 0; i--)
            {
                var own = _sums.AsSpan(i * chunks, chunks);
                if (tree.Split[i] < 0)
                {
                    double value = tree.Values[i * tree.Outputs + output];
                    for (int c = 0; c < own.Length; c++) own[c] = _products[i * chunks + c] * value;
                }
                var above = _sums.AsSpan(tree.Parent[i] * chunks, chunks);
                for (int c = 0; c < own.Length; c++) above[c] += own[c];
                // Where the feature had failed already, this edge changes nothing.
                if (_state[i] == 2) continue;
                int edge = (i * ShapTree.States + _state[i]) * chunks, owner = tree.Owner[i] * chunks;
                for (int c = 0; c < own.Length; c++) _collected[owner + c] += own[c] * tree.Gains[edge + c];
            }
            for (int u = 0; u < tree.Features.Length; u++)
            {
                double sum = 0;
                for (int c = 0; c < chunks; c++) sum += Vector256.Sum(_collected[u * chunks + c]);
                values[tree.Features[u]] += sum;
            }
        }

        /// <param name="edges">The edges of the leaves' features.</param>
        /// <param name="starts">Where each leaf's begin.</param>
        /// <param name="pairs">All pairs.</param>
        /// <param name="features">Features of the whole.</param>
        /// <param name="place">The number of the first matrix of this row.</param>
        internal void Pairs(int[] edges, int[] starts, double[] pairs, int features, int place)
        {
            int chunks = tree.Chunks;
            Span<Vector256<double>> weighed = new Vector256<double>[chunks];
            for (int leaf = 1; leaf < _state.Length; leaf++)
            {
                var way = edges.AsSpan(starts[leaf]..starts[leaf + 1]);
                for (int a = 0; a < way.Length; a++)
                {
                    for (int c = 0; c < chunks; c++) weighed[c] = tree.Weights[c] * _products[leaf * chunks + c] * Change(way[a], c);
                    int first = tree.Features[tree.Owner[way[a]]];
                    for (int b = a + 1; b < way.Length; b++)
                    {
                        var sum = Vector256<double>.Zero;
                        for (int c = 0; c < chunks; c++) sum += weighed[c] * Change(way[b], c);
                        int second = tree.Features[tree.Owner[way[b]]];
                        double half = Vector256.Sum(sum) / 2;
                        for (int k = 0; k < tree.Outputs; k++)
                        {
                            double value = half * tree.Values[leaf * tree.Outputs + k];
                            pairs[((place + k) * features + first) * features + second] += value;
                            pairs[((place + k) * features + second) * features + first] += value;
                        }
                    }
                }
            }
        }

        Vector256<double> Change(int edge, int chunk) => _state[edge] == 0 ? tree.On[edge * tree.Chunks + chunk] : tree.Off[chunk];
    }
}
