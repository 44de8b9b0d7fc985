using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>A variational autoencoder learns a distribution of digits by its evidence lower bound, and new ones are drawn from it.</summary>
public static class VaeDigits
{
    /// <param name="folder">Where the picture goes.</param>
    /// <returns>The evidence lower bound of held-out digits, in nats a picture.</returns>
    public static double Run(TextWriter output, string folder, int images = 6_000, int epochs = 15)
    {
        Generator.ManualSeed(1);
        var batches = new DataLoader(Digits.Dataset(images, seed: 1), batchSize: 128, shuffle: true, dropLast: true, seed: 1);
        var heldOut = new DataLoader(Digits.Dataset(images / 10, seed: 2), batchSize: 200);
        var model = new VariationalAutoencoder(latent: 20, hidden: 400);
        var optimizer = new Adam(model.Parameters(), learningRate: 2e-3);
        var loss = new VaeLoss();

        double bound = double.NaN;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            model.Train();
            foreach (var (x, _) in batches)
            {
                optimizer.ZeroGrad();
                var (mean, logVar) = model.Encode(x);
                loss.Forward(model.Decode(model.Sample(mean, logVar)), x, mean, logVar).Backward();
                optimizer.Step();
            }
            (bound, double divergence) = Bound(model, loss, heldOut);
            if (epoch % 5 == 0 || epoch == epochs)
                output.WriteLine($"epoch {epoch}: bound {bound:F1} nats a held-out digit (reconstruction {bound + divergence:F1}, divergence {divergence:F1})");
        }

        using var graph = Autograd.NoGrad();
        var codes = Tensor.Randn([64, model.Latent], generator: new Generator(1));
        string file = Path.Combine(Directory.CreateDirectory(folder).FullName, "vae.png");
        PictureGrid.Of(model.Decode(codes).Sigmoid()).Save(file);
        output.WriteLine($"64 digits that it made up: {file}");
        return bound;
    }

    static (double Bound, double Divergence) Bound(VariationalAutoencoder model, VaeLoss loss, DataLoader heldOut)
    {
        model.Eval();
        using var graph = Autograd.NoGrad();
        double bound = 0, divergence = 0;
        foreach (var (x, _) in heldOut)
        {
            var (mean, logVar) = model.Encode(x);
            double share = (double)x.Shape[0] / heldOut.Examples;
            // In evaluation Sample gives the mean, so draw here: the bound is an expectation over codes.
            var code = mean + (logVar * 0.5).Exp() * Tensor.RandnLike(mean);
            bound -= share * loss.Forward(model.Decode(code), x, mean, logVar).Item();
            divergence += share * VaeLoss.Divergence(mean, logVar).Mean().Item();
        }
        return (bound, divergence);
    }
}
