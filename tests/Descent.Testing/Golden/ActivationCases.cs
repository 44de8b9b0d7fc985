using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Activation functions.</summary>
static class ActivationCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["relu"] = c => c["input"].Relu(),
        ["relu6"] = c => c["input"].Relu6(),
        ["leaky_relu"] = c => c["input"].LeakyRelu(c.Double("negative_slope", 0.01)),
        ["prelu"] = c => F.PRelu(c["input"], c["weight"]),
        ["elu"] = c => c["input"].Elu(c.Double("alpha", 1)),
        ["celu"] = c => c["input"].Celu(c.Double("alpha", 1)),
        ["selu"] = c => c["input"].Selu(),
        ["gelu"] = c => c["input"].Gelu(Approximation(c)),
        ["quick_gelu"] = c => c["input"].QuickGelu(),
        ["silu"] = c => c["input"].Silu(),
        ["mish"] = c => c["input"].Mish(),
        ["sigmoid"] = c => c["input"].Sigmoid(),
        ["logsigmoid"] = c => c["input"].LogSigmoid(),
        ["tanh"] = c => c["input"].Tanh(),
        ["tanhshrink"] = c => c["input"].Tanhshrink(),
        ["softplus"] = c => c["input"].Softplus(c.Double("beta", 1), c.Double("threshold", 20)),
        ["softsign"] = c => c["input"].Softsign(),
        ["hardswish"] = c => c["input"].Hardswish(),
        ["hardsigmoid"] = c => c["input"].Hardsigmoid(),
        ["hardtanh"] = c => c["input"].Hardtanh(c.Double("min_val", -1), c.Double("max_val", 1)),
        ["softshrink"] = c => c["input"].Softshrink(c.Double("lambd", 0.5)),
        ["hardshrink"] = c => c["input"].Hardshrink(c.Double("lambd", 0.5)),
        ["threshold"] = c => c["input"].Threshold(c.Double("threshold"), c.Double("value")),
        ["softmax"] = c => c["input"].Softmax(c.Int("dim")),
        ["log_softmax"] = c => c["input"].LogSoftmax(c.Int("dim")),
        ["softmin"] = c => c["input"].Softmin(c.Int("dim")),
        ["glu"] = c => c["input"].Glu(c.Int("dim", -1)),
        ["reglu"] = c => c["input"].ReGlu(c.Int("dim", -1)),
        ["geglu"] = c => c["input"].GeGlu(c.Int("dim", -1)),
        ["geglu_tanh"] = c => c["input"].GeGlu(c.Int("dim", -1), GeluApproximation.Tanh),
        ["swiglu"] = c => c["input"].SwiGlu(c.Int("dim", -1)),
    };

    static GeluApproximation Approximation(GoldenCall c) => c.MaybeText("approximate") == "tanh" ? GeluApproximation.Tanh : GeluApproximation.None;
}
