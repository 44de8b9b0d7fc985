namespace Descent.Tabular;

/// <summary>The mean absolute deviation from the median, in logarithmic time for each row that moves.</summary>
struct MedianCriterion(double[] targets, double[] weights) : ICriterion<MedianCriterion>
{
    // Targets of the node in order, and each row's place in them.
    double[] _sorted = [];
    int[] _rank = [];
    PrefixSums _left = null!, _right = null!;
    double[] _allWeights = [];
    double _weight, _impurity;

    public readonly int Outputs => 1;
    public readonly int Orders => 1;
    public double LeftWeight { get; private set; }
    public readonly double RightWeight => _weight - LeftWeight;

    public readonly MedianCriterion Clone() => this with { _left = new(_sorted), _right = new(_sorted) };

    public void Start(ReadOnlySpan<int> rows)
    {
        if (_rank.Length == 0) _rank = new int[targets.Length];
        _sorted = new double[rows.Length];
        int[] order = rows.ToArray();
        for (int i = 0; i < order.Length; i++) _sorted[i] = targets[order[i]];
        Array.Sort(_sorted, order);
        _allWeights = new double[order.Length];
        _weight = 0;
        // Clones of other nodes may still hold the ranks of their own.
        for (int i = 0; i < order.Length; i++)
        {
            _rank[order[i]] = i;
            _allWeights[i] = weights[order[i]];
            _weight += _allWeights[i];
        }
        (_left, _right) = (new(_sorted), new(_sorted));
        Reset();
        _impurity = _right.Deviation() / _weight;
    }

    public void Reset()
    {
        _left.Clear();
        _right.Fill(_allWeights);
        LeftWeight = 0;
    }

    public void MoveLeft(int row)
    {
        _left.Add(_rank[row], weights[row]);
        _right.Add(_rank[row], -weights[row]);
        LeftWeight += weights[row];
    }

    public readonly double Impurity() => _impurity;

    public readonly double Proxy() => -_left.Deviation() - _right.Deviation();

    public readonly (double Left, double Right) Children() => (_left.Deviation() / LeftWeight, _right.Deviation() / RightWeight);

    public readonly double Improvement(double impurity, double left, double right, double total) =>
        Criterion.Improvement(LeftWeight, RightWeight, impurity, left, right, total);

    public readonly void Value(Span<double> value) => value[0] = Quantiles.Median(_sorted, _allWeights);

    public readonly double Statistic(ReadOnlySpan<int> rows, int order)
    {
        double[] y = new double[rows.Length], w = new double[rows.Length];
        for (int i = 0; i < y.Length; i++) (y[i], w[i]) = (targets[rows[i]], weights[rows[i]]);
        Array.Sort(y, w);
        return Quantiles.Median(y, w);
    }

    /// <summary>Sums of weights and weighted values up to a place in the order (Fenwick, 1994).</summary>
    sealed class PrefixSums(double[] values)
    {
        readonly double[] _weights = new double[values.Length + 1], _sums = new double[values.Length + 1];
        double _weight, _sum;

        internal void Clear()
        {
            Array.Clear(_weights);
            Array.Clear(_sums);
            _weight = _sum = 0;
        }

        internal void Fill(double[] weights)
        {
            Clear();
            for (int i = 1; i < _weights.Length; i++)
            {
                double w = weights[i - 1], s = w * values[i - 1];
                _weight += w;
                _sum += s;
                _weights[i] += w;
                _sums[i] += s;
                int above = i + (i & -i);
                if (above >= _weights.Length) continue;
                _weights[above] += _weights[i];
                _sums[above] += _sums[i];
            }
        }

        internal void Add(int place, double weight)
        {
            double sum = weight * values[place];
            _weight += weight;
            _sum += sum;
            for (int i = place + 1; i < _weights.Length; i += i & -i)
            {
                _weights[i] += weight;
                _sums[i] += sum;
            }
        }

        /// <summary>Σ w |y − median|.</summary>
        internal double Deviation()
        {
            int at = 0;
            double weight = 0, sum = 0, half = _weight / 2;
            for (int step = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_weights.Length); step > 0; step >>= 1)
            {
                int next = at + step;
                if (next >= _weights.Length || weight + _weights[next] > half) continue;
                at = next;
                weight += _weights[next];
                sum += _sums[next];
            }
            // values[at] is a median: half the weight lies at or before the values up to it.
            double median = values[Math.Min(at, values.Length - 1)];
            return median * weight - sum + (_sum - sum) - median * (_weight - weight);
        }
    }
}
