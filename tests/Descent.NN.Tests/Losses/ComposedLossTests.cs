using Descent.Tensors;

namespace Descent.NN.Tests.Losses;

using static Draw;

/// <summary>Losses of more than one part, and what the table of <see cref="LossTests"/> cannot hold.</summary>
public sealed class ComposedLossTests
{
    [Fact]
    public void Complete_iou_is_that_of_a_double_loop()
    {
        var (boxes, elements) = PairRows.CompleteBoxes;
        double[] got = new CompleteBoxIoULoss(reduction: Reduction.None).Forward(boxes[0], boxes[1]).ToArray<double>();
        for (int i = 0; i < elements.Length; i++) Assert.Equal(elements[i], got[i], 1e-12);
    }

    [Fact]
    public void Complete_iou_of_equal_boxes_is_0_with_a_finite_gradient()
    {
        var box = Numbers(1, 1, 3, 4);
        var input = box.Clone();
        input.RequiresGrad = true;
        var loss = new CompleteBoxIoULoss().Forward(input, box);
        loss.Backward();
        Assert.Equal(0, loss.Item(), 6);
        Assert.All(input.Grad!.ToArray<double>(), g => Assert.True(double.IsFinite(g)));
    }

    [Fact]
    public void Batch_mean_divides_by_the_batch()
    {
        var (input, target) = (Normal(1, 3, 4).LogSoftmax(1), Probabilities(2, 3, 4));
        Assert.Equal(F.KlDiv(input, target, Reduction.Sum).Item() / 3, F.KlDiv(input, target, Reduction.BatchMean).Item(), 12);
        Assert.Equal(F.MseLoss(input, target, Reduction.Sum).Item() / 3, F.MseLoss(input, target, Reduction.BatchMean).Item(), 12);
        var classes = Classes(1, 0, 3);
        Assert.Equal(F.CrossEntropy(input, classes, reduction: Reduction.Sum).Item() / 3, F.CrossEntropy(input, classes, reduction: Reduction.BatchMean).Item(), 12);
        Assert.Equal(F.NllLoss(input, classes, reduction: Reduction.Sum).Item() / 3, F.NllLoss(input, classes, reduction: Reduction.BatchMean).Item(), 12);
    }

