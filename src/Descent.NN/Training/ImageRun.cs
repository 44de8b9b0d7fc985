using System.Text.Json;
using Descent.Metrics;
using Descent.Tensors;

namespace Descent.NN;

/// <summary>The settings of a run that trains an image classifier.</summary>
public sealed record ImageRunConfig
{
    /// <summary>Version of this form; a reader refuses newer ones.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The network, by one of <see cref="ImageModels.Names"/>.</summary>
    public required string Model { get; init; }

    /// <summary>Folder of IDX files, or null for digits drawn on the spot.</summary>
    public string? Data { get; init; }

    /// <summary>Passes over the training images, at least 1.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images per step, at least 2 (batch statistics need them).</summary>
    public required int BatchSize { get; init; }

    /// <summary>The greatest learning rate, above 0.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Seed of drawing, initialisation, order and dropout.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Height and width of the images; found with the data.</summary>
    public int ImageSize { get; init; } = 28;

    /// <summary>The number of classes; found with the data.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>How many digits are drawn where there is no folder; a sixth is held out.</summary>
    public int DrawnImages { get; init; } = 12_000;

    internal void Check()
    {
        if (!ImageModels.Names.Contains(Model)) throw new ArgumentException($"--model {Model} is not known; the models are: {string.Join(", ", ImageModels.Names)}.");
        if (Epochs < 1) throw new ArgumentException($"--epochs is {Epochs}; it must be at least 1.");
        if (BatchSize < 2) throw new ArgumentException($"--batch is {BatchSize}; it must be at least 2.");
        if (DrawnImages is < 60 or > 1_000_000) throw new ArgumentException($"--images is {DrawnImages}; it must be from 60 to 1,000,000.");
        if (ImageSize is < 4 or > 1024 || Classes is < 2 or > 256) throw new ArgumentException($"{Classes} classes of {ImageSize} pixels; expected 2 to 256 of 4 to 1024.");
        if (Version != 1) throw new ArgumentException($"its version is {Version}; this program reads version 1.");
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new ArgumentException($"--lr is {LearningRate}; it must be above 0.");
    }
}

/// <summary>How a finished run did on the images held out.</summary>
/// <param name="Confusion">What was taken for what.</param>
/// <param name="History">The epochs.</param>
public sealed record ImageRunResult(ConfusionMatrix Confusion, IReadOnlyList<EpochRecord> History);

/// <summary>A run folder at work: an image classifier, its data, and its training, resumable at any moment.</summary>
public sealed class ImageRun
{
    readonly RunFolder _folder;
    readonly Module _model;
    readonly Trainer _trainer;
    readonly ImageSet _images;

    ImageRun(RunFolder folder, ImageRunConfig config, bool resume)
    {
        _images = ImageSet.Load(config);
        (_folder, Config) = (folder, config with { ImageSize = _images.Size, Classes = _images.Classes });
        if (resume && Config != config)
            throw new InvalidDataException($"The run was made on {config.Classes} classes of {config.ImageSize} × {config.ImageSize} pixels, but {config.Data} now holds " +
                $"{_images.Classes} of {_images.Size} × {_images.Size}. Go on with the data it was made on.");
        // Everything random follows from the seed: first the weights, then dropout; the order of batches has a stream of its own.
        Generator.ManualSeed(config.Seed);
        _model = ImageModels.Create(config.Model, _images.Size, _images.Classes);
        var optimizer = new AdamW(_model.Parameters(), learningRate: config.LearningRate, weightDecay: 0.01);
        var state = resume ? Checkpoints.Load(folder.CheckpointFile, _model, optimizer) : new();
        if (resume) Generator.Default.SetState(state.Random);
        _trainer = new()
        {
            Model = _model,
            Optimizer = optimizer,
            Loss = static (logits, labels) => F.CrossEntropy(logits, labels),
            Train = new DataLoader(_images.Train, config.BatchSize, shuffle: true, dropLast: true, seed: config.Seed),
            HeldOut = new DataLoader(_images.HeldOut, 256),
            Epochs = config.Epochs,
            LearningRate = done => config.LearningRate * WarmUpAndCosine(done),
            Checkpoint = s =>
            {
                Checkpoints.Save(folder.CheckpointFile, _model, optimizer, s);
                if (s.Batch == 0) folder.WriteMetrics(s.History);
            },
            State = state,
        };
        if (_trainer.Train.Batches == 0)
            throw new ArgumentException($"--batch {config.BatchSize} is more than the {_images.Train.Count} training images.");
    }

    /// <summary>The settings.</summary>
    public ImageRunConfig Config { get; }

    /// <summary>The run folder.</summary>
    public string Folder => _folder.Path;

    /// <summary>What the images are.</summary>
    public string DataDescription => _images.Description;

    /// <summary>Images to train on.</summary>
    public int TrainImages => _images.Train.Count;

