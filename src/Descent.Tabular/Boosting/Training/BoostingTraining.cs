using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The rounds of boosting with trees.</summary>
sealed class BoostingTraining
{
    readonly BoostingOptions _options;
    readonly BoostingObjective _objective;
    readonly ITreeGrower _grower;
    readonly BoostedTrees _start;
    readonly BoostingRows _train;
    readonly BoostingRows[] _evaluated;
    readonly List<Tree> _trees;
    readonly List<int> _groups;
    readonly List<float> _weights;
    readonly float[] _gradients, _hessians;
    readonly int[] _leaves;

    internal BoostingTraining(BoostingOptions options, ITreeGrower grower, BoostedTrees start, BoostingRows train, BoostingRows[] evaluated)
    {
        (_options, _objective, _grower, _start, _train, _evaluated) = (options, start.Objective, grower, start, train, evaluated);
        (_gradients, _hessians, _leaves) = (new float[train.Margins.Length], new float[train.Margins.Length], new int[train.Targets.Rows]);
        (_trees, _groups) = ([.. start.Trees], [.. start.Groups]);
        _weights = start.TreeWeights.IsEmpty ? [.. Enumerable.Repeat(1f, _trees.Count)] : [.. start.TreeWeights];
    }

    internal BoostedTrees Run(BoostingMonitor monitor, CancellationToken cancellation)
    {
        // Before there is anything learned, there is nothing to give.
        cancellation.ThrowIfCancellationRequested();
        int bestTrees = 0, before = _trees.Count;
        float[] bestWeights = [];
        int done = 0;
        bool goesOn = true;
        while (goesOn)
        {
            Round((before / _objective.Outputs) + done++);
            goesOn = monitor.After(done, _evaluated.Select(rows => (rows.Margins, rows.Targets)), cancellation);
            if (monitor.IsBest(done)) (bestTrees, bestWeights) = (_trees.Count, _options.Dart is null ? [] : [.. _weights]);
        }
        bool isWeighted = _options.Dart is not null || !_start.TreeWeights.IsEmpty;
        return _start with
        {
            Trees = [.. _trees.Take(bestTrees)],
            Groups = [.. _groups.Take(bestTrees)],
            TreeWeights = isWeighted ? [.. (_options.Dart is null ? [.. _weights] : bestWeights).Take(bestTrees)] : [],
        };
    }

    void Round(int round)
    {
        int outputs = _objective.Outputs, first = _trees.Count;
        // Streams of single trees count from 1 up; those of rounds from the other end down.
        int[] dropped = _options.Dart?.Drop(_weights, new(_options.Seed, ulong.MaxValue - (ulong)round)) ?? [];
        float[][] saids = [.. dropped.Select(t => _train.Values(_trees[t]))];
        float[] margins = dropped.Length == 0 ? _train.Margins : _train.Without([.. dropped.Select((t, i) => (saids[i], _groups[t], _weights[t]))]);

        _objective.Gradients(margins, _train.Targets, round, _gradients, _hessians);
        float[][] added = new float[outputs][];
        int[] leaves = _leaves;
        for (int k = 0; k < outputs; k++)
        {
            var (g, h) = (Of(k, _gradients), Of(k, _hessians));
            var tree = _grower.Grow(g, h, new Generator(_options.Seed, (ulong)_trees.Count + 1), leaves);
            if (_objective.LeafQuantile(k) is { } share) tree = LeafRenewal.Quantiles(tree, leaves, margins, k, outputs, _train.Targets, share, _options.LearningRate);
            // As LightGBM, which fits lines only once there is something to correct.
            if (_options.LinearLeaves && round > 0) tree = LinearLeaf.Fit(tree, leaves, _train.Data, g, h, _options.LinearLambda, _options.LearningRate);
            if (_options.Dart is null) _train.Add(tree, leaves, k);
            else added[k] = _train.Values(tree, leaves);
            _trees.Add(tree);
            _groups.Add(k);
        }
        var (factor, weight) = _options.Dart?.Normalize(dropped.Length, outputs, _options.LearningRate) ?? (1, 1);
        for (int k = 0; k < outputs; k++)
        {
            _weights.Add(weight);
            if (_options.Dart is not null) _train.Add(added[k], k, weight);
            foreach (var set in _evaluated) set.Add(set.Values(_trees[first + k]), k, weight);
        }
        for (int d = 0; d < dropped.Length; d++)
        {
            int t = dropped[d];
            float scaled = _weights[t] * factor;
            double change = (double)scaled - _weights[t];
            _train.Add(saids[d], _groups[t], change);
            foreach (var set in _evaluated) set.Add(set.Values(_trees[t]), _groups[t], change);
            _weights[t] = scaled;
        }
    }

    /// <summary>What belongs to one of the scores.</summary>
    float[] Of(int output, float[] all)
    {
        int outputs = _objective.Outputs;
        if (outputs == 1) return all;
        float[] own = new float[all.Length / outputs];
        for (int i = 0, at = output; i < own.Length; i++, at += outputs) own[i] = all[at];
        return own;
    }
}
