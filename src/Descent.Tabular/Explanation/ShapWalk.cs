using System.Runtime.Intrinsics;

namespace Descent.Tabular;

/// <summary>Eight rows' way through a tree, down both sides at once.</summary>
sealed class ShapWalk
{
    ShapTree _tree = null!;
    Vector512<double>[] _products = [], _sums = [], _met = [], _left = [], _pairs = [], _changes = [];

    /// <param name="tree">The tree.</param>
    /// <param name="x">The rows' features, of the whole model.</param>
    internal void Down(ShapTree tree, ReadOnlySpan<Vector512<double>> x)
    {
        _tree = tree;
        int n = tree.Nodes, places = tree.Places;
        if (_met.Length < n) (_met, _left) = (new Vector512<double>[n], new Vector512<double>[n]);
        if (_products.Length < n * places) (_products, _sums) = (new Vector512<double>[n * places], new Vector512<double>[n * places]);
        var products = _products.AsSpan(0, n * places);
        products[..places].Fill(Vector512<double>.One);
        _left[0] = tree.GoesLeft(0, x[tree.Split[0]]);
        for (int i = 1; i < n; i++)
        {
            int parent = tree.Parent[i], previous = tree.Previous[i];
            var met = tree.IsLeft[i] ? _left[parent] : ~_left[parent];
            var above = products.Slice(parent * places, places);
            var own = products.Slice(i * places, places);
            var factors = tree.Factors.AsSpan(i * tree.FactorsOfEdge, 2 * places + 1);
            if (previous == 0)
            {
                for (int q = 0; q < own.Length; q++) own[q] = above[q] * Vector512.ConditionalSelect(met, Vector512.Create(factors[2 * q]), Vector512.Create(factors[2 * q + 1]));
            }
            else
            {
                var before = _met[previous];
                var failed = Vector512.Create(factors[^1]);
                met &= before;
                for (int q = 0; q < own.Length; q++)
                    own[q] = above[q] * Vector512.ConditionalSelect(met, Vector512.Create(factors[2 * q]), Vector512.ConditionalSelect(before, Vector512.Create(factors[2 * q + 1]), failed));
            }
            _met[i] = met;
            if (tree.Split[i] >= 0) _left[i] = tree.GoesLeft(i, x[tree.Split[i]]);
        }
    }

    /// <summary>Adds what each feature collects of an output.</summary>
    internal void Up(int output, Span<Vector512<double>> values)
    {
        var tree = _tree;
        int n = tree.Nodes, places = tree.Places;
        Span<Vector512<double>> products = _products.AsSpan(0, n * places), sums = _sums.AsSpan(0, n * places);
        for (int i = n - 1; i > 0; i--)
        {
            var own = sums.Slice(i * places, places);
            if (tree.Split[i] < 0)
            {
                var value = Vector512.Create(tree.Values[i * tree.Outputs + output]);
                var leaf = products.Slice(i * places, places);
                for (int q = 0; q < own.Length; q++) own[q] = leaf[q] * value;
            }
            int previous = tree.Previous[i];
            var above = sums.Slice(tree.Parent[i] * places, places);
            var gains = tree.Gains.AsSpan(i * tree.GainsOfEdge, 2 * places);
            var (met, collected) = (_met[i], Vector512<double>.Zero);
            // Right children come first.
            if (tree.IsLeft[i])
            {
                for (int q = 0; q < own.Length; q++) above[q] += own[q];
            }
            else own.CopyTo(above);
            for (int q = 0; q < own.Length; q++) collected = Vector512.FusedMultiplyAdd(own[q], Vector512.ConditionalSelect(met, Vector512.Create(gains[2 * q]), Vector512.Create(gains[2 * q + 1])), collected);
            if (previous != 0) collected &= _met[previous];
            values[tree.Features[tree.Owner[i]]] += collected;
        }
    }

    /// <summary>What pairs of the tree's features add to an output jointly, (features × features), below the diagonal.</summary>
    internal ReadOnlySpan<Vector512<double>> Pairs(int output)
    {
        var tree = _tree;
        int places = tree.Places, used = tree.Features.Length;
        var (edges, starts) = tree.Ways;
        if (_pairs.Length < used * used) _pairs = new Vector512<double>[used * used];
        var pairs = _pairs.AsSpan(0, used * used);
        pairs.Clear();
        for (int leaf = 1; leaf < tree.Nodes; leaf++)
        {
            var way = edges.AsSpan(starts[leaf]..starts[leaf + 1]);
            if (_changes.Length < way.Length * places) _changes = new Vector512<double>[way.Length * places];
            for (int a = 0; a < way.Length; a++)
                for (int q = 0; q < places; q++)
                    _changes[a * places + q] = Vector512.ConditionalSelect(_met[way[a]], Vector512.Create(tree.On[way[a] * places + q]), Vector512.Create(tree.Off[q]));
            double value = tree.Values[leaf * tree.Outputs + output];
            for (int a = 1; a < way.Length; a++)
                for (int b = 0; b < a; b++)
                {
                    var sum = Vector512<double>.Zero;
                    for (int q = 0; q < places; q++) sum += tree.Weights[q] * value * _products[leaf * places + q] * (_changes[a * places + q] * _changes[b * places + q]);
                    int first = tree.Owner[way[a]], second = tree.Owner[way[b]];
                    pairs[Math.Max(first, second) * used + Math.Min(first, second)] += sum;
                }
        }
        return pairs;
    }
}
