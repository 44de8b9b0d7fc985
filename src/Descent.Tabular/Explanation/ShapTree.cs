using System.Runtime.Intrinsics;

namespace Descent.Tabular;

/// <summary>One tree, prepared for the Shapley values of many rows.</summary>
/// <remarks>
/// A leaf is a game of the features on its way: worth v ∏ o over those known and ∏ z over those not, where o is 1 if the row meets all
/// that the way asks of the feature, and z the share of the weight that did. As the Shapley weights are integrals of tˢ (1 − t)ᴰ⁻¹⁻ˢ,
/// feature i's value is v (oᵢ − zᵢ) ∫ ∏ over the others of (t o + (1 − t) z) dt, a polynomial of degree below D that ⌈D / 2⌉ places of
/// Gauss integrate exactly. So each edge multiplies a vector of a few numbers, one a place, on the way down, and every feature collects
/// from the sums of leaves on the way up: O(nodes × depth) for a row, where the algorithm of the paper takes O(leaves × depth²).
/// As o is 0 or 1, an edge has three states, and its factors are known before the rows: 0, the row meets the way; 1, it fails here;
/// 2, it failed the same feature further up.
/// </remarks>
sealed class ShapTree
{
    internal const int States = 3;

    readonly Tree _tree;
    readonly int[] _order;
    readonly double[] _threshold;
    readonly bool[] _missingLeft, _isCategorical;

