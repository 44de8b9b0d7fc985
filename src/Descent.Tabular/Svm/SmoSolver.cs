namespace Descent.Tabular;

/// <summary>The columns of a kernel matrix, as many of those asked last as fit into memory.</summary>
/// <param name="count">Columns.</param>
/// <param name="bytes">The memory.</param>
/// <param name="compute">Writes a column.</param>
sealed class KernelCache(int count, long bytes, Action<int, float[]> compute)
{
    readonly LinkedList<(int Column, float[] Values)> _recent = [];
    readonly Dictionary<int, LinkedListNode<(int Column, float[] Values)>> _places = [];
    readonly int _most = (int)Math.Clamp(bytes / (sizeof(float) * (long)count), 2, count);

    internal float[] Column(int column)
    {
        if (_places.TryGetValue(column, out var node))
        {
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Values;
        }
        float[] values;
        if (_places.Count < _most) values = new float[count];
        else
        {
            var oldest = _recent.Last!;
            (values, _) = (oldest.Value.Values, _places.Remove(oldest.Value.Column));
            _recent.RemoveLast();
        }
        compute(column, values);
        _places[column] = _recent.AddFirst((column, values));
        return values;
    }
}

/// <summary>
/// Minimises ½ αᵀQα + pᵀα with 0 ≤ αᵢ ≤ Cᵢ and a given Σ yᵢ αᵢ, Qᵢⱼ = yᵢ yⱼ Kᵢⱼ: two coefficients at a time, those that promise most by second order.
/// </summary>
/// <remarks>
/// Platt, "Fast Training of Support Vector Machines using Sequential Minimal Optimization", 1998; Fan, Chen and Lin, "Working Set Selection Using
/// Second Order Information", 2005, which libsvm uses too. Coefficients that rest at a bound are left out now and then, and asked again before the end.
/// </remarks>
sealed class SmoSolver
{
    const double Tiny = 1e-12;

    readonly double[] _linear, _bounds, _alpha, _gradient, _diagonal;
    readonly sbyte[] _signs;
    readonly Func<int, float[]> _kernel;
    readonly int[] _order;
    int _active;

    /// <param name="linear">p.</param>
    /// <param name="signs">y, 1 or −1.</param>
    /// <param name="bounds">C of each coefficient.</param>
    /// <param name="diagonal">Kᵢᵢ.</param>
    /// <param name="kernel">The column Kᵢ.</param>
    internal SmoSolver(double[] linear, sbyte[] signs, double[] bounds, double[] diagonal, Func<int, float[]> kernel)
    {
        (_linear, _signs, _bounds, _diagonal, _kernel) = (linear, signs, bounds, diagonal, kernel);
        int count = linear.Length;
        (_alpha, _gradient, _order, _active) = (new double[count], (double[])linear.Clone(), [.. Enumerable.Range(0, count)], count);
    }

    /// <summary>The coefficients, and the constant ρ that scores are lessened by.</summary>
    internal (double[] Alpha, double Rho) Solve(double tolerance, int maxIterations)
    {
        int count = _alpha.Length, untilShrink = Math.Min(count, 1000);
        bool isAsked = false;
        for (int iteration = 0; iteration < maxIterations; iteration++)
        {
            if (--untilShrink == 0)
            {
                untilShrink = Math.Min(count, 1000);
                // Close to the end all are asked once more, so that none was left out for good.
                var (up, low) = Extremes();
                if (!isAsked && up - low <= 10 * tolerance)
                {
                    isAsked = true;
                    AskAll();
                }
                Shrink(up, low);
            }
            if (!Select(tolerance, out int i, out int j))
            {
                if (_active == count) break;
                AskAll();
                if (!Select(tolerance, out i, out j)) break;
                untilShrink = 1;
            }
            Step(i, j);
        }
        if (_active < count) AskAll();
        return (_alpha, Rho());
    }

    bool CanRise(int i) => _signs[i] > 0 ? _alpha[i] < _bounds[i] : _alpha[i] > 0;

    bool CanFall(int i) => _signs[i] > 0 ? _alpha[i] > 0 : _alpha[i] < _bounds[i];

