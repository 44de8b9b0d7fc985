using System.CommandLine;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary><c>descent train</c>: trains an image classifier into a run folder.</summary>
static class TrainVerb
{
    internal static Command Create()
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "Folder of IDX files (MNIST's names, .gz or not). Without it, digits are drawn on the spot." };
        var model = new Option<string>("--model") { Description = "Which network: cnn or mlp.", DefaultValueFactory = _ => "cnn" };
        var epochs = new Option<int?>("--epochs") { Description = "Passes over the training images. [default: 6 on drawn digits, 12 on --data]" };
        var batch = new Option<int>("--batch") { Description = "Images per step.", DefaultValueFactory = _ => 64 };
        var rate = new Option<double>("--lr") { Description = "Peak learning rate; it warms up and falls along a cosine.", DefaultValueFactory = _ => 2e-3 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of everything random; the same seed gives the same weights.", DefaultValueFactory = _ => 1 };
        var threads = new Option<int?>("--threads") { Description = "Threads to use; results do not depend on it. [default: all processors]" };
        var images = new Option<int>("--images") { Description = "How many digits to draw where there is no --data; a sixth is held out.", DefaultValueFactory = _ => 12_000 };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Folder for the run. [default: runs/<model>-<n>]" };
        var resume = new Option<DirectoryInfo?>("--resume") { Description = "Run folder to go on with; its own settings are used, --epochs may be raised." };

        var command = new Command("train", """
            Train an image classifier and write a run folder: config, checkpoint, metrics.csv, report.html.

            Examples:
              descent train
              descent train --data ../mnist --model cnn --epochs 10 --out runs/mnist
              descent train --resume runs/mnist

            Ctrl-C saves and stops; --resume goes on bit for bit.
            """)
        { data, model, epochs, batch, rate, seed, threads, images, folder, resume };
        command.SetVerb((arguments, cancellation) =>
        {
            if (arguments.GetValue(threads) is { } count) Numerics.Threads = count;
            var run = arguments.GetValue(resume) is { } old
                ? ImageRun.Resume(old.FullName, arguments.GetValue(epochs))
                : ImageRun.Create(arguments.GetValue(folder)?.FullName, new ImageRunConfig
                {
                    Model = arguments.GetValue(model)!,
                    Data = arguments.GetValue(data)?.FullName,
                    Epochs = arguments.GetValue(epochs) ?? (arguments.GetValue(data) is null ? 6 : 12),
                    BatchSize = arguments.GetValue(batch),
                    LearningRate = arguments.GetValue(rate),
                    Seed = arguments.GetValue(seed),
                    DrawnImages = arguments.GetValue(images),
                });
            return TrainView.Show(run, cancellation);
        });
        return command;
    }
}
