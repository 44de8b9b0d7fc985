using Descent.Tensors;

namespace Descent.NN;

/// <summary>Two convolutions of 5 × 5 with mean pooling and hyperbolic tangents, and three linear layers.</summary>
/// <remarks>LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998. Smaller images than the paper's 32 × 32 are padded.</remarks>
public sealed class LeNet5 : Module
{
    readonly Conv2d _conv1, _conv2;
    readonly Linear _fc1, _fc2, _fc3;

    /// <param name="size">Height and width of the images, at least 12.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="generator">Draws the starting values.</param>
    public LeNet5(int size = 28, int classes = 10, int channels = 1, Generator? generator = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 12);
        int padding = size < 32 ? 2 : 0, left = ((size + 2 * padding - 4) / 2 - 4) / 2;
        _conv1 = new(channels, 6, 5, padding: padding, generator: generator);
        _conv2 = new(6, 16, 5, generator: generator);
        _fc1 = new(16 * left * left, 120, generator: generator);
        _fc2 = new(120, 84, generator: generator);
        _fc3 = new(84, classes, generator: generator);
    }

    /// <param name="x">Shape <c>(N, channels, size, size)</c>.</param>
    /// <returns>Logits <c>(N, classes)</c>.</returns>
    public override Tensor Forward(Tensor x)
    {
        x = F.AvgPool2d(_conv1.Forward(x).Tanh(), 2);
        x = F.AvgPool2d(_conv2.Forward(x).Tanh(), 2).Flatten(1);
        return Observed(_fc3.Forward(FusedLayers.Forward(_fc2, Activation.Tanh, FusedLayers.Forward(_fc1, Activation.Tanh, x))));
    }
}
