using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// Grows trees level by level from gradients and hessians, trying every value of every feature, and both sides for what is missing:
/// the same trees as XGBoost's exact method.
/// </summary>
/// <remarks>Chen and Guestrin, 2016, algorithms 1 and 3.</remarks>
sealed class ExactGrower : ITreeGrower
{
    /// <summary>A gain below this is rounding; also the distance of a split beyond the last value.</summary>
    const float Epsilon = 1e-6f;

    readonly TreeData _data;
    readonly BoostedTreeOptions _options;
    readonly SplitGain _gain;
    readonly int[][] _order;
    readonly InteractionSets _interactions;

    internal ExactGrower(TreeData data, BoostedTreeOptions options, float maxDeltaStep)
    {
        (_data, _options, _gain) = (data, options, new(options, maxDeltaStep));
        _interactions = new(options.Interactions);
        _order = new int[data.Columns.Length][];
        WorkerPool.For(_order.Length, j =>
        {
            int[] all = [.. Enumerable.Range(0, data.Rows)];
            new FeatureSort().Sort(data.Columns[j], all, out _, out var sorted, out int missing);
            _order[j] = sorted[..^missing].ToArray();
        });
    }

    /// <summary>A split that has been found; by default none.</summary>
    record struct Found(float Gain, int Feature, float Value, bool MissingLeft, GradientSum Left, GradientSum Right)
    {
        /// <summary>Equal gains keep the lower feature, and of one feature the first.</summary>
        internal void Offer(in Found other)
        {
            if (float.IsFinite(other.Gain) && (Feature <= other.Feature ? other.Gain > Gain : !(Gain > other.Gain))) this = other;
        }
    }

    public Tree Grow(float[] gradients, float[] hessians, Generator generator, int[] leaves)
    {
        var nodes = new BoostingNodes();
        float[]? factors = RowDraws.Draw(_options, gradients, generator);
        int[] place = new int[_data.Rows];
        if (factors is not null)
        {
            (gradients, hessians) = ([.. gradients.Zip(factors, (g, f) => g * f)], [.. hessians.Zip(factors, (h, f) => h * f)]);
            for (int i = 0; i < place.Length; i++) place[i] = factors[i] == 0 ? -1 : 0;
        }
        int[] treeColumns = ColumnDraws.Draw(Enumerable.Range(0, _order.Length).ToArray(), _options.ColumnsByTree, generator);
        int[] frontier = [nodes.Add(-1, WeightBounds.None)];
        Sum(nodes, frontier, place, gradients, hessians);
        for (int depth = 0; (depth < _options.MaxDepth || _options.MaxDepth == 0) && frontier.Length > 0; depth++)
        {
            int[] columns = ColumnDraws.Draw(treeColumns, _options.ColumnsByLevel, generator);
            var allowed = Allowed(nodes, frontier, columns, generator);
            var best = Search(nodes, frontier, columns, allowed, place, gradients, hessians);
            frontier = Split(nodes, frontier, best);
            Move(nodes, place);
            Sum(nodes, frontier, place, gradients, hessians);
        }
        nodes.Prune(_options.Gamma);
        var tree = nodes.ToTree(_options.LearningRate);
        TreeRows.Leaves(tree, _data, leaves);
        return tree;
    }

    /// <summary>The features that each node may split on; null is all.</summary>
    HashSet<int>[]? Allowed(BoostingNodes nodes, int[] frontier, int[] columns, Generator generator)
    {
        if (_options.ColumnsByNode >= 1 && _options.Interactions.IsEmpty) return null;
        return [.. frontier.Select(node =>
        {
            var drawn = ColumnDraws.Draw(columns, _options.ColumnsByNode, generator).ToHashSet();
            int[] path = [];
            for (int above = nodes[node].Parent; above >= 0; above = nodes[above].Parent) path = _interactions.Extend(path, nodes[above].Feature);
            if (_interactions.After(path) is { } set) drawn.IntersectWith(set);
            return drawn;
        })];
    }

    void Sum(BoostingNodes nodes, int[] frontier, int[] place, float[] gradients, float[] hessians)
    {
        if (frontier.Length == 0) return;
        var sums = new GradientSum[nodes.Count];
        for (int i = 0; i < place.Length; i++)
            if (place[i] >= 0) sums[place[i]] += new GradientSum(gradients[i], hessians[i]);
        foreach (int node in frontier)
        {
            nodes[node].Sum = sums[node];
            nodes[node].Weight = _gain.Weight(sums[node], nodes[node].Bounds);
            nodes[node].Gain = (float)_gain.Gain(sums[node], nodes[node].Weight);
        }
    }

