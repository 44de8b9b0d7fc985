using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>
/// One bit for each element of an edge turned at random, and two numbers, by which the distances of a query to all that a vector
/// leads to are estimated in one pass from its distance to the vector itself.
/// </summary>
/// <remarks>
/// <para>
/// Gou, Gao, Xu and Long, "SymphonyQG", SIGMOD 2025, and Gao and Long, "RaBitQ", SIGMOD 2024. Let P be the rotation, r = o − v an
/// edge from v, s the signs of P r. The estimate of ⟨x, r⟩ is F ⟨P x, s⟩ with F = ‖r‖² / ‖P r‖₁, which has no bias over rotations, and
/// an error of about ‖x‖ ‖r‖ / √d. As ‖q − o‖² = ‖q − v‖² + ‖r‖² − 2 ⟨q − v, r⟩, with a centre c of all vectors the estimate is
/// ‖q − v‖² + A − B ⟨P (q − c), s⟩ where A = ‖r‖² + B ⟨P (v − c), s⟩ and B = 2 F. For the inner product it is −⟨q, v⟩ + A − B ⟨P (q − c), s⟩
/// with A = −⟨c, r⟩ and B = F. The one sum over the query is looked up in tables made once for it.
/// </para>
/// <para>A list of edges: the nodes, A of each, B of each, and the signs in blocks of 32 (see <see cref="FastScan"/>).</para>
/// </remarks>
sealed unsafe class EdgeCodec
{
    // On the stack, to this width.
    const int FewFloats = 1024;

    // Vectors that memory is asked for before their turn.
    const int Ahead = 4;

    readonly RowCodec _codec;
    readonly RandomRotation _rotation;
    readonly float[] _turnedCenter;
    readonly int _width, _parts;

    /// <param name="codec">How the vectors are stored.</param>
    /// <param name="center">A vector amid all, as the codec prepares queries.</param>
    /// <param name="seed">Of the rotation.</param>
    internal EdgeCodec(RowCodec codec, float[] center, ulong seed)
    {
        (_codec, Center, _width) = (codec, center, codec.QueryFloats);
        _parts = _width / 4;
        _rotation = new(_width, seed);
        _turnedCenter = new float[_width];
        _rotation.Apply(center, _turnedCenter);
    }

    internal float[] Center { get; }

    bool IsEuclidean => _codec.Metric == VectorMetric.SquaredEuclidean;

    /// <summary>Bytes of a list of edges.</summary>
    internal static int ListBytes(RowCodec codec, int capacity) =>
        capacity * (sizeof(int) + 2 * sizeof(float)) + capacity / FastScan.Codes * FastScan.Bytes(codec.QueryFloats / 4);

    /// <summary>Writes numbers and signs of a vector's edges behind its list of nodes.</summary>
    /// <param name="rows">The vectors.</param>
    /// <param name="from">The vector; −1 for the centre.</param>
    /// <param name="list">The nodes; −1 behind the last.</param>
    /// <param name="capacity">Nodes that fit, a multiple of 32.</param>
    /// <param name="places">A bit for each place of the list that is to be written; none for all places.</param>
    /// <param name="turned">Rows as <see cref="Turn"/> gives them; null where they are to be turned here, with the same result.</param>
    internal void Encode(RowMemory rows, int from, int* list, int capacity, ReadOnlySpan<ulong> places = default, RowMemory? turned = null)
    {
        var room = _width <= FewFloats ? stackalloc float[3 * _width] : new float[3 * _width];
        Span<float> origin = room[.._width], edge = room[_width..(2 * _width)], other = room[(2 * _width)..];
        var nibbles = _width <= FewFloats ? stackalloc byte[_parts] : new byte[_parts];
        float* added = (float*)(list + capacity), scaled = added + capacity;
        byte* codes = (byte*)(scaled + capacity);
        Span<short> filled = stackalloc short[capacity];
        int count = 0;
        for (int i = 0; i < capacity; i++)
        {
            if (!places.IsEmpty && (places[i / 64] >> i & 1) == 0) continue;
            if (list[i] >= 0) filled[count++] = (short)i;
            else (added[i], scaled[i]) = (float.PositiveInfinity, 0);
        }
        if (count == 0) return;
        var vectors = turned ?? rows;
        for (int j = 0; j < Math.Min(count, Ahead); j++) DistanceKernels.Prefetch(vectors.Row(list[filled[j]]), vectors.Stride);
        if (from >= 0) Turned(rows, from, turned, other).CopyTo(origin);
        else origin.Clear();
        for (int j = 0; j < count; j++)
        {
            int i = filled[j];
            if (j + Ahead < count) DistanceKernels.Prefetch(vectors.Row(list[filled[j + Ahead]]), vectors.Stride);
            TensorPrimitives.Subtract(Turned(rows, list[i], turned, other), origin, edge);
            (added[i], scaled[i]) = Code(edge, origin, nibbles);
            FastScan.Write(codes + i / FastScan.Codes * FastScan.Bytes(_parts), i % FastScan.Codes, nibbles);
        }
    }

