using Descent.NN;
using Descent.Tensors;

namespace Descent.Samples;

/// <summary>Digits squeezed into sixteen numbers and made again from them; a picture shows both, row under row.</summary>
public static class AutoencoderDigits
{
    const int Shown = 10;

    /// <param name="folder">Where the picture goes.</param>
    /// <returns>What the mean squared error of held-out digits is of their variance: 0 is perfect, 1 knows but the mean.</returns>
    public static double Run(TextWriter output, string folder, int images = 5_000, int epochs = 4)
    {
        Generator.ManualSeed(1);
        var batches = new DataLoader(Digits.Dataset(images, seed: 1), batchSize: 32, shuffle: true, dropLast: true, seed: 1);
        var model = new Autoencoder(size: 28, latent: 16);
        var optimizer = new AdamW(model.Parameters(), learningRate: 2e-3);
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            double sum = 0;
            foreach (var (x, _) in batches)
            {
                optimizer.ZeroGrad();
                // The target is what went in; the classes are not looked at.
                var loss = F.MseLoss(model.Forward(x), x);
                loss.Backward();
                optimizer.Step();
                sum += loss.Item();
            }
            output.WriteLine($"epoch {epoch}: squared error {sum / batches.Batches:F4}");
        }

        model.Eval();
        using var graph = Autograd.NoGrad();
        var heldOut = Digits.Dataset(500, seed: 2).Batched().Gather([.. Enumerable.Range(0, 500)]).Input;
        var again = model.Forward(heldOut);
        double left = (F.MseLoss(again, heldOut) / F.MseLoss(heldOut.Mean(0, keepDim: true).ExpandAs(heldOut), heldOut)).Item();
        output.WriteLine($"held out: {left:P1} of the variance is lost, of {28 * 28} pixels in {model.Encode(heldOut).Shape[1]} numbers");

        string file = Path.Combine(Directory.CreateDirectory(folder).FullName, "autoencoder.png");
        PictureGrid.Of(Tensor.Cat([heldOut.Narrow(0, 0, Shown), again.Narrow(0, 0, Shown)]), columns: Shown).Save(file);
        output.WriteLine($"digits, and under them what came back: {file}");
        return left;
    }
}
