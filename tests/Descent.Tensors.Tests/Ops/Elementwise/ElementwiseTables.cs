using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Ops;

/// <summary>Functions of one number: the operation, its formula, and where it is defined and smooth.</summary>
sealed record UnaryRow(Func<Tensor, Tensor> Op, Func<double, double> Formula, double Low, double High, bool Smooth = true);

/// <summary>Functions of two numbers.</summary>
sealed record BinaryRow(Func<Tensor, Tensor, Tensor> Op, Func<double, double, double> Formula, double Low = -2, double High = 2, bool Smooth = true);

static class ElementwiseTables
{
    internal static readonly Dictionary<string, UnaryRow> Unary = new()
    {
        ["Abs"] = new(x => x.Abs(), Math.Abs, -3, 3),
        ["Neg"] = new(x => x.Neg(), x => -x, -3, 3),
        ["Sign"] = new(x => x.Sign(), x => Math.Sign(x), -3, 3, Smooth: false),
        ["Square"] = new(x => x.Square(), x => x * x, -3, 3),
        ["Sqrt"] = new(x => x.Sqrt(), Math.Sqrt, 0.1, 9),
        ["Rsqrt"] = new(x => x.Rsqrt(), x => 1 / Math.Sqrt(x), 0.2, 9),
        ["Reciprocal"] = new(x => x.Reciprocal(), x => 1 / x, 0.3, 5),
        ["Exp"] = new(x => x.Exp(), Math.Exp, -4, 4),
        ["Exp2"] = new(x => x.Exp2(), x => Math.Pow(2, x), -4, 4),
        ["Log"] = new(x => x.Log(), Math.Log, 0.1, 9),
        ["Log2"] = new(x => x.Log2(), Math.Log2, 0.1, 9),
        ["Log10"] = new(x => x.Log10(), Math.Log10, 0.1, 9),
        ["Sin"] = new(x => x.Sin(), Math.Sin, -7, 7),
        ["Cos"] = new(x => x.Cos(), Math.Cos, -7, 7),
        ["Tan"] = new(x => x.Tan(), Math.Tan, -1.2, 1.2),
        ["Asin"] = new(x => x.Asin(), Math.Asin, -0.9, 0.9),
        ["Acos"] = new(x => x.Acos(), Math.Acos, -0.9, 0.9),
        ["Atan"] = new(x => x.Atan(), Math.Atan, -4, 4),
        ["Sinh"] = new(x => x.Sinh(), Math.Sinh, -3, 3),
        ["Cosh"] = new(x => x.Cosh(), Math.Cosh, -3, 3),
        ["Tanh"] = new(x => x.Tanh(), Math.Tanh, -3, 3),
        ["Asinh"] = new(x => x.Asinh(), Math.Asinh, -3, 3),
        ["Acosh"] = new(x => x.Acosh(), Math.Acosh, 1.3, 6),
        ["Atanh"] = new(x => x.Atanh(), Math.Atanh, -0.9, 0.9),
        ["Sigmoid"] = new(x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x)), -6, 6),
        ["Logit"] = new(x => x.Logit(), x => Math.Log(x / (1 - x)), 0.05, 0.95),
        ["Logit bounded"] = new(x => x.Logit(0.25), x => Math.Log(Math.Clamp(x, 0.25, 0.75) / (1 - Math.Clamp(x, 0.25, 0.75))), 0.011, 0.989),
        ["Relu"] = new(x => x.Relu(), x => Math.Max(x, 0), -3, 3),
        ["Floor"] = new(x => x.Floor(), Math.Floor, -3, 3, Smooth: false),
        ["Ceil"] = new(x => x.Ceil(), Math.Ceiling, -3, 3, Smooth: false),
        ["Round"] = new(x => x.Round(), Math.Round, -3, 3, Smooth: false),
        ["Trunc"] = new(x => x.Trunc(), Math.Truncate, -3, 3, Smooth: false),
        ["Frac"] = new(x => x.Frac(), x => x - Math.Truncate(x), 1.1, 1.9),
        ["Erf"] = new(x => x.Erf(), x => SpecialFunctions.Erf(x), -3, 3),
        ["Erfc"] = new(x => x.Erfc(), x => SpecialFunctions.Erfc(x), -3, 3),
        ["Erfinv"] = new(x => x.Erfinv(), x => SpecialFunctions.ErfInv(x), -0.9, 0.9),
        ["Lgamma"] = new(x => x.Lgamma(), x => SpecialFunctions.LogGamma(x), 0.3, 9),
        ["Digamma"] = new(x => x.Digamma(), x => SpecialFunctions.Digamma(x), 0.5, 9),
        ["Expm1"] = new(x => x.Expm1(), x => SpecialFunctions.ExpM1(x), -3, 3),
        ["Log1p"] = new(x => x.Log1p(), x => SpecialFunctions.LogP1(x), -0.8, 5),
        ["Clamp"] = new(x => x.Clamp(-1.03, 0.72), x => Math.Clamp(x, -1.03, 0.72), -3, 3),
        ["Clamp below"] = new(x => x.Clamp(-1.03), x => Math.Max(x, -1.03), -3, 3),
        ["NanToNum"] = new(x => x.NanToNum(), x => x, -3, 3),
        ["MaskedFill"] = new(x => x.MaskedFill(x.Gt(1.01), 4), x => x > 1.01 ? 4 : x, -3, 3),
        ["Pow 3"] = new(x => x.Pow(3), x => x * x * x, -3, 3),
        ["Pow 2.5"] = new(x => x.Pow(2.5), x => Math.Pow(x, 2.5), 0.2, 3),
        ["Pow -1"] = new(x => x.Pow(-1), x => 1 / x, 0.5, 3),
        ["Pow 0"] = new(x => x.Pow(0), _ => 1, -2, 2, Smooth: false),
        ["2 to the x"] = new(x => Tensor.Pow(2, x), x => Math.Pow(2, x), -2, 2),
        ["x + 2.5"] = new(x => x + 2.5, x => x + 2.5, -3, 3),
        ["2.5 - x"] = new(x => 2.5 - x, x => 2.5 - x, -3, 3),
        ["x * -2"] = new(x => x * -2, x => x * -2, -3, 3),
        ["x / 4"] = new(x => x / 4, x => x / 4, -3, 3),
        ["2.5 / x"] = new(x => 2.5 / x, x => 2.5 / x, 0.5, 3),
        ["x % 0.7"] = new(x => x % 0.7, x => x - Math.Floor(x / 0.7) * 0.7, 0.72, 1.38),
    };

    internal static readonly Dictionary<string, BinaryRow> Binary = new()
    {
        ["Add"] = new((a, b) => a.Add(b), (a, b) => a + b),
        ["Add scaled"] = new((a, b) => a.Add(b, 2.5), (a, b) => a + 2.5 * b),
        ["Sub"] = new((a, b) => a - b, (a, b) => a - b),
        ["Mul"] = new((a, b) => a * b, (a, b) => a * b),
        ["Div"] = new((a, b) => a / b, (a, b) => a / b, 0.5, 3),
        ["Div floor"] = new((a, b) => a.Div(b, "floor"), (a, b) => Math.Floor(a / b), 0.5, 3, Smooth: false),
        ["Div trunc"] = new((a, b) => a.Div(b, "trunc"), (a, b) => Math.Truncate(a / b), 0.5, 3, Smooth: false),
        ["Maximum"] = new((a, b) => a.Maximum(b), Math.Max),
        ["Minimum"] = new((a, b) => a.Minimum(b), Math.Min),
        ["Atan2"] = new((a, b) => a.Atan2(b), Math.Atan2, 0.3, 2),
        ["Hypot"] = new((a, b) => a.Hypot(b), (a, b) => Math.Sqrt(a * a + b * b), 0.3, 2),
        ["LogAddExp"] = new((a, b) => a.LogAddExp(b), (a, b) => Math.Log(Math.Exp(a) + Math.Exp(b))),
        ["XLogY"] = new((a, b) => a.XLogY(b), (a, b) => a * Math.Log(b), 0.3, 2),
        ["Pow"] = new((a, b) => a.Pow(b), Math.Pow, 0.3, 2),
        ["Fmod"] = new((a, b) => a.Fmod(b), (a, b) => a % b, 0.3, 2, Smooth: false),
        ["Remainder"] = new((a, b) => a % b, (a, b) => a - Math.Floor(a / b) * b, 0.3, 2, Smooth: false),
        ["Lerp"] = new((a, b) => a.Lerp(b, 0.3), (a, b) => a + 0.3 * (b - a)),
        ["Lerp by tensor"] = new((a, b) => a.Lerp(b, a), (a, b) => a + a * (b - a)),
        ["Addcmul"] = new((a, b) => a.Addcmul(b, b, 0.5), (a, b) => a + 0.5 * b * b),
        ["Addcdiv"] = new((a, b) => a.Addcdiv(b, a, 0.5), (a, b) => a + 0.5 * b / a, 0.5, 2),
        ["Where"] = new((a, b) => Tensor.Where(a.Lt(b), a.Mul(2), b), (a, b) => a < b ? 2 * a : b),
    };
}
