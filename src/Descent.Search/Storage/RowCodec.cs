using System.Numerics.Tensors;

namespace Descent.Search;

/// <summary>How a vector is stored as a row of bytes, and how rows are measured. A query is prepared once: as floats, or as bits.</summary>
abstract unsafe class RowCodec(int dimension, VectorMetric metric, VectorElement elements)
{
    internal int Dimension { get; } = dimension;

    internal VectorMetric Metric { get; } = metric;

    internal VectorElement Elements { get; } = elements;

    /// <summary>Bytes of a row, a multiple of 16.</summary>
    internal abstract int Stride { get; }

    /// <summary>Floats of a prepared query.</summary>
    internal abstract int QueryFloats { get; }

    /// <exception cref="ArgumentException">The metric does not fit the elements.</exception>
    internal static RowCodec Create(int dimension, VectorMetric metric, VectorElement elements) => (elements, metric) switch
    {
        (VectorElement.Binary, VectorMetric.Hamming) => new BitCodec(dimension),
        (VectorElement.Binary, _) or (_, VectorMetric.Hamming) => throw new ArgumentException(
            $"The metric {metric} does not fit elements stored as {elements}; Hamming is for Binary, and Binary for Hamming."),
        (VectorElement.Float32, _) => Create<float, SingleElements>(dimension, metric, elements),
        (VectorElement.Float16, _) => Create<Half, HalfElements>(dimension, metric, elements),
        (VectorElement.Int8, _) => Create<sbyte, SByteElements>(dimension, metric, elements),
        _ => throw new ArgumentOutOfRangeException(nameof(elements), elements, "There is no such way to store elements."),
    };

    /// <summary>The greatest magnitude that may come in: what is stored stays finite, and so does every sum of squares.</summary>
    internal virtual float Greatest => 1e15f;

    /// <summary>Writes a vector into a row, filled up with zeros.</summary>
    internal abstract void Encode(ReadOnlySpan<float> vector, byte* row);

    /// <summary>What a row stores, filled up with zeros to <see cref="QueryFloats"/> where there is room.</summary>
    internal abstract void Decode(byte* row, Span<float> vector);

    /// <summary>Whether a row that came from a file holds only what could have been stored.</summary>
    internal abstract bool IsSound(byte* row);

    internal abstract void Prepare(ReadOnlySpan<float> query, Span<float> prepared);

    /// <summary>Distances from a prepared query to rows one after another.</summary>
    internal abstract void Measure(ReadOnlySpan<float> prepared, byte* rows, Span<float> distances);

    /// <summary>What walks graphs over rows of this kind.</summary>
    internal abstract GraphKernels CreateGraphKernels(VectorStore store);

    static RowCodec Create<T, TElements>(int dimension, VectorMetric metric, VectorElement elements)
        where T : unmanaged where TElements : struct, IElements<T> => metric switch
        {
            VectorMetric.SquaredEuclidean => new NumberCodec<T, TElements, SquaredEuclideanMeasure>(dimension, elements),
            VectorMetric.InnerProduct => new NumberCodec<T, TElements, InnerProductMeasure>(dimension, elements),
            VectorMetric.Cosine => new NumberCodec<T, TElements, CosineMeasure>(dimension, elements),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "There is no such metric."),
        };
}

