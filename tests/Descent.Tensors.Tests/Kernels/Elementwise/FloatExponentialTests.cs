using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Kernels;

public class FloatExponentialTests
{
    [Fact]
    public void Of_every_magnitude_it_is_off_by_at_most_one_unit_in_the_last_place()
    {
        // Every 1,009th pattern of bits of either sign, infinities and NaN among them.
        float[] x = [.. Enumerable.Range(0, (int)(0x7F800000L / 1009)).SelectMany(i => (float[])[BitConverter.Int32BitsToSingle(i * 1009), -BitConverter.Int32BitsToSingle(i * 1009)]),
            .. Enumerable.Range(-1_050_000, 2_000_000).Select(i => i * 1e-4f)];
        var y = new float[x.Length];
        FloatExponential.Map<float>(x, y);
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Math.Exp(x[i]);
            float nearest = (float)exact;
            if (float.IsInfinity(nearest) || nearest == 0) Assert.Equal(nearest, y[i]);
            else Assert.True(Math.Abs(y[i] - exact) <= 1.0 * (MathF.BitIncrement(nearest) - (double)nearest), $"exp({x[i]:R}) is {y[i]:R}, expected {nearest:R}");
        }
    }

    [Fact]
    public void Special_values_and_every_length_of_the_rest()
    {
        for (int length = 0; length <= 40; length++)
        {
            float[] x = [.. Enumerable.Range(0, length).Select(i => new[] { 0, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1, -200, 200 }[i % 7])];
            float[] want = [.. x.Select(MathF.Exp)];
            FloatExponential.Map<float>(x, x);
            Assert.Equal(want, x);
        }
    }
}
