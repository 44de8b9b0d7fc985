using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The gradients and hessians that a tree is grown from, side by side for each row, weighted by how rows were drawn.</summary>
sealed unsafe class GradientRows(int rows)
{
    const int BlockRows = 16384;

    readonly float[] _greatest = new float[2 * ((rows + BlockRows - 1) / BlockRows)];

    /// <summary>(rows × 2): gradient, hessian.</summary>
    internal NativeBlock<float> Pairs { get; } = new(2L * rows);

    internal FixedPoint Point { get; private set; }

    /// <param name="gradients">The gradient of each row.</param>
    /// <param name="hessians">The hessian of each row.</param>
    /// <param name="factors">What both are multiplied with; null is 1.</param>
    /// <exception cref="ArgumentException">One of them is not finite.</exception>
    internal void Read(float[] gradients, float[] hessians, float[]? factors)
    {
        WorkerPool.For(_greatest.Length / 2, block =>
        {
            int start = block * BlockRows, end = Math.Min(rows, start + BlockRows);
            float* to = Pairs.Start + 2L * start;
            float mostG = 0, mostH = 0;
            for (int i = start; i < end; i++, to += 2)
            {
                float factor = factors is null ? 1 : factors[i], g = gradients[i] * factor, h = hessians[i] * factor;
                (to[0], to[1]) = (g, h);
                mostG = Math.Max(mostG, Math.Abs(g));
                mostH = Math.Max(mostH, h);
            }
            (_greatest[2 * block], _greatest[2 * block + 1]) = (mostG, mostH);
        });
        float gradient = 0, hessian = 0;
        for (int i = 0; i < _greatest.Length; i += 2) (gradient, hessian) = (Math.Max(gradient, _greatest[i]), Math.Max(hessian, _greatest[i + 1]));
        if (!float.IsFinite(gradient) || !float.IsFinite(hessian))
            throw new ArgumentException($"The greatest gradient is {gradient} and the greatest hessian {hessian}: boosting diverges. Lower the learning rate, or scale the targets.", nameof(gradients));
        Point = FixedPoint.Of(rows, gradient, hessian);
    }

    /// <summary>The sum of some rows with all bits of their gradients.</summary>
    internal GradientSum Sum(ReadOnlySpan<int> some)
    {
        double gradient = 0, hessian = 0;
        foreach (int row in some) (gradient, hessian) = (gradient + Pairs.Start[2L * row], hessian + Pairs.Start[2L * row + 1]);
        return new(gradient, hessian);
    }
}
