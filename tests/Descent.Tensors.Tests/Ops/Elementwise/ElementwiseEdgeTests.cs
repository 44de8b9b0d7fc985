using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Ops;

[Collection(ThreadCountCollection.Name)]
public sealed class ElementwiseEdgeTests
{
    public static TheoryData<string, double, double> Known => new()
    {
        { "Erf", -2.5, -0.99959304798255504 }, { "Erf", -0.75, -0.71115563365351513 }, { "Erf", 1e-09, 1.1283791670955126e-9 },
        { "Erf", 0.5, 0.52049987781304654 }, { "Erf", 1.99, 0.995111413199617 }, { "Erf", 2.01, 0.99552484935524824 }, { "Erf", 3.7, 0.99999983284894209 },
        { "Erfc", -2.5, 1.999593047982555 }, { "Erfc", 0.5, 0.47950012218695346 }, { "Erfc", 1.99, 0.004888586800383003 },
        { "Erfc", 2.01, 0.0044751506447517629 }, { "Erfc", 5.0, 1.5374597944280349e-12 }, { "Erfc", 9.0, 4.1370317465138102e-37 },
        { "Erfinv", -0.999999, -3.4589107372754988 }, { "Erfinv", -0.3, -0.27246271472675435 }, { "Erfinv", 1e-07, 8.8622692545276029e-8 },
        { "Erfinv", 0.5, 0.47693627620446987 }, { "Erfinv", 0.51, 0.48812205051595882 }, { "Erfinv", 0.9999, 2.7510639057120797 },
        { "Lgamma", 0.001, 6.9071788853838537 }, { "Lgamma", 0.5, 0.57236494292470009 }, { "Lgamma", 1.5, -0.12078223763524522 },
        { "Lgamma", 3.25, 0.93580193110872536 }, { "Lgamma", 9.9, 12.57717990421988 }, { "Lgamma", 50.5, 146.51925549072063 },
        { "Lgamma", -0.5, 1.2655121234846454 }, { "Lgamma", -2.75, 0.0044878975359557733 },
        { "Digamma", -3.7, -0.84507685887041935 }, { "Digamma", -0.25, 2.9141391202135278 }, { "Digamma", 0.01, -100.56088545786867 },
        { "Digamma", 1.4616, -3.110625123034165e-5 }, { "Digamma", 7.5, 1.9467574842460868 }, { "Digamma", 40.0, 3.6763273740348431 },
        { "Trigamma", -1.3, 14.53687624413708 }, { "Trigamma", 0.2, 26.267377205423776 }, { "Trigamma", 1.0, 1.6449340668482264 },
        { "Trigamma", 4.5, 0.24872510303901038 }, { "Trigamma", 30.0, 0.033895060357739944 },
        { "Tetragamma", -1.3, 68.549413471162134 }, { "Tetragamma", 0.2, -251.47803611443589 }, { "Tetragamma", 1.0, -2.4041138063191886 },
        { "Tetragamma", 4.5, -0.061556821321027695 }, { "Tetragamma", 30.0, -0.0011487652037285998 },
        { "Expm1", -40.0, -1.0 }, { "Expm1", -1e-09, -9.9999999950000006e-10 }, { "Expm1", 1e-05, 1.0000050000166668e-5 },
        { "Expm1", 0.3, 0.34985880757600309 }, { "Expm1", 2.0, 6.3890560989306502 },
        { "Log1p", -0.999, -6.9077552789821362 }, { "Log1p", -1e-09, -1.0000000005000001e-9 }, { "Log1p", 1e-05, 9.9999500003333317e-6 },
        { "Log1p", 0.3, 0.26236426446749104 }, { "Log1p", 10000000000.0, 23.025850930040457 },
        { "Tanh", -9.0, -0.99999996954004097 }, { "Tanh", -1e-08, -9.9999999999999999e-9 }, { "Tanh", 0.001, 0.00099999966666680002 },
        { "Tanh", 0.149, 0.14790705509618191 }, { "Tanh", 0.151, 0.14986272098117004 }, { "Tanh", 1.5, 0.90514825364486644 },
    };

