using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>Fused gradients have a form that is differentiable in turn.</summary>
public sealed class SecondOrderTests
{
    public static TheoryData<string> Names => [.. s_layers.Keys];

    static readonly Dictionary<string, Func<Module>> s_layers = new()
    {
        ["GELU"] = () => new GELU(),
        ["GELU by tanh"] = () => new GELU(GeluApproximation.Tanh),
        ["QuickGELU"] = () => new QuickGELU(),
        ["SiLU"] = () => new SiLU(),
        ["Mish"] = () => new Mish(),
        ["Softplus"] = () => new Softplus(2, 1),
        ["LogSigmoid"] = () => new LogSigmoid(),
        ["ELU"] = () => new ELU(0.7),
        ["CELU"] = () => new CELU(0.7),
        ["SELU"] = () => new SELU(),
        ["Softsign"] = () => new Softsign(),
        ["Hardswish"] = () => new Hardswish(),
        ["LeakyReLU"] = () => new LeakyReLU(0.3),
        ["LayerNorm"] = () => new LayerNorm(6, dtype: DType.Float64),
        ["RMSNorm"] = () => new RMSNorm(6, dtype: DType.Float64),
        ["GroupNorm"] = () => new GroupNorm(2, 4, dtype: DType.Float64),
        ["InstanceNorm1d"] = () => new InstanceNorm1d(4, affine: true, dtype: DType.Float64),
    };

    [Theory, MemberData(nameof(Names))]
    public void Gradients_of_gradients_agree_with_finite_differences(string name)
    {
        var layer = s_layers[name]();
        var parameters = layer.NamedParameters().ToArray();
        var inputs = new List<Tensor> { Tensor.Randn([3, 4, 6], DType.Float64, new Generator(4)) };
        foreach (var (_, p) in parameters) inputs.Add(Tensor.Randn(p.Shape, DType.Float64, new Generator(5)));
        GradientCheck.VerifySecondOrder(t => layer.Call(parameters.Select((p, i) => (p.Name, Value: t[i + 1])).ToDictionary(p => p.Name, p => p.Value), t[0]), [.. inputs]);
    }
}
