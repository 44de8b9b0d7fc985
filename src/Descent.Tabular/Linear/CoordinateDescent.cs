using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Descends the elastic net one weight at a time, and keeps the weights from one strength to the next.</summary>
sealed class CoordinateDescent
{
    readonly double[][] _columns;
    readonly double[] _norms, _weights, _residuals, _targets;

    internal CoordinateDescent(LinearDesign design)
    {
        Design = design;
        int n = design.Rows.Shape[0], p = design.Rows.Shape[1];
        double[] rows = design.Rows.ToArray<double>();
        _targets = design.Targets.ToArray<double>();
        _residuals = (double[])_targets.Clone();
        _columns = new double[p][];
        for (int j = 0; j < p; j++)
        {
            _columns[j] = new double[n];
            for (int i = 0; i < n; i++) _columns[j][i] = rows[i * p + j];
        }
        _norms = Array.ConvertAll(_columns, c => TensorPrimitives.Dot<double>(c, c));
        _weights = new double[p];
    }

    internal LinearDesign Design { get; }

    /// <summary>The L1 strength above which all weights are 0.</summary>
    internal double GreatestCorrelation => _columns.Max(c => Math.Abs(TensorPrimitives.Dot<double>(c, _targets))) / _targets.Length;

    internal double[] Run(double alpha, double l1Ratio, double tolerance, int maxIterations)
    {
        double l1 = alpha * l1Ratio * _targets.Length, l2 = alpha * (1 - l1Ratio) * _targets.Length;
        double goal = tolerance * TensorPrimitives.Dot<double>(_targets, _targets);
        for (int iteration = 0; iteration < maxIterations; iteration++)
        {
            double greatest = 0, change = 0;
            for (int j = 0; j < _weights.Length; j++)
            {
                if (_norms[j] == 0) continue;
                double before = _weights[j], pull = TensorPrimitives.Dot<double>(_columns[j], _residuals) + _norms[j] * before;
                double after = Math.CopySign(Math.Max(Math.Abs(pull) - l1, 0), pull) / (_norms[j] + l2);
                _weights[j] = after;
                if (after != before) TensorPrimitives.MultiplyAdd(_columns[j], before - after, _residuals, _residuals);
                (greatest, change) = (Math.Max(greatest, Math.Abs(after)), Math.Max(change, Math.Abs(after - before)));
            }
            if (change <= 1e-14 * greatest) break;
            // Without an L1 penalty there is no dual to measure the distance by.
            if (l1 == 0 ? change <= tolerance * greatest * 1e-3 : change <= 1e-3 * greatest && Gap(l1, l2) <= goal) break;
        }
        return (double[])_weights.Clone();
    }

    /// <summary>How far the objective can still fall at most: its distance from the dual.</summary>
    double Gap(double l1, double l2)
    {
        double dual = 0;
        for (int j = 0; j < _weights.Length; j++)
            dual = Math.Max(dual, Math.Abs(TensorPrimitives.Dot<double>(_columns[j], _residuals) - l2 * _weights[j]));
        double squares = TensorPrimitives.Dot<double>(_residuals, _residuals), scale = dual > l1 ? l1 / dual : 1;
        double gap = dual > l1 ? 0.5 * squares * (1 + scale * scale) : squares;
        return gap + l1 * TensorPrimitives.SumOfMagnitudes<double>(_weights) - scale * TensorPrimitives.Dot<double>(_residuals, _targets)
            + 0.5 * l2 * (1 + scale * scale) * TensorPrimitives.Dot<double>(_weights, _weights);
    }
}
