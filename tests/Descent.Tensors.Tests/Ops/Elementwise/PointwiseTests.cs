using FsCheck;
using FsCheck.Fluent;

namespace Descent.Tensors.Tests.Ops;

public sealed class PointwiseTests
{
    public static TheoryData<string> UnaryNames => [.. ElementwiseTables.Unary.Keys];

    public static TheoryData<string> SmoothUnaryNames => [.. ElementwiseTables.Unary.Where(r => r.Value.Smooth).Select(r => r.Key)];

    public static TheoryData<string> BinaryNames => [.. ElementwiseTables.Binary.Keys];

    public static TheoryData<string> SmoothBinaryNames => [.. ElementwiseTables.Binary.Where(r => r.Value.Smooth).Select(r => r.Key)];

    [Theory, MemberData(nameof(UnaryNames))]
    public void A_function_of_one_number_agrees_with_a_double_loop(string name)
    {
        var row = ElementwiseTables.Unary[name];
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
            foreach (int[] dims in (int[][])[[], [1], [37], [6, 7], [0], [3, 0, 2]])
                foreach (var x in Layouts(Values(dims, row.Low, row.High, 1).To(dtype)))
                {
                    var y = row.Op(x);
                    Assert.Equal((dtype, x.Shape), (y.DType, y.Shape));
                    Close(Doubles(x).Select(row.Formula), y, dtype == DType.Float32 ? 3e-6 : 1e-12);
                }
    }

    [Theory, MemberData(nameof(UnaryNames))]
    public void Half_width_types_are_computed_in_Float32_and_rounded(string name)
    {
        var row = ElementwiseTables.Unary[name];
        foreach (var dtype in (DType[])[DType.Float16, DType.BFloat16])
        {
            var x = Values([9], row.Low, row.High, 2).To(dtype);
            var y = row.Op(x);
            Assert.Equal(dtype, y.DType);
            Assert.Equal(Doubles(row.Op(x.To(DType.Float32)).To(dtype)), Doubles(y), (a, b) => Math.Abs(a - b) <= 0.02 * Math.Max(Math.Abs(a), 0.1));
        }
    }

    [Theory, MemberData(nameof(SmoothUnaryNames))]
    public void A_function_of_one_number_has_the_gradient_of_finite_differences_twice(string name)
    {
        var row = ElementwiseTables.Unary[name];
        GradientCheck.Verify(t => row.Op(t[0]), Values([2, 3], row.Low, row.High, 3));
        GradientCheck.Verify(t => row.Op(t[0].Transpose(0, 1)), Values([2, 3], row.Low, row.High, 4));
        if (row.Op(Values([1], row.Low, row.High, 3)).DType == DType.Float64) GradientCheck.VerifySecondOrder(t => row.Op(t[0] * t[0] / t[0]), Values([4], row.Low, row.High, 5));
    }

    [Theory, MemberData(nameof(BinaryNames))]
    public void A_function_of_two_numbers_agrees_with_a_double_loop_for_every_broadcast(string name)
    {
        var row = ElementwiseTables.Binary[name];
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
            foreach (var (a, b) in (( int[], int[])[])[([5], [5]), ([3, 4], [4]), ([4], [3, 4]), ([3, 1], [1, 4]), ([], [3, 4]), ([2, 3], []), ([], []), ([0, 4], [4]), ([2, 3, 5], [3, 5]), ([2, 3, 5], [3, 1])])
                foreach (var x in Layouts(Values(a, row.Low, row.High, 6).To(dtype)))
                    foreach (var z in Layouts(Values(b, row.Low, row.High, 7).To(dtype)))
                    {
                        var y = row.Op(x, z);
                        Assert.Equal(dtype, y.DType);
                        Close(Doubles(x.Expand(y.Shape)).Zip(Doubles(z.Expand(y.Shape)), row.Formula), y, dtype == DType.Float32 ? 4e-6 : 1e-12);
                    }
    }

