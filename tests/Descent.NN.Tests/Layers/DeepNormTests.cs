using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class DeepNormTests
{
    [Fact]
    public void The_numbers_are_those_of_the_paper()
    {
        Assert.Equal(Math.Pow(36, 0.25), DeepNormScale.Encoder(18).Alpha, 1e-12);
        Assert.Equal(Math.Pow(144, -0.25), DeepNormScale.Decoder(18).Beta, 1e-12);
        var (encoder, decoder) = DeepNormScale.EncoderDecoder(18, 6);
        Assert.Equal(0.81 * Math.Pow(Math.Pow(18, 4) * 6, 1.0 / 16), encoder.Alpha, 1e-12);
        Assert.Equal(0.87 * Math.Pow(Math.Pow(18, 4) * 6, -1.0 / 16), encoder.Beta, 1e-12);
        Assert.Equal((Math.Pow(18, 0.25), Math.Pow(72, -0.25)), (decoder.Alpha, decoder.Beta));
        Assert.Throws<ArgumentOutOfRangeException>(() => DeepNormScale.Encoder(0));
    }

    [Fact]
    public void Starting_weights_have_xaviers_deviation_times_beta_and_those_of_queries_and_keys_without_it()
    {
        var scale = DeepNormScale.Encoder(32);
        Tensor scaled = Tensor.Empty([200, 200]), plain = Tensor.Empty([200, 200]);
        scale.Init_([scaled], [plain], new Generator(1));
        double deviation = Math.Sqrt(2.0 / 400);
        Assert.Equal(scale.Beta, scaled.Std().Item() / deviation, 0.02);
        Assert.Equal(1, plain.Std().Item() / deviation, 0.02);
    }
}