    internal ShapTree(in TreeTerm term)
    {
        _tree = term.Tree;
        _order = [.. _tree.Reachable()];
        int n = _order.Length;
        Outputs = _tree.Outputs;
        (Parent, IsLeft, Split, Owner, Previous) = (new int[n], new bool[n], new int[n], new int[n], new int[n]);
        (_threshold, _missingLeft, _isCategorical) = (new double[n], new bool[n], new bool[n]);
        double[] share = new double[n], values = term.NodeValues();
        Values = new double[n * Outputs];
        Expected = new double[Outputs];
        double[] reach = new double[n];
        int[] places = new int[_tree.Nodes], unique = new int[n];
        for (int i = 0; i < n; i++) places[_order[i]] = i;
        var locals = new Dictionary<int, int>();
        reach[0] = 1;
        int deepest = 1;
        for (int i = 0; i < n; i++)
        {
            int node = _order[i];
            values.AsSpan(node * Outputs, Outputs).CopyTo(Values.AsSpan(i * Outputs));
            if (_tree.Left[node] < 0)
            {
                Split[i] = -1;
                for (int k = 0; k < Outputs; k++) Expected[k] += reach[i] * Values[i * Outputs + k];
                deepest = Math.Max(deepest, unique[i]);
                continue;
            }
            Split[i] = term.Feature(node);
            (_threshold[i], _missingLeft[i], _isCategorical[i]) = (_tree.Threshold[node], _tree.MissingLeft[node], _tree.IsCategorical(node));
            if (!locals.TryGetValue(Split[i], out int local)) locals.Add(Split[i], local = locals.Count);
            int earlier = i;
            while (earlier > 0 && Owner[earlier] != local) earlier = Parent[earlier];
            foreach (int next in (ReadOnlySpan<int>)[_tree.Left[node], _tree.Right[node]])
            {
                int child = places[next];
                double own = _tree.Cover[node] > 0 ? _tree.Cover[next] / _tree.Cover[node] : 0;
                (Parent[child], IsLeft[child], Owner[child], Previous[child]) = (i, next == _tree.Left[node], local, earlier);
                reach[child] = reach[i] * own;
                // The shares of one feature's edges multiply.
                share[child] = own * (earlier > 0 ? share[earlier] : 1);
                unique[child] = unique[i] + (earlier > 0 ? 0 : 1);
            }
        }
        Features = [.. locals.OrderBy(p => p.Value).Select(p => p.Key)];
        var (at, weights) = Quadrature.Gauss((deepest + 1) / 2);
        Chunks = (at.Length + 3) / 4;
        Weights = Vectors(q => q < at.Length ? weights[q] : 0);
        Off = Vectors(q => q < at.Length ? -1 / (1 - at[q]) : 0);
        (On, Factors, Gains) = (new Vector256<double>[n * Chunks], new Vector256<double>[n * States * Chunks], new Vector256<double>[n * States * Chunks]);
        Span<double> padded = stackalloc double[4];
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            for (int q = 0; q < 4; q++) padded[q] = chunk * 4 + q < at.Length ? at[chunk * 4 + q] : 0.5;
            Vector256<double> t = Vector256.Create<double>(padded), rest = Vector256<double>.One - t;
            for (int i = 1; i < n; i++)
            {
                bool isFirst = Previous[i] == 0;
                var z = Vector256.Create(share[i]);
                var met = z * rest + t;
                var before = isFirst ? Vector256<double>.One : Vector256.Create(share[Previous[i]]) * rest + t;
                On[i * Chunks + chunk] = (Vector256<double>.One - z) / met;
                var change = isFirst ? default : On[Previous[i] * Chunks + chunk];
                int edge = i * States * Chunks + chunk;
                Factors[edge] = met / before;
                Factors[edge + Chunks] = z * rest / before;
                Factors[edge + 2 * Chunks] = Vector256.Create(share[i] == 0 ? 0 : isFirst ? share[i] : share[i] / share[Previous[i]]);
                Gains[edge] = Weights[chunk] * (On[i * Chunks + chunk] - change);
                Gains[edge + Chunks] = Weights[chunk] * (Off[chunk] - change);
            }
        }
    }

    internal int Nodes => _order.Length;

    internal int Outputs { get; }

    /// <summary>The features asked for, by their numbers here.</summary>
    internal int[] Features { get; }

    /// <summary>The value of a row of which nothing is known.</summary>
    internal double[] Expected { get; }

    /// <summary>Vectors of four places each.</summary>
    internal int Chunks { get; }

    // By node, parents first; what an edge holds stands at its lower end.
    internal int[] Parent { get; }

    internal bool[] IsLeft { get; }

    /// <summary>The feature asked for, −1 of a leaf.</summary>
    internal int[] Split { get; }

    /// <summary>The feature of the edge, by its number here.</summary>
    internal int[] Owner { get; }

    /// <summary>The edge above that asks for the same feature, or 0.</summary>
    internal int[] Previous { get; }

    internal double[] Values { get; }

    internal Vector256<double>[] Weights { get; }

    /// <summary>(o − z) / (t o + (1 − t) z) for o = 0.</summary>
    internal Vector256<double>[] Off { get; }

    /// <summary>The same for o = 1.</summary>
    internal Vector256<double>[] On { get; }

    /// <summary>What an edge multiplies the product by.</summary>
    internal Vector256<double>[] Factors { get; }

    /// <summary>What the edge's feature collects of the sum below.</summary>
    internal Vector256<double>[] Gains { get; }

    internal bool GoesLeft(int node, double value)
    {
        float x = (float)value;
        if (float.IsNaN(x)) return _missingLeft[node];
        return _isCategorical[node] ? _tree.GoesLeft(_order[node], value) : x <= _threshold[node];
    }

    /// <summary>The lowest edge of each feature on the way to each leaf, one leaf after another, and where each leaf's begin.</summary>
    internal (int[] Edges, int[] Starts) Ways()
    {
        var edges = new List<int>();
        int[] starts = new int[Nodes + 1];
        var seen = new HashSet<int>();
        for (int i = 0; i < Nodes; i++)
        {
            starts[i] = edges.Count;
            if (Split[i] >= 0) continue;
            seen.Clear();
            for (int edge = i; edge > 0; edge = Parent[edge])
                if (seen.Add(Owner[edge])) edges.Add(edge);
        }
        starts[Nodes] = edges.Count;
        return ([.. edges], starts);
    }

    Vector256<double>[] Vectors(Func<int, double> of) =>
        [.. Enumerable.Range(0, Chunks).Select(c => Vector256.Create(of(4 * c), of(4 * c + 1), of(4 * c + 2), of(4 * c + 3)))];
}
