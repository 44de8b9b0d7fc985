using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Descent.Tensors.Kernels;

namespace Descent.Search;

/// <summary>
/// Some queries rounded to bytes. A scan of a panel of rows tells all rows that may be near enough to each query, and within which
/// bounds: with q̂ and r̂ for what is left of q and r, |q·r − q̂·r̂| ≤ |q − q̂| |r| + |q̂| |r − r̂| (Cauchy and Schwarz).
/// </summary>
/// <remarks>The value of a row, greater for nearer ones, is its product with the query, less half its square where distance is Euclidean.</remarks>
sealed unsafe class ByteStrip
{
    internal const int Rows = Blocks * ByteScan.BlockRows;

    /// <summary>Hits of one scan at most.</summary>
    internal const int MostHits = Rows * BytePanel.Rows;

    const int Blocks = 4;

    // Bytes are made unsigned by it, which adds it times the row's sum to each product.
    const int Offset = 128;
    const uint Unsigned = 0x80808080;

    // What sums start from and what they are compared with are held within these, so that nothing overflows: at the upper end
    // of the first every sum reaches the upper end of the second, at the lower end of the second everything does.
    const float LeastStart = -(1 << 29), MostStart = 3 << 29, LeastSum = -(1 << 30), MostSum = 1 << 30;

    // More than floats, and whole numbers made of them, are wrong by.
    const float Rounding = 1f / (1 << 20), Whole = 2;

    // More than what is lost where squares vanish.
    const double Vanishing = 1e-36;

    readonly VectorMetric _metric;
    readonly int _width;
    readonly byte* _words;
    readonly float* _least;
    readonly (double Square, double Margin)[] _figures = new (double, double)[Rows];
    readonly double[] _meanProducts = [];
    readonly float _scale, _error, _length, _slack;

    /// <param name="codec">How rows are measured.</param>
    /// <param name="mean">What was taken from the rows.</param>
    /// <param name="vectors">Prepared queries, one after another, at most <see cref="Rows"/>.</param>
    /// <param name="queries">What they are called.</param>
    /// <param name="room">As many bytes as <see cref="Size"/>.</param>
    /// <param name="doubt">1 where bounds are to hold whatever the vectors are; less for bounds that are narrower by it, and likely.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal ByteStrip(RowCodec codec, ReadOnlySpan<float> mean, ReadOnlySpan<float> vectors, int[] queries, byte* room, float doubt = 1)
    {
        (_metric, _width, Queries) = (codec.Metric, codec.QueryFloats, queries);
        _words = room;
        _least = (float*)(room + Rows * _width);
        _slack = ByteRounding.Slack(_width);
        Span<float> vector = stackalloc float[_width];
        float greatest = 0;
        for (int place = 0; place < queries.Length; place++) greatest = Math.Max(greatest, Centre(codec, mean, vectors.Slice(place * _width, _width), vector));
        _scale = ByteRounding.Scale(greatest);
        bool isEuclidean = _metric == VectorMetric.SquaredEuclidean;
        if (!isEuclidean) _meanProducts = new double[Rows];
        float meanNorm = isEuclidean ? 0 : TensorPrimitives.Norm(mean) * (1 + _slack);
        for (int place = 0; place < Rows; place++)
        {
            vector.Clear();
            if (place < queries.Length) Centre(codec, mean, vectors.Slice(place * _width, _width), vector);
            var (block, row) = Math.DivRem(place, ByteScan.BlockRows);
            var rounding = ByteRounding.Round(vector, _scale, (uint*)_words + block * BlockWords + row, ByteScan.BlockRows, Unsigned);
            _length = Math.Max(_length, rounding.Length);
            // The kernel that measures one by one rounds too, which moves a product by so much of both lengths.
            _error = Math.Max(_error, rounding.Error + (isEuclidean ? 0 : _slack * rounding.Norm));
            if (!isEuclidean && place < queries.Length) _meanProducts[place] = TensorPrimitives.Dot(mean, vectors.Slice(place * _width, _width));
            _figures[place] = (rounding.Square, 4.0 * _slack * rounding.Norm * meanNorm);
            _least[place] = place < queries.Length ? float.MinValue : float.MaxValue;
        }
        (_length, _error) = (doubt * _length, doubt * _error);
    }

    /// <summary>The queries that these are, by their places.</summary>
    internal int[] Queries { get; }

    int BlockWords => ByteScan.BlockRows * _width / sizeof(uint);

    /// <summary>Bytes of a strip.</summary>
    internal static int Size(int width) => Rows * width + Rows * sizeof(float);

