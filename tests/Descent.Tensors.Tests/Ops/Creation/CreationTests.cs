using System.Numerics.Tensors;

namespace Descent.Tensors.Tests.Ops;

public sealed class CreationTests
{
    public static TheoryData<DType> Types => [DType.Float32, DType.Float64, DType.BFloat16, DType.Int64, DType.UInt8];

    [Theory, MemberData(nameof(Types))]
    public void What_is_like_another_has_its_shape_and_type(DType type)
    {
        var x = Tensor.Zeros([2, 0, 3], type);
        foreach (var y in (Tensor[])[Tensor.EmptyLike(x), Tensor.ZerosLike(x), Tensor.OnesLike(x)]) Assert.Equal((x.Shape, type), (y.Shape, y.DType));
        Assert.Equal(DType.Int32, Tensor.EmptyLike(x, DType.Int32).DType);
        Assert.Equal(x.Shape, Tensor.Ones(0).ReshapeAs(x).Shape);
        Assert.Throws<ShapeException>(() => Tensor.Ones(1).ReshapeAs(x));
    }

    [Fact]
    public void Draws_like_another_are_those_of_its_shape()
    {
        var x = Tensor.Zeros([3, 5], DType.Float64);
        Assert.Equal(Tensor.Rand([3, 5], DType.Float64, new(7)).ToArray<double>(), Tensor.RandLike(x, new(7)).ToArray<double>());
        Assert.Equal(Tensor.Randn([3, 5], DType.Float64, new(7)).ToArray<double>(), Tensor.RandnLike(x, new(7)).ToArray<double>());
    }

    [Fact]
    public void A_random_order_holds_every_number_once_and_follows_the_seed()
    {
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), Tensor.RandPerm(100, generator: new(3)).ToArray<long>().Order());
        Assert.Equal(Tensor.RandPerm(100, generator: new(3)).ToArray<long>(), Tensor.RandPerm(100, generator: new(3)).ToArray<long>());
        Assert.NotEqual(Tensor.RandPerm(100, generator: new(3)).ToArray<long>(), Tensor.RandPerm(100, generator: new(4)).ToArray<long>());
        Assert.Equal(DType.Int32, Tensor.RandPerm(3, DType.Int32).DType);
        Assert.Empty(Tensor.RandPerm(0).ToArray<long>());
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.RandPerm(-1));
    }

    [Fact]
    public void Tensors_of_the_runtime_come_and_go_in_their_order()
    {
        var given = System.Numerics.Tensors.Tensor.Create([1f, 2, 3, 4, 5, 6], [2, 3]);
        var x = Tensor.FromTensorSpan<float>(given.AsReadOnlyTensorSpan().Slice([0..2, 1..3]));
        Assert.Equal([2, 2], x.Shape.Dims);
        Assert.Equal([2, 3, 5, 6], x.ToArray<float>());
        var back = x.T.ToNumericsTensor<float>();
        Assert.Equal([2, 2], back.Lengths.ToArray());
        Assert.Equal([2f, 5, 3, 6], back.ToArray());
    }
}
