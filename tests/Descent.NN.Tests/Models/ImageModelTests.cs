using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class ImageModelTests
{
    static long Count(Module model) => model.Parameters().Sum(p => (long)p.Elements);

    [Theory, InlineData(20, 269_722), InlineData(56, 853_018)]
    public void CIFAR_networks_have_as_many_parameters_as_the_paper_s(int depth, int parameters) =>
        Assert.Equal(parameters, Count(ResNet.Cifar(depth)));

    [Fact]
    public void ResNet_18_has_torchvision_s_keys()
    {
        var model = ResNet.Small18();
        var keys = model.StateDict().Keys;
        Assert.Equal(11_173_962, Count(model));
        Assert.Equal(122, keys.Count);
        Assert.Equal(["conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var", "bn1.num_batches_tracked", "layer1.0.conv1.weight"], keys.Take(7));
        Assert.Contains("layer2.0.downsample.0.weight", keys);
        Assert.Contains("layer4.1.bn2.running_var", keys);
        Assert.Equal(["fc.weight", "fc.bias"], keys.TakeLast(2));
    }

    [Fact]
    public void LeNet_5_takes_MNIST_and_the_paper_s_size_to_the_same_layers()
    {
        Assert.Equal(61_706, Count(new LeNet5()));
        Assert.Equal(61_706, Count(new LeNet5(32)));
        Assert.Equal([1, 10], new LeNet5(32).Forward(Tensor.Zeros(1, 1, 32, 32)).Shape);
    }

    [Theory, InlineData(28), InlineData(32), InlineData(24)]
    public void A_DCGAN_judges_what_it_makes(int size)
    {
        var model = new Dcgan(size, latent: 8, width: 4, channels: 3);
        var made = model.Forward(Tensor.Randn(2, 8));
        Assert.Equal([2, 3, size, size], made.Shape);
        Assert.Equal([2], model.Discriminator.Forward(made).Shape);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Dcgan(27));
        Assert.Throws<ArgumentException>(() => new Dcgan(2));
        Assert.Throws<ArgumentException>(() => new Autoencoder(30));
        Assert.Throws<ArgumentException>(() => ResNet.Cifar(18));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LeNet5(8));
    }

    [Fact]
    public void A_variational_code_is_drawn_in_training_and_the_mean_in_evaluation()
    {
        var model = new VariationalAutoencoder(4, 2, 3);
        Tensor mean = Tensor.Zeros(4096, 2), logVar = Tensor.Full([4096, 2], Math.Log(9));
        var drawn = model.Sample(mean, logVar);
        Assert.Equal(3, drawn.Std().Item(), 0.1);
        model.Eval();
        Assert.Equal(0, model.Sample(mean, logVar).Abs().Max().Item());
    }
}
