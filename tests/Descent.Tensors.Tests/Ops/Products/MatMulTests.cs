namespace Descent.Tensors.Tests.Ops;

public class MatMulTests
{
    public static TheoryData<int[], int[]> Shapes => new()
    {
        { [3, 4], [4, 5] }, { [1, 7], [7, 1] }, { [33, 65], [65, 17] }, { [4], [4] }, { [4], [4, 3] }, { [3, 4], [4] },
        { [2, 3, 4], [4, 5] }, { [2, 3, 4], [2, 4, 5] }, { [3, 4], [2, 4, 5] }, { [2, 1, 3, 4], [5, 4, 2] },
        { [2, 3, 4], [4] }, { [4], [2, 4, 3] }, { [3, 1, 2, 4], [1, 5, 4, 2] }, { [0, 4], [4, 5] }, { [3, 0], [0, 5] },
        { [2, 0, 4], [4, 3] }, { [0, 2, 4], [0, 4, 3] }, { [2, 3, 0], [2, 0, 2] },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void Products_agree_with_loops_in_every_layout(int[] a, int[] b)
    {
        foreach (var left in Layouts(Draw(a, 1)))
            foreach (var right in Layouts(Draw(b, 2)))
            {
                var want = Loops(left, right, out int[] shape);
                foreach (var dtype in (DType[])[DType.Float64, DType.Float32, DType.Int64, DType.Int32])
                {
                    var got = left.To(dtype).MatMul(right.To(dtype));
                    Assert.Equal(new Shape(shape), got.Shape);
                    Assert.Equal(dtype, got.DType);
                    Assert.Equal(want, got.To(DType.Float64).Contiguous().AsSpan<double>().ToArray());
                }
            }
    }

    [Fact]
    public void Half_precision_is_computed_in_float32_and_rounded_once()
    {
        var (a, b) = (Draw([5, 300], 1), Draw([300, 4], 2));
        foreach (var dtype in (DType[])[DType.Float16, DType.BFloat16])
        {
            var got = a.To(dtype).MatMul(b.To(dtype));
            Assert.Equal(dtype, got.DType);
            var want = a.MatMul(b).To(DType.Float32).To(dtype);
            Assert.Equal(want.To(DType.Float32).AsSpan<float>().ToArray(), got.To(DType.Float32).AsSpan<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(new[] { 32, 784 }, new[] { 512, 10 }, "MatMul: inner dimensions differ: (32, 784) × (512, 10). Expected the second operand to be (784, 10).")]
    [InlineData(new[] { 3, 4 }, new[] { 3 }, "MatMul: inner dimensions differ: (3, 4) × (3,). Expected the second operand to be (4,).")]
    [InlineData(new[] { 2, 3, 4 }, new[] { 2, 5, 6 }, "Expected the second operand to be (2, 4, 6).")]
    [InlineData(new int[0], new[] { 2 }, "at least one dimension")]
    public void Shapes_that_do_not_fit_are_named(int[] a, int[] b, string message) =>
        Assert.Contains(message, Assert.Throws<ShapeException>(() => Tensor.Zeros(a).MatMul(Tensor.Zeros(b))).Message);

    [Fact]
    public void Types_that_differ_are_named() =>
        Assert.Contains("Float32 and Float64", Assert.Throws<InvalidOperationException>(
            () => Tensor.Zeros([2, 2]).MatMul(Tensor.Zeros([2, 2], DType.Float64))).Message);

    /// <summary>Small integers, so that every type and order of summation gives the same numbers.</summary>
    internal static Tensor Draw(int[] shape, int seed)
    {
        var random = new Random(seed);
        var x = Tensor.Zeros(shape, DType.Float64);
        foreach (ref double v in x.AsSpan<double>()) v = random.Next(-4, 5);
        return x;
    }

    static IEnumerable<Tensor> Layouts(Tensor x)
    {
        yield return x;
        if (x.Rank >= 2) yield return x.Transpose(-1, -2).Clone().Transpose(-1, -2);
        if (x.Rank >= 3) yield return x.Transpose(0, 1).Clone().Transpose(0, 1);
    }

    static double[] Loops(Tensor a, Tensor b, out int[] shape)
    {
        var (x, y) = (a.Contiguous().AsSpan<double>().ToArray(), b.Contiguous().AsSpan<double>().ToArray());
        int[] sa = a.Rank == 1 ? [1, .. a.Shape] : [.. a.Shape], sb = b.Rank == 1 ? [.. b.Shape, 1] : [.. b.Shape];
        int m = sa[^2], k = sa[^1], n = sb[^1];
        var batch = Shape.Broadcast(sa[..^2], sb[..^2], "");
        var result = new double[batch.Elements * m * n];
        for (int at = 0; at < batch.Elements; at++)
        {
            int pa = Matrix(at, batch, sa[..^2]) * m * k, pb = Matrix(at, batch, sb[..^2]) * k * n;
            for (int i = 0; i < m; i++)
                for (int j = 0; j < n; j++)
                    for (int p = 0; p < k; p++)
                        result[(at * m + i) * n + j] += x[pa + i * k + p] * y[pb + p * n + j];
        }
        shape = [.. batch, .. a.Rank > 1 ? [m] : (int[])[], .. b.Rank > 1 ? [n] : (int[])[]];
        return result;
    }

    static int Matrix(int at, Shape batch, int[] own)
    {
        int index = 0, step = 1;
        for (int i = 1; i <= batch.Rank; i++)
        {
            (at, int along) = Math.DivRem(at, batch[^i]);
            if (i > own.Length) continue;
            if (own[^i] > 1) index += along * step;
            step *= own[^i];
        }
        return index;
    }
}
