namespace Descent.NN;

/// <summary>Activation functions: by an operator of their own where operator set 17 has one, else by their formula.</summary>
static class ActivationTranslations
{
    internal static Dictionary<string, Action<Translation>> Table { get; } = new()
    {
        ["LeakyRelu"] = t => t.Give("LeakyRelu", [t[0]], ("alpha", (float)t.Attribute<double>(0))),
        ["Threshold"] = t => t.Give("Where", [t.Add("Greater", [t[0], t.Number(t.Attribute<double>(0))]), t[0], t.Number(t.Attribute<double>(1))]),
        ["Hardtanh"] = t => t.Give(Clip(t, t[0], t.Attribute<double>(0), t.Attribute<double>(1))),
        ["Relu6"] = t => t.Give(Clip(t, t[0], 0, 6)),
        ["Hardsigmoid"] = t => t.Give("HardSigmoid", [t[0]], ("alpha", 1f / 6), ("beta", 0.5f)),
        ["Hardswish"] = t => t.Give("HardSwish", [t[0]]),
        ["Softshrink"] = t => t.Give("Shrink", [t[0]], ("bias", (float)t.Attribute<double>(0)), ("lambd", (float)t.Attribute<double>(0))),
        ["Hardshrink"] = t => t.Give("Shrink", [t[0]], ("bias", 0f), ("lambd", (float)t.Attribute<double>(0))),
        ["Gelu"] = Gelu,
        ["Silu"] = Swish,
        ["QuickGelu"] = Swish,
        ["Mish"] = t => t.Give("Mul", [t[0], t.Add("Tanh", [t.Add("Softplus", [t[0]])])]),
        ["Softplus"] = Softplus,
        ["LogSigmoid"] = t => t.Give("Neg", [t.Add("Softplus", [t.Add("Neg", [t[0]])])]),
        ["Elu"] = t => t.Give("Elu", [t[0]], ("alpha", (float)t.Attribute<double>(0))),
        ["Celu"] = t => t.Give(ExponentialUnit(t)),
        ["Selu"] = t => t.Give("Selu", [t[0]], ("alpha", (float)t.Attribute<double>(0)), ("gamma", (float)t.Attribute<double>(1))),
        ["Softsign"] = t => t.Give("Softsign", [t[0]]),
        ["Softmax"] = t => t.Give("Softmax", [t[0]], ("axis", (long)t.Attribute<int>(0))),
        ["LogSoftmax"] = t => t.Give("LogSoftmax", [t[0]], ("axis", (long)t.Attribute<int>(0))),
    };

    static string Clip(Translation t, string x, double low, double high) => t.Add("Clip", [x, t.Number(low), t.Number(high)]);

    static void Gelu(Translation t)
    {
        string x = t[0], half = t.Add("Mul", [x, t.Number(0.5)]), inner;
        if (t.Attribute<string>(0) == "GeluActivation") inner = t.Add("Erf", [t.Add("Mul", [x, t.Number(Math.Sqrt(0.5))])]);
        else
        {
            string cubic = t.Add("Mul", [t.Add("Mul", [t.Add("Mul", [x, x]), x]), t.Number(0.044715)]);
            inner = t.Add("Tanh", [t.Add("Mul", [t.Add("Add", [x, cubic]), t.Number(Math.Sqrt(2 / Math.PI))])]);
        }
        t.Give("Mul", [half, t.Add("Add", [inner, t.Number(1)])]);
    }

    static void Swish(Translation t)
    {
        double scale = t.Attribute<double>(0);
        t.Give("Mul", [t[0], t.Add("Sigmoid", [scale == 1 ? t[0] : t.Add("Mul", [t[0], t.Number(scale)])])]);
    }

    static void Softplus(Translation t)
    {
        double beta = t.Attribute<double>(0), threshold = t.Attribute<double>(1);
        string z = beta == 1 ? t[0] : t.Add("Mul", [t[0], t.Number(beta)]), y = t.Add("Softplus", [z]);
        if (beta != 1) y = t.Add("Div", [y, t.Number(beta)]);
        // From 20 on the function is x in single precision anyway.
        t.Give(threshold >= 20 ? y : t.Add("Where", [t.Add("Greater", [z, t.Number(threshold)]), t[0], y]));
    }

    /// <summary>scale · (max(x, 0) + α (e^(min(x, 0) · inner) − 1)).</summary>
    static string ExponentialUnit(Translation t)
    {
        double alpha = t.Attribute<double>(0), scale = t.Attribute<double>(1), inner = t.Attribute<double>(2);
        string low = t.Add("Sub", [t.Add("Exp", [t.Add("Mul", [t.Add("Min", [t[0], t.Number(0)]), t.Number(inner)])]), t.Number(1)]);
        string y = t.Add("Add", [t.Add("Relu", [t[0]]), t.Add("Mul", [low, t.Number(alpha)])]);
        return scale == 1 ? y : t.Add("Mul", [y, t.Number(scale)]);
    }
}
