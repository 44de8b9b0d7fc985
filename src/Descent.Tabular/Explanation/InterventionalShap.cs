using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Exact Shapley values of trees where features that are not known take the values of background rows.</summary>
/// <remarks>
/// Lundberg et al., 2020, algorithm 3: for a row and one of the background, only leaves count that some mixture of both comes to;
/// such a leaf gives to each of its features by how many it needs of the one and of the other.
/// </remarks>
static class InterventionalShap
{
    internal static void Add(TreeSum trees, double[] rows, double[] background, ShapSum sum, CancellationToken cancellation)
    {
        int features = sum.Features, others = background.Length / features;
        foreach (var term in trees.Terms)
        {
            var tree = new MixedTree(term, features);
            for (int b = 0; b < others; b++)
                for (int k = 0; k < tree.Outputs; k++)
                    sum.Base[term.First + k] += tree.Values[tree.Leaf(background.AsSpan(b * features, features)) * tree.Outputs + k] / others;
            WorkerPool.For(sum.Rows, i =>
            {
                var walk = new Walk(tree, rows.AsMemory(i * features, features), sum.Values.AsMemory((i * sum.Outputs + term.First) * features, tree.Outputs * features), 1.0 / others);
                for (int b = 0; b < others; b++) walk.Mix(background.AsMemory(b * features, features));
            }, cancellation);
        }
    }

    /// <summary>A tree whose features are those of the whole model.</summary>
    sealed class MixedTree
    {
        readonly Tree _tree;

        internal MixedTree(in TreeTerm term, int features)
        {
            _tree = term.Tree;
            (Outputs, FeatureCount, Values) = (_tree.Outputs, features, term.NodeValues());
            Split = new int[_tree.Nodes];
            foreach (int node in _tree.Reachable()) Split[node] = _tree.Left[node] < 0 ? -1 : term.Feature(node);
        }

        internal int Outputs { get; }

        internal int FeatureCount { get; }

        internal double[] Values { get; }

        internal int[] Split { get; }

        internal int Child(int node, bool left) => left ? _tree.Left[node] : _tree.Right[node];

        internal bool GoesLeft(int node, ReadOnlySpan<double> row) => _tree.GoesLeft(node, row[Split[node]]);

        internal int Leaf(ReadOnlySpan<double> row)
        {
            int node = 0;
            while (Split[node] >= 0) node = Child(node, GoesLeft(node, row));
            return node;
        }
    }

    /// <summary>The leaves that mixtures of a row and others come to.</summary>
    sealed class Walk(MixedTree tree, ReadOnlyMemory<double> row, Memory<double> values, double factor)
    {
        /// <summary>By feature: 1 where the way needs the row's value, −1 where it needs the other's, 0 where either will do.</summary>
        readonly sbyte[] _needs = new sbyte[tree.FeatureCount];
        readonly List<int> _fromRow = [], _fromOther = [];
        ReadOnlyMemory<double> _other;

        internal void Mix(ReadOnlyMemory<double> other)
        {
            _other = other;
            Visit(0);
        }

        void Visit(int node)
        {
            int feature = tree.Split[node];
            if (feature < 0)
            {
                Give(node);
                return;
            }
            bool row1 = tree.GoesLeft(node, row.Span), other1 = tree.GoesLeft(node, _other.Span);
            if (row1 == other1) Visit(tree.Child(node, row1));
            else if (_needs[feature] != 0) Visit(tree.Child(node, _needs[feature] > 0 ? row1 : other1));
            else
            {
                VisitBy(node, feature, 1, row1, _fromRow);
                VisitBy(node, feature, -1, other1, _fromOther);
            }
        }

        void VisitBy(int node, int feature, sbyte need, bool left, List<int> side)
        {
            _needs[feature] = need;
            side.Add(feature);
            Visit(tree.Child(node, left));
            side.RemoveAt(side.Count - 1);
            _needs[feature] = 0;
        }

        void Give(int leaf)
        {
            int own = _fromRow.Count, others = _fromOther.Count;
            if (own + others == 0) return;
            // (p − 1)! n! / (p + n)! for what is needed of the row, p! (n − 1)! / (p + n)! for what is needed of the other.
            double plus = own == 0 ? 0 : factor / (own * Binomial(own + others, own)), minus = others == 0 ? 0 : factor / (others * Binomial(own + others, own));
            var to = values.Span;
            for (int k = 0; k < tree.Outputs; k++)
            {
                double value = tree.Values[leaf * tree.Outputs + k];
                foreach (int feature in _fromRow) to[k * tree.FeatureCount + feature] += plus * value;
                foreach (int feature in _fromOther) to[k * tree.FeatureCount + feature] -= minus * value;
            }
        }

        static double Binomial(int n, int k)
        {
            double product = 1;
            for (int i = 1; i <= Math.Min(k, n - k); i++) product *= (double)(n - i + 1) / i;
            return product;
        }
    }
}
