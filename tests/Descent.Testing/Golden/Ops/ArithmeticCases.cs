using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Sums, products, quotients and powers.</summary>
static class ArithmeticCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["add"] = c => c["input"].Add(c["other"], c.MaybeNumber("alpha") ?? 1),
        ["sub"] = c => c["input"].Sub(c["other"], c.MaybeNumber("alpha") ?? 1),
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
        ["div"] = c => c["input"].Div(c["other"], c.MaybeText("rounding_mode")),
        ["int_floor_divide"] = c => c["input"].FloorDivide(c["other"]),
        ["int_remainder"] = c => c["input"].Remainder(c["other"]),
        ["maximum"] = c => c["input"].Maximum(c["other"]),
        ["minimum"] = c => c["input"].Minimum(c["other"]),
        ["atan2"] = c => c["input"].Atan2(c["other"]),
        ["fmod"] = c => c["input"].Fmod(c["other"]),
        ["remainder"] = c => c["input"].Remainder(c["other"]),
        ["hypot"] = c => c["input"].Hypot(c["other"]),
        ["logaddexp"] = c => c["input"].LogAddExp(c["other"]),
        ["xlogy"] = c => c["input"].XLogY(c["other"]),
        ["pow"] = c => c["input"].Pow(c["other"]),
        ["pow_scalar"] = c => c["input"].Pow(c.Number("exponent")),
        ["lerp"] = c => c["input"].Lerp(c["end"], c.Number("weight")),
        ["addcmul"] = c => c["input"].Addcmul(c["tensor1"], c["tensor2"], c.MaybeNumber("value") ?? 1),
        ["addcdiv"] = c => c["input"].Addcdiv(c["tensor1"], c["tensor2"], c.MaybeNumber("value") ?? 1),
    };
}
