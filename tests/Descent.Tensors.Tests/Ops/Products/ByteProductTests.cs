namespace Descent.Tensors.Tests;

/// <summary>Products of bytes against sums of whole numbers.</summary>
public sealed class ByteProductTests
{
    public static TheoryData<int, int, int> Shapes => new() { { 1, 1, 1 }, { 3, 5, 4 }, { 8, 48, 512 }, { 17, 49, 130 }, { 70, 33, 1031 }, { 0, 3, 4 }, { 3, 0, 4 }, { 3, 4, 0 } };

    [Theory, MemberData(nameof(Shapes))]
    public void Every_layout_and_sign_gives_the_exact_sums(int m, int n, int k)
    {
        for (int kind = 0; kind < 8; kind++)
        {
            var random = new Random(kind);
            byte[] bytes = new byte[m * k];
            random.NextBytes(bytes);
            sbyte[] weights = Array.ConvertAll(new sbyte[k * n], _ => (sbyte)random.Next(-128, 128));
            Tensor a = kind < 4 ? Tensor.From<byte>(bytes, [m, k]) : Tensor.From<sbyte>(Array.ConvertAll(bytes, x => (sbyte)x), [m, k]), b = Tensor.From<sbyte>(weights, [k, n]);
            var expected = a.To(DType.Int64).MatMul(b.To(DType.Int64)).ToArray<long>();
            if ((kind & 1) != 0) a = a.T.Contiguous().T;
            if ((kind & 2) != 0) b = b.T.Contiguous().T;
            var y = a.IntMm(b);
            Assert.Equal(DType.Int32, y.DType);
            Assert.Equal(expected, Array.ConvertAll(y.ToArray<int>(), x => (long)x));
        }
    }

    [Fact]
    public void Scales_of_rows_and_columns_are_multiplied_in()
    {
        Tensor a = Tensor.From<sbyte>([1, -2, 3, 4, 5, -6], [2, 3]), b = Tensor.From<sbyte>([7, 8, 9, -10, 11, 12], [3, 2]);
        Tensor rows = Tensor.From<float>([0.5f, 2]), columns = Tensor.From<float>([10, 0.25f]);
        Assert.Equal([1f * 7 - 2 * 9 + 3 * 11, 8 + 20 + 36, 28 + 45 - 66, 32 - 50 - 72], a.ScaledMm(b).ToArray<float>());
        Assert.Equal([22 * 5f, 64 * 0.125f, 7 * 20f, -90 * 0.5f], a.ScaledMm(b, rows, columns).ToArray<float>());
    }

    [Fact]
    public void Other_types_and_shapes_are_refused()
    {
        Tensor a = Tensor.Zeros([2, 3], DType.Int8), b = Tensor.Zeros([3, 4], DType.Int8);
        Assert.Throws<InvalidOperationException>(() => a.IntMm(b.To(DType.UInt8)));
        Assert.Throws<InvalidOperationException>(() => a.To(DType.Int32).IntMm(b));
        Assert.Throws<ShapeException>(() => b.IntMm(b));
        Assert.Throws<ShapeException>(() => a.ScaledMm(b, Tensor.Ones(3)));
    }
}