    /// <summary>The coefficient that violates most, and that which with it lowers the objective most.</summary>
    bool Select(double tolerance, out int first, out int second)
    {
        (first, second) = (-1, -1);
        double most = double.NegativeInfinity, least = double.PositiveInfinity, best = double.PositiveInfinity;
        for (int at = 0; at < _active; at++)
        {
            int t = _order[at];
            double slope = -_signs[t] * _gradient[t];
            if (CanRise(t) && slope >= most) (most, first) = (slope, t);
        }
        if (first < 0) return false;
        float[] column = _kernel(first);
        for (int at = 0; at < _active; at++)
        {
            int t = _order[at];
            if (!CanFall(t)) continue;
            double slope = -_signs[t] * _gradient[t], gap = most - slope;
            least = Math.Min(least, slope);
            if (gap <= 0) continue;
            double curvature = _diagonal[first] + _diagonal[t] - 2 * column[t], gain = -gap * gap / Math.Max(curvature, Tiny);
            if (gain <= best) (best, second) = (gain, t);
        }
        return second >= 0 && most - least >= tolerance;
    }

    /// <summary>Moves two coefficients along their line as far as the objective falls and the bounds allow.</summary>
    void Step(int i, int j)
    {
        float[] first = _kernel(i), second = _kernel(j);
        double curvature = Math.Max(_diagonal[i] + _diagonal[j] - 2 * first[j], Tiny);
        double move = (-_signs[i] * _gradient[i] + _signs[j] * _gradient[j]) / curvature;
        // Along yᵢ αᵢ + yⱼ αⱼ = const: αᵢ moves by yᵢ d, αⱼ by −yⱼ d.
        move = Math.Min(move, _signs[i] > 0 ? _bounds[i] - _alpha[i] : _alpha[i]);
        move = Math.Min(move, _signs[j] > 0 ? _alpha[j] : _bounds[j] - _alpha[j]);
        double beforeI = _alpha[i], beforeJ = _alpha[j];
        _alpha[i] = Bounded(beforeI + _signs[i] * move, _bounds[i]);
        _alpha[j] = Bounded(beforeJ - _signs[j] * move, _bounds[j]);
        double changeI = (_alpha[i] - beforeI) * _signs[i], changeJ = (_alpha[j] - beforeJ) * _signs[j];
        for (int at = 0; at < _active; at++)
        {
            int t = _order[at];
            _gradient[t] += _signs[t] * (first[t] * changeI + second[t] * changeJ);
        }
    }

    /// <summary>A coefficient that rounding has left beside a bound is put on it.</summary>
    static double Bounded(double value, double bound) => value < bound * 1e-12 ? 0 : value > bound * (1 - 1e-12) ? bound : value;

    (double Up, double Low) Extremes()
    {
        double up = double.NegativeInfinity, low = double.PositiveInfinity;
        for (int at = 0; at < _active; at++)
        {
            int t = _order[at];
            double slope = -_signs[t] * _gradient[t];
            if (CanRise(t)) up = Math.Max(up, slope);
            if (CanFall(t)) low = Math.Min(low, slope);
        }
        return (up, low);
    }

    void Shrink(double up, double low)
    {
        for (int at = 0; at < _active; at++)
        {
            int t = _order[at];
            double slope = -_signs[t] * _gradient[t];
            bool rests = (!CanRise(t) && slope > up) || (!CanFall(t) && slope < low);
            if (!rests) continue;
            _active--;
            (_order[at], _order[_active]) = (_order[_active], _order[at]);
            at--;
        }
    }

    /// <summary>Takes all coefficients in again, with their slopes as they are now.</summary>
    void AskAll()
    {
        var left = _order.AsSpan(_active);
        foreach (int t in left) _gradient[t] = _linear[t];
        for (int i = 0; i < _alpha.Length && left.Length > 0; i++)
        {
            if (_alpha[i] == 0) continue;
            float[] column = _kernel(i);
            foreach (int t in left) _gradient[t] += _signs[t] * _signs[i] * column[t] * _alpha[i];
        }
        _active = _alpha.Length;
        // The order decides between equals, and must not tell what was left out before.
        Array.Sort(_order);
    }

    double Rho()
    {
        double upper = double.PositiveInfinity, lower = double.NegativeInfinity, sum = 0;
        int free = 0;
        for (int i = 0; i < _alpha.Length; i++)
        {
            double slope = _signs[i] * _gradient[i];
            if (_alpha[i] > 0 && _alpha[i] < _bounds[i]) (sum, free) = (sum + slope, free + 1);
            else if (CanRise(i)) upper = Math.Min(upper, slope);
            else if (CanFall(i)) lower = Math.Max(lower, slope);
        }
        return free > 0 ? sum / free : (upper + lower) / 2;
    }
}
