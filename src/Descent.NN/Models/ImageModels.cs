using Descent.Tensors;

namespace Descent.NN;

/// <summary>Small classifiers of one-channel images.</summary>
public static class ImageModels
{
    /// <summary>The names that <see cref="Create"/> knows.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cnn", "mlp"];

    /// <summary>A classifier by name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="size">Height and width of the images, at least 4.</param>
    /// <param name="classes">The number of classes.</param>
    /// <returns>A module from <c>(N, 1, size, size)</c> to logits <c>(N, classes)</c>.</returns>
    /// <exception cref="ArgumentException">There is no model of that name.</exception>
    public static Module Create(string name, int size, int classes) => name switch
    {
        "cnn" => Cnn(size, classes),
        "mlp" => Mlp(size, classes),
        _ => throw new ArgumentException($"--model {name} is not known; the models are: {string.Join(", ", Names)}."),
    };

    /// <summary>Two stages of convolution, normalisation and pooling, then two linear layers.</summary>
    public static Module Cnn(int size, int classes) => new Sequential(
        new Conv2d(1, 16, 3, padding: 1, bias: false), new BatchNorm2d(16), new ReLU(), new MaxPool2d(2),
        new Conv2d(16, 32, 3, padding: 1, bias: false), new BatchNorm2d(32), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Dropout(0.25), new Linear(32 * (size / 4) * (size / 4), 128), new ReLU(),
        new Dropout(0.25), new Linear(128, classes));

    /// <summary>Linear layers of 512 and 256 units with dropout.</summary>
    public static Module Mlp(int size, int classes) => new Sequential(
        new Flatten(), new Linear(size * size, 512), new ReLU(), new Dropout(0.2),
        new Linear(512, 256), new ReLU(), new Dropout(0.2), new Linear(256, classes));
}
