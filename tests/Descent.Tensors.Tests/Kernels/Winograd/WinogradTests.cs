using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

[Collection(ThreadCountCollection.Name)]
public sealed unsafe class WinogradTests : IDisposable
{
    public void Dispose() => Numerics.Winograd = true;

    static ConvShape Square(int n, int c, int size, int o) => new()
    {
        N = n, C = c, H = size, W = size, O = o, KernelH = 3, KernelW = 3, OutH = size, OutW = size, PadTop = 1, PadLeft = 1,
    };

    /// <summary>y, dx and dw one after the other.</summary>
    static T[] Compute<T>(ConvShape s, T[] x, T[] weight, T[] dy, bool winograd) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        Numerics.Winograd = winograd;
        T[] y = new T[dy.Length], dx = new T[x.Length], dw = new T[weight.Length];
        fixed (T* px = x, pw = weight, pdy = dy, py = y, pdx = dx, pdw = dw)
        {
            Convolution.Forward(s, px, pw, null, py);
            Convolution.InputGradient(s, pdy, pw, pdx);
            Convolution.WeightGradient(s, px, pdy, pdw, null);
        }
        return [.. y, .. dx, .. dw];
    }

    static float[] Normal(int count, Random random, float offset = 0, bool positive = false)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            double value = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            values[i] = (float)(positive ? Math.Max(0, value) : value) + offset;
        }
        return values;
    }

    static double Rms(IEnumerable<double> values) => Math.Sqrt(values.Average(v => v * v));

    // Plain sums err by 2E-7 to 9E-7, the more the longer they are.
    [Theory]
    [InlineData(16, 0f)]
    [InlineData(64, 0f)]
    [InlineData(256, 0f)]
    [InlineData(64, 10f)]
    public void Errors_are_a_millionth_of_the_results_at_most(int channels, float offset)
    {
        var s = Square(4, channels, 16, channels);
        var random = new Random(1);
        float[] x = Normal(s.N * s.C * s.Plane, random, offset, positive: true), dy = Normal(s.N * s.O * s.OutPlane, random, offset);
        float[] weight = Array.ConvertAll(Normal(s.O * s.Patch, random), w => w * MathF.Sqrt(2f / s.Patch));
        static double[] Wide(float[] a) => Array.ConvertAll(a, v => (double)v);
        double[] exact = Compute(s, Wide(x), Wide(weight), Wide(dy), winograd: true);
        float[] plain = Compute(s, x, weight, dy, winograd: false), fast = Compute(s, x, weight, dy, winograd: true);
        Assert.NotEqual(plain, fast);
        foreach (var part in new[] { ..dy.Length, dy.Length..(dy.Length + x.Length), (dy.Length + x.Length).. })
        {
            double Error(float[] a) => Rms(a[part].Zip(exact[part], (value, wanted) => value - wanted));
            Assert.True(Error(fast) <= 1e-6 * Rms(exact[part]), $"{part}: {Error(fast) / Rms(exact[part]):E1}, plain sums {Error(plain) / Rms(exact[part]):E1}");
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(3e38f)]
    public void What_is_not_finite_reaches_what_it_reaches_in_plain_sums(float value)
    {
        var s = Square(8, 32, 8, 32);
        var random = new Random(1);
        float[] x = Normal(s.N * s.C * s.Plane, random), dy = Normal(s.N * s.O * s.OutPlane, random), weight = Normal(s.O * s.Patch, random);
        foreach (float[] spoilt in (float[][])[x, dy, weight])
        {
            float kept = spoilt[77];
            spoilt[77] = value;
            int[] plain = Array.ConvertAll(Compute(s, x, weight, dy, winograd: false), BitConverter.SingleToInt32Bits);
            float[] fast = Compute(s, x, weight, dy, winograd: true);
            for (int i = 0; i < fast.Length; i++)
            {
                float wanted = BitConverter.Int32BitsToSingle(plain[i]);
                Assert.True(float.IsFinite(wanted) == float.IsFinite(fast[i]) && (float.IsFinite(wanted) || wanted.Equals(fast[i])),
                    $"element {i} is {fast[i]}, of plain sums {wanted}");
            }
            spoilt[77] = kept;
        }
    }
}
