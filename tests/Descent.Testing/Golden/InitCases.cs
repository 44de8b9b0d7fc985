using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Fans, gains, bounds and deviations of starting values, and the moments of large draws.</summary>
static class InitCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        // Python's gain of 1 is an integer, and the reference keeps it so.
        ["calculate_gain"] = c => new() { ["gain"] = Number(Init.CalculateGain(After(c), c.Double("param", 0.01))) is var gain && gain.Item() == 1 ? gain.To(c.Case.Tensor(c.Case.Outputs["gain"]).DType) : gain },
        ["fan"] = c =>
        {
            var (fanIn, fanOut) = Init.CalculateFan(c.Ints("shape"));
            return new() { ["fan_in"] = Tensor.Full([], fanIn, DType.Int64), ["fan_out"] = Tensor.Full([], fanOut, DType.Int64) };
        },
        ["kaiming"] = c => Deviation(Init.KaimingDeviation(c.Ints("shape"), c.Double("a", 0), Mode(c), After(c))),
        ["xavier"] = c => Deviation(Init.XavierDeviation(c.Ints("shape"), c.Double("gain", 1))),
        ["default_linear_conv"] = c => new()
        {
            ["weight_bound"] = Number(Math.Sqrt(3) * Init.KaimingDeviation(c.Ints("shape"), Math.Sqrt(5))),
            ["bias_bound"] = Number(1 / Math.Sqrt(Init.CalculateFan(c.Ints("shape")).FanIn)),
        },
        ["distribution"] = Distribution,
        ["constant_"] = c => Init.Constant_(Tensor.Empty(c.Ints("shape")), c.Double("val")),
        ["zeros_"] = c => Init.Zeros_(Tensor.Empty(c.Ints("shape"))),
        ["ones_"] = c => Init.Ones_(Tensor.Empty(c.Ints("shape"))),
        ["dirac_"] = c => Init.Dirac_(Tensor.Empty(c.Ints("shape")), c.Int("groups", 1)),
        ["eye_"] = c => Init.Eye_(Tensor.Empty(c.Ints("shape"))),
    };

    static Nonlinearity After(GoldenCall c) => (c.Has("nonlinearity") ? c.Text("nonlinearity") : "leaky_relu") switch
    {
        "sigmoid" => Nonlinearity.Sigmoid,
        "tanh" => Nonlinearity.Tanh,
        "relu" => Nonlinearity.Relu,
        "leaky_relu" => Nonlinearity.LeakyRelu,
        "selu" => Nonlinearity.Selu,
        _ => Nonlinearity.Linear,
    };

    static FanMode Mode(GoldenCall c) => c.Has("mode") && c.Text("mode") == "fan_out" ? FanMode.FanOut : FanMode.FanIn;

    static Tensor Number(double value) => Tensor.Full([], value, DType.Float64);

    static GoldenOutputs Deviation(double std) => new() { ["std"] = Number(std), ["bound"] = Number(Math.Sqrt(3) * std) };

    static GoldenOutputs Distribution(GoldenCall c)
    {
        var (x, generator) = (Tensor.Empty(c.Ints("shape")), new Generator(1));
        var drawn = c.Text("initializer") switch
        {
            "kaiming_uniform_" => Init.KaimingUniform_(x, c.Double("a", 0), Mode(c), After(c), generator),
            "kaiming_normal_" => Init.KaimingNormal_(x, c.Double("a", 0), Mode(c), After(c), generator),
            "xavier_uniform_" => Init.XavierUniform_(x, c.Double("gain", 1), generator),
            "xavier_normal_" => Init.XavierNormal_(x, c.Double("gain", 1), generator),
            "uniform_" => Init.Uniform_(x, c.Double("a", 0), c.Double("b", 1), generator),
            "normal_" => Init.Normal_(x, c.Double("mean", 0), c.Double("std", 1), generator),
            "trunc_normal_" => Init.TruncNormal_(x, c.Double("mean", 0), c.Double("std", 1), c.Double("a", -2), c.Double("b", 2), generator),
            "constant_" => Init.Constant_(x, c.Double("val")),
            "orthogonal_" => Init.Orthogonal_(x, c.Double("gain", 1), generator),
            "sparse_" => Init.Sparse_(x, c.Double("sparsity"), c.Double("std", 0.01), generator),
            var other => throw new NotSupportedException($"There is no initialiser '{other}'."),
        };
        var wide = drawn.To(DType.Float64);
        return new() { ["mean"] = wide.Mean(), ["std"] = wide.Std() };
    }
}
