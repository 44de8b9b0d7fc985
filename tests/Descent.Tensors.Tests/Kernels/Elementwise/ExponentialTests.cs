using System.Numerics;
using System.Runtime.Intrinsics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Kernels;

public sealed unsafe class ExponentialTests
{
    [Fact]
    public void Powers_of_two_are_right_to_an_ulp_and_a_half_in_every_width()
    {
        Verify<float, Vector128<float>, Lanes128<float>>(-125, 1.2e-7 * 1.5);
        Verify<float, Vector256<float>, Lanes256<float>>(-125, 1.2e-7 * 1.5);
        Verify<float, Vector512<float>, Lanes512<float>>(-125, 1.2e-7 * 1.5);
        Verify<double, Vector128<double>, Lanes128<double>>(-1021, 2.3e-16 * 1.5);
        Verify<double, Vector256<double>, Lanes256<double>>(-1021, 2.3e-16 * 1.5);
        Verify<double, Vector512<double>, Lanes512<double>>(-1021, 2.3e-16 * 1.5);
    }

    static void Verify<T, V, L>(double least, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T> where V : struct where L : IFloatLanes<T, V>
    {
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            T x = T.CreateTruncating(i < 10_000 ? -16 * random.NextDouble() : least + (100 - least) * random.NextDouble());
            double want = Math.Pow(2, double.CreateTruncating(x)), got = double.CreateTruncating(At(x));
            Assert.True(Math.Abs(got - want) <= tolerance * want, $"2^{x} is {got:R}, expected {want:R}");
        }
        for (int n = -100; n <= 100; n++) Assert.Equal(Math.Pow(2, n), double.CreateTruncating(At(T.CreateTruncating(n))));
        Assert.Equal(T.Zero, At(T.NegativeInfinity));
        Assert.Equal(T.Zero, At(T.CreateTruncating(-3000)));
        Assert.Equal(T.Zero, At(T.CreateTruncating(-1e30)));
        Assert.True(T.IsNaN(At(T.NaN)));

        static T At(T x)
        {
            T* lanes = stackalloc T[16];
            L.Store(Exponential.PowerOfTwo<T, V, L>(L.Broadcast(x)), lanes);
            return lanes[0];
        }
    }
}
