namespace Descent.NN.Tests;

sealed class ImageModelRows : ILayerRows
{
    public IEnumerable<LayerRow> Rows =>
    [
        new("LeNet5", () => new LeNet5(12, 3), [2, 1, 12, 12]) { Output = [2, 3] },
        new("ResNet, identity", () => new ResNet([1, 2], 4, classes: 3, channels: 1, ResNetShortcut.Identity), [2, 1, 6, 5]) { Output = [2, 3], Refuses = [[2, 2, 6, 5]] },
        new("ResNet, projection", () => new ResNet([1, 1], 4, classes: 3), [2, 3, 5, 6]) { Output = [2, 3] },
        new("Autoencoder", () => new Autoencoder(8, 3, 2), [2, 1, 8, 8]) { Output = [2, 1, 8, 8] },
        new("VariationalAutoencoder", () => new VariationalAutoencoder(6, 3, 5), [2, 1, 6, 6]) { Output = [2, 1, 6, 6] },
        new("Dcgan, the generator", () => new Dcgan(12, 4, 2), [3, 4]) { Output = [3, 1, 12, 12] },
        new("Dcgan, the discriminator", () => new Dcgan(16, 4, 2).Discriminator, [3, 1, 16, 16]) { Output = [3] },
    ];
}
