using Descent.Tensors;

namespace Descent.NN;

/// <summary>Layers that follow one another and are done as one where nobody looks at what is between.</summary>
static class FusedLayers
{
    /// <summary>The function of a module that products can end with, or null.</summary>
    static Activation? Of(Module module) => module switch
    {
        ReLU => Activation.Relu,
        GELU { Approximate: GeluApproximation.None } => Activation.Gelu,
        GELU => Activation.GeluTanh,
        SiLU => Activation.Silu,
        Tanh => Activation.Tanh,
        Sigmoid => Activation.Sigmoid,
        _ => null,
    };

    /// <summary>What a linear layer and the activation after it give.</summary>
    internal static Tensor Forward(Linear linear, Activation activation, Tensor x)
    {
        if (!Module.IsObserved) return F.Linear(x, linear.Weight, linear.Bias, activation);
        var y = linear.Forward(x);
        return activation switch
        {
            Activation.Relu => y.Relu(),
            Activation.Gelu => y.Gelu(),
            Activation.GeluTanh => y.Gelu(GeluApproximation.Tanh),
            Activation.Silu => y.Silu(),
            Activation.Tanh => y.Tanh(),
            Activation.Sigmoid => y.Sigmoid(),
            _ => y,
        };
    }

    /// <summary><c>dropout(linear(x)) + residual</c>, in the product's end where nothing is dropped.</summary>
    internal static Tensor Forward(Linear linear, Dropout dropout, Tensor x, Tensor? residual)
    {
        if (residual is not null && !Module.IsObserved && (dropout.P == 0 || !dropout.IsTraining))
            return F.Linear(x, linear.Weight, linear.Bias, Activation.None, residual);
        var y = dropout.Forward(linear.Forward(x));
        return residual is null ? y : residual + y;
    }

    /// <summary><c>f(norm(convolution(x)) + residual)</c>, f the rectifier or nothing.</summary>
    internal static Tensor Forward(Conv2d convolution, BatchNorm2d norm, Tensor x, Tensor? residual = null, bool relu = true)
    {
        if (!Module.IsObserved && TryForward(convolution, norm, x, residual, relu ? Activation.Relu : Activation.None) is { } y) return y;
        y = convolution.Forward(x);
        return relu ? norm.ForwardRelu(y, residual) : residual is null ? norm.Forward(y) : norm.Forward(y) + residual;
    }

    static Tensor? TryForward(Conv2d convolution, BatchNorm2d norm, Tensor x, Tensor? residual, Activation activation)
    {
        if (norm.IsTraining || norm.RunningMean is not { } mean || norm.RunningVar is not { } variance || x.Rank != 4 || norm.Features != convolution.Weight.Shape[0]) return null;
        bool isEven = convolution.PadBefore.SequenceEqual(convolution.PadAfter);
        if (!isEven || convolution.PaddingMode != PaddingMode.Constant && convolution.PadBefore.Max() > 0) return null;
        return F.Conv2dBatchNorm(x, convolution.Weight, convolution.Bias, mean, variance, norm.Weight, norm.Bias, residual, activation,
            (convolution.Stride[0], convolution.Stride[1]), (convolution.PadBefore[0], convolution.PadBefore[1]),
            (convolution.Dilation[0], convolution.Dilation[1]), convolution.Groups, norm.Epsilon);
    }

    /// <summary>How many of the modules from one on were done as one: none, or two and more.</summary>
    /// <param name="modules">All modules, in their order.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="x">What it takes; what the last gives.</param>
    internal static int TryForward(IReadOnlyList<Module> modules, int first, ref Tensor x)
    {
        if (first + 1 >= modules.Count || Module.IsObserved) return 0;
        switch (modules[first])
        {
            case Linear linear when Of(modules[first + 1]) is { } activation:
                x = F.Linear(x, linear.Weight, linear.Bias, activation);
                return 2;
            case GroupNorm norm when Of(modules[first + 1]) is { } activation && x.Rank > 2 && x.Shape[1] == norm.Channels:
                x = F.GroupNorm(x, norm.Groups, norm.Weight, norm.Bias, norm.Epsilon, activation);
                return 2;
            case Conv2d convolution when modules[first + 1] is BatchNorm2d norm:
                var last = first + 2 < modules.Count ? Of(modules[first + 2]) : null;
                if (TryForward(convolution, norm, x, null, last ?? Activation.None) is not { } y) return 0;
                x = y;
                return last is null ? 2 : 3;
            default:
                return 0;
        }
    }
}