/// <summary>Rows of numbers; int8 rows have their scale behind them.</summary>
sealed unsafe class NumberCodec<T, TElements, TMeasure>(int dimension, VectorElement elements) : RowCodec(dimension, TMeasure.Metric, elements)
    where T : unmanaged where TElements : struct, IElements<T> where TMeasure : struct, IMeasure
{
    internal override int Stride => QueryFloats * sizeof(T) + (TElements.IsScaled ? 16 : 0);

    internal override GraphKernels CreateGraphKernels(VectorStore store) => new GraphKernels<NumberDistance<T, TElements, TMeasure>>(store);

    internal override int QueryFloats => (Dimension + DistanceKernels.Lanes - 1) / DistanceKernels.Lanes * DistanceKernels.Lanes;

    internal override float Greatest => typeof(T) == typeof(Half) && Metric != VectorMetric.Cosine ? (float)Half.MaxValue : base.Greatest;

    internal override bool IsSound(byte* row)
    {
        if (typeof(T) == typeof(float)) return new ReadOnlySpan<float>(row, QueryFloats).IndexOfAnyExceptInRange(-Greatest, Greatest) < 0;
        if (typeof(T) == typeof(Half)) return new ReadOnlySpan<Half>(row, QueryFloats).IndexOfAnyExceptInRange(Half.MinValue, Half.MaxValue) < 0;
        return Math.Abs(*(float*)(row + QueryFloats)) <= Greatest;
    }

    internal override void Prepare(ReadOnlySpan<float> query, Span<float> prepared)
    {
        query.CopyTo(prepared);
        prepared[query.Length..].Clear();
        if (Metric == VectorMetric.Cosine) Normalize(prepared[..query.Length]);
    }

    internal override void Encode(ReadOnlySpan<float> vector, byte* row)
    {
        var prepared = vector.Length <= 1024 ? stackalloc float[QueryFloats] : new float[QueryFloats];
        Prepare(vector, prepared);
        new Span<byte>(row, Stride).Clear();
        if (typeof(T) == typeof(float)) prepared.CopyTo(new(row, QueryFloats));
        else if (typeof(T) == typeof(Half)) TensorPrimitives.ConvertToHalf(prepared, new Span<Half>(row, QueryFloats));
        else EncodeBytes(prepared, new(row, QueryFloats), out *(float*)(row + QueryFloats));
    }

    internal override void Decode(byte* row, Span<float> vector)
    {
        if (vector.Length == QueryFloats)
        {
            fixed (float* to = vector) DistanceKernels.Decode<T, TElements>((T*)row, to, QueryFloats);
            return;
        }
        int count = Math.Min(vector.Length, QueryFloats);
        if (typeof(T) == typeof(float))
        {
            new ReadOnlySpan<float>(row, count).CopyTo(vector);
            return;
        }
        float scale = TElements.IsScaled ? *(float*)(row + QueryFloats * sizeof(T)) : 1;
        for (int i = 0; i < count; i++)
            vector[i] = typeof(T) == typeof(Half) ? (float)((Half*)row)[i] : ((sbyte*)row)[i] * scale;
    }

    internal override void Measure(ReadOnlySpan<float> prepared, byte* rows, Span<float> distances)
    {
        fixed (float* query = prepared)
            DistanceKernels.Distances<NumberDistance<T, TElements, TMeasure>>(query, rows, Stride, QueryFloats, distances);
    }

    static void Normalize(Span<float> vector)
    {
        // In double: the squares of large elements overflow a float.
        double sum = 0;
        foreach (float x in vector) sum += (double)x * x;
        if (sum == 0) return;
        double length = Math.Sqrt(sum);
        for (int i = 0; i < vector.Length; i++) vector[i] = (float)(vector[i] / length);
    }

    static void EncodeBytes(ReadOnlySpan<float> from, Span<sbyte> to, out float scale)
    {
        float most = TensorPrimitives.MaxMagnitude(from);
        bool isWhole = Math.Abs(most) <= sbyte.MaxValue;
        for (int i = 0; i < from.Length && isWhole; i++) isWhole = from[i] == MathF.Round(from[i]);
        scale = isWhole ? 1 : Math.Abs(most) / sbyte.MaxValue;
        for (int i = 0; i < from.Length; i++) to[i] = (sbyte)Math.Clamp(MathF.Round(from[i] / scale), -sbyte.MaxValue, sbyte.MaxValue);
    }
}

/// <summary>Rows of bits: whether each element is greater than 0.</summary>
sealed unsafe class BitCodec(int dimension) : RowCodec(dimension, VectorMetric.Hamming, VectorElement.Binary)
{
    internal override int Stride => (Dimension + 127) / 128 * 16;

    internal override int QueryFloats => Stride / sizeof(float);

    internal override GraphKernels CreateGraphKernels(VectorStore store) => new GraphKernels<HammingDistance>(store);

    internal override void Encode(ReadOnlySpan<float> vector, byte* row) => Prepare(vector, new Span<float>(row, QueryFloats));

    internal override bool IsSound(byte* row) => true;

    internal override void Decode(byte* row, Span<float> vector)
    {
        for (int i = 0; i < vector.Length; i++) vector[i] = i < Dimension ? row[i >> 3] >> (i & 7) & 1 : 0;
    }

    internal override void Prepare(ReadOnlySpan<float> query, Span<float> prepared)
    {
        var bits = System.Runtime.InteropServices.MemoryMarshal.AsBytes(prepared);
        bits.Clear();
        for (int i = 0; i < query.Length; i++)
            if (query[i] > 0) bits[i >> 3] |= (byte)(1 << (i & 7));
    }

    internal override void Measure(ReadOnlySpan<float> prepared, byte* rows, Span<float> distances)
    {
        fixed (float* query = prepared) DistanceKernels.Distances<HammingDistance>(query, rows, Stride, QueryFloats, distances);
    }
}
