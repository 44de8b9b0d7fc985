using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Descent.Tensors.Kernels;

namespace Descent.Search;

/// <summary>
/// Some queries rounded to bytes. A scan of a panel of rows tells all rows that may be within a distance of each query: with q̂ and
/// r̂ for what is left of q and r, |q·r − q̂·r̂| ≤ |q − q̂| |r| + |q̂| |r − r̂| (Cauchy and Schwarz).
/// </summary>
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

    // Rounding of floats, and of floats to whole numbers.
    const float Rounding = 1f / (1 << 20), Whole = 2;

    // More than what is lost where squares vanish.
    const double Vanishing = 1e-36;

    readonly VectorMetric _metric;
    readonly int _width;
    readonly byte* _words;
    readonly float* _least;
    readonly double[] _constants = new double[Rows];
    readonly float _scale, _error, _length, _slack;

    /// <param name="codec">How rows are measured.</param>
    /// <param name="mean">What was taken from the rows.</param>
    /// <param name="vectors">Prepared queries, one after another.</param>
    /// <param name="queries">Which of them these are, at most <see cref="Rows"/>.</param>
    /// <param name="room">As many bytes as <see cref="Size"/>.</param>
    internal ByteStrip(RowCodec codec, ReadOnlySpan<float> mean, ReadOnlySpan<float> vectors, int[] queries, byte* room)
    {
        (_metric, _width, Queries) = (codec.Metric, codec.QueryFloats, queries);
        _words = room;
        _least = (float*)(room + Rows * _width);
        _slack = ByteRounding.Slack(_width);
        Span<float> vector = stackalloc float[_width];
        float greatest = 0;
        foreach (int query in queries) greatest = Math.Max(greatest, Centre(codec, mean, Vector(vectors, query), vector));
        _scale = ByteRounding.Scale(greatest);
        float meanNorm = IsEuclidean ? 0 : TensorPrimitives.Norm(mean) * (1 + _slack);
        for (int place = 0; place < Rows; place++)
        {
            vector.Clear();
            if (place < queries.Length) Centre(codec, mean, Vector(vectors, queries[place]), vector);
            var (block, row) = Math.DivRem(place, ByteScan.BlockRows);
            var rounding = ByteRounding.Round(vector, _scale, (uint*)_words + block * BlockWords + row, ByteScan.BlockRows, Unsigned);
            _length = Math.Max(_length, rounding.Length);
            // The kernel that measures one by one rounds too, which moves a product by so much of both lengths.
            _error = Math.Max(_error, rounding.Error + (IsEuclidean ? 0 : _slack * rounding.Norm));
            _constants[place] = IsEuclidean ? rounding.Square : -Dot(vector, mean) - 2.0 * _slack * rounding.Norm * meanNorm;
            SetBound(place, place < queries.Length ? float.PositiveInfinity : float.NegativeInfinity);
        }
    }

    /// <summary>The queries that these are, by their places.</summary>
    internal int[] Queries { get; }

    bool IsEuclidean => _metric == VectorMetric.SquaredEuclidean;

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

    /// <summary>From now on only rows that may be as near as this are hits for a query.</summary>
    internal void SetBound(int place, float distance)
    {
        // The least product with a row less the mean; distances of one by one may be less than the true ones by their rounding.
        double least = _metric switch
        {
            VectorMetric.SquaredEuclidean => (_constants[place] - (distance * (1.0 + _slack) + Vanishing)) / 2,
            VectorMetric.InnerProduct => _constants[place] - distance - Vanishing,
            _ => _constants[place] + 1 - distance - _slack,
        };
        _least[place] = (float)Math.Clamp(least, float.MinValue, float.MaxValue);
    }

    /// <summary>Finds the rows of a panel that may be within the bounds.</summary>
    /// <param name="panel">The rows.</param>
    /// <param name="hits">For each its query's place times <see cref="BytePanel.Rows"/>, and its own place.</param>
    /// <returns>How many there are.</returns>
    internal int Scan(BytePanel panel, Span<short> hits)
    {
        int* start = stackalloc int[BytePanel.Rows], least = stackalloc int[Rows];
        ushort* found = stackalloc ushort[MostHits / 16];
        float inverse = (float)(1 / ((double)_scale * panel.Scale));
        for (int i = 0; i < BytePanel.Rows; i += 16)
        {
            var x = Vector512.Load(panel.Errors + i) * _length + Vector512.Load(panel.Norms + i) * _error - Vector512.Load(panel.Halves + i);
            x *= inverse;
            x += Vector512.Abs(x) * Rounding + Vector512.Create(Whole);
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
            Hits = found,
        };
        ByteScan.Run(&job);
        return Collect((ulong*)found, (int)job.Blocks * ByteScan.BlockRows * BytePanel.Rows / 64, hits);
    }

    /// <summary>The numbers of the bits that are set.</summary>
    static int Collect(ulong* bits, int words, Span<short> numbers)
    {
        int count = 0;
        for (int w = 0; w < words; w++)
            for (ulong left = bits[w]; left != 0; left &= left - 1) numbers[count++] = (short)(w * 64 + BitOperations.TrailingZeroCount(left));
        return count;
    }

    static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }

    ReadOnlySpan<float> Vector(ReadOnlySpan<float> vectors, int query) => vectors.Slice(query * _width, _width);
}
