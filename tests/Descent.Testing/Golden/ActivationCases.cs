using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Activation functions.</summary>
static class ActivationCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["relu"] = c => c["input"].Relu(),
        ["sigmoid"] = c => c["input"].Sigmoid(),
        ["tanh"] = c => c["input"].Tanh(),
        ["softmax"] = c => c["input"].Softmax(c.Int("dim")),
        ["log_softmax"] = c => c["input"].LogSoftmax(c.Int("dim")),
        ["softmin"] = c => c["input"].Softmin(c.Int("dim")),
    };
}
