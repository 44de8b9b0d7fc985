using Descent.Tensors;

namespace Descent.NN;

/// <summary>A network that makes square one-channel images, learned from digits drawn on the spot or from a folder of images.</summary>
abstract class GenerativeRecipe : Recipe
{
    const int Shown = 64, Columns = 8;

    public override IReadOnlyList<RecipeSetting> Settings =>
        [.. ImageRecipe.DataSettings, .. Sizes];

    /// <summary>The settings of the network itself.</summary>
    protected abstract IReadOnlyList<RecipeSetting> Sizes { get; }

    /// <summary>What black and white are to the network.</summary>
    protected virtual (float Black, float White) Range => (0, 1);

    /// <summary>The task, and what its report shows: pictures from held-out images <c>(64, 1, size, size)</c>.</summary>
    protected abstract (TrainingTask<Example> Task, Func<Tensor, IEnumerable<(string Name, Tensor Pictures)>> Show) Create(RunConfig config, int size);

    /// <summary>The usual configuration: no weight decay, epochs rather than steps.</summary>
    protected RunConfig Usual(string? data, int batchSize, double learningRate, int epochs) => new()
    {
        Model = Name,
        Data = data,
        BatchSize = batchSize,
        LearningRate = learningRate,
        WeightDecay = 0,
        Training = new() { Epochs = epochs },
    };

    /// <summary>The schedules of the rates.</summary>
    protected virtual void Schedule(Trainer trainer) => trainer.WarmUpAndCosine();

    public override void Check(RunConfig config)
    {
        if (config.BatchSize < 2) throw new ArgumentException($"--batch is {config.BatchSize}; it must be at least 2.");
        ImageRecipe.CheckData(config);
    }

    public override RecipePlan Prepare(RunConfig config)
    {
        var images = ImageSet.LoadGray(config.Data, ImageRecipe.Images(config), ImageRecipe.Side(config), config.Seed, Range);
        var (task, show) = Create(config, images.Size);
        var train = new DataLoader(images.Train, config.BatchSize, shuffle: true, dropLast: true, seed: config.Seed);
        var trainer = new Trainer<Example>(task, config.Training, train, new DataLoader(images.HeldOut, 256));
        Schedule(trainer);
        return new()
        {
            Trainer = trainer,
            Description = $"{images.Description}: {images.Train.Count:N0} images to train, {images.HeldOut.Count:N0} held out",
            Found = new() { ["size"] = $"{images.Size}" },
            Example = Example(config, images.Size),
            Report = (report, folder) =>
            {
                var originals = images.HeldOut.Batched().Gather([.. Enumerable.Range(0, Math.Min(Shown, images.HeldOut.Count))]).Input;
                var grids = show(originals).Select(s => (Picture: PictureGrid.Of(s.Pictures, Columns, Range), Caption: s.Name)).ToArray();
                report.AddPictures("Pictures", grids);
                foreach (var (grid, name) in grids) grid.Save(Path.Combine(folder.Path, $"{name.ToLowerInvariant()}.png"));
            },
        };
    }

    internal override (Module Model, Tensor Example) Restore(RunConfig config)
    {
        if (!int.TryParse(config.Found.GetValueOrDefault("size"), out int size) || size is < 4 or > 1024)
            throw new InvalidDataException("The run's config.json is damaged: it lacks the size of the images.");
        return (Create(config, size).Task.Model, Example(config, size));
    }

    /// <summary>An input of the network: images, unless it makes them from something else.</summary>
    protected virtual Tensor Example(RunConfig config, int size) => Tensor.Rand([2, 1, size, size], generator: new Generator(1));

    /// <summary>The numbers that a report's samples are made from, the same in every report.</summary>
    protected static Tensor Codes(int latent) => Tensor.Randn([Shown, latent], DType.Float32, new Generator(1));

    protected static int Latent(RunConfig config) => config.Integer("latent", 1, 4096);

    protected static int Width(RunConfig config) => config.Integer("width", 1, 4096);
}
