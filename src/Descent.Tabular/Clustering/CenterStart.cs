using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Where centres start.</summary>
static class CenterStart
{
    internal static void EnoughRows(string learner, Features x, int clusters)
    {
        if (x.Rows < clusters) throw new ArgumentException($"{learner}: {clusters} clusters of {x.Rows} rows; expected at least as many rows.", nameof(x));
    }

    /// <summary>k-means++: each centre is drawn by the squared distances from those before; of a few draws the one that lowers their sum most.</summary>
    internal static double[] Draw(CenterAssignment rows, double[] w, int clusters, Generator generator)
    {
        int count = w.Length, columns = rows.Row(0).Length, trials = 2 + (int)Math.Log(clusters);
        double[] centers = new double[clusters * columns];
        float[] nearest = new float[count], chances = new float[count], weights = Array.ConvertAll(w, v => (float)v);
        float[][] lowered = [.. Enumerable.Range(0, trials).Select(_ => new float[count])];
        long[] candidates = new long[trials];
        generator.Categorical<double>(w, candidates.AsSpan(0, 1));
        Array.Fill(nearest, float.PositiveInfinity);
        for (int k = 0; k < clusters; k++)
        {
            if (k > 0) TensorPrimitives.Multiply<float>(nearest, weights, chances);
            // All rows lie on centres already: any row will do.
            if (k > 0 && TensorPrimitives.Sum<float>(chances) > 0) generator.Categorical<float>(chances, candidates);
            else if (k > 0) generator.Integers(candidates, 0, count);
            double[] sums = rows.Lower(nearest, weights, k == 0 ? candidates[..1] : candidates, k == 0 ? lowered[..1] : lowered);
            int chosen = TensorPrimitives.IndexOfMin<double>(sums);
            (nearest, lowered[chosen]) = (lowered[chosen], nearest);
            rows.Row((int)candidates[chosen]).CopyTo(centers.AsSpan(k * columns));
        }
        return centers;
    }
}
