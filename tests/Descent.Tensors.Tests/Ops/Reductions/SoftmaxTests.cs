namespace Descent.Tensors.Tests.Ops;

public sealed class SoftmaxTests
{
    public static TheoryData<int[], int> Cases => new()
    {
        { [10], 0 }, { [3, 5], -1 }, { [3, 5], 0 }, { [4, 33], 1 }, { [2, 3, 4], 1 }, { [700, 100], 1 }, { [3, 5000], 1 }, { [2, 50, 300], 1 },
        { [9000, 10], 1 }, { [0, 4], 1 }, { [], 0 }, { [3, 1], 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Softmax_and_its_logarithm_are_those_of_double_loops(int[] dims, int dim)
    {
        foreach (var x in SumTests.Layouts(SumTests.Random(dims).Mul(5)))
        {
            Tensor y = x.Softmax(dim), log = x.LogSoftmax(dim), c = x.Contiguous();
            Assert.Equal(x.Shape, y.Shape);
            var (outer, n, inner) = SoftmaxOps.Around(x.Shape, x.Shape.Axis(dim, ""));
            for (int o = 0; o < outer; o++)
                for (int i = 0; i < inner; i++)
                {
                    double sum = 0;
                    for (int k = 0; k < n; k++) sum += Math.Exp(c.AsSpan<float>()[(o * n + k) * inner + i]);
                    for (int k = 0; k < n; k++)
                    {
                        int at = (o * n + k) * inner + i;
                        double expected = Math.Exp(c.AsSpan<float>()[at]) / sum;
                        Assert.True(Math.Abs(y.AsSpan<float>()[at] - expected) <= 1e-6 * expected + 1e-9);
                        Assert.Equal(Math.Log(expected), log.AsSpan<float>()[at], 5e-6);
                    }
                }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Gradients_are_slopes_to_the_second_order(int dim)
    {
        GradientCheck.Verify(x => x[0].Softmax(dim), SumTests.Random([2, 5, 3]));
        GradientCheck.Verify(x => x[0].LogSoftmax(dim), SumTests.Random([2, 5, 3]));
        GradientCheck.VerifySecondOrder(x => x[0].Softmax(dim), SumTests.Random([2, 3, 2]));
        GradientCheck.VerifySecondOrder(x => x[0].LogSoftmax(dim), SumTests.Random([2, 3, 2]));
    }

    [Fact]
    public void Great_logits_do_not_overflow_and_infinite_ones_are_left_out()
    {
        var y = Tensor.From<float>([1000, 1000, float.NegativeInfinity], [3]).Softmax(0);
        Assert.Equal([0.5f, 0.5f, 0f], y.AsSpan<float>().ToArray());
        Assert.True(float.IsNaN(Tensor.From<float>([1, float.NaN], [2]).Softmax(0).AsSpan<float>()[0]));
        Assert.True(float.IsNaN(Tensor.From<float>([float.NegativeInfinity, float.NegativeInfinity], [2]).Softmax(0).AsSpan<float>()[0]));
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        var x = SumTests.Random([5000, 30]);
        int threads = Numerics.Threads;
        try
        {
            Numerics.Threads = 1;
            var one = x.LogSoftmax(1).AsSpan<float>().ToArray();
            Numerics.Threads = 3;
            Assert.Equal(one, x.LogSoftmax(1).AsSpan<float>().ToArray());
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }
}
