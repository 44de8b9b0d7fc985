using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>One stochastic descent of a linear score.</summary>
/// <remarks>L1 penalties by what they owe in sum, which keeps zeros (Tsuruoka, Tsujii and Ananiadou, 2009).</remarks>
sealed class SgdDescent<TLoss>(SgdOptions options, TLoss loss, double[] rows, int columns, double[] y, double[] weights) where TLoss : struct, ISgdLoss
{
    const double GreatestSlope = 1e12, SmallestStep = 1e-6;

    readonly double[] _beta = new double[columns], _mean = new double[columns], _paid = new double[columns];
    double _intercept, _meanIntercept, _owed, _step = 1;

    /// <summary>Weights and constant in the end.</summary>
    /// <param name="train">The rows it learns from.</param>
    /// <param name="score">How good weights are on rows that are held out; null judges by the loss.</param>
    internal (double[] Weights, double Intercept) Run(int[] train, Func<double[], double, double>? score)
    {
        int[] order = [.. train];
        double rate = options.LearningRate, start = Start(), bestLoss = double.PositiveInfinity, bestScore = double.NegativeInfinity;
        int waited = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            if (options.Shuffle) new Generator(options.Seed, (ulong)epoch + 1).Shuffle<int>(order);
            double sum = 0;
            foreach (int i in order) sum += Step(i, ref rate, start);
            if (!double.IsFinite(_intercept) || !double.IsFinite(TensorPrimitives.Sum<double>(_beta)))
                throw new ArgumentException("Stochastic descent: the weights have grown beyond all bounds. Scale the features, or lower LearningRate.", nameof(train));
            if (options.Tolerance is not { } tolerance) continue;
            if (score is null)
            {
                waited = sum > bestLoss - tolerance * order.Length ? waited + 1 : 0;
                bestLoss = Math.Min(bestLoss, sum);
            }
            else
            {
                double reached = score(_beta, _intercept);
                waited = reached < bestScore + tolerance ? waited + 1 : 0;
                bestScore = Math.Max(bestScore, reached);
            }
            if (waited < options.Patience) continue;
            if (options.Schedule != SgdSchedule.Adaptive || rate <= SmallestStep) break;
            (rate, waited) = (rate / 5, 0);
        }
        bool isMean = options.AverageFrom > 0 && options.AverageFrom < _step;
        return isMean ? (_mean, _meanIntercept) : (_beta, _intercept);
    }

    /// <summary>The step count from which the optimal schedule starts.</summary>
    double Start()
    {
        double typical = Math.Sqrt(1 / Math.Sqrt(options.Alpha)), slope = loss.Of(-typical, 1).Slope;
        return 1 / (typical / Math.Max(1, slope) * options.Alpha);
    }

    double Step(int i, ref double rate, double start)
    {
        var row = rows.AsSpan(i * columns, columns);
        double score = TensorPrimitives.Dot<double>(row, _beta) + _intercept;
        rate = options.Schedule switch
        {
            SgdSchedule.Optimal => 1 / (options.Alpha * (start + _step - 1)),
            SgdSchedule.InverseScaling => options.LearningRate / Math.Pow(_step, options.PowerT),
            _ => rate,
        };
        var (cost, slope) = loss.Of(score, y[i]);
        double move = -rate * Math.Clamp(slope, -GreatestSlope, GreatestSlope) * weights[i];
        if (options.L1Share < 1 && options.Strength > 0) TensorPrimitives.Multiply(_beta, Math.Max(0, 1 - (1 - options.L1Share) * rate * options.Strength), _beta);
        if (move != 0)
        {
            TensorPrimitives.MultiplyAdd(row, move, _beta, _beta);
            if (options.FitIntercept) _intercept += move;
        }
        if (options.L1Share > 0) PayL1(options.L1Share * rate * options.Strength);
        if (options.AverageFrom > 0 && options.AverageFrom <= _step)
        {
            double share = 1 / (_step - options.AverageFrom + 1);
            for (int j = 0; j < columns; j++) _mean[j] += share * (_beta[j] - _mean[j]);
            _meanIntercept += share * (_intercept - _meanIntercept);
        }
        _step++;
        return cost;
    }

    void PayL1(double due)
    {
        _owed += due;
        for (int j = 0; j < columns; j++)
        {
            double before = _beta[j];
            if (before > 0) _beta[j] = Math.Max(0, before - (_owed + _paid[j]));
            else if (before < 0) _beta[j] = Math.Min(0, before + (_owed - _paid[j]));
            _paid[j] += _beta[j] - before;
        }
    }
}
