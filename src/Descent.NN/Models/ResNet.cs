using Descent.Tensors;

namespace Descent.NN;

/// <summary>How a residual block passes its input on where it changes size.</summary>
public enum ResNetShortcut
{
    /// <summary>Every other pixel, the new channels zero: the paper's option A, without parameters.</summary>
    Identity,
    /// <summary>A convolution of 1 × 1 with normalisation: option B.</summary>
    Projection,
}

/// <summary>A residual network for small images: stages of blocks, each stage with half the size and twice the channels.</summary>
/// <remarks>He et al., "Deep Residual Learning for Image Recognition", 2015, arXiv:1512.03385. Keys are torchvision's.</remarks>
public sealed class ResNet : Module
{
    readonly Conv2d _conv1;
    readonly BatchNorm2d _bn1;
    [Name("")] readonly OrderedDictionary<string, Module> _stages = [];
    readonly Linear _fc;

    /// <param name="blocks">Blocks of each stage.</param>
    /// <param name="width">Channels of the first stage.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="shortcut">How a block passes its input on where it changes size.</param>
    /// <param name="generator">Draws the starting values: normal, by the fan out.</param>
    public ResNet(ReadOnlySpan<int> blocks, int width, int classes = 10, int channels = 3, ResNetShortcut shortcut = ResNetShortcut.Projection,
        Generator? generator = null)
    {
        _conv1 = new(channels, width, 3, padding: 1, bias: false, generator: generator);
        _bn1 = new(width);
        int inside = width;
        for (int stage = 0; stage < blocks.Length; stage++)
        {
            var layers = new Module[blocks[stage]];
            for (int i = 0; i < layers.Length; i++, inside = width)
                layers[i] = new ResNetBlock(inside, width, stage > 0 && i == 0 ? 2 : 1, shortcut, generator);
            _stages.Add($"layer{stage + 1}", new Sequential(layers));
            width *= 2;
        }
        _fc = new(inside, classes, generator: generator);
        foreach (var convolution in this.NamedModules().Select(m => m.Module).OfType<Conv2d>())
            Init.KaimingNormal_(convolution.Weight, mode: FanMode.FanOut, nonlinearity: Nonlinearity.Relu, generator: generator);
    }

    /// <summary>Of <c>6n + 2</c> layers for CIFAR-10, as in the paper's section 4.2: 16, 32 and 64 channels.</summary>
    /// <param name="depth">Layers: 20, 32, 44, 56, 110.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="generator">Draws the starting values.</param>
    /// <exception cref="ArgumentException">The depth is not <c>6n + 2</c>.</exception>
    public static ResNet Cifar(int depth, int classes = 10, int channels = 3, Generator? generator = null)
    {
        if (depth < 8 || (depth - 2) % 6 != 0) throw new ArgumentException($"ResNet: the depth is {depth}; expected 6n + 2, as 20 or 56.");
        int n = (depth - 2) / 6;
        return new([n, n, n], 16, classes, channels, ResNetShortcut.Identity, generator);
    }

    /// <summary>ResNet-18 for small images: without the first stride and pooling that large ones need.</summary>
    /// <param name="classes">The number of classes.</param>
    /// <param name="channels">Channels of the images.</param>
    /// <param name="generator">Draws the starting values.</param>
    public static ResNet Small18(int classes = 10, int channels = 3, Generator? generator = null) =>
        new([2, 2, 2, 2], 64, classes, channels, generator: generator);

    /// <param name="x">Shape <c>(N, channels, H, W)</c>.</param>
    /// <returns>Logits <c>(N, classes)</c>.</returns>
    public override Tensor Forward(Tensor x)
    {
        x = FusedLayers.Forward(_conv1, _bn1, x);
        foreach (var stage in _stages.Values) x = stage.Forward(x);
        return Observed(_fc.Forward(F.AdaptiveAvgPool2d(x, 1).Flatten(1)));
    }
}

/// <summary><c>relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x))</c> with convolutions of 3 × 3.</summary>
public sealed class ResNetBlock : Module
{
    readonly Conv2d _conv1, _conv2;
    readonly BatchNorm2d _bn1, _bn2;
    readonly Sequential? _downsample;
    readonly int _stride, _more;

    /// <param name="inChannels">Channels in.</param>
    /// <param name="outChannels">Channels out.</param>
    /// <param name="stride">Pixels between windows of the first convolution.</param>
    /// <param name="shortcut">How the input is passed on where sizes change.</param>
    /// <param name="generator">Draws the starting values.</param>
    public ResNetBlock(int inChannels, int outChannels, int stride = 1, ResNetShortcut shortcut = ResNetShortcut.Projection, Generator? generator = null)
    {
        (_stride, _more) = (stride, outChannels - inChannels);
        _conv1 = new(inChannels, outChannels, 3, stride, 1, bias: false, generator: generator);
        _bn1 = new(outChannels);
        _conv2 = new(outChannels, outChannels, 3, padding: 1, bias: false, generator: generator);
        _bn2 = new(outChannels);
        if (shortcut == ResNetShortcut.Projection && (stride != 1 || _more != 0))
            _downsample = new(new Conv2d(inChannels, outChannels, 1, stride, bias: false, generator: generator), new BatchNorm2d(outChannels));
    }

    /// <param name="x">Shape <c>(N, inChannels, H, W)</c>.</param>
    /// <returns>Shape <c>(N, outChannels, H / stride, W / stride)</c>.</returns>
    public override Tensor Forward(Tensor x)
    {
        var y = FusedLayers.Forward(_conv1, _bn1, x);
        return Observed(FusedLayers.Forward(_conv2, _bn2, y, _downsample?.Forward(x) ?? Passed(x)));
    }

    Tensor Passed(Tensor x)
    {
        if (_stride > 1) x = F.AvgPool2d(x, 1, _stride);
        return _more == 0 ? x : F.Pad(x, [0, 0, 0, 0, _more / 2, _more - _more / 2]);
    }
}