    [Fact]
    public void A_variance_below_the_bound_still_learns()
    {
        var variance = Numbers(0, 1e-9);
        variance.RequiresGrad = true;
        var loss = F.GaussianNllLoss(Numbers(0, 0), Numbers(1, 1), variance);
        loss.Backward();
        Assert.Equal(0.5 * (Math.Log(1e-6) + 1e6), loss.Item(), 6);
        Assert.All(variance.Grad!.ToArray<double>(), g => Assert.True(g < 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.GaussianNllLoss(Numbers(0), Numbers(1), Numbers(-1)));
    }

    [Theory]
    [InlineData(false, double.PositiveInfinity)]
    [InlineData(true, 0)]
    public void A_target_too_long_for_its_input_is_infinite_or_left_out(bool zeroInfinity, double expected)
    {
        // Two equal classes need a blank between them: three steps.
        var logP = Normal(1, 2, 1, 3).LogSoftmax(-1);
        logP.RequiresGrad = true;
        var loss = F.CtcLoss(logP, Tensor.From<long>([1, 1], [1, 2]), Classes(2), Classes(2), zeroInfinity: zeroInfinity);
        Assert.Equal(expected, loss.Item());
        loss.Backward();
        Assert.Equal(zeroInfinity, logP.Grad!.ToArray<double>().All(g => g == 0));
    }

    [Fact]
    public void Ctc_of_one_sequence_needs_no_batch()
    {
        var logits = Normal(3, 6, 4);
        double single = F.CtcLoss(logits.LogSoftmax(-1), Classes(1, 2, 2), Tensor.Full([], 6, DType.Int64), Tensor.Full([], 3, DType.Int64)).Item();
        double batched = F.CtcLoss(logits.Unsqueeze(1).LogSoftmax(-1), Tensor.From<long>([1, 2, 2], [1, 3]), Classes(6), Classes(3)).Item();
        Assert.Equal(batched, single);
    }

    [Theory]
    [InlineData(5, 3, 1)]
    [InlineData(4, 4, 1)]
    [InlineData(4, -1, 1)]
    [InlineData(4, 3, 0)]
    [InlineData(4, 3, 3)]
    public void Ctc_refuses_lengths_and_classes_out_of_range(int steps, int length, int label) =>
        Assert.ThrowsAny<ArgumentException>(() => F.CtcLoss(Normal(1, 4, 1, 3).LogSoftmax(-1), Tensor.Full([1, 3], label, DType.Int64), Classes(steps), Classes(length)));

    [Fact]
    public void Ctc_of_a_long_sequence_keeps_its_digits()
    {
        // All classes equally likely: −log(paths · 2⁻ᵀ), where a target of one class has T (T + 1) / 2 paths of two classes.
        int steps = 1000;
        var logP = Tensor.Full([steps, 1, 2], Math.Log(0.5), DType.Float32);
        double loss = F.CtcLoss(logP, Tensor.From<long>([1], [1, 1]), Classes(steps), Classes(1)).Item();
        Assert.Equal(steps * -(double)(float)Math.Log(0.5) - Math.Log(steps * (steps + 1) / 2.0), loss, 1e-3);
    }

    [Fact]
    public void Ctc_gradients_have_the_same_bits_for_any_number_of_threads()
    {
        var logP = Tensor.Randn(new Shape(20, 8, 5), DType.Float32, new Generator(1)).LogSoftmax(-1).Detach();
        int threads = Numerics.Threads;
        try
        {
            var results = new List<float[]>();
            foreach (int n in new[] { 1, 3 })
            {
                Numerics.Threads = n;
                var x = logP.Clone();
                x.RequiresGrad = true;
                F.CtcLoss(x, Tensor.Full([8, 4], 2, DType.Int64), Tensor.Full([8], 20, DType.Int64), Tensor.Full([8], 4, DType.Int64)).Backward();
                results.Add(x.Grad!.ToArray<float>());
            }
            Assert.Equal(results[0], results[1]);
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    public static TheoryData<string, GanLoss, double, double> Games => new()
    {
        { "logistic", new LogisticGanLoss(), Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.Exp(0.5)), Math.Log(1 + Math.Exp(-0.5)) },
        { "wasserstein", new WassersteinGanLoss(), 0.5 - 2, -0.5 },
        { "hinge", new HingeGanLoss(), 0 + 1.5, -0.5 },
    };

    [Theory, MemberData(nameof(Games))]
    public void Adversarial_losses_have_their_values_and_gradients(string name, GanLoss game, double discriminator, double generator)
    {
        Assert.Equal(discriminator, game.Discriminator(Numbers(2, 2), Numbers(0.5, 0.5)).Item(), 12);
        Assert.Equal(generator, game.Generator(Numbers(0.5, 0.5)).Item(), 12);
        GradientCheck.Verify(x => game.Discriminator(x[0], x[1]) + game.Generator(x[1]), Normal(name.Length, 5), Normal(2, 5));
    }

    [Fact]
    public void A_gradient_penalty_is_the_distance_of_the_slope_from_1_and_trains_the_critic()
    {
        var weight = Numbers(3, 4).Reshape(2, 1);
        weight.RequiresGrad = true;
        var penalty = new GradientPenalty(new Generator(1));
        var loss = penalty.Forward(x => x.MatMul(weight), Normal(1, 6, 2), Normal(2, 6, 2));
        Assert.Equal(16, loss.Item(), 9);
        loss.Backward();
        // d (‖w‖ − 1)² / dw = 2 (‖w‖ − 1) w / ‖w‖
        Assert.Equal([2 * 4 * 0.6, 2 * 4 * 0.8], weight.Grad!.ToArray<double>().Select(g => Math.Round(g, 9)));
        Assert.Throws<ShapeException>(() => penalty.Forward(x => x, Normal(1, 6, 2), Normal(2, 5, 2)));
    }

    [Theory]
    [InlineData(Likelihood.Bernoulli)]
    [InlineData(Likelihood.Gaussian)]
    public void The_evidence_bound_is_reconstruction_and_divergence(Likelihood likelihood)
    {
        Tensor[] inputs = [Normal(1, 3, 2, 2), Uniform(2, 0, 1, 3, 2, 2), Normal(3, 3, 2), Normal(4, 3, 2)];
        double[][] x = LossCase.Numbers(inputs);
        var expected = new double[3];
        for (int i = 0; i < 12; i++)
        {
            double p = 1 / (1 + Math.Exp(-x[0][i])), t = x[1][i];
            expected[i / 4] += likelihood == Likelihood.Gaussian ? Math.Pow(x[0][i] - t, 2) : -(t * Math.Log(p) + (1 - t) * Math.Log(1 - p));
        }
        for (int i = 0; i < 6; i++) expected[i / 2] += 0.5 * 0.5 * (x[2][i] * x[2][i] + Math.Exp(x[3][i]) - 1 - x[3][i]);

        Tensor Apply(Tensor[] t, Reduction reduction) => new VaeLoss(likelihood, 0.5, reduction).Forward(t[0], t[1], t[2], t[3]);
        double[] got = Apply(inputs, Reduction.None).ToArray<double>();
        for (int i = 0; i < 3; i++) Assert.Equal(expected[i], got[i], 11);
        Assert.Equal(expected.Average(), Apply(inputs, Reduction.Mean).Item(), 11);
        Assert.Equal(expected.Sum(), Apply(inputs, Reduction.Sum).Item(), 11);
        GradientCheck.Verify(t => Apply(t, Reduction.Mean), inputs);
        Assert.Throws<ShapeException>(() => Apply([inputs[0], inputs[1], Normal(3, 2, 2), Normal(4, 2, 2)], Reduction.Mean));
    }

    [Fact]
    public void Distillation_weighs_the_teacher_and_the_truth()
    {
        var (student, teacher, target) = (Normal(1, 4, 3), Normal(2, 4, 3), Classes(0, 2, 1, 1));
        double[] s = student.ToArray<double>(), t = teacher.ToArray<double>();
        double P(double[] x, int r, int c, double temperature) => Math.Exp(x[r * 3 + c] / temperature) / Enumerable.Range(0, 3).Sum(k => Math.Exp(x[r * 3 + k] / temperature));
        double soft = 0, hard = 0;
        for (int r = 0; r < 4; r++)
        {
            for (int c = 0; c < 3; c++) soft += P(t, r, c, 2) * Math.Log(P(t, r, c, 2) / P(s, r, c, 2)) / 4;
            hard -= Math.Log(P(s, r, (int)target.ToArray<long>()[r], 1)) / 4;
        }
        var loss = new DistillationLoss(temperature: 2, alpha: 0.7);
        Assert.Equal(0.7 * 4 * soft + 0.3 * hard, loss.Forward(student, teacher, target).Item(), 11);
        GradientCheck.Verify(x => loss.Forward(x[0], teacher, target), student);
        teacher.RequiresGrad = true;
        Assert.False(loss.Forward(student, teacher, target).RequiresGrad);
        Assert.Throws<ShapeException>(() => loss.Forward(student, Normal(2, 4, 2), target));
    }

    [Fact]
    public void Arc_face_adds_its_margin_to_the_angle_of_the_target()
    {
        var loss = new ArcFaceLoss(2, 3, scale: 4, margin: 0.5, dtype: DType.Float64);
        double[] angles = [0, 2, 4];
        loss.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = Tensor.From<double>([.. angles.SelectMany(a => new[] { 2 * Math.Cos(a), 2 * Math.Sin(a) })], [3, 2]) });
        // The second embedding is more than π − m from its class, where the line goes on.
        double[] at = [0.3, 0.9 - Math.PI + 2 - 1];
        var x = Tensor.From<double>([.. at.SelectMany(a => new[] { 5 * Math.Cos(a), 5 * Math.Sin(a) })], [2, 2]);
        double expected = 0;
        for (int r = 0; r < 2; r++)
        {
            double[] logits = [.. angles.Select(a => 4 * Math.Cos(a - at[r]))];
            double theta = Math.Acos(Math.Cos(angles[r] - at[r]));
            logits[r] = theta + 0.5 < Math.PI ? 4 * Math.Cos(theta + 0.5) : 4 * (Math.Cos(theta) - 0.5 * Math.Sin(0.5));
            expected += (Math.Log(logits.Sum(Math.Exp)) - logits[r]) / 2;
        }
        Assert.Equal(expected, loss.Forward(x, Classes(0, 1)).Item(), 10);
        GradientCheck.Verify(t => loss.Forward(t[0], Classes(0, 1)), x);
        Assert.Throws<ShapeException>(() => loss.Forward(Normal(1, 2, 3), Classes(0, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => loss.Forward(x, Classes(0, 3)));
    }

    [Theory, InlineData(-100), InlineData(0), InlineData(2)]
    public void Ignored_pixels_of_a_Lovász_loss_count_for_no_class(int ignored)
    {
        var p = Normal(1, 1, 3, 6).Softmax(1);
        Tensor seen = Tensor.From<long>([0, 2, 1, 2], [1, 4]).MaskedFill(Tensor.From<long>([0, 2, 1, 2], [1, 4]).Eq(ignored), 1);
        var all = Tensor.Cat([seen, Tensor.Full([1, 2], ignored, DType.Int64)], 1);
        Assert.Equal(F.LovaszSoftmaxLoss(p.Narrow(2, 0, 4), seen, ignoreIndex: ignored).Item(), F.LovaszSoftmaxLoss(p, all, ignoreIndex: ignored).Item(), 1e-12);
    }

    [Fact]
    public void What_is_surely_right_has_no_slope_in_a_focal_loss_of_small_gamma()
    {
        var logits = Tensor.From<float>([300, -300], [1, 2]);
        logits.RequiresGrad = true;
        Assert.Equal([0f, 0], Autograd.Grad(F.FocalLoss(logits, Classes(0), gamma: 0.5), logits).ToArray<float>());
        Assert.Equal([0f, 0], Autograd.Grad(F.SigmoidFocalLoss(logits, Tensor.From<float>([1, 0], [1, 2]), gamma: 0.5), logits).ToArray<float>().Select(v => v + 0));
    }

    [Fact]
    public void Arguments_out_of_range_are_refused()
    {
        var (x, c) = (Normal(1, 2, 3), Classes(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.HuberLoss(x, x, delta: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.SmoothL1Loss(x, x, beta: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.QuantileLoss(x, x, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.MultiMarginLoss(x, c, p: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.MultiMarginLoss(x, Classes(0, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.FocalLoss(x, Classes(0, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.MultilabelMarginLoss(x, Tensor.From<long>([0, 3, -1, 0, 1, 2], [2, 3])));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.InfoNce(x, x, temperature: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DistillationLoss(temperature: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ArcFaceLoss(2, 2, margin: 4));
    }
}
