using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>float32 products on units for bfloat16: only where precision, shape and machine allow it, and to the precision asked for.</summary>
public sealed unsafe class NarrowPathTests
{
    [Theory]
    [InlineData(MatMulPrecision.Highest, 400, 300, 300, 1f, 0f)]
    [InlineData(MatMulPrecision.High, 400, 300, 300, 1f, 1f)]
    [InlineData(MatMulPrecision.Medium, 100, 90, 70, 1f, 0f)]
    [InlineData(MatMulPrecision.Medium, 100, 90, 70, 1f, 1f)]
    [InlineData(MatMulPrecision.Medium, 100, 90, 70, 2f, 0f)]
    [InlineData(MatMulPrecision.Medium, 100, 90, 70, 1f, 0.5f)]
    [InlineData(MatMulPrecision.Medium, 100, 8, 70, 1f, 0f)]
    [InlineData(MatMulPrecision.Medium, 100, 90, 10, 1f, 0f)]
    public void A_product_is_rounded_no_more_than_the_precision_allows(MatMulPrecision precision, int m, int n, int k, float alpha, float beta)
    {
        using Guarded<float> a = new(m * k, 1), b = new(k * n, 2), c = new(m * n, 3), bias = new(n, 4);
        float[] before = c.Span.ToArray();
        bool done = NarrowPath.TryMultiply(precision, m, n, k, alpha, new StridedSource<float>(a.Pointer, k, 1), new StridedSource<float>(b.Pointer, 1, n), beta,
            new GemmOutput<float>(c.Pointer, n, 1), new GemmBias<float>(bias.Pointer, perRow: false));
        bool plain = alpha == 1 && beta is 0 or 1;
        bool large = k >= 64 && n > 8;
        Assert.Equal(plain && large && (AmxProduct.IsAvailable || (precision == MatMulPrecision.Medium && PairKernels.IsAvailable)), done);
        c.AssertGuardsIntact();
        if (!done)
        {
            Assert.Equal(before, c.Span.ToArray());
            return;
        }
        double worst = 0;
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
            {
                double sum = beta == 0 ? bias[j] : before[i * n + j], size = 1;
                for (int p = 0; p < k; p++)
                {
                    double term = (double)a[i * k + p] * b[p * n + j];
                    sum += term;
                    size += Math.Abs(term);
                }
                worst = Math.Max(worst, Math.Abs(sum - c[i * n + j]) / size);
            }
        Assert.True(worst < precision switch { MatMulPrecision.Highest => 1e-6, MatMulPrecision.High => 3e-5, _ => 0.005 });
        if (precision == MatMulPrecision.Medium) Assert.True(worst > 1e-5);
    }
}
