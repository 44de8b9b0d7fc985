using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Comparisons, logic, classification and selection by masks.</summary>
static class ComparisonCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["eq"] = c => c["input"].Eq(c["other"]),
        ["ne"] = c => c["input"].Ne(c["other"]),
        ["lt"] = c => c["input"].Lt(c["other"]),
        ["le"] = c => c["input"].Le(c["other"]),
        ["gt"] = c => c["input"].Gt(c["other"]),
        ["ge"] = c => c["input"].Ge(c["other"]),
        ["logical_and"] = c => c["input"].LogicalAnd(c["other"]),
        ["logical_or"] = c => c["input"].LogicalOr(c["other"]),
        ["logical_xor"] = c => c["input"].LogicalXor(c["other"]),
        ["logical_not"] = c => c["input"].LogicalNot(),
        ["isnan"] = c => c["input"].IsNan(),
        ["isinf"] = c => c["input"].IsInf(),
        ["isfinite"] = c => c["input"].IsFinite(),
        ["where"] = c => Tensor.Where(c["condition"], c["input"], c["other"]),
        ["masked_fill"] = c => c["input"].MaskedFill(c["mask"], c.Number("value")),
        ["masked_select"] = c => c["input"].MaskedSelect(c["mask"]),
    };
}
