using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Minimises the cross entropy of linear scores with an L1 and an L2 penalty, a row at a time, with the mean of the rows' last slopes to steady it.</summary>
/// <remarks>Defazio, Bach and Lacoste-Julien, "SAGA: A Fast Incremental Gradient Method With Support for Non-Strongly Convex Composite Objectives", 2014.</remarks>
sealed class Saga(Features x, int[] codes, int classes, double[] weights)
{
    readonly int _columns = x.Columns, _outputs = classes == 2 ? 1 : classes;
    readonly double _total = weights.Sum();

    /// <summary>(outputs × features) weights and the intercepts; of the mean loss plus l1 |β|₁ + ½ l2 |β|².</summary>
    internal (double[] Weights, double[] Intercepts) Minimize(double l1, double l2, bool fitIntercept, double tolerance, int epochs, ulong seed)
    {
        var scaling = new LinearScaling(x, weights, fitIntercept);
        double[] rows = Rows(scaling, fitIntercept, out double longest);
        int width = _columns + 1, count = x.Rows;
        double[] beta = new double[_outputs * width], mean = new double[beta.Length], slopes = new double[count * _outputs], own = new double[_outputs];
        double[] l1s = [.. scaling.Scales.Select(s => l1 / s), 0], l2s = [.. scaling.Scales.Select(s => l2 / (s * s)), 0];
        double step = 1 / ((_outputs == 1 ? 0.25 : 0.5) * longest + l2s.Max());
        double[] thresholds = Array.ConvertAll(l1s, v => v * step), shrinks = Array.ConvertAll(l2s, v => 1 / (1 + step * v));
        long[] drawn = new long[count];
        double[] before = new double[beta.Length];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            beta.CopyTo(before, 0);
            new Generator(seed, (ulong)epoch + 1).Integers(drawn, 0, count);
            foreach (long drawnRow in drawn)
            {
                int i = (int)drawnRow;
                var row = rows.AsSpan(i * width, width);
                Slopes(row, beta, codes[i], own);
                for (int k = 0; k < _outputs; k++)
                {
                    double change = own[k] * weights[i] * count / _total - slopes[i * _outputs + k];
                    slopes[i * _outputs + k] += change;
                    Span<double> weightsOf = beta.AsSpan(k * width, width), meanOf = mean.AsSpan(k * width, width);
                    for (int j = 0; j < width; j++)
                    {
                        double moved = weightsOf[j] - step * (change * row[j] + meanOf[j]);
                        meanOf[j] += change * row[j] / count;
                        weightsOf[j] = Math.CopySign(Math.Max(0, Math.Abs(moved) - thresholds[j]), moved) * shrinks[j];
                    }
                }
            }
            TensorPrimitives.Subtract<double>(before, beta, before);
            if (Math.Abs(TensorPrimitives.MaxMagnitude<double>(before)) <= tolerance * Math.Abs(TensorPrimitives.MaxMagnitude<double>(beta))) break;
        }
        return scaling.Restore(beta, _outputs);
    }

    /// <summary>Scaled rows, each with a 1 if there is a constant, and the greatest curvature of a row's loss but for the loss's own.</summary>
    double[] Rows(LinearScaling scaling, bool fitIntercept, out double longest)
    {
        int width = _columns + 1;
        double[] rows = new double[x.Rows * width];
        longest = 0;
        for (int i = 0; i < x.Rows; i++)
        {
            var row = rows.AsSpan(i * width, width);
            for (int j = 0; j < _columns; j++) row[j] = (x.Column(j)[i] - scaling.Means[j]) / scaling.Scales[j];
            row[_columns] = fitIntercept ? 1 : 0;
            longest = Math.Max(longest, TensorPrimitives.SumOfSquares<double>(row) * weights[i] * x.Rows / _total);
        }
        return rows;
    }

    void Slopes(ReadOnlySpan<double> row, double[] beta, int code, Span<double> slopes)
    {
        for (int k = 0; k < _outputs; k++) slopes[k] = TensorPrimitives.Dot(row, beta.AsSpan(k * row.Length, row.Length));
        if (_outputs == 1)
        {
            slopes[0] = StageLoss.Sigmoid(slopes[0]) - code;
            return;
        }
        TensorPrimitives.SoftMax<double>(slopes, slopes);
        slopes[code] -= 1;
    }
}
