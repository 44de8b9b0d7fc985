namespace Descent.Tabular;

/// <summary>What is made of the weights of the classes in a node.</summary>
interface IClassImpurity
{
    static abstract double Of(ReadOnlySpan<double> sums, double weight);

    static abstract double Proxy(ReadOnlySpan<double> left, double leftWeight, ReadOnlySpan<double> right, double rightWeight);
}

/// <summary>1 − Σ p².</summary>
readonly struct GiniImpurity : IClassImpurity
{
    public static double Of(ReadOnlySpan<double> sums, double weight) => 1 - Squares(sums) / (weight * weight);

    public static double Proxy(ReadOnlySpan<double> left, double leftWeight, ReadOnlySpan<double> right, double rightWeight) =>
        Squares(left) / leftWeight + Squares(right) / rightWeight;

    static double Squares(ReadOnlySpan<double> sums)
    {
        double squares = 0;
        foreach (double s in sums) squares += s * s;
        return squares;
    }
}

/// <summary>−Σ p log₂ p.</summary>
readonly struct EntropyImpurity : IClassImpurity
{
    public static double Of(ReadOnlySpan<double> sums, double weight)
    {
        double entropy = 0;
        foreach (double s in sums)
            if (s > 0) entropy -= s / weight * Math.Log2(s / weight);
        return entropy;
    }

    public static double Proxy(ReadOnlySpan<double> left, double leftWeight, ReadOnlySpan<double> right, double rightWeight) =>
        -leftWeight * Of(left, leftWeight) - rightWeight * Of(right, rightWeight);
}

/// <summary>The purity of classes.</summary>
struct ClassCriterion<TImpurity>(int[] codes, double[] weights, int classes) : ICriterion<ClassCriterion<TImpurity>> where TImpurity : struct, IClassImpurity
{
    readonly double[] _total = new double[classes], _left = new double[classes], _right = new double[classes];
    double _weight;

    public readonly int Outputs => classes;
    public readonly int Orders => classes == 2 ? 1 : classes;
    public double LeftWeight { get; private set; }
    public readonly double RightWeight => _weight - LeftWeight;

    public readonly ClassCriterion<TImpurity> Clone()
    {
        var clone = new ClassCriterion<TImpurity>(codes, weights, classes) { _weight = _weight };
        _total.CopyTo(clone._total, 0);
        return clone;
    }

    public void Start(ReadOnlySpan<int> rows)
    {
        Array.Clear(_total);
        _weight = 0;
        foreach (int row in rows)
        {
            _total[codes[row]] += weights[row];
            _weight += weights[row];
        }
        Reset();
    }

    public void Reset()
    {
        Array.Clear(_left);
        _total.CopyTo(_right, 0);
        LeftWeight = 0;
    }

    public void MoveLeft(int row)
    {
        double w = weights[row];
        int code = codes[row];
        _left[code] += w;
        _right[code] -= w;
        LeftWeight += w;
    }

    public readonly double Impurity() => TImpurity.Of(_total, _weight);

    public readonly double Proxy() => TImpurity.Proxy(_left, LeftWeight, _right, RightWeight);

    public readonly (double Left, double Right) Children() => (TImpurity.Of(_left, LeftWeight), TImpurity.Of(_right, RightWeight));

    public readonly double Improvement(double impurity, double left, double right, double total) =>
        Criterion.Improvement(LeftWeight, RightWeight, impurity, left, right, total);

    public readonly void Value(Span<double> value) => _total.CopyTo(value);

    public readonly double Statistic(ReadOnlySpan<int> rows, int order)
    {
        // Of two classes the second; of more each in turn.
        int code = classes == 2 ? 1 : order;
        double sum = 0, own = 0;
        foreach (int row in rows)
        {
            sum += weights[row];
            if (codes[row] == code) own += weights[row];
        }
        return own / sum;
    }
}
