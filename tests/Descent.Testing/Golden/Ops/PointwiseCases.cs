using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Functions of one number.</summary>
static class PointwiseCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["abs"] = c => c["input"].Abs(),
        ["acos"] = c => c["input"].Acos(),
        ["acosh"] = c => c["input"].Acosh(),
        ["asin"] = c => c["input"].Asin(),
        ["asinh"] = c => c["input"].Asinh(),
        ["atan"] = c => c["input"].Atan(),
        ["atanh"] = c => c["input"].Atanh(),
        ["ceil"] = c => c["input"].Ceil(),
        ["cos"] = c => c["input"].Cos(),
        ["cosh"] = c => c["input"].Cosh(),
        ["digamma"] = c => c["input"].Digamma(),
        ["lgamma"] = c => c["input"].Lgamma(),
        ["erf"] = c => c["input"].Erf(),
        ["erfc"] = c => c["input"].Erfc(),
        ["erfinv"] = c => c["input"].Erfinv(),
        ["exp"] = c => c["input"].Exp(),
        ["exp2"] = c => c["input"].Exp2(),
        ["expm1"] = c => c["input"].Expm1(),
        ["floor"] = c => c["input"].Floor(),
        ["frac"] = c => c["input"].Frac(),
        ["log"] = c => c["input"].Log(),
        ["log10"] = c => c["input"].Log10(),
        ["log1p"] = c => c["input"].Log1p(),
        ["log2"] = c => c["input"].Log2(),
        ["reciprocal"] = c => c["input"].Reciprocal(),
        ["round"] = c => c["input"].Round(),
        ["rsqrt"] = c => c["input"].Rsqrt(),
        ["sigmoid"] = c => c["input"].Sigmoid(),
        ["sign"] = c => c["input"].Sign(),
        ["sin"] = c => c["input"].Sin(),
        ["sinh"] = c => c["input"].Sinh(),
        ["sqrt"] = c => c["input"].Sqrt(),
        ["square"] = c => c["input"].Square(),
        ["tan"] = c => c["input"].Tan(),
        ["tanh"] = c => c["input"].Tanh(),
        ["trunc"] = c => c["input"].Trunc(),
        ["logit"] = c => c["input"].Logit(c.MaybeNumber("eps")?.AsDouble()),
        ["nan_to_num"] = c => c["input"].NanToNum(c.Double("nan", 0), c.MaybeNumber("posinf")?.AsDouble(), c.MaybeNumber("neginf")?.AsDouble()),
        ["clamp"] = c => c["input"].Clamp(c.MaybeNumber("min"), c.MaybeNumber("max")),
    };
}
