namespace Descent.Tabular;

/// <summary>What is made of the sums of the targets in a node.</summary>
interface IMeanRule
{
    static abstract double Impurity(double sum, double squares, double logs, double weight);

    static abstract double Proxy(double left, double leftWeight, double right, double rightWeight);

    static abstract double Improvement(double left, double leftWeight, double right, double rightWeight, double impurity, double leftImpurity, double rightImpurity, double total);
}

/// <summary>The variance.</summary>
readonly struct SquaredRule : IMeanRule
{
    public static double Impurity(double sum, double squares, double logs, double weight) => squares / weight - sum / weight * (sum / weight);

    public static double Proxy(double left, double leftWeight, double right, double rightWeight) => left * left / leftWeight + right * right / rightWeight;

    public static double Improvement(double left, double leftWeight, double right, double rightWeight, double impurity, double leftImpurity, double rightImpurity, double total) =>
        Criterion.Improvement(leftWeight, rightWeight, impurity, leftImpurity, rightImpurity, total);
}

/// <summary>The variance, splits compared by the squared difference of the children's means (Friedman, 2001, equation 35).</summary>
readonly struct FriedmanRule : IMeanRule
{
    public static double Impurity(double sum, double squares, double logs, double weight) => SquaredRule.Impurity(sum, squares, logs, weight);

    public static double Proxy(double left, double leftWeight, double right, double rightWeight)
    {
        double difference = rightWeight * left - leftWeight * right;
        return difference * difference / (leftWeight * rightWeight);
    }

    public static double Improvement(double left, double leftWeight, double right, double rightWeight, double impurity, double leftImpurity, double rightImpurity, double total) =>
        Proxy(left, leftWeight, right, rightWeight) / (leftWeight + rightWeight);
}

/// <summary>Half the mean Poisson deviance: the mean of <c>y log(y / ȳ)</c>.</summary>
readonly struct PoissonRule : IMeanRule
{
    const double Epsilon = 2.220446049250313e-16;

    public static double Impurity(double sum, double squares, double logs, double weight) =>
        sum <= Epsilon ? double.PositiveInfinity : (logs - sum * Math.Log(sum / weight)) / weight;

    // A child whose mean is 0 predicts what cannot be.
    public static double Proxy(double left, double leftWeight, double right, double rightWeight) => left <= Epsilon || right <= Epsilon
        ? double.NegativeInfinity : left * Math.Log(left / leftWeight) + right * Math.Log(right / rightWeight);

    public static double Improvement(double left, double leftWeight, double right, double rightWeight, double impurity, double leftImpurity, double rightImpurity, double total) =>
        Criterion.Improvement(leftWeight, rightWeight, impurity, leftImpurity, rightImpurity, total);
}

/// <summary>The purity of numbers whose node says their mean.</summary>
struct MeanCriterion<TRule>(double[] targets, double[] weights) : ICriterion<MeanCriterion<TRule>> where TRule : struct, IMeanRule
{
    double _sum, _squares, _logs, _weight, _left, _leftSquares, _leftLogs;

    static bool NeedsLogs => typeof(TRule) == typeof(PoissonRule);

    public readonly int Outputs => 1;
    public readonly int Orders => 1;
    public double LeftWeight { get; private set; }
    public readonly double RightWeight => _weight - LeftWeight;

    public readonly MeanCriterion<TRule> Clone() => this;

    public void Start(ReadOnlySpan<int> rows)
    {
        _sum = _squares = _logs = _weight = 0;
        foreach (int row in rows)
        {
            double y = targets[row], wy = weights[row] * y;
            _sum += wy;
            _squares += wy * y;
            if (NeedsLogs && y > 0) _logs += wy * Math.Log(y);
            _weight += weights[row];
        }
        Reset();
    }

    public void Reset() => _left = _leftSquares = _leftLogs = LeftWeight = 0;

    public void MoveLeft(int row)
    {
        double y = targets[row], wy = weights[row] * y;
        _left += wy;
        _leftSquares += wy * y;
        if (NeedsLogs && y > 0) _leftLogs += wy * Math.Log(y);
        LeftWeight += weights[row];
    }

    public readonly double Impurity() => TRule.Impurity(_sum, _squares, _logs, _weight);

    public readonly double Proxy() => TRule.Proxy(_left, LeftWeight, _sum - _left, RightWeight);

    public readonly (double Left, double Right) Children() =>
        (TRule.Impurity(_left, _leftSquares, _leftLogs, LeftWeight), TRule.Impurity(_sum - _left, _squares - _leftSquares, _logs - _leftLogs, RightWeight));

    public readonly double Improvement(double impurity, double left, double right, double total) =>
        TRule.Improvement(_left, LeftWeight, _sum - _left, RightWeight, impurity, left, right, total);

    public readonly void Value(Span<double> value) => value[0] = _sum / _weight;

    public readonly double Statistic(ReadOnlySpan<int> rows, int order)
    {
        double sum = 0, weight = 0;
        foreach (int row in rows)
        {
            sum += weights[row] * targets[row];
            weight += weights[row];
        }
        return sum / weight;
    }
}