    [Theory, MemberData(nameof(Known))]
    public void Special_functions_have_the_digits_of_a_computation_in_thirty(string name, double x, double expected)
    {
        Func<Tensor, Tensor> op = name switch
        {
            "Erf" => t => t.Erf(),
            "Erfc" => t => t.Erfc(),
            "Erfinv" => t => t.Erfinv(),
            "Lgamma" => t => t.Lgamma(),
            "Digamma" => t => t.Digamma(),
            "Trigamma" => t => t.Polygamma(1),
            "Tetragamma" => t => t.Polygamma(2),
            "Expm1" => t => t.Expm1(),
            "Log1p" => t => t.Log1p(),
            _ => t => t.Tanh(),
        };
        double y = op(Tensor.Full([], x, DType.Float64)).Item();
        Assert.True(Math.Abs(y - expected) <= 4e-14 * Math.Max(Math.Abs(expected), name is "Lgamma" or "Digamma" ? 1 : 0), $"{y:R}, expected {expected:R}");
    }

    [Fact]
    public void Poles_and_infinities_are_those_of_the_definitions()
    {
        Assert.Equal([double.PositiveInfinity, double.PositiveInfinity], PointwiseTests.Doubles(Of(0, -2).Lgamma()));
        Assert.Equal([double.NegativeInfinity, double.NaN], PointwiseTests.Doubles(Of(0, -2).Digamma()));
        Assert.Equal([double.NegativeInfinity, double.PositiveInfinity, double.NaN], PointwiseTests.Doubles(Of(-1, 1, 1.5).Erfinv()));
        Assert.Equal([-1, 1, 0, 2], PointwiseTests.Doubles(Tensor.Cat([Of(double.NegativeInfinity, double.PositiveInfinity).Erf(), Of(double.PositiveInfinity, double.NegativeInfinity).Erfc()], 0)));
        Assert.Equal([double.NaN, double.NaN], PointwiseTests.Doubles(Tensor.Cat([Of(double.NaN).Erf(), Of(double.NaN).Erfc()], 0)));
        Assert.Equal([0, 0, double.NaN], PointwiseTests.Doubles(Of(0, 0, 0).XLogY(Of(0, -1, double.NaN))));
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity], PointwiseTests.Doubles(
            Of(double.PositiveInfinity, double.NegativeInfinity).LogAddExp(Of(double.PositiveInfinity, double.NegativeInfinity))));
        Assert.Equal([double.NaN, 0, 2], PointwiseTests.Doubles(Of(double.NaN, -1, 2).Relu()));
        Assert.Equal([0, 9, -9, 1], PointwiseTests.Doubles(Of(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1).NanToNum(0, 9, -9)));
        Assert.Equal([0, 2, 2, -2], PointwiseTests.Doubles(Of(0.5, 1.5, 2.5, -2.5).Round()));
    }

    public static TheoryData<string, Func<Tensor[], Tensor>, double[], double[][]> Kinks => new()
    {
        { "abs at 0", t => t[0].Abs(), [0], [[0]] },
        { "relu at 0", t => t[0].Relu(), [0], [[0]] },
        { "clamp of NaN", t => t[0].Clamp(-1, 1), [double.NaN], [[0]] },
        { "clamp from below of NaN", t => t[0].ClampMin(0), [double.NaN], [[0]] },
        { "clamp at its ends", t => t[0].Clamp(0, 0), [0], [[1]] },
        { "maximum of equals", t => t[0].Maximum(t[1]), [2, 2], [[0.5], [0.5]] },
        { "minimum of equals", t => t[0].Minimum(t[1]), [2, 2], [[0.5], [0.5]] },
        { "0 to the 0", t => t[0].Pow(t[1]), [0, 0], [[0], [0]] },
        { "0 to the 2", t => t[0].Pow(t[1]), [0, 2], [[0], [0]] },
        { "0 to the number 0", t => t[0].Pow(0), [0], [[0]] },
        { "0 log 0", t => t[0].XLogY(t[1]), [0, 0], [[0], [double.NaN]] },
        { "atan2 at the origin", t => t[0].Atan2(t[1]), [0, 0], [[0], [0]] },
        { "fmod", t => t[0].Fmod(t[1]), [-7, 3], [[1], [2]] },
        { "remainder", t => t[0].Remainder(t[1]), [-7, 3], [[1], [3]] },
        { "floor", t => t[0].Floor(), [0.5], [[0]] },
        { "quotient rounded", t => t[0].Div(t[1], "floor"), [7, 2], [[0], [0]] },
    };

    [Theory, MemberData(nameof(Kinks))]
    public void At_a_kink_the_gradient_is_the_documented_one(string name, Func<Tensor[], Tensor> f, double[] at, double[][] expected)
    {
        var inputs = Array.ConvertAll(at, v => Of(v));
        foreach (var x in inputs) x.RequiresGrad = true;
        f(inputs).Backward();
        for (int i = 0; i < inputs.Length; i++)
            Assert.True(expected[i].SequenceEqual(PointwiseTests.Doubles(inputs[i].Grad!)), $"{name}, input {i}: {inputs[i].Grad!.Item()}");
    }

    public static TheoryData<DType, DType, DType, DType> Promotions => new()
    {
        { DType.Float32, DType.Int64, DType.Float32, DType.Float32 }, { DType.Float32, DType.Float64, DType.Float64, DType.Float64 },
        { DType.Float16, DType.BFloat16, DType.Float32, DType.Float32 }, { DType.Int32, DType.Int64, DType.Int64, DType.Float32 },
        { DType.UInt8, DType.Int8, DType.Int32, DType.Float32 }, { DType.Bool, DType.Int8, DType.Int8, DType.Float32 },
        { DType.Bool, DType.Float16, DType.Float16, DType.Float16 }, { DType.Int64, DType.Int64, DType.Int64, DType.Float32 },
    };

    [Theory, MemberData(nameof(Promotions))]
    public void Types_are_promoted_and_division_is_floating(DType a, DType b, DType sum, DType quotient)
    {
        Tensor x = Tensor.Ones([2], a), y = Tensor.Ones([2], b);
        Assert.Equal((sum, sum, quotient), ((x + y).DType, (y * x).DType, (x / y).DType));
        Assert.Equal(2, PointwiseTests.Doubles(x + y)[1]);
        Assert.Equal(DType.Bool, x.Eq(y).DType);
        Assert.All(PointwiseTests.Doubles(x.Eq(y)), v => Assert.Equal(1, v));
    }

    [Fact]
    public void A_number_changes_the_type_only_by_its_category()
    {
        Assert.Equal(DType.Float32, (Tensor.Ones([2]) * 2.0).DType);
        Assert.Equal(DType.Int8, (Tensor.Ones([2], DType.Int8) + 2).DType);
        Assert.Equal(DType.Float32, (Tensor.Ones([2], DType.Int8) + 2.5).DType);
        Assert.Equal(DType.Int64, (Tensor.Ones([2], DType.Bool) + 2).DType);
        Assert.Equal(DType.Float32, (Tensor.Ones([2]) + Tensor.Full([], 2, DType.Float64)).DType);
        Assert.Equal([1, 0], PointwiseTests.Doubles(Tensor.From<int>([1, 2], [2]).Lt(1.5)));
    }

    [Fact]
    public void Gradients_have_the_types_of_their_operands()
    {
        Tensor a = Tensor.Ones([2]), b = Tensor.Ones([2], DType.Float64);
        (a.RequiresGrad, b.RequiresGrad) = (true, true);
        (a * b).Backward(Tensor.Ones([2], DType.Float64));
        Assert.Equal((DType.Float32, DType.Float64), (a.Grad!.DType, b.Grad!.DType));
    }

    [Fact]
    public void Integers_divide_towards_minus_infinity_and_wrap_around()
    {
        Tensor a = Tensor.From<long>([7, -7, 7, -7, long.MinValue], [5]), b = Tensor.From<long>([2, 2, -2, -2, -1], [5]);
        Assert.Equal([3, -4, -4, 3, long.MinValue], a.FloorDivide(b).AsSpan<long>().ToArray());
        Assert.Equal([1, 1, -1, -1, 0], a.Remainder(b).AsSpan<long>().ToArray());
        Assert.Equal([1, -1, 1, -1, 0], a.Fmod(b).AsSpan<long>().ToArray());
        Assert.Equal([3, -3, -3, 3, long.MinValue], a.Div(b, "trunc").AsSpan<long>().ToArray());
        Assert.Equal([8L, 0, 1, 1], Tensor.From<long>([2, 2, 1, -1], [4]).Pow(Tensor.From<long>([3, -1, -5, -4], [4])).AsSpan<long>().ToArray());
        Assert.Equal([24, -7], (Tensor.From<int>([6, 9], [2]).BitwiseLeftShift(2) & Tensor.From<int>([-1, -1], [2])).Sub(Tensor.From<int>([0, 43], [2])).AsSpan<int>().ToArray());
        Assert.Equal([-2, -1], Tensor.From<int>([-7, -1], [2]).BitwiseRightShift(2).AsSpan<int>().ToArray());
        Assert.Equal([~5, ~0], (~Tensor.From<int>([5, 0], [2])).AsSpan<int>().ToArray());
        Assert.Throws<ArgumentException>(() => a.Pow(-1));
    }

    [Fact]
    public void Of_bools_a_sum_is_or_a_product_is_and_a_difference_an_error()
    {
        Tensor a = Tensor.From<bool>([true, true, false, false], [4]), b = Tensor.From<bool>([true, false, true, false], [4]);
        Assert.Equal([true, true, true, false], (a + b).AsSpan<bool>().ToArray());
        Assert.Equal([true, false, false, false], (a * b).AsSpan<bool>().ToArray());
        Assert.Equal([false, true, true, false], (a ^ b).AsSpan<bool>().ToArray());
        Assert.Equal([false, false, true, true], (~a).AsSpan<bool>().ToArray());
        Assert.Equal([false, false, true, true], a.LogicalNot().AsSpan<bool>().ToArray());
        Assert.Throws<NotSupportedException>(() => a - b);
        Assert.Throws<NotSupportedException>(() => a.Neg());
    }

    [Fact]
    public void Shapes_that_do_not_broadcast_and_conditions_that_are_no_bools_are_named()
    {
        Assert.Contains("(2, 3) and (2,)", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 3]) + Tensor.Zeros([2])).Message);
        Assert.Contains("Float32", Assert.Throws<ArgumentException>(() => Tensor.Where(Tensor.Zeros([2]), Tensor.Zeros([2]), Tensor.Zeros([2]))).Message);
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2]).Clamp());
        Assert.Contains("round", Assert.Throws<ArgumentException>(() => Tensor.Zeros([2]).Div(Tensor.Zeros([2]), "round")).Message);
    }

    [Fact]
    public void Large_ones_have_the_same_bits_for_any_number_of_threads()
    {
        Tensor x = PointwiseTests.Values([500, 401], -3, 3, 1), row = PointwiseTests.Values([401], -3, 3, 2), column = PointwiseTests.Values([500, 1], -3, 3, 3);
        Func<Tensor>[] all = [() => x.Exp(), () => x.Tanh(), () => x + row, () => row - x, () => x * column, () => x.Transpose(0, 1) - 1,
            () => x.MaskedFill(x.Gt(0), 1), () => x.Clone().Addcdiv_(x, x.Abs() + 1, 0.3), () => x.Atan2(column)];
        int threads = Numerics.Threads;
        try
        {
            foreach (var f in all)
            {
                Numerics.Threads = 1;
                var one = PointwiseTests.Doubles(f());
                Numerics.Threads = 3;
                Assert.Equal(one, PointwiseTests.Doubles(f()));
            }
        }
        finally
        {
            Numerics.Threads = threads;
        }
        Assert.Equal(x.AsSpan<double>()[450 * 401 + 7] + row.AsSpan<double>()[7], (x + row).AsSpan<double>()[450 * 401 + 7]);
    }

    static Tensor Of(params double[] values) => Tensor.From<double>(values, [values.Length]);
}
