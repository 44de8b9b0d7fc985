using Descent.Metrics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>A classifier of square one-channel images: digits drawn on the spot, or a folder of IDX files.</summary>
/// <param name="name">What <c>--model</c> calls it.</param>
/// <param name="network">One line on the network.</param>
/// <param name="create">The network from the image size and the number of classes: <c>(N, 1, size, size)</c> to <c>(N, classes)</c>.</param>
sealed class ImageRecipe(string name, string network, Func<int, int, Module> create) : Recipe
{
    const int WrongShown = 48;

    public override string Name => name;

    public override string Description => $"image classifier: {network}";

    public override IReadOnlyList<RecipeSetting> Settings =>
        [new("images", "12000", "digits to draw where there is no --data; a sixth is held out")];

    protected override RunConfig Usual(string? data) => new()
    {
        Model = name,
        Data = data,
        BatchSize = 64,
        LearningRate = 2e-3,
        Training = new() { Epochs = data is null ? 6 : 12 },
    };

    public override void Check(RunConfig config)
    {
        if (config.BatchSize < 2) throw new ArgumentException($"--batch is {config.BatchSize}; it must be at least 2.");
        Images(config);
        if (config.Data is { } folder) IdxFolder.Find(folder);
    }

    static int Images(RunConfig config) => config.Integer("images", 60, 1_000_000);

    public override RecipePlan Prepare(RunConfig config)
    {
        var images = ImageSet.Load(config.Data, Images(config), config.Seed);
        var model = create(images.Size, images.Classes);
        var optimizer = OptimizerChoice.Create(config, model.Parameters());
        // Turned, moved, scaled and sheared as far as a digit stays the digit that it is.
        var augmentation = new RandomAffine(degrees: 10, translate: (0.08, 0.08), scale: (0.9, 1.1), shear: (5, 5), fill: ImageSet.Ground);
        var train = config.Augment
            ? new DataLoader(images.Train.Augmented(augmentation, config.Seed), config.BatchSize, shuffle: true, dropLast: true, seed: config.Seed)
            : new DataLoader(images.Train, config.BatchSize, shuffle: true, dropLast: true, seed: config.Seed);
        var heldOut = new DataLoader(images.HeldOut, 256);
        var trainer = new Trainer<Example>(new ClassifierTask(model, optimizer), config.Training, train, heldOut);
        trainer.WarmUpAndCosine();
        return new()
        {
            Trainer = trainer,
            Description = $"{images.Description}: {images.Train.Count:N0} images to train, {images.HeldOut.Count:N0} held out",
            Found = new() { ["size"] = $"{images.Size}", ["classes"] = $"{images.Classes}" },
            InputShape = [1, 1, images.Size, images.Size],
            Report = (report, folder) => Report(report, folder, model, images, heldOut),
            Next = folder => $"descent predict {folder} {Path.Combine(folder, "sample.png")}",
        };
    }

    /// <summary>The network of a run, before its weights are loaded.</summary>
    internal (Module Model, int Size) Create(RunConfig config)
    {
        if (config.Found is not { Count: 2 } found || !int.TryParse(found["size"], out int size) || !int.TryParse(found["classes"], out int classes) ||
            size is < 4 or > 1024 || classes is < 2 or > 256)
            throw new InvalidDataException("The run's config.json is damaged: it lacks the size and the classes of the images.");
        return (create(size, classes), size);
    }

    internal override (Module Model, Tensor Example) Restore(RunConfig config)
    {
        var (model, size) = Create(config);
        return (model, Tensor.Rand([2, 1, size, size], generator: new Generator(1)));
    }

    static void Report(RunReport report, RunFolder folder, Module model, ImageSet images, DataLoader heldOut)
    {
        var confusion = new ConfusionMatrix(images.Classes);
        var wrong = new List<WrongPrediction>();
        var (truth, all) = (new List<long>(), new List<double>());
        int at = 0;
        foreach (var (x, y) in heldOut.Epoch(0))
        {
            using var probabilities = model.Forward(x).Softmax(1).Contiguous();
            ReadOnlySpan<float> p = probabilities.AsSpan<float>();
            var labels = y.AsSpan<long>();
            truth.AddRange(labels);
            foreach (float value in p) all.Add(value);
            for (int i = 0; i < labels.Length; i++, at++)
            {
                var row = p.Slice(i * images.Classes, images.Classes);
                int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);
                confusion.Update([labels[i]], [best]);
                if (best != labels[i]) wrong.Add(new(images.Picture(at), (int)labels[i], best, row[best]));
            }
        }
        report.AddConfusion(confusion);
        report.AddProbabilities(truth.ToArray(), all.ToArray(), images.Classes);
        report.AddWrong([.. wrong.OrderByDescending(w => w.Probability).Take(WrongShown)], wrong.Count, at);
        images.Picture(0).Save(folder.SampleFile);
    }
}
