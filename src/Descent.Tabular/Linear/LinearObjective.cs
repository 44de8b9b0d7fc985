using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>The losses of rows by their linear scores.</summary>
interface ILinearLoss
{
    /// <summary>Scores of a row.</summary>
    int Outputs { get; }

    /// <summary>The weighted sum of the losses of rows; weighted slopes take the place of the scores.</summary>
    /// <param name="first">The number of the first row.</param>
    /// <param name="weights">The rows' weights.</param>
    /// <param name="scores">(outputs × rows).</param>
    double Rows(int first, ReadOnlySpan<double> weights, Span<double> scores);
}

/// <summary>What a linear model pays: ½ penalty |β|², and a share of it for the constants.</summary>
/// <param name="Penalty">The strength.</param>
/// <param name="FitIntercept">Whether there are constants.</param>
/// <param name="InterceptShare">By what the penalty is multiplied for the squares of the constants; 0 leaves them free.</param>
readonly record struct LinearPenalty(double Penalty, bool FitIntercept, double InterceptShare = 0);

/// <summary>The weighted mean loss of linear scores plus a penalty, minimised over features scaled alike; the rows lie in blocks that stay in a core's cache.</summary>
sealed class LinearObjective<TLoss> where TLoss : struct, ILinearLoss
{
    const int BlockNumbers = 1 << 16, LeastRows = 256;

    readonly TLoss _loss;
    readonly LinearPenalty _penalty;
    readonly LinearScaling _scaling;
    readonly Tensor[] _blocks;
    readonly double[] _weights;
    readonly int _columns, _outputs, _blockRows;
    readonly double _total;

    internal LinearObjective(Features x, double[] weights, TLoss loss, LinearPenalty penalty)
    {
        (_loss, _penalty, _weights, _columns, _outputs, _total) = (loss, penalty, weights, x.Columns, loss.Outputs, weights.Sum());
        // Constants that cost something are no longer free to take up what centring takes away.
        _scaling = new(x, weights, penalty.FitIntercept && penalty.InterceptShare == 0);
        _blockRows = Math.Max(LeastRows, BlockNumbers / (_columns + 1));
        _blocks = new Tensor[(x.Rows + _blockRows - 1) / _blockRows];
        WorkerPool.For(_blocks.Length, b =>
        {
            int first = b * _blockRows, count = Math.Min(_blockRows, x.Rows - first);
            _blocks[b] = Tensor.Empty([_columns + 1, count], DType.Float64);
            var values = _blocks[b].AsSpan<double>();
            for (int j = 0; j < _columns; j++)
            {
                var row = values.Slice(j * count, count);
                TensorPrimitives.Subtract(x.Column(j).Slice(first, count), _scaling.Means[j], row);
                TensorPrimitives.Divide(row, _scaling.Scales[j], row);
            }
            values[(_columns * count)..].Fill(penalty.FitIntercept ? 1 : 0);
        });
    }

    /// <summary>(outputs × features) weights and the intercepts of the minimum.</summary>
    internal (double[] Weights, double[] Intercepts) Minimize(double[] intercepts, double tolerance, int maxIterations)
    {
        int width = _columns + 1;
        double[] start = new double[_outputs * width];
        for (int k = 0; k < _outputs; k++) start[k * width + _columns] = intercepts[k];
        return _scaling.Restore(Lbfgs.Minimize(start, Evaluate, tolerance, maxIterations), _outputs);
    }

    double Evaluate(double[] beta, double[] gradient)
    {
        int width = _columns + 1;
        using var _ = Autograd.NoGrad();
        var left = Tensor.From<double>(beta, [_outputs, width]);
        var parts = new (double Loss, Tensor Gradient)[_blocks.Length];
        WorkerPool.For(_blocks.Length, b =>
        {
            using var _ = Autograd.NoGrad();
            var scores = left.MatMul(_blocks[b]);
            int first = b * _blockRows;
            double sum = _loss.Rows(first, _weights.AsSpan(first, scores.Shape[1]), scores.AsSpan<double>());
            parts[b] = (sum, scores.MatMul(_blocks[b].T));
        });
        Array.Clear(gradient);
        double value = 0;
        foreach (var (part, slope) in parts)
        {
            value += part;
            TensorPrimitives.Add<double>(gradient, slope.AsSpan<double>(), gradient);
        }
        value /= _total;
        TensorPrimitives.Divide(gradient, _total, gradient);
        for (int at = 0; at < gradient.Length; at++)
        {
            int j = at % width;
            double price = _penalty.Penalty * (j == _columns ? _penalty.InterceptShare : 1 / (_scaling.Scales[j] * _scaling.Scales[j]));
            value += 0.5 * price * beta[at] * beta[at];
            gradient[at] += price * beta[at];
        }
        return value;
    }
}
