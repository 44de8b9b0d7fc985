using Descent.Tensors;

namespace Descent.NN;

/// <summary>A language model of characters, on a text file or on sums in words.</summary>
abstract class TextRecipe : Recipe
{
    /// <summary>Share of the text, at its end, that is held out.</summary>
    const double HeldOut = 0.1;

    const int SentencesWithoutData = 4000;

    static readonly RecipeSetting[] s_settings =
    [
        new("context", "64", "characters of an example"),
        new("warmup", "100", "steps in which the learning rate rises"),
        new("beta2", "0.99", "how much of the squared gradients' mean AdamW keeps"),
    ];

    public override IReadOnlyList<RecipeSetting> Settings => [.. s_settings, .. Sizes];

    /// <summary>The settings of the network itself.</summary>
    protected abstract IReadOnlyList<RecipeSetting> Sizes { get; }

    /// <summary>The network for so many characters.</summary>
    protected abstract Module Create(RunConfig config, int vocabulary);

    public override void Check(RunConfig config)
    {
        Context(config);
        config.Integer("warmup", 0, 1_000_000);
        config.Number("beta2", 0, 0.99999);
        if (config.Data is { } path && !File.Exists(path) && !Directory.Exists(path))
            throw new FileNotFoundException($"{path} does not exist. Expected a text file, or a folder of *.txt files.");
    }

    protected static int Context(RunConfig config) => config.Integer("context", 1, 65536);

    public override RecipePlan Prepare(RunConfig config)
    {
        string text = config.Data is { } path ? TextCorpus.Read(path) : TextCorpus.Sums(SentencesWithoutData, config.Seed);
        var vocabulary = CharVocabulary.Of(text);
        var tokens = vocabulary.Encode(text);
        int train = (int)(tokens.Length * (1 - HeldOut)), context = Context(config);
        if (tokens.Length - train <= context)
            throw new ArgumentException($"the text has {tokens.Length} characters, too few for examples of {context} in its last tenth. Give a longer text or a smaller context.");
        var model = Create(config, vocabulary.Count);
        var optimizer = Optimizer(config, model);
        var trainer = new Trainer<Example>(new LanguageModelTask(model, optimizer), config.Training,
            new DataLoader(new TokenDataset(tokens[..train], context), config.BatchSize, shuffle: true, dropLast: true, seed: config.Seed),
            new DataLoader(new TokenDataset(tokens[train..], context, stride: context), 64));
        if (trainer.TotalSteps is { } total)
        {
            int steps = (int)Math.Min(total, int.MaxValue), warmUp = Math.Min(config.Integer("warmup", 0, 1_000_000), steps / 10);
            trainer.Schedules.Add(new(new WarmUpCosineLR(optimizer, warmUp, steps, config.LearningRate / 10)));
        }
        return new()
        {
            Trainer = trainer,
            Description = $"{(config.Data is null ? "sums in words" : Path.GetFileName(config.Data))}: {train:N0} characters to train, {tokens.Length - train:N0} held out, {vocabulary.Count} different",
            Found = new() { ["characters"] = vocabulary.Characters },
            Example = Example(config, vocabulary.Count),
            Report = (report, _) => report.AddText("Text from the model", vocabulary.Decode(new Sampler { Temperature = 0.8 }
                .Generate((ILanguageModel)model, vocabulary.Encode(text[..1])).Take(500))),
            Next = folder => $"descent sample {folder} --tokens 300",
        };
    }

    /// <summary>Decay pulls matrices alone; biases, normalisations and what else is no matrix go free.</summary>
    static Optimizer Optimizer(RunConfig config, Module model)
    {
        if (config.Optimizer != "adamw") return OptimizerChoice.Create(config, model.Parameters());
        return new AdamW([Group(p => p.Rank > 1, config.WeightDecay), Group(p => p.Rank <= 1, 0)]);

        AdamGroup Group(Func<Tensor, bool> belongs, double decay) => new(model.Parameters().Where(belongs))
        {
            LearningRate = config.LearningRate, Betas = (0.9, config.Number("beta2", 0, 0.99999)), WeightDecay = decay,
        };
    }

    internal override (Module Model, Tensor Example) Restore(RunConfig config)
    {
        var (model, vocabulary) = Create(config);
        return (model, Example(config, vocabulary.Count));
    }

    static Tensor Example(RunConfig config, int characters) => Tensor.RandInt(0, characters, [2, Context(config)], generator: new Generator(1));

    /// <summary>The network of a run and its characters, before its weights are loaded.</summary>
    internal (Module Model, CharVocabulary Vocabulary) Create(RunConfig config)
    {
        if (!config.Found.TryGetValue("characters", out string? characters) || characters.Length == 0)
            throw new InvalidDataException("The run's config.json is damaged: it lacks the characters of the text.");
        CharVocabulary vocabulary;
        try
        {
            vocabulary = new(characters);
        }
        catch (ArgumentException error)
        {
            throw new InvalidDataException($"The run's config.json is damaged: {error.Message}", error);
        }
        return (Create(config, vocabulary.Count), vocabulary);
    }

    protected static RunConfig Usual(string name, string? data, double decay) => new()
    {
        Model = name,
        Data = data,
        BatchSize = 12,
        LearningRate = 1e-3,
        WeightDecay = decay,
        Training = new() { Steps = data is null ? 600 : 2000, ClipNorm = 1, ValidateSteps = data is null ? 200 : 500, CheckpointBatches = 500 },
    };
}
