namespace Descent.NN;

/// <summary>Small classifiers of square images.</summary>
public static class ImageModels
{
    /// <summary>Two stages of convolution, normalisation and pooling, then two linear layers.</summary>
    public static Module Cnn(int size, int classes, int channels = 1) => new Sequential(
        new Conv2d(channels, 16, 3, padding: 1, bias: false), new BatchNorm2d(16), new ReLU(), new MaxPool2d(2),
        new Conv2d(16, 32, 3, padding: 1, bias: false), new BatchNorm2d(32), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Dropout(0.25), new Linear(32 * (size / 4) * (size / 4), 128), new ReLU(),
        new Dropout(0.25), new Linear(128, classes));

    /// <summary>Linear layers of 512 and 256 units with dropout.</summary>
    public static Module Mlp(int size, int classes, int channels = 1) => new Sequential(
        new Flatten(), new Linear(channels * size * size, 512), new ReLU(), new Dropout(0.2),
        new Linear(512, 256), new ReLU(), new Dropout(0.2), new Linear(256, classes));
}
