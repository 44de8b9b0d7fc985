using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Layers, with the parameters of the case in place of their own.</summary>
static class LayerCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["Linear"] = c => Forward(c, new Linear(c.Int("in_features"), c.Int("out_features"), c.Flag("bias", true))),
        ["Dropout"] = c => Forward(c, new Dropout(c.Double("p", 0.5))),
        ["Bilinear"] = c => F.Bilinear(c["input1"], c["input2"], c["weight"], c.Find("bias")),
    };

    internal static Tensor Forward(GoldenCall c, Module layer)
    {
        layer.Train(c.Flag("training", true));
        return layer.Call(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]), c["input"]);
    }
}
