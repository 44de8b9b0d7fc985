using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>A DCGAN, whose two players learn by turns with an optimizer each, draws digits.</summary>
public static class DcganDigits
{
    /// <param name="folder">Where the picture goes.</param>
    /// <returns>How far the mean brightness of made digits is from that of real ones, where black and white are 1 apart.</returns>
    public static double Run(TextWriter output, string folder, int images = 4_000, int epochs = 10, int width = 32)
    {
        Generator.ManualSeed(1);
        // Pixels from −1 to 1, as the generator's hyperbolic tangent gives them.
        var digits = Digits.Dataset(images, seed: 1, mean: 0.5f, std: 0.5f);
        var batches = new DataLoader(digits, batchSize: 64, shuffle: true, dropLast: true, seed: 1);
        var model = new Dcgan(size: 28, latent: 64, width);
        var (generator, discriminator) = (model.Generator, model.Discriminator);
        var makerSteps = new Adam(generator.Parameters(), learningRate: 4e-4, betas: (0.5, 0.999));
        var judgeSteps = new Adam(discriminator.Parameters(), learningRate: 4e-4, betas: (0.5, 0.999));
        var game = new LogisticGanLoss();

        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double makerLoss = 0, judgeLoss = 0;
            foreach (var (real, _) in batches)
            {
                var made = generator.Forward(Tensor.Randn(real.Shape[0], generator.Latent));

                // Detached: what the discriminator learns is not to reach the generator.
                judgeSteps.ZeroGrad();
                var loss = game.Discriminator(discriminator.Forward(real), discriminator.Forward(made.Detach()));
                loss.Backward();
                judgeSteps.Step();
                judgeLoss += loss.Item();

                // This leaves gradients in the discriminator too; the next ZeroGrad drops them.
                makerSteps.ZeroGrad();
                loss = game.Generator(discriminator.Forward(made));
                loss.Backward();
                makerSteps.Step();
                makerLoss += loss.Item();
            }
            output.WriteLine($"epoch {epoch}: generator {makerLoss / batches.Batches:F3}, discriminator {judgeLoss / batches.Batches:F3}");
        }

        model.Eval();
        using var graph = Autograd.NoGrad();
        var samples = generator.Forward(Tensor.Randn([64, generator.Latent], generator: new Generator(1)));
        string file = Path.Combine(Directory.CreateDirectory(folder).FullName, "dcgan.png");
        PictureGrid.Of(samples, range: (-1, 1)).Save(file);
        output.WriteLine($"64 digits that it made up: {file}");
        var originals = digits.Batched().Gather([.. Enumerable.Range(0, 64)]).Input;
        return Math.Abs((samples.Mean() - originals.Mean()).Item()) / 2;
    }
}
