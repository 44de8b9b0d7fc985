using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Newton steps in one weight after another, in XGBoost's precision.</summary>
sealed class CoordinateBooster
{
    const int BlockRows = 16384;
    const double LeastHessian = 1e-5f;

    readonly LinearBoostingOptions _options;
    readonly BoostedLinear _start;
    readonly BoostingSet _train;
    readonly BoostingTargets _targets;
    readonly TreeData _data;
    readonly float _lambda, _alpha;
    readonly float[] _gradients, _hessians;
    readonly int _features, _outputs;

    internal CoordinateBooster(LinearBoostingOptions options, BoostedLinear start, BoostingSet train, BoostingTargets targets)
    {
        (_options, _start, _train, _targets, _data) = (options, start, train, targets, new(train.X));
        double sum = targets.Weights.Sum(w => (double)w);
        (_lambda, _alpha) = ((float)(options.Lambda * sum), (float)(options.Alpha * sum));
        (_features, _outputs) = (train.X.Columns, start.Objective.Outputs);
        Weights = [.. start.Weights];
        (_gradients, _hessians) = (new float[targets.Rows * _outputs], new float[targets.Rows * _outputs]);
    }

    /// <summary>(features + 1) × outputs weights, the constants last.</summary>
    internal float[] Weights { get; }

    internal void Round(int round)
    {
        float[] margins = (_start with { Weights = [.. Weights] }).Margins(_train.X, _train.BaseMargins.AsSpan());
        _start.Objective.Gradients(margins, _targets, round - 1, _gradients, _hessians);
        for (int k = 0; k < _outputs; k++)
        {
            var (gradient, hessian) = Sum(null, k);
            Move(null, k, (float)(_options.LearningRate * (hessian > 0 ? -gradient / hessian : 0)));
        }
        // What is drawn does not depend on how many scores there are.
        var generator = new Generator(_options.Seed, (ulong)round);
        int[] order = [.. Enumerable.Range(0, _features)];
        if (_options.Selector == CoordinateSelector.Shuffle) generator.Shuffle<int>(order);
        int[][] ranked = _options.Selector == CoordinateSelector.Thrifty ? [.. Enumerable.Range(0, _outputs).Select(Ranked)] : [];
        for (int k = 0; k < _outputs; k++)
        {
            for (int i = 0; i < Count(); i++)
            {
                int feature = _options.Selector switch
                {
                    CoordinateSelector.Random => (int)generator.NextInt64(0, _features),
                    CoordinateSelector.Greedy => Greatest(k),
                    CoordinateSelector.Thrifty => ranked[k][i],
                    _ => order[i],
                };
                Move(feature, k, (float)(_options.LearningRate * Delta(feature, k)));
            }
        }
    }

    int Count() => _options.Selector is CoordinateSelector.Greedy or CoordinateSelector.Thrifty
        ? Math.Min(_features - 1, _options.TopK == 0 ? int.MaxValue : _options.TopK) : _features;

    int Greatest(int output)
    {
        int best = 0;
        float most = 0;
        for (int j = 0; j < _features; j++)
        {
            float change = Math.Abs((float)Delta(j, output));
            if (change > most) (best, most) = (j, change);
        }
        return best;
    }

    int[] Ranked(int output) => [.. Enumerable.Range(0, _features).OrderByDescending(j => Math.Abs((float)Delta(j, output)))];

    /// <summary>The best change of a weight, which stops at 0 on its way through.</summary>
    double Delta(int feature, int output)
    {
        var (gradient, hessian) = Sum(feature, output);
        if (hessian < LeastHessian) return 0;
        double weight = Weights[feature * _outputs + output], slope = gradient + _lambda * weight, curve = hessian + _lambda;
        return weight - slope / curve >= 0 ? Math.Max(-(slope + _alpha) / curve, -weight) : Math.Min(-(slope - _alpha) / curve, -weight);
    }

    /// <summary>The slope of the loss by a weight, and its curvature; by the constant without a feature.</summary>
    (double Gradient, double Hessian) Sum(int? feature, int output)
    {
        float[]? column = feature is { } j ? _data.Columns[j] : null;
        var parts = new (double Gradient, double Hessian)[(_targets.Rows + BlockRows - 1) / BlockRows];
        WorkerPool.For(parts.Length, block =>
        {
            double gradient = 0, hessian = 0;
            for (int i = block * BlockRows; i < Math.Min(_targets.Rows, (block + 1) * BlockRows); i++)
            {
                float x = column is null ? 1 : column[i];
                if (float.IsNaN(x)) continue;
                gradient += _gradients[i * _outputs + output] * x;
                hessian += _hessians[i * _outputs + output] * x * x;
            }
            parts[block] = (gradient, hessian);
        });
        return (parts.Sum(p => p.Gradient), parts.Sum(p => p.Hessian));
    }

    void Move(int? feature, int output, float change)
    {
        if (change == 0) return;
        Weights[(feature ?? _features) * _outputs + output] += change;
        float[]? column = feature is { } j ? _data.Columns[j] : null;
        RowBlocks.For(_targets.Rows, (start, end) =>
        {
            for (int i = start; i < end; i++)
            {
                float x = column is null ? 1 : column[i];
                if (!float.IsNaN(x)) _gradients[i * _outputs + output] += _hessians[i * _outputs + output] * x * change;
            }
        });
    }
}
