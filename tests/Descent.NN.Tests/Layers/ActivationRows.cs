using Descent.Tensors;

namespace Descent.NN.Tests;

sealed class ActivationRows : ILayerRows
{
    // Odd sizes: vectors and their tails are both computed.
    static LayerRow Elementwise(string name, Func<Module> create) => new(name, create, [3, 11]) { Output = [3, 11], TakesUnbatched = true };

    static LayerRow Halving(string name, Func<Module> create) => new(name, create, [3, 4, 6]) { Output = [3, 4, 3], TakesUnbatched = true, Refuses = [[3, 4, 5]] };

    public IEnumerable<LayerRow> Rows =>
    [
        Elementwise("Sigmoid", () => new Sigmoid()),
        Elementwise("LogSigmoid", () => new LogSigmoid()),
        Elementwise("Tanh", () => new Tanh()),
        Elementwise("Tanhshrink", () => new Tanhshrink()),
        Elementwise("GELU", () => new GELU()),
        Elementwise("GELU by tanh", () => new GELU(GeluApproximation.Tanh)),
        Elementwise("QuickGELU", () => new QuickGELU()),
        Elementwise("SiLU", () => new SiLU()),
        Elementwise("Mish", () => new Mish()),
        Elementwise("Softplus", () => new Softplus(2, 1)),
        Elementwise("Softsign", () => new Softsign()),
        Elementwise("ELU", () => new ELU(0.7)),
        Elementwise("CELU", () => new CELU(0.7)),
        Elementwise("SELU", () => new SELU()),
        Elementwise("ReLU", () => new ReLU()),
        Elementwise("ReLU6", () => new ReLU6()),
        Elementwise("SquaredReLU", () => new SquaredReLU()),
        Elementwise("LeakyReLU", () => new LeakyReLU(0.2)),
        Elementwise("PReLU", () => new PReLU()),
        new("PReLU of channels", () => new PReLU(4), [2, 4, 5]) { Output = [2, 4, 5], Refuses = [[2, 3, 5]] },
        Elementwise("RReLU", () => new RReLU(generator: new Generator(3))) with { IsSmooth = false },
        Elementwise("RReLU, evaluated", () => new RReLU().Eval()),
        Elementwise("Hardtanh", () => new Hardtanh(-0.5, 0.8)),
        Elementwise("Hardsigmoid", () => new Hardsigmoid()),
        Elementwise("Hardswish", () => new Hardswish()),
        Elementwise("Softshrink", () => new Softshrink(0.3)),
        Elementwise("Hardshrink", () => new Hardshrink(0.3)),
        Elementwise("Threshold", () => new Threshold(0.2, -1)),
        Elementwise("Heaviside", () => new Heaviside()),
        Elementwise("Softmax", () => new Softmax()),
        Elementwise("LogSoftmax", () => new LogSoftmax()),
        Elementwise("Softmin", () => new Softmin()),
        new("Softmax2d", () => new Softmax2d(), [2, 3, 2, 2]) { Output = [2, 3, 2, 2], TakesUnbatched = true, Refuses = [[3, 2]] },
        Halving("GLU", () => new GLU()),
        Halving("ReGLU", () => new ReGLU()),
        Halving("GeGLU", () => new GeGLU()),
        Halving("SwiGLU", () => new SwiGLU()),
        new("Maxout", () => new Maxout(5, 3, 4), [2, 5]) { Output = [2, 3], TakesUnbatched = true, Refuses = [[2, 4]] },
        new("GatedFeedForward", () => new GatedFeedForward(4, 6), [2, 3, 4]) { Output = [2, 3, 4], TakesUnbatched = true, Refuses = [[2, 3]] },
        new("GatedFeedForward with GELU", () => new GatedFeedForward(4, 6, new GELU(), bias: true), [2, 3, 4]) { Output = [2, 3, 4] },
    ];
}