    [Theory, MemberData(nameof(SmoothBinaryNames))]
    public void A_function_of_two_numbers_has_the_gradient_of_finite_differences_twice(string name)
    {
        var row = ElementwiseTables.Binary[name];
        foreach (var (a, b) in ((int[], int[])[])[([3], [3]), ([2, 3], [3]), ([2, 1], [1, 3]), ([], [2])])
            GradientCheck.Verify(t => row.Op(t[0], t[1]), Values(a, row.Low, row.High, 8), Values(b, row.Low, row.High, 9));
        GradientCheck.VerifySecondOrder(t => row.Op(t[0] * t[0] / t[0], t[1]), Values([3], row.Low, row.High, 8), Values([3], row.Low, row.High, 9));
    }

    [Fact]
    public void Operands_of_any_shapes_that_broadcast_give_what_index_arithmetic_gives()
    {
        var shapes = from dims in Gen.Choose(0, 3).ListOf(4) from hideA in Gen.Choose(0, 15) from hideB in Gen.Choose(0, 15) from dropB in Gen.Choose(0, 4)
                     select (dims.ToArray(), hideA, hideB, dropB);
        Prop.ForAll(shapes.ToArbitrary(), s =>
        {
            var (dims, hideA, hideB, dropB) = s;
            int[] da = [.. dims.Select((d, i) => (hideA >> i & 1) != 0 ? 1 : d)], db = [.. dims.Select((d, i) => (hideB >> i & 1) != 0 ? 1 : d).Skip(dropB)];
            Tensor a = Values(da, -2, 2, 10), b = Values(db, -2, 2, 11);
            var y = a.Sub(b);
            int[] expected = [.. da.Select((d, i) => i < dropB ? d : d == 1 ? db[i - dropB] : d)];
            Assert.Equal(expected, y.Shape.ToArray());
            var (va, vb, vy) = (Doubles(a), Doubles(b), Doubles(y));
            for (int i = 0; i < vy.Length; i++)
            {
                int ia = 0, ib = 0, rest = i;
                for (int d = 3, sa = 1, sb = 1; d >= 0; d--)
                {
                    (rest, int at) = Math.DivRem(rest, expected[d]);
                    if (da[d] > 1) ia += at * sa;
                    sa *= da[d];
                    if (d < dropB) continue;
                    if (db[d - dropB] > 1) ib += at * sb;
                    sb *= db[d - dropB];
                }
                Assert.Equal(va[ia] - vb[ib], vy[i]);
            }
        }).QuickCheckThrowOnFailure();
    }

    internal static double[] Doubles(Tensor x) => x.To(DType.Float64).Contiguous().AsSpan<double>().ToArray();

    /// <summary>Distinct numbers spread over an interval, in a mixed order, never at its ends.</summary>
    internal static Tensor Values(int[] dims, double low, double high, int seed)
    {
        var x = Tensor.Empty(dims, DType.Float64);
        var random = new System.Random(seed);
        foreach (ref double v in x.AsSpan<double>()) v = low + (high - low) * (0.02 + 0.96 * random.NextDouble());
        return x;
    }

    /// <summary>The same elements contiguous, with the dimensions' order in memory turned over, and with gaps.</summary>
    internal static IEnumerable<Tensor> Layouts(Tensor x)
    {
        yield return x;
        if (x.Rank > 1) yield return x.Transpose(0, x.Rank - 1).Clone().Transpose(0, x.Rank - 1);
        if (x.Rank > 0 && x.Elements > 0) yield return Gapped(x);
    }

    static Tensor Gapped(Tensor x)
    {
        var wide = Tensor.Zeros([.. x.Shape.ToArray(), 2], x.DType);
        int[] strides = wide.Strides[..^1].ToArray();
        var view = wide.Alias(x.Shape, strides, 1);
        Copying.CopyInto(view, x);
        return view;
    }

    static void Close(IEnumerable<double> expected, Tensor y, double tolerance)
    {
        var got = Doubles(y);
        int i = 0;
        foreach (double e in expected)
        {
            Assert.True(Math.Abs(got[i] - e) <= tolerance * Math.Max(1, Math.Abs(e)), $"element {i} of {got.Length}: {got[i]:R}, expected {e:R}");
            i++;
        }
        Assert.Equal(i, got.Length);
    }
}
