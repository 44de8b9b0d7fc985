using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Residuals cut into parts of some elements, of each of which the nearest of 16 centres is kept.</summary>
/// <remarks>Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", 2011.</remarks>
/// <param name="size">Elements of a part: 2 or 4.</param>
sealed unsafe class ProductQuantizer(RowCodec rows, int size) : Quantizer(rows)
{
    internal const int Centres = 16;
    const int Rounds = 12;

    // (parts, element, centre), so that all centres are measured at once.
    readonly float[] _centres = new float[(rows.Dimension + Lanes - 1) / Lanes * Lanes * Centres];

    /// <summary>Parts of a code, a multiple of 8.</summary>
    internal int Parts => Width / size;

    internal override int CodeBytes => Parts / 2;

    internal override int QueryFloats => ProductDistance.QueryHeader + CodeBytes * ProductDistance.Entries;

    internal override void Learn(ReadOnlySpan<float> residuals)
    {
        float[] sample = residuals.ToArray();
        WorkerPool.For(Parts, part => LearnPart(sample, part));
    }

    internal override void Encode(ReadOnlySpan<float> residual, byte* code)
    {
        for (int part = 0; part < Parts; part += 2)
            code[part / 2] = (byte)(Nearest(part, residual) | Nearest(part + 1, residual) << 4);
    }

    /// <summary>The nearest centre of each part.</summary>
    internal void Choose(ReadOnlySpan<float> residual, Span<byte> centres)
    {
        for (int part = 0; part < Parts; part++) centres[part] = (byte)Nearest(part, residual);
    }

    /// <summary>The product of what centres stand for with a vector.</summary>
    internal float Product(ReadOnlySpan<byte> centres, ReadOnlySpan<float> vector)
    {
        float sum = 0;
        for (int i = 0; i < vector.Length; i++) sum += _centres[i * Centres + centres[i / size]] * vector[i];
        return sum;
    }

    /// <summary>What each centre of each part adds to the distance, <c>(parts, 16)</c>.</summary>
    internal void FillTables(ReadOnlySpan<float> direction, float* tables)
    {
        fixed (float* centres = _centres)
            for (int part = 0; part < Parts; part++)
                for (int half = 0; half < Centres; half += 8)
                {
                    var sum = Vector256<float>.Zero;
                    for (int i = 0; i < size; i++)
                    {
                        var (centre, x) = (Vector256.Load(centres + (part * size + i) * Centres + half), Vector256.Create(direction[part * size + i]));
                        sum += IsEuclidean ? centre * (centre - x - x) : -(centre * x);
                    }
                    sum.Store(tables + part * Centres + half);
                }
    }

    internal override void Prepare(ReadOnlySpan<float> direction, float offset, float* query)
    {
        float* parts = stackalloc float[Parts * Centres];
        FillTables(direction, parts);
        query[0] = offset;
        float* table = query + ProductDistance.QueryHeader;
        for (int part = 0; part < Parts; part += 2)
            for (int high = 0; high < Centres; high++)
                for (int half = 0; half < Centres; half += 8, table += 8)
                    (Vector256.Load(parts + part * Centres + half) + Vector256.Create(parts[(part + 1) * Centres + high])).Store(table);
    }

    internal override void Measure(float* query, byte* codes, int stride, Span<float> distances) =>
        DistanceKernels.Distances<ProductDistance>(query, codes, stride, CodeBytes, distances);

    internal override GraphWalk CreateWalk(RowMemory codes) => new GraphWalk<ProductDistance>(codes, CodeBytes);

    internal override bool IsSound(byte* code) => true;

    internal override void Write(IndexWriter writer) => writer.Singles(_centres);

    internal override void Read(IndexReader reader) => reader.Singles(_centres, 2 * Rows.Greatest, "the centres of parts");

    int Nearest(int part, ReadOnlySpan<float> residual)
    {
        Span<float> distances = stackalloc float[Centres];
        Measure(part, residual.Slice(part * size, size), distances);
        return TensorPrimitives.IndexOfMin<float>(distances);
    }

    void Measure(int part, ReadOnlySpan<float> x, Span<float> distances)
    {
        fixed (float* centres = _centres)
            for (int half = 0; half < Centres; half += 8)
            {
                var sum = Vector256<float>.Zero;
                for (int i = 0; i < size; i++)
                {
                    var difference = Vector256.Load(centres + (part * size + i) * Centres + half) - Vector256.Create(x[i]);
                    sum += difference * difference;
                }
                sum.CopyTo(distances[half..]);
            }
    }

    /// <summary>Lloyd's iterations from parts drawn evenly.</summary>
    void LearnPart(float[] sample, int part)
    {
        int count = sample.Length / Width;
        var own = _centres.AsSpan(part * size * Centres, size * Centres);
        ReadOnlySpan<float> Part(int row) => sample.AsSpan(row * Width + part * size, size);
        for (int centre = 0; centre < Centres; centre++)
            for (int i = 0; i < size; i++) own[i * Centres + centre] = Part((int)((2 * centre + 1L) * count / (2 * Centres)))[i];
        Span<double> sums = stackalloc double[size * Centres];
        Span<int> members = stackalloc int[Centres];
        Span<float> distances = stackalloc float[Centres];
        for (int round = 0; round < Rounds; round++)
        {
            sums.Clear();
            members.Clear();
            for (int row = 0; row < count; row++)
            {
                var x = Part(row);
                Measure(part, x, distances);
                int nearest = TensorPrimitives.IndexOfMin<float>(distances);
                members[nearest]++;
                for (int i = 0; i < size; i++) sums[i * Centres + nearest] += x[i];
            }
            for (int centre = 0; centre < Centres; centre++)
                for (int i = 0; i < size && members[centre] > 0; i++) own[i * Centres + centre] = (float)(sums[i * Centres + centre] / members[centre]);
        }
    }
}
