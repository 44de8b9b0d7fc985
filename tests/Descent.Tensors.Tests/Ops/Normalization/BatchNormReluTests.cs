namespace Descent.Tensors.Tests.Ops;

public sealed class BatchNormReluTests
{
    public sealed record Case(string Name, int[] Shape, bool Training = true, bool Affine = true, bool Residual = false, DType DType = DType.Float64)
    {
        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases =>
    [
        new("training", [3, 4, 5, 3]),
        new("training with a residual", [3, 4, 5, 3], Residual: true),
        new("training without parameters", [2, 3, 7], Affine: false, Residual: true),
        new("evaluation", [2, 3, 4, 9], Training: false),
        new("evaluation with a residual", [2, 3, 4, 9], Training: false, Residual: true),
        new("float", [3, 5, 6, 7], Residual: true, DType: DType.Float32),
        new("planes of one pixel", [6, 5, 1, 1], Residual: true),
        new("no plane", [6, 5]),
        new("a long plane", [2, 2, 70, 71], Residual: true, DType: DType.Float32),
        new("half precision", [3, 5, 6, 7], Residual: true, DType: DType.BFloat16),
    ];

    static (Tensor[] Inputs, Func<Tensor[], Tensor> Fused, Func<Tensor[], Tensor> Apart) Build(Case row)
    {
        var generator = new Generator(1);
        int channels = row.Shape[1];
        var kind = row.DType == DType.BFloat16 ? DType.Float32 : row.DType;
        Tensor Draw(params int[] shape) => Tensor.Randn(shape, kind, generator: generator);
        Tensor mean = Draw(channels), variance = Draw(channels).Square() + 0.5;
        Tensor[] inputs = [Draw(row.Shape).To(row.DType), Draw(channels), Draw(channels), Draw(row.Shape).To(row.DType)];
        Tensor? Weight(Tensor[] t) => row.Affine ? t[1] : null;
        Tensor? Bias(Tensor[] t) => row.Affine ? t[2] : null;
        return (inputs,
            t => F.BatchNormRelu(t[0], mean.Clone(), variance.Clone(), Weight(t), Bias(t), row.Residual ? t[3] : null, row.Training),
            t =>
            {
                var y = F.BatchNorm(t[0], mean.Clone(), variance.Clone(), Weight(t), Bias(t), row.Training);
                return (row.Residual ? y + t[3] : y).Relu();
            });
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_the_operations_apart(Case row)
    {
        var (inputs, fused, apart) = Build(row);
        var results = new List<Tensor[]>();
        foreach (var f in new[] { fused, apart })
        {
            Tensor[] leaves = [.. inputs.Select(t => t.Clone())];
            foreach (var leaf in leaves) leaf.RequiresGrad = true;
            var y = f(leaves);
            y.Backward(y.Detach() + 1);
            results.Add([y.Detach(), .. leaves.Select(l => l.Grad ?? Tensor.Zeros([1]))]);
        }
        double tolerance = row.DType == DType.Float64 ? 1e-12 : row.DType == DType.Float32 ? 1e-5 : 2e-2;
        foreach (var (one, other) in results[0].Zip(results[1]))
        {
            Assert.Equal(other.Shape, one.Shape);
            double scale = 1 + other.To(DType.Float64).Abs().Max().Item();
            Assert.InRange((one.To(DType.Float64) - other.To(DType.Float64)).Abs().Max().Item() / scale, 0, tolerance);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_agree_with_finite_differences(bool training)
    {
        var (inputs, fused, _) = Build(new("", [2, 3, 3, 2], training, Residual: true));
        GradientCheck.Verify(fused, inputs);
        GradientCheck.VerifySecondOrder(fused, inputs);
    }

    [Fact]
    public void Running_statistics_are_updated()
    {
        var x = Tensor.Randn([4, 2, 3, 3], generator: new Generator(2)) + 3;
        Tensor mean = Tensor.Zeros([2]), variance = Tensor.Ones([2]), otherMean = Tensor.Zeros([2]), otherVariance = Tensor.Ones([2]);
        F.BatchNormRelu(x, mean, variance, training: true);
        F.BatchNorm(x, otherMean, otherVariance, training: true);
        Assert.Equal(otherMean.ToArray<float>(), mean.ToArray<float>());
        Assert.Equal(otherVariance.ToArray<float>(), variance.ToArray<float>());
        Assert.NotEqual(0, mean.ToArray<float>()[0]);
    }

    [Fact]
    public void What_is_not_a_number_stays_so()
    {
        var x = Tensor.Ones([1, 1, 1, 20]);
        x.AsSpan<float>()[3] = x.AsSpan<float>()[18] = float.NaN;
        var y = F.BatchNormRelu(x, Tensor.Zeros([1]), Tensor.Ones([1])).ToArray<float>();
        Assert.Equal([3, 18], Enumerable.Range(0, 20).Where(i => float.IsNaN(y[i])));
    }

    [Fact]
    public void Views_are_taken()
    {
        var x = Tensor.Randn([3, 4, 5, 2], generator: new Generator(3)).Transpose(1, 2);
        Tensor mean = Tensor.Zeros([5]), variance = Tensor.Ones([5]);
        Assert.Equal(F.BatchNorm(x, mean, variance).Relu().ToArray<float>(), F.BatchNormRelu(x, mean, variance).ToArray<float>());
        Assert.Throws<ShapeException>(() => F.BatchNormRelu(x, mean, variance, residual: Tensor.Zeros([1])));
    }
}
