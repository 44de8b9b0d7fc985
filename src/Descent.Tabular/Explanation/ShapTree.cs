using System.Runtime.Intrinsics;

namespace Descent.Tabular;

/// <summary>One tree, prepared for the Shapley values of many rows.</summary>
/// <remarks>
/// A leaf is a game of the features on its way: worth v ∏ o over those known and ∏ z over those not, where o is 1 if the row meets all
/// that the way asks of the feature, and z the share of the weight that did. As the Shapley weights are integrals of tˢ (1 − t)ᴰ⁻¹⁻ˢ,
/// feature i's value is v (oᵢ − zᵢ) ∫ ∏ over the others of (t o + (1 − t) z) dt, a polynomial of degree below D that ⌈D / 2⌉ places of
/// Gauss integrate exactly. So each edge multiplies a vector of a few numbers, one a place, on the way down, and every feature collects
/// from the sums of leaves on the way up: O(nodes × depth) for a row, where the algorithm of the paper takes O(leaves × depth²).
/// As o is 0 or 1, an edge has three states, and its factors are known before the rows: the row meets the way; it fails here; it
/// failed the same feature further up.
/// </remarks>
sealed class ShapTree
{
    readonly Tree _tree;
    readonly int[] _order;
    readonly double[] _threshold;
    readonly bool[] _missingLeft, _isCategorical;
    readonly Lazy<(int[] Edges, int[] Starts)> _ways;

    internal ShapTree(in TreeTerm term)
    {
        _tree = term.Tree;
        _ways = new(FindWays);
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
        (Places, Weights, Off) = (at.Length, weights, Array.ConvertAll(at, t => -1 / (1 - t)));
        (On, Factors, Gains) = (new double[n * Places], new double[n * FactorsOfEdge], new double[n * GainsOfEdge]);
        for (int i = 1; i < n; i++)
        {
            int previous = Previous[i];
            double z = share[i], before = previous == 0 ? 1 : share[previous];
            Factors[i * FactorsOfEdge + 2 * Places] = before == 0 ? 0 : z / before;
            for (int q = 0; q < Places; q++)
            {
                double t = at[q], met = z * (1 - t) + t, met0 = previous == 0 ? 1 : before * (1 - t) + t;
                On[i * Places + q] = (1 - z) / met;
                double change = previous == 0 ? 0 : On[previous * Places + q];
                Factors[i * FactorsOfEdge + 2 * q] = met / met0;
                Factors[i * FactorsOfEdge + 2 * q + 1] = z * (1 - t) / met0;
                Gains[i * GainsOfEdge + 2 * q] = weights[q] * (On[i * Places + q] - change);
                Gains[i * GainsOfEdge + 2 * q + 1] = weights[q] * (Off[q] - change);
            }
        }
    }

    internal int Nodes => _order.Length;

    internal int Outputs { get; }

    /// <summary>The features asked for, by their numbers here.</summary>
    internal int[] Features { get; }

    /// <summary>The value of a row of which nothing is known.</summary>
    internal double[] Expected { get; }

    /// <summary>The places of the quadrature.</summary>
    internal int Places { get; }

    /// <summary>Numbers in <see cref="Factors"/> for an edge: at each place where the row meets the way and where it fails here, and one for where it failed before.</summary>
    internal int FactorsOfEdge => 2 * Places + 1;

    /// <summary>Numbers in <see cref="Gains"/> for an edge: at each place where the row meets the way and where it fails here; where it failed before, the edge changes nothing.</summary>
    internal int GainsOfEdge => 2 * Places;

    /// <summary>About how many bytes it takes.</summary>
    internal long Size => (long)Nodes * (FactorsOfEdge + GainsOfEdge + Places + Outputs + 4) * sizeof(double);

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

    internal double[] Weights { get; }

    /// <summary>(o − z) / (t o + (1 − t) z) for o = 0.</summary>
    internal double[] Off { get; }

    /// <summary>The same for o = 1.</summary>
    internal double[] On { get; }

    /// <summary>What an edge multiplies the product by.</summary>
    internal double[] Factors { get; }

    /// <summary>What the edge's feature collects of the sum below.</summary>
    internal double[] Gains { get; }

    /// <summary>All bits of each row that goes left.</summary>
    internal Vector512<double> GoesLeft(int node, Vector512<double> values)
    {
        if (!_isCategorical[node])
        {
            var threshold = Vector512.Create(_threshold[node]);
            // A missing value is neither greater nor less.
            return _missingLeft[node] ? ~Vector512.GreaterThan(values, threshold) : Vector512.LessThanOrEqual(values, threshold);
        }
        var left = Vector512<double>.Zero;
        for (int i = 0; i < Vector512<double>.Count; i++)
            if (_tree.GoesLeft(_order[node], values[i])) left = left.WithElement(i, BitConverter.Int64BitsToDouble(-1));
        return left;
    }

    /// <summary>The lowest edge of each feature on the way to each leaf, one leaf after another, and where each leaf's begin.</summary>
    internal (int[] Edges, int[] Starts) Ways => _ways.Value;

    (int[] Edges, int[] Starts) FindWays()
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
}
