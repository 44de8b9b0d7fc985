namespace Descent.Tensors.Tests.Ops;

public sealed class SumTests
{
    public static TheoryData<int[], int[]> Cases => new()
    {
        { [], [] }, { [1], [0] }, { [7], [0] }, { [3, 5], [0] }, { [3, 5], [1] }, { [3, 5], [0, 1] }, { [2, 3, 4], [1] },
        { [2, 3, 4], [0, 2] }, { [2, 3, 4, 5], [0, 2, 3] }, { [2, 3, 4, 5], [1, 3] }, { [70, 9], [0] }, { [700, 300], [0] },
        { [700, 300], [1] }, { [5000], [0] }, { [200_001], [0] }, { [3, 70_000], [1] }, { [70_000, 3], [0] }, { [9000, 10], [0] },
        { [4, 1, 6], [1] }, { [0, 3], [0] }, { [3, 0], [1] }, { [0, 3], [1] }, { [129, 33, 17], [1] }, { [2, 90_000, 2], [1] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_sum_is_that_of_a_double_loop_for_every_layout(int[] dims, int[] over)
    {
        var x = Random(dims);
        var expected = Loop(x, dims, over);
        foreach (var view in Layouts(x))
        {
            var y = view.Sum(over, keepDim: true);
            Assert.Equal(expected.Length, y.Elements);
            Assert.True(y.IsContiguous);
            var got = y.AsSpan<float>();
            int n = expected.Length == 0 ? 1 : x.Elements / expected.Length;
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(got[i] - expected[i]) <= 4e-7 * Math.Sqrt(n) + 2e-7 * Math.Abs(expected[i]), $"{i}: {got[i]}, expected {expected[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_sum_has_the_same_bits_for_any_number_of_threads(int[] dims, int[] over)
    {
        var x = Random(dims);
        int threads = Numerics.Threads;
        try
        {
            Numerics.Threads = 1;
            var one = x.Sum(over).AsSpan<float>().ToArray();
            Numerics.Threads = 3;
            Assert.Equal(one, x.Sum(over).AsSpan<float>().ToArray());
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Fact]
    public void Integers_and_bools_are_summed_as_Int64()
    {
        Assert.Equal(600L, Tensor.From<byte>([200, 200, 200], [3]).Sum().Item<long>());
        var y = Tensor.From<bool>([true, false, true, true], [2, 2]).Sum(0);
        Assert.Equal(DType.Int64, y.DType);
        Assert.Equal([2L, 1L], y.AsSpan<long>().ToArray());
    }

    [Fact]
    public void The_mean_of_nothing_is_NaN_and_that_of_integers_an_error()
    {
        Assert.True(double.IsNaN(Tensor.Zeros([0]).Mean().Item()));
        Assert.Equal(0, Tensor.Zeros([0]).Sum().Item());
        Assert.Throws<NotSupportedException>(() => Tensor.From<int>([1, 2], [2]).Mean());
    }

    [Fact]
    public void A_wrong_or_repeated_dimension_is_named()
    {
        Assert.Contains("(2, 3)", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 3]).Sum(2)).Message);
        Assert.Contains("twice", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 3]).Sum([0, -2])).Message);
    }

    [Fact]
    public void Gradients_of_sums_and_means_are_spread_evenly()
    {
        var x = Random([2, 3, 4]);
        x.RequiresGrad = true;
        (x.Sum([0, 2]).Mul(x.Mean(1).Sum())).Sum().Backward();
        double sums = 0, means = 0;
        foreach (float v in x.AsSpan<float>()) (sums, means) = (sums + v, means + v / 3.0);
        foreach (float g in x.Grad!.AsSpan<float>()) Assert.Equal(means + sums / 3, g, 1e-4);
    }

    [Fact]
    public void A_broadcast_operand_gets_the_sum_of_its_gradients()
    {
        Tensor a = Random([3, 4]), b = Random([4]), c = Random([3, 1]);
        (b.RequiresGrad, c.RequiresGrad) = (true, true);
        (a * b * c).Sum().Backward();
        for (int j = 0; j < 4; j++)
        {
            double expected = 0;
            for (int i = 0; i < 3; i++) expected += (double)a.AsSpan<float>()[i * 4 + j] * c.AsSpan<float>()[i];
            Assert.Equal(expected, b.Grad!.AsSpan<float>()[j], 1e-5);
        }
        Assert.Equal(new Shape(3, 1), c.Grad!.Shape);
    }

    internal static Tensor Random(int[] dims, int seed = 1)
    {
        var random = new Random(seed);
        var x = Tensor.Zeros(dims);
        foreach (ref float v in x.AsSpan<float>()) v = (float)(random.NextDouble() * 2 - 1);
        return x;
    }

    /// <summary>The same values in other layouts: transposed memory, and every second element of a larger one.</summary>
    internal static IEnumerable<Tensor> Layouts(Tensor x)
    {
        yield return x;
        if (x.Rank < 2 || x.Elements == 0) yield break;
        yield return x.Transpose(0, -1).Clone().Transpose(0, -1);
        var wide = Tensor.Zeros([.. x.Shape, 2]);
        var strides = wide.Strides[..^1].ToArray();
        var every = wide.Alias(x.Shape, strides, 1);
        every.Copy_(x);
        yield return every;
    }

    static double[] Loop(Tensor x, int[] dims, int[] over)
    {
        var kept = (int[])dims.Clone();
        if (over.Length == 0) Array.Fill(kept, 1);
        foreach (int d in over)
            if (dims.Length > 0) kept[d] = 1;
        var strides = new Shape(dims).ContiguousStrides();
        var outStrides = new Shape(kept).ContiguousStrides();
        var sums = new double[new Shape(kept).Elements];
        for (int i = 0; i < x.Elements; i++)
        {
            int at = 0;
            for (int d = 0; d < dims.Length; d++)
                if (kept[d] != 1) at += i / strides[d] % dims[d] * outStrides[d];
            sums[at] += x.AsSpan<float>()[i];
        }
        return sums;
    }
}
