namespace Descent.Tensors.Tests.Ops;

public sealed class CrossEntropyTests
{
    static readonly Tensor s_target = Tensor.From<long>([1, 3, -100, 0, 2], [5]);
    static readonly Tensor s_weight = Tensor.From<float>([0.5f, 1, 2, 0.25f], [4]);

    public static TheoryData<Reduction, double, bool> Cases
    {
        get
        {
            var cases = new TheoryData<Reduction, double, bool>();
            foreach (var reduction in Enum.GetValues<Reduction>())
                foreach (double smoothing in new[] { 0, 0.2 })
                    foreach (bool weighted in new[] { false, true })
                        cases.Add(reduction, smoothing, weighted);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_loss_is_that_of_a_double_loop(Reduction reduction, double smoothing, bool weighted)
    {
        var x = SumTests.Random([5, 4]);
        var losses = new double[5];
        double total = 0;
        for (int r = 0; r < 5; r++)
        {
            long t = s_target.AsSpan<long>()[r];
            if (t < 0) continue;
            double sum = 0;
            double Weight(long c) => weighted ? s_weight.AsSpan<float>()[(int)c] : 1;
            for (int c = 0; c < 4; c++) sum += Math.Exp(x.AsSpan<float>()[r * 4 + c]);
            double Minus(long c) => Math.Log(sum) - x.AsSpan<float>()[(int)(r * 4 + c)];
            losses[r] = (1 - smoothing) * Weight(t) * Minus(t);
            for (int c = 0; c < 4; c++) losses[r] += smoothing / 4 * Weight(c) * Minus(c);
            total += Weight(t);
        }
        var y = F.CrossEntropy(x, s_target, weighted ? s_weight : null, reduction: reduction, labelSmoothing: smoothing);
        double[] expected = reduction switch { Reduction.None => losses, Reduction.Sum => [losses.Sum()], Reduction.BatchMean => [losses.Sum() / 5], _ => [losses.Sum() / total] };
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], y.AsSpan<float>()[i], 2e-6);
        if (smoothing == 0)
            Assert.Equal(y.AsSpan<float>()[0], F.NllLoss(x.LogSoftmax(1), s_target, weighted ? s_weight : null, reduction: reduction).AsSpan<float>()[0], 2e-6);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_are_slopes_to_the_second_order(Reduction reduction, double smoothing, bool weighted)
    {
        Func<Tensor[], Tensor> f = x => F.CrossEntropy(x[0], s_target, weighted ? s_weight : null, reduction: reduction, labelSmoothing: smoothing);
        GradientCheck.Verify(f, SumTests.Random([5, 4]));
        GradientCheck.VerifySecondOrder(f, SumTests.Random([5, 4]));
        GradientCheck.Verify(x => F.NllLoss(x[0], s_target, weighted ? s_weight : null, reduction: reduction), SumTests.Random([5, 4]));
    }

    [Fact]
    public void Positions_and_probabilities_are_taken()
    {
        var target = Tensor.From<long>([0, 1, 2, 2, 1, 0], [2, 3]);
        GradientCheck.Verify(x => F.CrossEntropy(x[0], target, reduction: Reduction.None), SumTests.Random([2, 3, 3]));
        var p = SumTests.Random([2, 3, 3]).Softmax(1);
        GradientCheck.Verify(x => F.CrossEntropy(x[0], x[1], labelSmoothing: 0.1), SumTests.Random([2, 3, 3], 2), p);
        Assert.Equal([], F.CrossEntropy(SumTests.Random([3]), Tensor.From<long>([1], []), reduction: Reduction.None).Shape.ToArray());
    }

    [Fact]
    public void A_bad_target_is_named_with_its_position()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => F.CrossEntropy(Tensor.Zeros([2, 3]), Tensor.From<long>([0, 3], [2])));
        Assert.Contains("target 1 is 3", error.Message);
        Assert.Contains("0 to 2", error.Message);
        Assert.Throws<ShapeException>(() => F.CrossEntropy(Tensor.Zeros([2, 3]), Tensor.From<long>([0, 1, 1], [3])));
    }

    [Fact]
    public void Where_all_is_ignored_the_mean_is_NaN_and_the_sum_0()
    {
        var none = Tensor.From<long>([-100, -100], [2]);
        Assert.True(double.IsNaN(F.CrossEntropy(Tensor.Zeros([2, 3]), none).Item()));
        Assert.Equal(0, F.CrossEntropy(Tensor.Zeros([2, 3]), none, reduction: Reduction.Sum).Item());
    }

    [Fact]
    public void Where_all_is_ignored_there_is_no_gradient()
    {
        var x = Tensor.Zeros([2, 3]);
        x.RequiresGrad = true;
        F.NllLoss(x, Tensor.From<long>([-100, -100], [2])).Backward();
        Assert.Equal(new float[6], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Gradients_of_many_rows_have_the_same_bits_for_any_number_of_threads()
    {
        var x = SumTests.Random([6000, 10]);
        x.RequiresGrad = true;
        var target = Tensor.Zeros([6000], DType.Int64);
        int threads = Numerics.Threads;
        try
        {
            var results = new List<float[]>();
            foreach (int n in new[] { 1, 3 })
            {
                Numerics.Threads = n;
                x.Grad = null;
                F.CrossEntropy(x, target).Backward();
                results.Add(x.Grad!.AsSpan<float>().ToArray());
            }
            Assert.Equal(results[0], results[1]);
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Theory]
    [InlineData(Reduction.None)]
    [InlineData(Reduction.Mean)]
    [InlineData(Reduction.Sum)]
    public void Squared_error_has_its_gradient(Reduction reduction)
    {
        GradientCheck.Verify(x => F.MseLoss(x[0], x[1], reduction), SumTests.Random([3, 7]), SumTests.Random([3, 7], 2));
        GradientCheck.VerifySecondOrder(x => F.MseLoss(x[0], x[1], reduction), SumTests.Random([3, 7]), SumTests.Random([3, 7], 2));
    }

    [Fact]
    public void Squared_error_of_many_elements_is_that_of_a_double_loop()
    {
        Tensor a = SumTests.Random([100_003]), b = SumTests.Random([100_003], 2);
        double sum = 0;
        for (int i = 0; i < a.Elements; i++) sum += Math.Pow((double)a.AsSpan<float>()[i] - b.AsSpan<float>()[i], 2);
        Assert.Equal(sum / a.Elements, F.MseLoss(a, b).Item(), 1e-7);
    }
}
