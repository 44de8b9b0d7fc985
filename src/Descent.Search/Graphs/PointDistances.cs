using Descent.Tensors;

namespace Descent.Search;

/// <summary>All distances between the points of a set, compared without error.</summary>
sealed class PointDistances
{
    readonly PointSet _points;
    readonly double[] _squares;
    readonly double _error;

    internal PointDistances(PointSet points)
    {
        _points = points;
        int n = points.Count;
        _squares = new double[n * n];
        // A square of a difference carries 3 roundings, the sum one more for each dimension.
        _error = (points.Dimension + 8) * Math.ScaleB(1, -52);
        WorkerPool.For(n, p =>
        {
            for (int q = 0; q < n; q++)
            {
                double sum = 0;
                for (int k = 0; k < points.Dimension; k++)
                {
                    double difference = points[p][k] - points[q][k];
                    sum += difference * difference;
                }
                _squares[p * n + q] = sum;
            }
        });
    }

    /// <summary>The squared distance, rounded.</summary>
    internal double Square(int a, int b) => _squares[a * _points.Count + b];

    /// <summary>Whether a and b are nearer to each other than c and d.</summary>
    internal bool IsLess(int a, int b, int c, int d) => Compare(a, b, c, d) < 0;

    /// <summary>The sign of δ(a, b) − δ(c, d).</summary>
    internal int Compare(int a, int b, int c, int d)
    {
        double left = Square(a, b), right = Square(c, d), difference = left - right;
        if (Math.Abs(difference) > _error * (left + right)) return Math.Sign(difference);
        var sum = Expansion.Zero;
        for (int k = 0; k < _points.Dimension; k++)
        {
            var x = Expansion.Difference(_points[a][k], _points[b][k]);
            var y = Expansion.Difference(_points[c][k], _points[d][k]);
            sum = sum + x * x - y * y;
        }
        return sum.Sign;
    }

    /// <summary>Whether r lies in the ball whose diameter is from p to q, or on it: (p − r)·(q − r) ≤ 0.</summary>
    internal bool IsInDiametralBall(int p, int q, int r)
    {
        double pr = Square(p, r), rq = Square(r, q), pq = Square(p, q), twice = pr + rq - pq;
        if (Math.Abs(twice) > _error * (pr + rq + pq)) return twice < 0;
        var sum = Expansion.Zero;
        for (int k = 0; k < _points.Dimension; k++)
            sum += Expansion.Difference(_points[p][k], _points[r][k]) * Expansion.Difference(_points[q][k], _points[r][k]);
        return sum.Sign <= 0;
    }

    /// <summary>The other points by their distance from <paramref name="point"/>, equally near ones by their numbers.</summary>
    internal int[] Nearest(int point)
    {
        int[] order = new int[_points.Count - 1];
        for (int i = 0; i < order.Length; i++) order[i] = i < point ? i : i + 1;
        Array.Sort(order, (a, b) => Compare(point, a, point, b) is var sign and not 0 ? sign : a.CompareTo(b));
        return order;
    }
}