    /// <summary>P (x − c) of a row x.</summary>
    internal void Turn(byte* row, Span<float> turned)
    {
        _codec.Decode(row, turned);
        TensorPrimitives.Subtract(turned, Center, turned);
        _rotation.Apply(turned, turned);
    }

    /// <summary>What lists are scanned with for one query.</summary>
    internal EdgeScan Prepare(float* query, SearchScratch scratch)
    {
        byte* tables = scratch.Tables(FastScan.Bytes(_parts));
        var turned = new Span<float>(scratch.Bounds(_width), _width);
        var vector = new ReadOnlySpan<float>(query, _width);
        TensorPrimitives.Subtract(vector, Center, turned);
        float own = _codec.Metric switch
        {
            VectorMetric.SquaredEuclidean => TensorPrimitives.SumOfSquares<float>(turned),
            VectorMetric.Cosine => 1 - TensorPrimitives.Dot(vector, Center),
            _ => -TensorPrimitives.Dot(vector, Center),
        };
        _rotation.Apply(turned, turned);
        fixed (float* values = turned) return new(tables, _parts, FastScanTables.OfSigns(values, _parts, tables), own);
    }

    ReadOnlySpan<float> Turned(RowMemory rows, int node, RowMemory? turned, Span<float> room)
    {
        if (turned is not null) return new(turned.Row(node), _width);
        Turn(rows.Row(node), room);
        return room;
    }

    (float Added, float Scaled) Code(ReadOnlySpan<float> edge, ReadOnlySpan<float> origin, Span<byte> nibbles)
    {
        Vector256<float> magnitudes = default, squares = default, along = default;
        for (int i = 0; i < edge.Length; i += 8)
        {
            var (r, x) = (Vector256.Create(edge.Slice(i, 8)), Vector256.Create((IsEuclidean ? origin : _turnedCenter).Slice(i, 8)));
            var sign = Vector256.GreaterThan(r, Vector256<float>.Zero);
            uint bits = sign.ExtractMostSignificantBits();
            (nibbles[i / 4], nibbles[i / 4 + 1]) = ((byte)(bits & 0xf), (byte)(bits >> 4));
            magnitudes += Vector256.Abs(r);
            squares += r * r;
            along += IsEuclidean ? Vector256.ConditionalSelect(sign, x, -x) : r * x;
        }
        float square = Vector256.Sum(squares), sum = Vector256.Sum(magnitudes), product = Vector256.Sum(along), factor = sum > 0 ? square / sum : 0;
        return IsEuclidean ? (square + 2 * factor * product, 2 * factor) : (-product, factor);
    }
}

/// <summary>A query's tables, and its distance to the centre.</summary>
readonly unsafe struct EdgeScan(byte* tables, int parts, ScanScale scale, float ownDistance)
{
    internal float OwnDistance => ownDistance;

    /// <summary>Estimates of the distances to all that a list leads to.</summary>
    /// <param name="list">As <see cref="EdgeCodec"/> writes it.</param>
    /// <param name="distance">The distance to the vector whose list it is.</param>
    internal void Estimate(int* list, int capacity, float distance, float* estimates)
    {
        int* sums = stackalloc int[FastScan.Codes];
        float* added = (float*)(list + capacity), scaled = added + capacity;
        byte* codes = (byte*)(scaled + capacity);
        int bytes = FastScan.Bytes(parts);
        var (step, offset, from) = (Vector256.Create(scale.Step), Vector256.Create(scale.Offset), Vector256.Create(distance));
        for (int block = 0; block < capacity; block += FastScan.Codes, codes += bytes)
        {
            FastScan.Sum(codes, tables, parts, sums);
            for (int i = 0; i < FastScan.Codes; i += 8)
            {
                var sum = Vector256.ConvertToSingle(Vector256.Load(sums + i)) * step + offset;
                (from + Vector256.Load(added + block + i) - Vector256.Load(scaled + block + i) * sum).Store(estimates + block + i);
            }
        }
    }
}