    /// <summary>Images held out.</summary>
    public int HeldOutImages => _images.HeldOut.Count;

    /// <summary>The epochs done.</summary>
    public IReadOnlyList<EpochRecord> History => _trainer.State.History;

    /// <summary>Starts a run in a new folder.</summary>
    /// <param name="path">The folder; null is the next free one under <c>runs/</c>.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="IOException">The data or the folder cannot be had.</exception>
    public static ImageRun Create(string? path, ImageRunConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check();
        ImageSet.Check(config);
        var folder = RunFolder.Create(path, config.Model);
        var run = new ImageRun(folder, config, resume: false);
        RunFolder.Write(folder.ConfigFile, JsonSerializer.Serialize(run.Config, TrainingJson.Default.ImageRunConfig));
        return run;
    }

    /// <summary>Goes on with an earlier run, from its last checkpoint or, before the first, from the start.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="epochs">More epochs than the run was made with; the learning rate then falls over them all.</param>
    /// <exception cref="IOException">There is no run in the folder.</exception>
    /// <exception cref="InvalidDataException">Its files are damaged.</exception>
    public static ImageRun Resume(string path, int? epochs = null)
    {
        var folder = RunFolder.Open(path);
        var config = ReadConfig(folder);
        if (epochs is { } more)
        {
            if (more < config.Epochs) throw new ArgumentException($"--epochs is {more}, but the run was made for {config.Epochs}; only more can be asked for.");
            config = config with { Epochs = more };
            RunFolder.Write(folder.ConfigFile, JsonSerializer.Serialize(config, TrainingJson.Default.ImageRunConfig));
        }
        return new(folder, config, resume: File.Exists(folder.CheckpointFile));
    }

    internal static ImageRunConfig ReadConfig(RunFolder folder)
    {
        try
        {
            var config = JsonSerializer.Deserialize(File.ReadAllText(folder.ConfigFile), TrainingJson.Default.ImageRunConfig)
                ?? throw new InvalidDataException($"{folder.ConfigFile} is empty.");
            config.Check();
            return config;
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{folder.ConfigFile} is damaged: {error.Message}", error);
        }
    }

    /// <summary>Trains until all epochs are done or cancellation is asked for; either way the checkpoint is up to date.</summary>
    /// <returns>Whether all epochs are done.</returns>
    public bool Train(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        bool done = _trainer.Run(progress, cancellation);
        // Also where a run that was done already is asked to go on.
        _folder.WriteMetrics(History);
        return done;
    }

    /// <summary>Looks at the images held out and writes the report.</summary>
    public ImageRunResult Finish()
    {
        var (_, confusion) = Trainer.Evaluate(_model, _trainer.Loss, _trainer.HeldOut);
        var report = new RunReport
        {
            Title = $"{Config.Model} on {_images.Description}",
            Settings =
            [
                ("model", Config.Model), ("data", Config.Data ?? $"{Config.DrawnImages:N0} drawn digits"), ("epochs", $"{Config.Epochs}"), ("batch", $"{Config.BatchSize}"),
                ("learning rate", $"{Config.LearningRate} (warm-up, cosine)"), ("optimizer", "AdamW, weight decay 0.01"), ("seed", $"{Config.Seed}"),
                ("training images", $"{TrainImages:N0}"), ("held-out images", $"{HeldOutImages:N0}"),
            ],
            History = History,
            Confusion = confusion,
            Wrong = FindWrong(40),
            Model = _model.Summary([1, 1, _images.Size, _images.Size]),
        };
        RunFolder.Write(_folder.ReportFile, report.ToHtml());
        _images.Picture(0).Save(_folder.SampleFile);
        return new(confusion, History);
    }

    /// <summary>The mistakes that the model is surest of.</summary>
    List<WrongPrediction> FindWrong(int most)
    {
        var wrong = new List<WrongPrediction>();
        _model.Eval();
        using var _ = Autograd.NoGrad();
        int at = 0;
        foreach (var (x, y) in _trainer.HeldOut.Epoch(0))
        {
            var probabilities = _model.Forward(x).Softmax(1).Contiguous();
            var labels = y.AsSpan<long>();
            var p = probabilities.AsSpan<float>();
            int classes = probabilities.Shape[1];
            for (int i = 0; i < labels.Length; i++, at++)
            {
                var row = p.Slice(i * classes, classes);
                int best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(row);
                if (best != labels[i]) wrong.Add(new(_images.Picture(at), (int)labels[i], best, row[best]));
            }
            GC.KeepAlive(probabilities);
        }
        return [.. wrong.OrderByDescending(w => w.Probability).Take(most)];
    }

    /// <summary>Up to the peak over the first tenth, then down to nothing along half a cosine.</summary>
    internal static double WarmUpAndCosine(double done) =>
        done < 0.1 ? 0.1 + 9 * done : 0.5 * (1 + Math.Cos(Math.PI * (done - 0.1) / 0.9));
}
