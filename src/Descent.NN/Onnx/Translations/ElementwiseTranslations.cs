using Descent.Tensors;

namespace Descent.NN;

/// <summary>Arithmetic, functions of one element, comparisons and choices.</summary>
static class ElementwiseTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["Add"] = t => Binary(t, "Add"),
        ["Sub"] = t => Binary(t, "Sub"),
        ["Mul"] = t => Binary(t, "Mul"),
        ["Div"] = Divide,
        ["RSub"] = t => t.Give("Sub", [t.Number(t.Attribute<Scalar>(0)), t.As(0, t.Out().DType)]),
        ["RDiv"] = t => t.Give("Div", [t.Number(t.Attribute<Scalar>(0)), t.As(0, t.Out().DType)]),
        ["Pow"] = Power,
        ["FloorDivide"] = t => t.Give(t.Out().DType.IsFloatingPoint ? t.Add("Floor", [t.Add("Div", [t[0], t.Number(t.Attribute<Scalar>(0))])])
            : throw t.Unsupported("ONNX divides integers towards zero")),
        ["Remainder"] = t => t.Give(Remainder(t, "Floor")),
        ["Fmod"] = t => t.Give("Mod", [t.As(0, t.Out().DType), Second(t)], ("fmod", 1L)),
        ["Maximum"] = t => Binary(t, "Max"),
        ["Minimum"] = t => Binary(t, "Min"),
        ["Neg"] = Same("Neg"),
        ["Abs"] = Same("Abs"),
        ["Sign"] = Same("Sign"),
        ["Sqrt"] = Same("Sqrt"),
        ["Exp"] = Same("Exp"),
        ["Log"] = Same("Log"),
        ["Reciprocal"] = Same("Reciprocal"),
        ["Floor"] = Same("Floor"),
        ["Ceil"] = Same("Ceil"),
        ["Round"] = Same("Round"),
        ["Erf"] = Same("Erf"),
        ["Sin"] = Same("Sin"),
        ["Cos"] = Same("Cos"),
        ["Tan"] = Same("Tan"),
        ["Asin"] = Same("Asin"),
        ["Acos"] = Same("Acos"),
        ["Atan"] = Same("Atan"),
        ["Sinh"] = Same("Sinh"),
        ["Cosh"] = Same("Cosh"),
        ["Tanh"] = Same("Tanh"),
        ["Asinh"] = Same("Asinh"),
        ["Acosh"] = Same("Acosh"),
        ["Atanh"] = Same("Atanh"),
        ["Sigmoid"] = Same("Sigmoid"),
        ["Relu"] = Same("Relu"),
        ["Square"] = t => t.Give("Mul", [t[0], t[0]]),
        ["Rsqrt"] = t => t.Give("Reciprocal", [t.Add("Sqrt", [X(t)])]),
        ["Exp2"] = t => t.Give("Pow", [t.Number(2), X(t)]),
        ["Expm1"] = t => t.Give("Sub", [t.Add("Exp", [X(t)]), t.Number(1)]),
        ["Log1p"] = t => t.Give("Log", [t.Add("Add", [X(t), t.Number(1)])]),
        ["Log2"] = t => t.Give("Mul", [t.Add("Log", [X(t)]), t.Number(1 / Math.Log(2))]),
        ["Log10"] = t => t.Give("Mul", [t.Add("Log", [X(t)]), t.Number(1 / Math.Log(10))]),
        ["Erfc"] = t => t.Give("Sub", [t.Number(1), t.Add("Erf", [X(t)])]),
        ["Trunc"] = t => t.Give(Truncated(t, X(t))),
        ["Frac"] = t => t.Give("Sub", [X(t), Truncated(t, X(t))]),
        ["Clamp"] = t => t.Give("Clip", [X(t), Bound(t, 0), Bound(t, 1)]),
        ["Where"] = t => t.Give("Where", [t[0], t.As(1, t.Out().DType), t.As(2, t.Out().DType)]),
        ["MaskedFill"] = t => t.Give("Where", [t[1], t.Number(t.Attribute<Scalar>(0)), t[0]]),
        ["To"] = t => t.Give(t.Cast(t[0], t.In(0).DType, t.Out().DType)),
        ["Eq"] = t => Compare(t, "Equal"),
        ["Ne"] = t => t.Give("Not", [Compared(t, "Equal")]),
        ["Lt"] = t => Compare(t, "Less"),
        ["Le"] = t => Compare(t, "LessOrEqual"),
        ["Gt"] = t => Compare(t, "Greater"),
        ["Ge"] = t => Compare(t, "GreaterOrEqual"),
        ["LogicalAnd"] = t => t.Give("And", [t.As(0, DType.Bool), t.As(1, DType.Bool)]),
        ["LogicalOr"] = t => t.Give("Or", [t.As(0, DType.Bool), t.As(1, DType.Bool)]),
        ["LogicalXor"] = t => t.Give("Xor", [t.As(0, DType.Bool), t.As(1, DType.Bool)]),
    };

    /// <summary>One operator of one operand, which takes the type of the result.</summary>
    static Action<Translation> Same(string operation) => t => t.Give(operation, [X(t)]);

    static string X(Translation t) => t.As(0, t.Out().DType);

    /// <summary>The second operand: a tensor, or a number.</summary>
    static string Second(Translation t) => t.Inputs > 1 ? t.As(1, t.Out().DType) : t.Number(t.Attribute<Scalar>(0));

    static void Binary(Translation t, string operation) => t.Give(operation, [X(t), Second(t)]);

    static void Divide(Translation t)
    {
        string quotient = t.Add("Div", [X(t), Second(t)]);
        string? mode = t.Operation.Attributes.OfType<string>().FirstOrDefault();
        if (mode is null) t.Give(quotient);
        else if (!t.Out().DType.IsFloatingPoint) throw t.Unsupported("of integers only the quotient towards zero is known to ONNX");
        else t.Give(mode == "floor" ? t.Add("Floor", [quotient]) : Truncated(t, quotient));
    }

    static void Power(Translation t)
    {
        if (t.Inputs > 1) Binary(t, "Pow");
        else if (t.Has<double>(0)) t.Give("Pow", [X(t), t.Number(t.Attribute<double>(0))]);
        else throw t.Unsupported("its exponent is not known");
    }

    /// <summary>x − ⌊x / y⌋ · y.</summary>
    static string Remainder(Translation t, string rounding)
    {
        if (!t.Out().DType.IsFloatingPoint) return t.Add("Mod", [X(t), Second(t)]);
        string whole = t.Add(rounding, [t.Add("Div", [X(t), Second(t)])]);
        return t.Add("Sub", [X(t), t.Add("Mul", [whole, Second(t)])]);
    }

    static string Truncated(Translation t, string x) => t.Add("Mul", [t.Add("Sign", [x]), t.Add("Floor", [t.Add("Abs", [x])])]);

    static string? Bound(Translation t, int index) => t.Operation.Attributes[index] is null ? null : t.Number(t.Attribute<Scalar>(index));

    static void Compare(Translation t, string operation) => t.Give(Compared(t, operation));

    static string Compared(Translation t, string operation)
    {
        if (t.Inputs == 1)
        {
            var number = t.Attribute<Scalar>(0);
            var type = Comparable(DType.Promote(t.In(0).DType, number));
            return t.Add(operation, [t.As(0, type), t.Graph.Scalar(number, type)]);
        }
        var both = Comparable(DType.Promote(t.In(0).DType, t.In(1).DType));
        return t.Add(operation, [t.As(0, both), t.As(1, both)]);
    }

    static DType Comparable(DType type) => type is DType.Bool or DType.UInt8 or DType.Int8 ? DType.Int32 : type;
}
