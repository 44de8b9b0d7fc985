using Descent.Tensors;

namespace Descent.NN;

/// <summary>Operators that work element by element.</summary>
static class OnnxElementwise
{
    internal static Dictionary<string, OnnxOperator> Table { get; } = new()
    {
        ["Add"] = c => [c[0] + c[1]],
        ["Sub"] = c => [c[0] - c[1]],
        ["Mul"] = c => [c[0] * c[1]],
        ["Div"] = c => [c[0].DType.IsFloatingPoint ? c[0] / c[1] : c[0].Div(c[1], "trunc")],
        ["Mod"] = c => [c.Flag("fmod") ? c[0].Fmod(c[1]) : c[0].Remainder(c[1])],
        ["Pow"] = c => [c[0].Pow(c[1].To(c[0].DType))],
        ["Max"] = c => [c.All.Aggregate((a, b) => a.Maximum(b))],
        ["Min"] = c => [c.All.Aggregate((a, b) => a.Minimum(b))],
        ["Sum"] = c => [c.All.Aggregate((a, b) => a + b)],
        ["Mean"] = c => [c.All.Aggregate((a, b) => a + b).Div((double)c.Count)],
        ["Neg"] = c => [c[0].Neg()],
        ["Abs"] = c => [c[0].Abs()],
        ["Sign"] = c => [c[0].Sign()],
        ["Sqrt"] = c => [c[0].Sqrt()],
        ["Reciprocal"] = c => [c[0].Reciprocal()],
        ["Exp"] = c => [c[0].Exp()],
        ["Log"] = c => [c[0].Log()],
        ["Floor"] = c => [c[0].Floor()],
        ["Ceil"] = c => [c[0].Ceil()],
        ["Round"] = c => [c[0].Round()],
        ["Erf"] = c => [c[0].Erf()],
        ["Sin"] = c => [c[0].Sin()],
        ["Cos"] = c => [c[0].Cos()],
        ["Tan"] = c => [c[0].Tan()],
        ["Asin"] = c => [c[0].Asin()],
        ["Acos"] = c => [c[0].Acos()],
        ["Atan"] = c => [c[0].Atan()],
        ["Sinh"] = c => [c[0].Sinh()],
        ["Cosh"] = c => [c[0].Cosh()],
        ["Tanh"] = c => [c[0].Tanh()],
        ["Asinh"] = c => [c[0].Asinh()],
        ["Acosh"] = c => [c[0].Acosh()],
        ["Atanh"] = c => [c[0].Atanh()],
        ["Sigmoid"] = c => [c[0].Sigmoid()],
        ["Relu"] = c => [c[0].Relu()],
        ["LeakyRelu"] = c => [c[0].LeakyRelu(c.Float("alpha", 0.01f))],
        ["PRelu"] = c => [Tensor.Where(c[0].Gt(0), c[0], c[0] * c[1])],
        ["ThresholdedRelu"] = c => [c[0].Threshold(c.Float("alpha", 1), 0)],
        ["Elu"] = c => [c[0].Elu(c.Float("alpha", 1))],
        ["Celu"] = c => [c[0].Celu(c.Float("alpha", 1))],
        ["Selu"] = c => [c[0].Elu(c.Float("alpha", 1.67326319217681884765625f)).Mul(c.Float("gamma", 1.05070102214813232421875f))],
        ["HardSigmoid"] = c => [c[0].Mul(c.Float("alpha", 0.2f)).Add(c.Float("beta", 0.5f)).Clamp(0, 1)],
        ["HardSwish"] = c => [c[0].Hardswish()],
        ["Gelu"] = c => [c[0].Gelu(c.Text("approximate", "none") == "tanh" ? GeluApproximation.Tanh : GeluApproximation.None)],
        ["Mish"] = c => [c[0].Mish()],
        ["Softplus"] = c => [c[0].Softplus()],
        ["Softsign"] = c => [c[0].Softsign()],
        ["Shrink"] = c => [Shrink(c[0], c.Float("lambd", 0.5f), c.Float("bias", 0))],
        ["Clip"] = c => [Clip(c)],
        ["Where"] = c => [Tensor.Where(c[0], c[1], c[2])],
        ["Not"] = c => [c[0].LogicalNot()],
        ["And"] = c => [c[0].LogicalAnd(c[1])],
        ["Or"] = c => [c[0].LogicalOr(c[1])],
        ["Xor"] = c => [c[0].LogicalXor(c[1])],
        ["Equal"] = c => [c[0].Eq(c[1])],
        ["Less"] = c => [c[0].Lt(c[1])],
        ["LessOrEqual"] = c => [c[0].Le(c[1])],
        ["Greater"] = c => [c[0].Gt(c[1])],
        ["GreaterOrEqual"] = c => [c[0].Ge(c[1])],
        ["IsNaN"] = c => [c[0].IsNan()],
        ["IsInf"] = c => [c[0].IsInf()],
        ["Cast"] = c => [c[0].To(OnnxTypes.Find(c.Integer("to", 0)) ?? throw new ArgumentException($"the type {c.Integer("to", 0)} is not one that tensors have."))],
        ["CastLike"] = c => [c[0].To(c[1].DType)],
        ["Identity"] = c => [c[0]],
        ["Dropout"] = c => [c[0], Tensor.Full(c[0].Shape, true, DType.Bool)],
    };

    static Tensor Shrink(Tensor x, double lambda, double bias) =>
        Tensor.Where(x.Lt(-lambda), x.Add(bias), Tensor.Where(x.Gt(lambda), x.Sub(bias), Tensor.ZerosLike(x)));

    static Tensor Clip(OnnxCall c)
    {
        if (c.Opset < 11)
            return c[0].Clamp(c.Float("min", float.MinValue), c.Float("max", float.MaxValue));
        var x = c[0];
        if (c.Optional(1) is { } low) x = x.Maximum(low);
        return c.Optional(2) is { } high ? x.Minimum(high) : x;
    }
}
