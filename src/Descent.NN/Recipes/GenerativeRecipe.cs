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
            Report = (report, folder) =>
            {
                var pictures = images.HeldOut.Batched().Gather([.. Enumerable.Range(0, Math.Min(Shown, images.HeldOut.Count))]).Input;
                foreach (var (name, made) in show(pictures))
                {
                    var grid = PictureGrid.Of(made, Columns, Range);
                    report.AddPictures(name, [(grid, $"{made.Shape[0]} images")]);
                    File.WriteAllBytes(Path.Combine(folder.Path, $"{name.ToLowerInvariant()}.png"), grid.Encode());
                }
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

/// <summary><see cref="Autoencoder"/>.</summary>
sealed class AutoencoderRecipe : GenerativeRecipe
{
    public override string Name => "autoencoder";

    public override string Description => "images through a short code and back";

    protected override IReadOnlyList<RecipeSetting> Sizes => [new("latent", "16", "numbers of a code"), new("width", "16", "channels of the first convolution")];

    protected override RunConfig Usual(string? data) => new()
    {
        Model = Name,
        Data = data,
        BatchSize = 64,
        LearningRate = 2e-3,
        WeightDecay = 0,
        Training = new() { Epochs = 6 },
    };

    protected override (TrainingTask<Example> Task, Func<Tensor, IEnumerable<(string Name, Tensor Pictures)>> Show) Create(RunConfig config, int size)
    {
        var model = new Autoencoder(size, Latent(config), Width(config));
        return (new Task(model, OptimizerChoice.Create(config, model.Parameters())), x => [("Originals", x), ("Reconstructions", model.Forward(x))]);
    }

    sealed class Task(Autoencoder model, Optimizer optimizer) : TrainingTask<Example>(model, optimizer)
    {
        public override Tensor Loss(Example batch) => F.MseLoss(model.Forward(batch.Input), batch.Input);
    }
}

/// <summary><see cref="VariationalAutoencoder"/>.</summary>
sealed class VaeRecipe : GenerativeRecipe
{
    public override string Name => "vae";

    public override string Description => "images from codes of normal distributions";

    protected override IReadOnlyList<RecipeSetting> Sizes => [new("latent", "20", "numbers of a code"), new("hidden", "400", "units beside the code")];

    protected override RunConfig Usual(string? data) => new()
    {
        Model = Name,
        Data = data,
        BatchSize = 128,
        LearningRate = 2e-3,
        WeightDecay = 0,
        Training = new() { Epochs = 30 },
    };

    protected override (TrainingTask<Example> Task, Func<Tensor, IEnumerable<(string Name, Tensor Pictures)>> Show) Create(RunConfig config, int size)
    {
        var model = new VariationalAutoencoder(size, Latent(config), config.Integer("hidden", 1, 65536));
        return (new Task(model, OptimizerChoice.Create(config, model.Parameters())),
            x => [("Samples", model.Decode(Codes(model.Latent)).Sigmoid()), ("Originals", x), ("Reconstructions", model.Forward(x))]);
    }

    sealed class Task(VariationalAutoencoder model, Optimizer optimizer) : TrainingTask<Example>(model, optimizer)
    {
        readonly VaeLoss _loss = new();

        public override Tensor Loss(Example batch)
        {
            var (mean, logVar) = model.Encode(batch.Input);
            using (Autograd.NoGrad()) Log("divergence", VaeLoss.Divergence(mean, logVar).Mean().Item(), Items(batch));
            return _loss.Forward(model.Decode(model.Sample(mean, logVar)), batch.Input, mean, logVar);
        }
    }
}
