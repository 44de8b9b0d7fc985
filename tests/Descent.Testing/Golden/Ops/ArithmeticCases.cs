using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Sums, products, quotients and powers.</summary>
static class ArithmeticCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["add"] = c => c["input"].Add(c["other"], c.Number("alpha")),
        ["sub"] = c => c["input"].Sub(c["other"], c.Number("alpha")),
        ["mul"] = c => c["input"].Mul(c["other"]),
        ["neg"] = c => c["input"].Neg(),
        ["add_promote"] = c => c["input"] + c["other"],
        ["add_scalar"] = c => c["input"] + c.Number("scalar"),
        ["sub_scalar"] = c => c["input"] - c.Number("scalar"),
        ["mul_scalar"] = c => c["input"] * c.Number("scalar"),
        ["div_scalar"] = c => c["input"] / c.Number("scalar"),
        ["rsub_scalar"] = c => c.Number("scalar") - c["input"],
        ["rdiv_scalar"] = c => c.Number("scalar") / c["input"],
        ["int_add"] = c => c["input"] + c["other"],
        ["int_sub"] = c => c["input"] - c["other"],
        ["int_mul"] = c => c["input"] * c["other"],
    };
}
