namespace Descent.Tabular;

/// <summary>Minimal cost-complexity pruning: the weakest branch is cut until each of its leaves is worth a price.</summary>
/// <remarks>Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984, chapter 3.</remarks>
public static class CostComplexity
{
    extension(Tree tree)
    {
        /// <summary>The prices at which branches fall, rising, each with the impurity of the leaves that are left; the first is 0 and the whole tree.</summary>
        public IReadOnlyList<(double Alpha, double Impurity)> PruningPath()
        {
            var path = new List<(double, double)>();
            var branches = new Branches(tree);
            path.Add((0, branches.Impurity));
            while (branches.CutWeakest(double.PositiveInfinity) is { } alpha) path.Add((alpha, branches.Impurity));
            return path;
        }
    }

    internal static Tree Prune(Tree tree, double alpha)
    {
        var branches = new Branches(tree);
        while (branches.CutWeakest(alpha) is not null) { }
        return branches.Rest();
    }

    sealed class Branches
    {
        readonly Tree _tree;
        readonly int[] _parent, _leaves;
        readonly double[] _cost, _branchCost;
        readonly bool[] _isCut;
        readonly List<int> _inner = [];

        internal Branches(Tree tree)
        {
            _tree = tree;
            (_parent, _leaves, _isCut) = (new int[tree.Nodes], new int[tree.Nodes], new bool[tree.Nodes]);
            (_cost, _branchCost) = (new double[tree.Nodes], new double[tree.Nodes]);
            _parent[0] = -1;
            int[] order = [.. tree.Reachable()];
            foreach (int node in order)
            {
                _cost[node] = tree.Cover[node] * tree.Impurity[node] / tree.Cover[0];
                if (tree.Left[node] < 0) continue;
                _inner.Add(node);
                _parent[tree.Left[node]] = _parent[tree.Right[node]] = node;
            }
            foreach (int node in order.Reverse())
            {
                bool isLeaf = tree.Left[node] < 0;
                _leaves[node] = isLeaf ? 1 : _leaves[tree.Left[node]] + _leaves[tree.Right[node]];
                _branchCost[node] = isLeaf ? _cost[node] : _branchCost[tree.Left[node]] + _branchCost[tree.Right[node]];
            }
        }

        internal double Impurity => _branchCost[0];

        /// <summary>Cuts the branch whose leaves are worth least, if that is at most a price; gives what they are worth.</summary>
        internal double? CutWeakest(double price)
        {
            int weakest = -1;
            double least = double.PositiveInfinity;
            foreach (int node in _inner)
            {
                double worth = (_cost[node] - _branchCost[node]) / (_leaves[node] - 1);
                if (worth < least) (weakest, least) = (node, worth);
            }
            if (weakest < 0 || least > price) return null;
            Cut(weakest);
            var (cost, leaves) = (_branchCost[weakest] - _cost[weakest], _leaves[weakest] - 1);
            for (int node = weakest; node >= 0; node = _parent[node])
            {
                _branchCost[node] -= cost;
                _leaves[node] -= leaves;
            }
            return least;
        }

        void Cut(int top)
        {
            var waiting = new Stack<int>([top]);
            while (waiting.TryPop(out int node))
            {
                if (_tree.Left[node] < 0 || _isCut[node]) continue;
                _isCut[node] = true;
                waiting.Push(_tree.Left[node]);
                waiting.Push(_tree.Right[node]);
            }
            _inner.RemoveAll(node => _isCut[node]);
        }

        internal Tree Rest()
        {
            var builder = new TreeBuilder(_tree.Outputs);
            var waiting = new Stack<(int Node, int Parent, bool IsLeft)>([(0, -1, false)]);
            while (waiting.TryPop(out var item))
            {
                var (node, parent, isLeft) = item;
                int id = builder.Add(_tree.Rows[node], _tree.Cover[node], _tree.Impurity[node], out var value);
                _tree.Value(node).CopyTo(value);
                if (parent >= 0) builder.Connect(parent, isLeft, id);
                if (_tree.Left[node] < 0 || _isCut[node]) continue;
                builder.Split(id, new(_tree.Feature[node], _tree.Threshold[node], _tree.IsCategorical(node) ? [.. _tree.LeftLevels[node]] : null, _tree.MissingLeft[node], 0));
                waiting.Push((_tree.Right[node], id, false));
                waiting.Push((_tree.Left[node], id, true));
            }
            return builder.Build();
        }
    }
}
