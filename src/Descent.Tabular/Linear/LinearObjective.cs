using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The loss of a row by its linear scores.</summary>
interface ILinearLoss
{
    /// <summary>Scores of a row.</summary>
    int Outputs { get; }

    /// <summary>The loss of a row; its slopes take the place of the scores.</summary>
    double Row(int row, Span<double> scores);
}

/// <summary>The weighted mean loss of linear scores plus ½ penalty |β|² without the intercepts, minimised over features scaled alike.</summary>
sealed class LinearObjective<TLoss>(Features x, double[] weights, TLoss loss, double penalty, bool fitIntercept) where TLoss : struct, ILinearLoss
{
    const int BlockRows = 1024;

    readonly int _columns = x.Columns, _outputs = loss.Outputs, _blocks = (x.Rows + BlockRows - 1) / BlockRows;
    readonly double[] _rows = new double[x.Rows * x.Columns], _means = new double[x.Columns], _scales = new double[x.Columns];
    readonly double _total = weights.Sum();

    /// <summary>(outputs × features) weights and the intercepts of the minimum.</summary>
    internal (double[] Weights, double[] Intercepts) Minimize(double[] intercepts, double tolerance, int maxIterations)
    {
        Scale();
        int width = _columns + 1;
        double[] start = new double[_outputs * width];
        for (int k = 0; k < _outputs; k++) start[k * width + _columns] = intercepts[k];
        double[] found = Lbfgs.Minimize(start, Evaluate, tolerance, maxIterations);

        double[] beta = new double[_outputs * _columns], constants = new double[_outputs];
        for (int k = 0; k < _outputs; k++)
        {
            constants[k] = found[k * width + _columns];
            for (int j = 0; j < _columns; j++)
            {
                beta[k * _columns + j] = found[k * width + j] / _scales[j];
                constants[k] -= beta[k * _columns + j] * _means[j];
            }
        }
        return (beta, constants);
    }

    /// <summary>Centres and scales the features, which leaves the minimum where it is and makes the way to it short.</summary>
    void Scale()
    {
        x.CopyRows(0, _rows);
        for (int j = 0; j < _columns; j++)
        {
            var column = x.Column(j);
            double mean = TensorPrimitives.Dot(column, weights) / _total, squares = 0;
            for (int i = 0; i < column.Length; i++) squares += weights[i] * (column[i] - mean) * (column[i] - mean);
            _means[j] = fitIntercept ? mean : 0;
            double spread = Math.Sqrt(squares / _total + (fitIntercept ? 0 : mean * mean));
            _scales[j] = spread > 0 ? spread : 1;
            for (int i = 0; i < column.Length; i++) _rows[i * _columns + j] = (column[i] - _means[j]) / _scales[j];
        }
    }

    double Evaluate(double[] beta, double[] gradient)
    {
        int width = _columns + 1;
        var parts = new (double Loss, double[] Gradient)[_blocks];
        WorkerPool.For(_blocks, block => parts[block] = Block(beta, block));
        Array.Clear(gradient);
        double value = 0;
        foreach (var (part, slope) in parts)
        {
            value += part;
            TensorPrimitives.Add<double>(gradient, slope, gradient);
        }
        value /= _total;
        TensorPrimitives.Divide(gradient, _total, gradient);
        for (int k = 0; k < _outputs; k++)
        {
            for (int j = 0; j < _columns; j++)
            {
                double own = beta[k * width + j], price = penalty / (_scales[j] * _scales[j]);
                value += 0.5 * price * own * own;
                gradient[k * width + j] += price * own;
            }
            if (!fitIntercept) gradient[k * width + _columns] = 0;
        }
        return value;
    }

    (double Loss, double[] Gradient) Block(double[] beta, int block)
    {
        int width = _columns + 1;
        double[] gradient = new double[beta.Length];
        Span<double> scores = new double[_outputs];
        double sum = 0;
        for (int i = block * BlockRows; i < Math.Min(weights.Length, (block + 1) * BlockRows); i++)
        {
            if (weights[i] == 0) continue;
            var row = _rows.AsSpan(i * _columns, _columns);
            for (int k = 0; k < _outputs; k++) scores[k] = beta[k * width + _columns] + TensorPrimitives.Dot<double>(row, beta.AsSpan(k * width, _columns));
            sum += weights[i] * loss.Row(i, scores);
            for (int k = 0; k < _outputs; k++)
            {
                double slope = weights[i] * scores[k];
                var own = gradient.AsSpan(k * width, width);
                TensorPrimitives.MultiplyAdd(row, slope, own[..^1], own[..^1]);
                own[^1] += slope;
            }
        }
        return (sum, gradient);
    }
}
