using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Ops;

[Collection(ThreadCountCollection.Name)]
public sealed class ConvolutionNormTests : IDisposable
{
    readonly int _threads = Numerics.Threads;
    readonly bool _fusion = Numerics.Fusion;

    // Also where kernels are not generated.
    public ConvolutionNormTests() => Numerics.Fusion = true;

    public void Dispose() => (Numerics.Threads, Numerics.Fusion) = (_threads, _fusion);

    public sealed record Case(string Name, int[] Image, int Filters, int Kernel, int Stride = 1, int Padding = 0, int Groups = 1, bool Bias = false, bool Residual = false,
        Activation Activation = Activation.Relu)
    {
        public override string ToString() => Name;
    }

    static readonly Case[] s_cases =
    [
        new("fewer products", [2, 16, 13, 11], 17, 3, Padding: 1),
        new("fewer products and a residual", [2, 16, 13, 11], 24, 3, Padding: 1, Residual: true),
        new("fewer products, no function", [2, 33, 8, 8], 16, 3, Padding: 1, Bias: true, Activation: Activation.None),
        new("fewer products, another function", [2, 16, 9, 9], 16, 3, Padding: 1, Residual: true, Activation: Activation.Silu),
        new("many channels", [3, 130, 5, 5], 140, 3, Padding: 1, Residual: true),
        new("small tiles", [3, 64, 2, 2], 64, 3, Padding: 1, Residual: true),
        new("groups by fewer products", [2, 32, 12, 12], 32, 3, Padding: 1, Groups: 2, Residual: true),
        new("panels", [2, 8, 10, 9], 5, 3, 2, 1, Bias: true, Residual: true),
        new("one pixel", [3, 20, 7, 5], 30, 1, Residual: true),
        new("one pixel and a stride", [3, 20, 7, 5], 30, 1, 2, Activation: Activation.GeluTanh),
        new("groups", [2, 12, 6, 7], 18, 3, Groups: 3, Residual: true),
        new("depthwise", [2, 12, 9, 10], 12, 3, Padding: 1, Groups: 12, Residual: true),
        new("few channels", [2, 3, 20, 21], 10, 3, Padding: 1, Residual: true),
        new("phases", [2, 16, 16, 16], 32, 4, 2, 1, Residual: true),
    ];

    public static TheoryData<Case> Cases => [.. s_cases];

    static (Tensor X, Tensor W, Tensor? B, Tensor Mean, Tensor Var, Tensor Scale, Tensor Shift, Tensor? Residual) Draw(Case row)
    {
        var generator = new Generator(1);
        Tensor Randn(params int[] shape) => Tensor.Randn(shape, generator: generator);
        Tensor x = Randn(row.Image), w = Randn(row.Filters, row.Image[1] / row.Groups, row.Kernel, row.Kernel);
        w = w.Div(Math.Sqrt(w.Elements / row.Filters));
        var y = F.Conv2d(x, w, stride: row.Stride, padding: row.Padding, groups: row.Groups);
        return (x, w, row.Bias ? Randn(row.Filters) : null, Randn(row.Filters), Randn(row.Filters).Square() + 0.5, Randn(row.Filters), Randn(row.Filters),
            row.Residual ? Tensor.Randn(y.Shape, generator: generator) : null);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_are_those_of_the_operations_apart_for_any_number_of_threads(Case row)
    {
        var (x, w, b, mean, variance, scale, shift, residual) = Draw(row);
        var results = new List<float[]>();
        foreach (int threads in (int[])[1, 2])
        {
            Numerics.Threads = threads;
            results.Add(F.Conv2dBatchNorm(x, w, b, mean, variance, scale, shift, residual, row.Activation, row.Stride, row.Padding, groups: row.Groups).ToArray<float>());
        }
        Assert.Equal(results[0], results[1]);

        // While a gradient is recorded the operations are done one after the other.
        Assert.False(x.RequiresGrad);
        var leaf = w.Clone();
        leaf.RequiresGrad = true;
        var apart = F.Conv2dBatchNorm(x, leaf, b, mean, variance, scale, shift, residual, row.Activation, row.Stride, row.Padding, groups: row.Groups);
        Assert.True(apart.RequiresGrad);
        var want = apart.Detach().ToArray<float>();
        double most = want.Max(Math.Abs);
        for (int i = 0; i < want.Length; i++) Assert.InRange(results[0][i] - want[i], -1e-5 * (1 + most), 1e-5 * (1 + most));
    }

    [Fact]
    public void What_is_not_finite_is_confined_to_its_windows()
    {
        var (x, w, _, mean, variance, scale, shift, residual) = Draw(s_cases[1]);
        x.AsSpan<float>()[5] = float.NaN;
        var got = F.Conv2dBatchNorm(x, w, null, mean, variance, scale, shift, residual, Activation.Relu, padding: 1).ToArray<float>();
        var want = F.BatchNormRelu(F.Conv2d(x, w, padding: 1), mean, variance, scale, shift, residual).ToArray<float>();
        Assert.Contains(got, float.IsNaN);
        Assert.Equal(want.Select(float.IsNaN), got.Select(float.IsNaN));
    }
}