    Found[] Search(BoostingNodes nodes, int[] frontier, int[] columns, HashSet<int>[]? allowed, int[] place, float[] gradients, float[] hessians)
    {
        int[] slots = new int[nodes.Count];
        Array.Fill(slots, -1);
        for (int s = 0; s < frontier.Length; s++) slots[frontier[s]] = s;
        var found = new Found[columns.Length][];
        WorkerPool.For(columns.Length, c =>
        {
            int column = columns[c];
            var best = found[c] = new Found[frontier.Length];
            int[] order = _order[column];
            if (order.Length == 0) return;
            float[] values = _data.Columns[column];
            bool isOneValue = values[order[0]] == values[order[^1]];
            // Where no value is missing one direction tries every split; so too where a value is there or not.
            if (order.Length < _data.Rows && !isOneValue) Scan(missingLeft: false);
            Scan(missingLeft: true);

            void Scan(bool missingLeft)
            {
                var sums = new GradientSum[frontier.Length];
                float[] last = new float[frontier.Length];
                for (int i = 0; i < order.Length; i++)
                {
                    int row = order[missingLeft ? order.Length - 1 - i : i], slot = place[row] < 0 ? -1 : slots[place[row]];
                    if (slot < 0) continue;
                    float value = values[row];
                    if (sums[slot].Hessian != 0 && value != last[slot] && sums[slot].Hessian >= _options.MinChildWeight)
                    {
                        // Between neighbours; where these are so near that no float lies between, the one seen first.
                        float middle = (value + last[slot]) * 0.5f;
                        Try(slot, sums[slot], middle == value ? last[slot] : middle, missingLeft);
                    }
                    sums[slot] += new GradientSum(gradients[row], hessians[row]);
                    last[slot] = value;
                }
                for (int slot = 0; slot < frontier.Length; slot++)
                {
                    if (sums[slot].Hessian < _options.MinChildWeight) continue;
                    float gap = Math.Abs(last[slot]) + Epsilon;
                    Try(slot, sums[slot], missingLeft ? last[slot] - gap : last[slot] + gap, missingLeft);
                }
            }

            void Try(int slot, GradientSum seen, float value, bool missingLeft)
            {
                ref var node = ref nodes[frontier[slot]];
                var rest = node.Sum - seen;
                if (rest.Hessian < _options.MinChildWeight || (allowed is not null && !allowed[slot].Contains(column))) return;
                var (left, right) = missingLeft ? (rest, seen) : (seen, rest);
                int monotone = _options.Monotone.IsEmpty ? 0 : _options.Monotone[column];
                best[slot].Offer(new((float)(_gain.Of(left, right, node.Bounds, monotone) - node.Gain), column, value, missingLeft, left, right));
            }
        });

        var all = new Found[frontier.Length];
        foreach (var ofColumn in found)
            for (int slot = 0; slot < all.Length; slot++)
                all[slot].Offer(ofColumn[slot]);
        return all;
    }

    int[] Split(BoostingNodes nodes, int[] frontier, Found[] best)
    {
        var next = new List<int>();
        for (int slot = 0; slot < frontier.Length; slot++)
        {
            var split = best[slot];
            if (!(split.Gain > Epsilon)) continue;
            int parent = frontier[slot];
            nodes[parent].SplitOn(split.Feature, split.Value, split.MissingLeft, split.Gain);
            var (left, right) = _gain.Divide(nodes[parent].Bounds, _options.Monotone.IsEmpty ? 0 : _options.Monotone[split.Feature], split.Left, split.Right);
            next.Add(nodes.Add(parent, left));
            next.Add(nodes.Add(parent, right));
            (nodes[parent].Left, nodes[parent].Right) = (next[^2], next[^1]);
        }
        return [.. next];
    }

    /// <summary>Sends each row on to the child it goes to.</summary>
    void Move(BoostingNodes nodes, int[] place)
    {
        const int BlockRows = 4096;
        WorkerPool.For((place.Length + BlockRows - 1) / BlockRows, block =>
        {
            for (int i = block * BlockRows; i < Math.Min(place.Length, (block + 1) * BlockRows); i++)
            {
                if (place[i] < 0 || nodes[place[i]].Left < 0) continue;
                ref var node = ref nodes[place[i]];
                float value = _data.Columns[node.Feature][i];
                place[i] = (float.IsNaN(value) ? node.MissingLeft : value < node.Value) ? node.Left : node.Right;
            }
        });
    }
}
