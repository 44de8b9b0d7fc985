using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>Vectors to try indexes on, of two sorts that real ones are between; each seed is a distribution, and each draw of it a sample.</summary>
public static class VectorSamples
{
    /// <summary>Clusters: each around a centre, along some directions of its own that are fewer than all, with a little noise in all.</summary>
    /// <param name="count">How many vectors.</param>
    /// <param name="dimension">Elements of each.</param>
    /// <param name="clusters">How many clusters; they are of different sizes.</param>
    /// <param name="latent">Directions of a cluster.</param>
    /// <param name="seed">Decides where clusters are.</param>
    /// <param name="draw">Decides which vectors are drawn from them.</param>
    /// <returns><c>(count, dimension)</c>.</returns>
    public static float[] Clusters(int count, int dimension, int clusters = 200, int latent = 12, ulong seed = 0, ulong draw = 0)
    {
        const float Noise = 0.25f;
        Check.AtLeast(0, count, nameof(count));
        var world = new Generator(seed);
        float[] centers = new float[Check.AtLeast(1, clusters, nameof(clusters)) * Check.AtLeast(1, dimension, nameof(dimension))];
        float[] directions = new float[checked(clusters * Check.AtLeast(1, latent, nameof(latent)) * dimension)], shares = new float[clusters];
        world.Normal(centers);
        world.Normal(directions, 0, 1 / MathF.Sqrt(latent));
        world.Uniform(shares, 0.3f, 1.3f);
        for (int c = 1; c < clusters; c++) shares[c] += shares[c - 1];
        return Rows(count, dimension, seed, draw, (random, row) =>
        {
            Span<float> place = stackalloc float[1];
            float[] z = new float[latent];
            random.Uniform(place, 0, shares[^1]);
            int found = Array.BinarySearch(shares, place[0]), cluster = Math.Min(clusters - 1, found < 0 ? ~found : found + 1);
            random.Normal(row, 0, Noise);
            random.Normal(z);
            TensorPrimitives.Add(row, centers.AsSpan(cluster * dimension, dimension), row);
            for (int l = 0; l < latent; l++)
                TensorPrimitives.MultiplyAdd(directions.AsSpan((cluster * latent + l) * dimension, dimension), z[l], row, row);
        });
    }

    /// <summary>No clusters: a normal distribution along many directions, with a little noise in all, each vector stretched by a factor of its own.</summary>
    /// <param name="count">How many vectors.</param>
    /// <param name="dimension">Elements of each.</param>
    /// <param name="latent">Directions.</param>
    /// <param name="seed">Decides the directions.</param>
    /// <param name="draw">Decides which vectors are drawn.</param>
    /// <returns><c>(count, dimension)</c>.</returns>
    public static float[] Cloud(int count, int dimension, int latent = 48, ulong seed = 0, ulong draw = 0)
    {
        const float Noise = 0.1f;
        Check.AtLeast(0, count, nameof(count));
        float[] directions = new float[checked(Check.AtLeast(1, latent, nameof(latent)) * Check.AtLeast(1, dimension, nameof(dimension)))];
        new Generator(seed).Normal(directions, 0, 1 / MathF.Sqrt(latent));
        return Rows(count, dimension, seed, draw, (random, row) =>
        {
            Span<float> length = stackalloc float[1];
            float[] z = new float[latent];
            random.Uniform(length, 0.8f, 1.2f);
            random.Normal(row, 0, Noise);
            random.Normal(z);
            for (int l = 0; l < latent; l++) TensorPrimitives.MultiplyAdd(directions.AsSpan(l * dimension, dimension), z[l], row, row);
            TensorPrimitives.Multiply(row, length[0], row);
        });
    }

    /// <summary>Each row from numbers of its own, so that the first of many are those of few.</summary>
    static float[] Rows(int count, int dimension, ulong seed, ulong draw, RowDraw fill)
    {
        const int Block = 256;
        float[] rows = new float[checked(count * dimension)];
        WorkerPool.For((count + Block - 1) / Block, block =>
        {
            for (int i = block * Block; i < Math.Min(count, (block + 1) * Block); i++)
                fill(new Generator(seed, (draw + 1) << 40 | (uint)i), rows.AsSpan(i * dimension, dimension));
        });
        return rows;
    }

    delegate void RowDraw(Generator random, Span<float> row);
}
