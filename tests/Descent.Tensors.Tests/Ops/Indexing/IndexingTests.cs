using Descent.Tensors;
using static Descent.Tensors.TensorIndex;

namespace Descent.Tensors.Tests.Ops;

public sealed class IndexingTests
{
    static Tensor Counting(params ReadOnlySpan<int> dims) => Tensor.Arange(new Shape(dims).Elements).Reshape(dims);

    static Tensor Integers(params long[] values) => Tensor.From<long>(values);

    public static TheoryData<string, Func<Tensor, Tensor>, int[], long[]> Parts => new()
    {
        // Of 0 … 23 in the shape (2, 3, 4).
        { "integer", x => x[1], [3, 4], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23] },
        { "from the end", x => x[^1, -1, 0], [], [20] },
        { "ranges", x => x[.., 1..3, ^1], [2, 2], [7, 11, 19, 23] },
        { "backwards", x => x[0, 0, Slice(step: -1)], [4], [3, 2, 1, 0] },
        { "backwards by two", x => x[0, Slice(2, null, -2), Slice(3, 0, -2)], [2, 2], [11, 9, 3, 1] },
        { "ellipsis", x => x[Ellipsis, 2], [2, 3], [2, 6, 10, 14, 18, 22] },
        { "new axis", x => x[0, NewAxis, 0], [1, 4], [0, 1, 2, 3] },
        { "beyond the end", x => x[0, 0, 2..9], [2], [2, 3] },
        { "list", x => x[0, Integers(2, 0, 2)], [3, 4], [8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11] },
        { "list behind a range", x => x[.., 0, Integers(-1, 0)], [2, 2], [3, 0, 15, 12] },
        { "two lists", x => x[.., Integers(0, 2), Integers(1, 3)], [2, 2], [1, 11, 13, 23] },
        { "lists apart", x => x[Integers(1, 0), .., Integers(0, 3)], [2, 3], [12, 16, 20, 3, 7, 11] },
        { "broadcast lists", x => x[1, Integers(0, 1).Reshape(2, 1), Integers(0, 3)], [2, 2], [12, 15, 16, 19] },
        { "mask", x => x[x.Select(2, 0).Eq(8) ], [1, 4], [8, 9, 10, 11] },
        { "whole mask", x => x[x.Gt(21)], [2], [22, 23] },
        { "number tensor", x => x[1, Tensor.Scalar(2), 0], [], [20] },
    };

    [Theory, MemberData(nameof(Parts))]
    public void Reads_parts_as_NumPy_does(string name, Func<Tensor, Tensor> part, int[] shape, long[] expected)
    {
        Assert.NotEmpty(name);
        var x = Counting(2, 3, 4);
        foreach (var layout in (Tensor[])[x, x.Permute(2, 0, 1).Contiguous().Permute(1, 2, 0)])
        {
            var y = part(layout);
            Assert.Equal(new Shape(shape), y.Shape);
            Assert.Equal(expected, y.ToArray<long>());
        }
    }

    /// <summary>Assigning through the brackets, then reading positions: each element is where it was read from.</summary>
    [Theory, MemberData(nameof(Parts))]
    public void Assigns_exactly_what_it_reads(string name, Func<Tensor, Tensor> part, int[] shape, long[] expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(new Shape(shape), part(Counting(2, 3, 4)).Shape);
        var x = Tensor.Zeros([2, 3, 4]);
        x.RequiresGrad = true;
        part(x + Counting(2, 3, 4)).Sum().Backward();
        var counts = new float[24];
        foreach (long at in expected) counts[at]++;
        Assert.Equal(counts, x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Assigns_numbers_ranges_masks_and_lists()
    {
        var x = Counting(3, 4);
        x[0] = Tensor.Scalar(9L);
        x[1.., Slice(step: -2)] = Integers(-1, -2);
        x[x.Eq(4)] = Tensor.Scalar(40L);
        x[Integers(2, 0), Integers(0, 0)] = Integers(7, 8);
        Assert.Equal([8, 9, 9, 9, 40, -2, 6, -1, 7, -2, 10, -1], x.ToArray<long>());
    }

    [Fact]
    public void Assigns_lists_of_columns_and_lists_apart()
    {
        var x = Tensor.Zeros([2, 3, 2], DType.Int64);
        x[.., Integers(2, 0)] = Counting(2, 2, 2) + 1;
        Assert.Equal([3, 4, 0, 0, 1, 2, 7, 8, 0, 0, 5, 6], x.ToArray<long>());
        var y = Tensor.Zeros([2, 3, 2], DType.Int64);
        y[Integers(1, 0), .., Integers(0, 1)] = Counting(2, 3) + 1;
        Assert.Equal([0, 4, 0, 5, 0, 6, 1, 0, 2, 0, 3, 0], y.ToArray<long>());
    }

    [Fact]
    public void Assigns_a_shifted_part_of_itself()
    {
        var x = Counting(5);
        x[1..] = x[..^1];
        Assert.Equal([0, 0, 1, 2, 3], x.ToArray<long>());
    }

    [Fact]
    public void Accumulates_duplicates() =>
        Assert.Equal([5, 0, 2], Tensor.Zeros([3], DType.Int64).IndexPut([Integers(0, 2, 0)], Integers(1, 2, 4), accumulate: true).ToArray<long>());

    [Fact]
    public void Assigning_carries_gradients_to_the_value_and_past_the_part()
    {
        var (a, b) = (Tensor.Ones(3), Tensor.Ones(2));
        a.RequiresGrad = b.RequiresGrad = true;
        var x = a * 2;
        x[..2] = b * 3;
        (x * x).Sum().Backward();
        Assert.Equal([0, 0, 8], a.Grad!.ToArray<float>());
        Assert.Equal([18, 18], b.Grad!.ToArray<float>());
    }

    [Theory]
    [InlineData(2), InlineData(-3)]
    public void Refuses_positions_out_of_range(int position)
    {
        var x = Counting(2, 3);
        Assert.Contains("(2, 3)", Assert.Throws<ArgumentOutOfRangeException>(() => x[position]).Message, StringComparison.Ordinal);
        Assert.Contains("(2, 3)", Assert.Throws<ArgumentOutOfRangeException>(() => x[Integers(position)]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_too_many_indices_and_masks_that_do_not_fit()
    {
        var x = Counting(2, 3);
        Assert.Throws<ShapeException>(() => x[0, 0, 0]);
        Assert.Throws<ShapeException>(() => x[Tensor.From<bool>([true])]);
        Assert.Throws<ShapeException>(() => x[0] = Integers(1, 2));
    }
}
