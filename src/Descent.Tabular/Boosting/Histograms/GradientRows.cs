using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The gradients and hessians that a tree is grown from, side by side for each row, weighted by how rows were drawn.</summary>
sealed unsafe class GradientRows(int rows, bool isQuantized = false)
{
    const int BlockRows = 16384;

    const int MostGradient = 63, MostHessian = 255;

    readonly float[] _greatest = new float[2 * ((rows + BlockRows - 1) / BlockRows)];

    /// <summary>(rows × 2): gradient, hessian.</summary>
    internal NativeBlock<float> Pairs { get; } = new(2L * rows);

    /// <summary>Gradients from −63 to 63 in the upper byte of each row and hessians up to 255 in the lower, where they are quantised.</summary>
    internal NativeBlock<short>? Quantized { get; } = isQuantized ? new(rows) : null;

    internal FixedPoint Point { get; private set; }

    /// <param name="gradients">The gradient of each row.</param>
    /// <param name="hessians">The hessian of each row.</param>
    /// <param name="factors">What both are multiplied with; null is 1.</param>
    /// <param name="generator">Rounds, where gradients are quantised.</param>
    /// <exception cref="ArgumentException">One of them is not finite.</exception>
    internal void Read(float[] gradients, float[] hessians, float[]? factors, Generator generator)
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
        if (Quantized is not null) Quantize(gradient, hessian, generator);
    }

    /// <summary>Rounds up or down at random, so that sums are expected to be right (Shi et al., 2022).</summary>
    void Quantize(float mostGradient, float mostHessian, Generator generator)
    {
        // As many numbers as look random enough; another stretch of them for each block of rows.
        float[] random = new float[1 << 16];
        generator.Uniform(random.AsSpan());
        Point = Point with { GradientScale = mostGradient > 0 ? MostGradient / (double)mostGradient : 1, HessianScale = mostHessian > 0 ? MostHessian / (double)mostHessian : 1 };
        float scaleG = (float)Point.GradientScale, scaleH = (float)Point.HessianScale;
        WorkerPool.For(_greatest.Length / 2, block =>
        {
            int start = block * BlockRows, end = Math.Min(rows, start + BlockRows);
            float* pair = Pairs.Start + (2L * start);
            short* to = Quantized!.Start + start;
            uint at = (uint)block * 40503;
            for (int i = start; i < end; i++, pair += 2, to++, at += 2)
            {
                int g = (int)MathF.Floor((pair[0] * scaleG) + random[(ushort)at]), h = (int)((pair[1] * scaleH) + random[(ushort)(at + 1)]);
                *to = (short)((Math.Clamp(g, -MostGradient, MostGradient) << 8) | Math.Min(h, MostHessian));
            }
        });
    }

    /// <summary>The sum of some rows with all bits of their gradients.</summary>
    internal GradientSum Sum(ReadOnlySpan<int> some)
    {
        double gradient = 0, hessian = 0;
        foreach (int row in some) (gradient, hessian) = (gradient + Pairs.Start[2L * row], hessian + Pairs.Start[2L * row + 1]);
        return new(gradient, hessian);
    }
}
