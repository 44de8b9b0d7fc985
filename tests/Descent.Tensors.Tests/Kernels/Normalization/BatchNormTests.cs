using System.Numerics;
using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

[Collection(ThreadCountCollection.Name)]
public sealed unsafe class BatchNormTests : IDisposable
{
    const double Epsilon = 1e-5;

    readonly int _threads = Numerics.Threads;

    public void Dispose() => Numerics.Threads = _threads;

    [Theory]
    [InlineData(4, 3, 35)]
    [InlineData(2, 5, 9001)]
    [InlineData(7, 70, 1)]
    [InlineData(1, 2, 2)]
    public void Doubles_agree_with_the_definition(int n, int c, int plane) => Verify<double>(n, c, plane, 0, 1e-11);

    [Theory]
    [InlineData(4, 3, 35, 0)]
    [InlineData(2, 5, 9001, 0)]
    [InlineData(7, 70, 1, 0)]
    // Values far from zero, whose squares would drown the variance.
    [InlineData(8, 3, 700, 1000)]
    [InlineData(500, 40, 1, 1000)]
    public void Floats_agree_with_the_definition(int n, int c, int plane, double offset) =>
        Verify<float>(n, c, plane, offset, offset == 0 ? 2e-6 : 1e-3);

    static void Verify<T>(int n, int c, int plane, double offset, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shape = new BatchNormShape(n, c, plane);
        int length = n * c * plane;
        using var x = new Guarded<T>(length, 1);
        using var dy = new Guarded<T>(length, 2);
        using var gamma = new Guarded<T>(c, 3);
        using var beta = new Guarded<T>(c, 4);
        foreach (ref T value in x.Span)
            value += T.CreateChecked(offset);

        using var mean = new Guarded<T>(c);
        using var deviation = new Guarded<T>(c);
        BatchNorm.Moments(shape, x.Pointer, mean.Pointer, deviation.Pointer);
        int Channel(int i) => i / plane % c;
        double Wide(T value) => double.CreateChecked(value);
        double[] m = new double[c], v = new double[c], sum = new double[c], product = new double[c];
        for (int i = 0; i < length; i++)
            m[Channel(i)] += Wide(x[i]) / shape.Count;
        for (int i = 0; i < length; i++)
            v[Channel(i)] += Math.Pow(Wide(x[i]) - m[Channel(i)], 2) / shape.Count;
        for (int i = 0; i < c; i++)
        {
            Assert.Equal(m[i], Wide(mean[i]), tolerance);
            Assert.Equal(v[i], Wide(deviation[i]), tolerance);
            deviation.Span[i] = T.One / T.Sqrt(deviation[i] + T.CreateChecked(Epsilon));
        }

        double Normal(int i) => (Wide(x[i]) - m[Channel(i)]) / Math.Sqrt(v[Channel(i)] + Epsilon);
        for (int i = 0; i < length; i++)
        {
            sum[Channel(i)] += Wide(dy[i]);
            product[Channel(i)] += Wide(dy[i]) * Normal(i);
        }

        using var y = new Guarded<T>(length);
        BatchNorm.Normalize(shape, x.Pointer, mean.Pointer, deviation.Pointer, gamma.Pointer, beta.Pointer, y.Pointer);
        for (int i = 0; i < length; i++)
            Assert.Equal(Normal(i) * Wide(gamma[Channel(i)]) + Wide(beta[Channel(i)]), Wide(y[i]), tolerance * 4);

        foreach (bool training in (bool[])[true, false])
        {
            using var dx = new Guarded<T>(length);
            using var dGamma = new Guarded<T>(c);
            using var dBeta = new Guarded<T>(c);
            BatchNorm.Gradient(shape, x.Pointer, mean.Pointer, deviation.Pointer, gamma.Pointer, dy.Pointer,
                dx.Pointer, dGamma.Pointer, dBeta.Pointer, training);
            for (int i = 0; i < c; i++)
            {
                Assert.Equal(sum[i], Wide(dBeta[i]), tolerance * shape.Count);
                Assert.Equal(product[i], Wide(dGamma[i]), tolerance * shape.Count);
            }
            for (int i = 0; i < length; i++)
            {
                int k = Channel(i);
                double slope = Wide(dy[i]) - (training ? sum[k] / shape.Count + Normal(i) * product[k] / shape.Count : 0);
                double expected = Wide(gamma[k]) / Math.Sqrt(v[k] + Epsilon) * slope;
                Assert.Equal(expected, Wide(dx[i]), tolerance * 20 * Math.Max(1, 1 / Math.Sqrt(v[k] + Epsilon)));
            }
            dx.AssertGuardsIntact();
            dGamma.AssertGuardsIntact();
            dBeta.AssertGuardsIntact();
        }
        mean.AssertGuardsIntact();
        y.AssertGuardsIntact();
    }

    [Fact]
    public void Without_an_affine_map_values_are_only_normalised()
    {
        var shape = new BatchNormShape(3, 2, 20);
        using var x = new Guarded<float>(120, 1);
        using var one = new Guarded<float>(2);
        using var zero = new Guarded<float>(2);
        using var y = new Guarded<float>(120);
        one.Span.Fill(1);
        zero.Span.Clear();
        BatchNorm.Normalize(shape, x.Pointer, zero.Pointer, one.Pointer, null, null, y.Pointer);
        Assert.Equal(x.Span, y.Span);
    }

    [Theory, InlineData(6, 9, 500), InlineData(300, 90, 1)]
    public void Any_number_of_threads_gives_the_same_bits(int n, int c, int plane)
    {
        var shape = new BatchNormShape(n, c, plane);
        using var x = new Guarded<float>(n * c * plane, 1);
        float[]? expected = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            Numerics.Threads = threads;
            using var mean = new Guarded<float>(c);
            using var variance = new Guarded<float>(c);
            BatchNorm.Moments(shape, x.Pointer, mean.Pointer, variance.Pointer);
            float[] actual = [.. mean.Span, .. variance.Span];
            expected ??= actual;
            Assert.Equal(expected, actual);
        }
    }
}