    /// <summary>A query less the mean of the rows where only differences count, and its greatest magnitude.</summary>
    internal static float Centre(RowCodec codec, ReadOnlySpan<float> mean, ReadOnlySpan<float> query, Span<float> to)
    {
        if (codec.Metric == VectorMetric.SquaredEuclidean) return ByteRounding.Subtract(query, mean, to);
        query.CopyTo(to);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(to));
    }

    /// <summary>Only rows are hits whose value may be as great as this.</summary>
    internal float Least(int place) => _least[place];

    /// <summary>From now on only rows are hits that may be measured as near as one of at least this value.</summary>
    internal void Raise(int place, float value) => _least[place] = Math.Max(_least[place], FindLeast(place, value));

    /// <summary>From now on only rows are hits that may be measured as at most this distance.</summary>
    internal void RaiseTo(int place, float distance)
    {
        var (square, margin) = _figures[place];
        double least = _metric switch
        {
            VectorMetric.SquaredEuclidean => (square - (distance * (1.0 + 3 * _slack) + Vanishing)) / 2,
            VectorMetric.InnerProduct => -distance - _meanProducts[place] - margin - Vanishing,
            _ => 1.0 - distance - _meanProducts[place] - margin - _slack,
        };
        _least[place] = Math.Max(_least[place], Below(least));
    }

    /// <summary>The least value of rows that may be measured as near as one of at least a value.</summary>
    internal float FindLeast(int place, float value)
    {
        var (square, margin) = _figures[place];
        // Each of the two is measured with an error of its own.
        double least = _metric switch
        {
            VectorMetric.SquaredEuclidean => (square - (Math.Max(0, square * (1 + 4 * _slack) - 2.0 * value) * (1 + 3 * _slack) + Vanishing)) / 2,
            VectorMetric.InnerProduct => value - margin - Vanishing,
            _ => value - margin - _slack,
        };
        return Below(least);
    }

    static float Below(double least) => (float)Math.Max(float.MinValue, least - Math.Abs(least) * Rounding);

    /// <summary>Finds the rows of a panel that may be near enough.</summary>
    /// <returns>How many there are.</returns>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int Scan(BytePanel panel, Span<ByteHit> hits)
    {
        int* start = stackalloc int[BytePanel.Rows], least = stackalloc int[Rows], sums = stackalloc int[MostHits];
        float* errors = stackalloc float[BytePanel.Rows];
        ulong* found = stackalloc ulong[MostHits / 64];
        float unit = (float)((double)_scale * panel.Scale), inverse = 1 / unit;
        var isWithin = Vector512<float>.AllBitsSet;
        for (int i = 0; i < BytePanel.Rows; i += 16)
        {
            var error = Vector512.Load(panel.Errors + i) * _length + Vector512.Load(panel.Norms + i) * _error;
            error.Store(errors + i);
            var x = (error - Vector512.Load(panel.Halves + i)) * inverse;
            x += Vector512.Abs(x) * Rounding + Vector512.Create(Whole);
            isWithin &= Vector512.GreaterThan(x, Vector512.Create(LeastStart)) & Vector512.LessThan(x, Vector512.Create(MostStart));
            x = Vector512.Min(Vector512.Max(x, Vector512.Create(LeastStart)), Vector512.Create(MostStart));
            (Vector512.ConvertToInt32(x) - Vector512.Load(panel.Sums + i) * Offset).Store(start + i);
        }
        for (int i = 0; i < Rows; i += 16)
        {
            var x = Vector512.Load(_least + i) * inverse;
            x -= Vector512.Abs(x) * Rounding + Vector512.Create(Whole);
            x = Vector512.Min(Vector512.Max(x, Vector512.Create(LeastSum)), Vector512.Create(MostSum));
            Vector512.ConvertToInt32(x).Store(least + i);
        }
        var job = new ByteScanJob
        {
            A = (uint*)_words,
            B = panel.Words,
            Words = _width / sizeof(uint),
            Blocks = (Queries.Length + ByteScan.BlockRows - 1) / ByteScan.BlockRows,
            Start = start,
            Least = least,
            Hits = (ushort*)found,
            Sums = sums,
        };
        ByteScan.Run(&job);
        bool isSure = isWithin.AsInt32() == Vector512<int>.AllBitsSet;
        int count = 0;
        for (int w = 0; w < job.Blocks * ByteScan.BlockRows * BytePanel.Rows / 64; w++)
            for (ulong left = found[w]; left != 0; left &= left - 1)
            {
                int at = w * 64 + BitOperations.TrailingZeroCount(left);
                var (place, row) = Math.DivRem(at, BytePanel.Rows);
                if (place >= Queries.Length) break;
                float value = sums[at] * unit, rounding = (Math.Abs(value) + panel.Halves[row] + errors[row]) * (4 * Rounding) + 8 * Whole * unit;
                hits[count++] = isSure
                    ? new((short)place, (short)row, value + rounding, value - 2 * errors[row] - rounding)
                    : new((short)place, (short)row, float.MaxValue, float.MinValue);
            }
        return count;
    }
}
