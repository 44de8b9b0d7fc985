namespace Descent.Tensors.Tests;

public class AsBytesTests
{
    public static TheoryData<DType> Types => [.. Enum.GetValues<DType>()];

    [Theory, MemberData(nameof(Types))]
    public void Bytes_are_those_of_the_elements_of_any_type_and_can_be_written(DType type)
    {
        var x = Tensor.From<long>([0, 1, 1, 0, 1, 0], [3, 2]).To(type);
        var row = x.Narrow(0, 1, 2).AsBytes();
        Assert.Equal(4 * type.Size, row.Length);
        var y = Tensor.Zeros([2, 2], type);
        row.CopyTo(y.AsBytes());
        Assert.Equal([1, 0, 1, 0], y.To(DType.Int64).ToArray<long>());
    }

    [Fact]
    public void A_layout_with_gaps_is_refused() =>
        Assert.Contains("Contiguous()", Assert.Throws<InvalidOperationException>(() => { Tensor.Zeros(3, 2).Transpose(0, 1).AsBytes(); }).Message);
}
