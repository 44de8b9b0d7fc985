using Descent.Metrics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>A classifier of square images: digits drawn on the spot, or a folder of images.</summary>
/// <param name="name">What <c>--model</c> calls it.</param>
/// <param name="network">One line on the network.</param>
/// <param name="create">The network from the image size, the classes and the channels: <c>(N, channels, size, size)</c> to <c>(N, classes)</c>.</param>
sealed class ImageRecipe(string name, string network, Func<int, int, int, Module> create) : Recipe
{
    const int WrongShown = 48;

    public override string Name => name;

    public override string Description => $"image classifier: {network}";

    public override IReadOnlyList<RecipeSetting> Settings => DataSettings;

    /// <summary>The settings of everything that learns from images.</summary>
    internal static IReadOnlyList<RecipeSetting> DataSettings { get; } =
    [
        new("images", "12000", "digits to draw where there is no --data; a sixth is held out"),
        new("size", "32", "pixels a side that a folder's .png files are scaled to"),
    ];

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
        CheckData(config);
    }

    /// <summary>Fails early where the images cannot be had.</summary>
    internal static void CheckData(RunConfig config)
    {
        Images(config);
        Side(config);
        if (config.Data is { } folder) ImageSource.Check(folder);
    }

    internal static int Images(RunConfig config) => config.Integer("images", 60, 1_000_000);

    internal static int Side(RunConfig config) => config.Integer("size", 4, 1024);

    public override RecipePlan Prepare(RunConfig config)
    {
        var images = ImageSet.Load(config.Data, Images(config), Side(config), config.Seed);
        var model = create(images.Size, images.Classes, images.Channels);
        var optimizer = OptimizerChoice.Create(config, model.Parameters());
        var train = config.Augment
            ? new DataLoader(images.Train.Augmented(Augmentation(images), config.Seed), config.BatchSize, shuffle: true, dropLast: true, seed: config.Seed)
            : new DataLoader(images.Train, config.BatchSize, shuffle: true, dropLast: true, seed: config.Seed);
        var heldOut = new DataLoader(images.HeldOut, 256);
        var trainer = new Trainer<Example>(new ClassifierTask(model, optimizer), config.Training, train, heldOut);
        trainer.WarmUpAndCosine();
        return new()
        {
            Trainer = trainer,
            Description = $"{images.Description}: {images.Train.Count:N0} images to train, {images.HeldOut.Count:N0} held out",
            Found = Found(images),
            Example = Example(images.Size, images.Channels),
            Report = (report, folder) => Report(report, folder, model, images, heldOut),
            Next = folder => $"descent predict {folder} {Path.Combine(folder, "sample.png")}",
        };
    }

    /// <summary>What leaves an image what it is.</summary>
    static IAugmentation Augmentation(ImageSet images)
    {
        // A drawing may be turned, moved, scaled and sheared a little, a photograph moved and mirrored.
        var (mean, deviation) = ImageSet.Usual(images.Channels);
        return images.Channels == 1 ? new RandomAffine(degrees: 10, translate: (0.08, 0.08), scale: (0.9, 1.1), shear: (5, 5), fill: -mean / deviation)
            : new Compose(new RandomCrop(images.Size, images.Size, padding: 4, PaddingMode.Reflect), new RandomHorizontalFlip());
    }

    static OrderedDictionary<string, string> Found(ImageSet images)
    {
        var found = new OrderedDictionary<string, string> { ["size"] = $"{images.Size}", ["channels"] = $"{images.Channels}", ["classes"] = $"{images.Classes}" };
        // No class is named with a slash: the names are those of folders.
        if (images.Names is { } names) found.Add("names", string.Join('/', names));
        return found;
    }

    /// <summary>The network of a run, before its weights are loaded, with what it takes and what its classes are called.</summary>
    internal (Module Model, int Size, int Channels, IReadOnlyList<string> Names) Create(RunConfig config)
    {
        var found = config.Found;
        if (!Has("size", 4, 1024, out int size) || !Has("channels", 1, 3, out int channels) || channels == 2 || !Has("classes", 1, 65_536, out int classes))
            throw new InvalidDataException("The run's config.json is damaged: it lacks the size, the channels and the classes of the images.");
        string[] names = found.GetValueOrDefault("names") is { } text ? text.Split('/') : [.. Enumerable.Range(0, classes).Select(i => $"{i}")];
        return names.Length == classes ? (create(size, classes, channels), size, channels, names)
            : throw new InvalidDataException($"The run's config.json is damaged: it names {names.Length} of {classes} classes.");

        bool Has(string name, int least, int most, out int value) =>
            int.TryParse(found.GetValueOrDefault(name), out value) && value >= least && value <= most;
    }

    internal override (Module Model, Tensor Example) Restore(RunConfig config)
    {
        var (model, size, channels, _) = Create(config);
        return (model, Example(size, channels));
    }

    static Tensor Example(int size, int channels) => Tensor.Rand([2, channels, size, size], generator: new Generator(1));

    static void Report(HtmlReport report, RunFolder folder, Module model, ImageSet images, DataLoader heldOut)
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
        report.AddConfusion(confusion, images.Names);
        report.AddProbabilities(truth.ToArray(), all.ToArray(), images.Classes);
        report.AddWrong([.. wrong.OrderByDescending(w => w.Probability).Take(WrongShown)], wrong.Count, at, images.Names);
        images.Picture(0).Save(folder.SampleFile);
    }
}
