using Descent.Testing;

namespace Descent.Tensors.Tests;

public sealed class ActivationTests
{
    /// <summary>Each function beside its formula in doubles.</summary>
    static readonly Dictionary<string, (Func<Tensor, Tensor> Op, Func<double, double> Formula)> s_functions = new()
    {
        ["gelu"] = (x => x.Gelu(), x => x < -8 ? 0 : x * Normal(x)),
        ["silu"] = (x => x.Silu(), x => x / (1 + Math.Exp(-x))),
        ["quick gelu"] = (x => x.QuickGelu(), x => x / (1 + Math.Exp(-1.702 * x))),
        ["mish"] = (x => x.Mish(), x => x > 30 ? x : x * Math.Tanh(Math.Log(1 + Math.Exp(x)))),
        ["softplus"] = (x => x.Softplus(), x => x > 20 ? x : Math.Log(1 + Math.Exp(x))),
        ["log sigmoid"] = (x => x.LogSigmoid(), x => x < -30 ? x : -Math.Log(1 + Math.Exp(-x))),
        ["elu"] = (x => x.Elu(0.7), x => x > 0 ? x : 0.7 * (Math.Exp(x) - 1)),
        ["softsign"] = (x => x.Softsign(), x => x / (1 + Math.Abs(x))),
        ["hardswish"] = (x => x.Hardswish(), x => x * Math.Clamp(x + 3, 0, 6) / 6),
        ["hardsigmoid"] = (x => x.Hardsigmoid(), x => Math.Clamp(x + 3, 0, 6) / 6),
        ["hardtanh"] = (x => x.Hardtanh(-0.5, 2), x => Math.Clamp(x, -0.5, 2)),
        ["leaky relu"] = (x => x.LeakyRelu(0.2), x => x > 0 ? x : 0.2 * x),
        ["threshold"] = (x => x.Threshold(0.5, 7), x => x > 0.5 ? x : 7),
        ["softshrink"] = (x => x.Softshrink(), x => x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0),
        ["hardshrink"] = (x => x.Hardshrink(), x => Math.Abs(x) > 0.5 ? x : 0),
    };

    public static TheoryData<string> Names => [.. s_functions.Keys];

    static double Normal(double x)
    {
        // Simpson's rule over the density, from far below.
        const int steps = 4000;
        double from = -12, h = (x - from) / steps, sum = 0;
        for (int i = 0; i <= steps; i++)
            sum += (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-(from + i * h) * (from + i * h) / 2);
        return sum * h / 3 / Math.Sqrt(2 * Math.PI);
    }

    [Theory, MemberData(nameof(Names))]
    public void Values_are_those_of_the_formula_in_either_type_small_and_large(string name)
    {
        var (op, formula) = s_functions[name];
        double[] inputs = [-100, -20.5, -5, -3.1, -1, -0.6, -0.3, -1e-3, 0, 1e-3, 0.2, 0.7, 1, 2.5, 3.2, 8, 25, 100];
        foreach (var (dtype, tolerance) in new[] { (DType.Float32, 2e-6), (DType.Float64, 1e-11) })
        {
            double[] got = op(Tensor.From(inputs, [inputs.Length]).To(dtype)).To(DType.Float64).ToArray<double>();
            Assert.All(inputs.Index(), i => Assert.Equal(formula(i.Item), got[i.Index], tolerance * Math.Max(1, Math.Abs(formula(i.Item)))));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_NaN_stays_one_wherever_it_stands(string name)
    {
        foreach (int length in (int[])[1, 3, 16, 19])
        {
            float[] inputs = new float[length];
            inputs[^1] = float.NaN;
            Assert.True(float.IsNaN(s_functions[name].Op(Tensor.From<float>(inputs, [length])).ToArray<float>()[^1]));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Long_inputs_cut_into_pieces_give_what_short_ones_give(string name)
    {
        var op = s_functions[name].Op;
        var x = Tensor.Randn([40_003], DType.Float32, new Generator(1));
        x.RequiresGrad = true;
        var whole = op(x);
        var gradient = Autograd.Grad(whole.Sum(), x);
        var part = x.Detach().Narrow(0, 39_990, 13).Clone();
        part.RequiresGrad = true;
        Assert.Null(TensorComparer.Difference(whole.Detach().Narrow(0, 39_990, 13), op(part).Detach(), 1e-6, 1e-6));
        Assert.Null(TensorComparer.Difference(gradient.Narrow(0, 39_990, 13), Autograd.Grad(op(part).Sum(), part), 1e-6, 1e-6));
    }

    [Fact]
    public void A_step_is_0_1_or_what_it_is_given_at_zero() =>
        Assert.Equal([0, 0.5f, 1], Tensor.From<float>([-2, 0, 3]).Heaviside(0.5).ToArray<float>());
}
