using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Tabular;

/// <summary>Rows whose nearest of some centres are asked again and again: by matrix products, and where rounding could decide by the differences themselves.</summary>
sealed class CenterAssignment
{
    const int BlockRows = 1024, MostParts = 16;

    readonly int _columns, _count;
    readonly ProductDistances _products;
    readonly Tensor[] _blocks;
    readonly float[] _squares;

    internal CenterAssignment(double[] rows, int columns)
    {
        (Rows, _columns, _count) = (rows, columns, rows.Length / columns);
        _products = new(rows, columns);
        _squares = new float[_count];
        _blocks = new Tensor[(_count + BlockRows - 1) / BlockRows];
        WorkerPool.For(_blocks.Length, b =>
        {
            var (first, taken) = Block(b);
            using var _ = Autograd.NoGrad();
            _blocks[b] = _products.Points(rows.AsSpan(first * columns, taken * columns), _squares.AsSpan(first, taken)).T.Contiguous();
        });
    }

    internal double[] Rows { get; }

    internal ReadOnlySpan<double> Row(int i) => Rows.AsSpan(i * _columns, _columns);

    /// <summary>The nearest centre of each row; of equally near ones the first. Gives whether any changed.</summary>
    internal bool Assign(double[] centers, int[] codes)
    {
        bool[] changed = new bool[_blocks.Length];
        using var _ = Autograd.NoGrad();
        var left = _products.Others(centers);
        WorkerPool.For(_blocks.Length, b =>
        {
            using var _ = Autograd.NoGrad();
            var keys = left.MatMul(_blocks[b]);
            var (first, taken) = Block(b);
            Span<float> least = stackalloc float[taken], second = stackalloc float[taken];
            Span<int> nearest = stackalloc int[taken];
            ColumnMinima.Find(keys.AsSpan<float>(), least, second, nearest);
            for (int i = 0; i < taken; i++)
            {
                float bound = (float)(least[i] + 2 * _products.Slack(_squares[first + i]));
                int code = second[i] > bound ? nearest[i] : Measure(keys.AsSpan<float>(), taken, i, bound, Row(first + i), centers);
                changed[b] |= code != codes[first + i];
                codes[first + i] = code;
            }
        });
        return changed.AsSpan().Contains(true);
    }

    /// <summary>
    /// Lowers each row's squared distance (times a constant) from the rows chosen so far by that from one more, for each of some candidates: (candidates × rows);
    /// gives the weighted sum for each.
    /// </summary>
    internal double[] Lower(float[] nearest, float[] weights, long[] candidates, float[][] lowered)
    {
        double[] centers = new double[candidates.Length * _columns];
        for (int c = 0; c < candidates.Length; c++) Row((int)candidates[c]).CopyTo(centers.AsSpan(c * _columns));
        using var _ = Autograd.NoGrad();
        var left = _products.Others(centers);
        double[][] sums = new double[_blocks.Length][];
        WorkerPool.For(_blocks.Length, b =>
        {
            using var _ = Autograd.NoGrad();
            var keys = left.MatMul(_blocks[b]);
            var (first, taken) = Block(b);
            var squares = _squares.AsSpan(first, taken);
            sums[b] = new double[lowered.Length];
            float slack = (float)(100 * _products.Slack(TensorPrimitives.Max<float>(squares)));
            for (int c = 0; c < lowered.Length; c++)
            {
                var own = lowered[c].AsSpan(first, taken);
                TensorPrimitives.Add(keys.AsSpan<float>().Slice(c * taken, taken), squares, own);
                // Near a centre the difference of two products is mostly rounding.
                bool isNear = TensorPrimitives.Min<float>(own) <= slack;
                for (int i = 0; isNear && i < taken; i++)
                    if (own[i] <= slack) own[i] = (float)(_products.SquaredScale * RowMath.SquaredDistance(Row(first + i), centers.AsSpan(c * _columns, _columns)));
                TensorPrimitives.Min(own, nearest.AsSpan(first, taken), own);
                sums[b][c] = TensorPrimitives.Dot(own, weights.AsSpan(first, taken));
            }
        });
        double[] totals = new double[lowered.Length];
        foreach (double[] part in sums) TensorPrimitives.Add(totals, part, totals);
        return totals;
    }

    /// <summary>The squared distance of each row from its own centre.</summary>
    internal double[] Distances(double[] centers, int[] codes)
    {
        double[] distances = new double[_count];
        for (int i = 0; i < _count; i++) distances[i] = RowMath.SquaredDistance(Row(i), centers.AsSpan(codes[i] * _columns, _columns));
        return distances;
    }

    /// <summary>The weighted sums of the rows of each centre, and their weights.</summary>
    internal (double[] Sums, double[] Weights) Sums(int[] codes, double[] weights, int clusters)
    {
        int parts = Math.Min(MostParts, _blocks.Length);
        var sums = new (double[] Sums, double[] Weights)[parts];
        WorkerPool.For(parts, p =>
        {
            double[] own = new double[clusters * _columns], totals = new double[clusters];
            int last = Block(_blocks.Length * (p + 1) / parts - 1) is var (start, taken) ? start + taken : 0;
            for (int i = Block(_blocks.Length * p / parts).First; i < last; i++)
            {
                var sum = own.AsSpan(codes[i] * _columns, _columns);
                TensorPrimitives.MultiplyAdd(Row(i), weights[i], sum, sum);
                totals[codes[i]] += weights[i];
            }
            sums[p] = (own, totals);
        });
        for (int p = 1; p < parts; p++)
        {
            TensorPrimitives.Add<double>(sums[0].Sums, sums[p].Sums, sums[0].Sums);
            TensorPrimitives.Add<double>(sums[0].Weights, sums[p].Weights, sums[0].Weights);
        }
        return sums[0];
    }

    (int First, int Count) Block(int b) => (b * BlockRows, Math.Min(BlockRows, _count - b * BlockRows));

    /// <summary>The nearest by differences of those whose keys are up to a bound.</summary>
    int Measure(ReadOnlySpan<float> keys, int width, int at, float bound, ReadOnlySpan<double> row, double[] centers)
    {
        double least = double.PositiveInfinity;
        int nearest = 0;
        for (int k = 0; k * width < keys.Length; k++)
        {
            if (keys[k * width + at] > bound) continue;
            double square = RowMath.SquaredDistance(row, centers.AsSpan(k * _columns, _columns));
            if (square < least) (least, nearest) = (square, k);
        }
        return nearest;
    }
}
