using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Descent.NN;

/// <summary>All settings of a run; the same ones on the same data give the same weights.</summary>
/// <remarks>What would not become its default where a file lacks it is required there.</remarks>
public sealed record RunConfig
{
    /// <summary>Version of this form; a reader refuses others.</summary>
    public int Version { get; init; } = 2;

    /// <summary>The recipe, by one of <see cref="Recipes.Names"/>.</summary>
    public required string Model { get; init; }

    /// <summary>The data's folder or file; null for what the recipe has without any.</summary>
    public string? Data { get; init; }

    /// <summary>Seed of everything random.</summary>
    [JsonRequired]
    public ulong Seed { get; init; } = 1;

    /// <summary>Examples of a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The greatest learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The optimizer, by one of <see cref="OptimizerChoice.Names"/>.</summary>
    [JsonRequired]
    public string Optimizer { get; init; } = "adamw";

    /// <summary>Strength of the pull of the weights towards 0.</summary>
    [JsonRequired]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Whether training examples are changed at random, where the recipe knows how.</summary>
    public bool Augment { get; init; }

    /// <summary>The figure that best checkpoints and early stopping go by.</summary>
    [JsonRequired]
    public string Monitor { get; init; } = "validation_loss";

    /// <summary>Which values of it are better.</summary>
    public MetricGoal MonitorGoal { get; init; }

    /// <summary>How many of the best rows' weights are kept, beside the last checkpoint.</summary>
    public int KeepBest { get; init; }

    /// <summary>Rows without improvement after which training ends; null never.</summary>
    public int? EarlyStop { get; init; }

    /// <summary>How the trainer runs.</summary>
    public required TrainerOptions Training { get; init; }

    /// <summary>The recipe's own settings.</summary>
    [JsonRequired]
    public OrderedDictionary<string, string> Settings { get; init; } = [];

    /// <summary>What the recipe found in the data.</summary>
    [JsonRequired]
    public OrderedDictionary<string, string> Found { get; init; } = [];

    /// <summary>A setting of the recipe that is a whole number.</summary>
    /// <exception cref="ArgumentException">It is none, or out of range.</exception>
    public int Integer(string name, int least, int most) =>
        int.TryParse(Setting(name), NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value : throw new ArgumentException($"{name} is {Setting(name)}; it must be a whole number from {least:N0} to {most:N0}.");

    /// <summary>A setting of the recipe that is a number.</summary>
    /// <exception cref="ArgumentException">It is none, or out of range.</exception>
    public double Number(string name, double least, double most) =>
        double.TryParse(Setting(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
            ? value : throw new ArgumentException($"{name} is {Setting(name)}; it must be a number from {least} to {most}.");

    /// <summary>A setting of the recipe that is one of some words.</summary>
    /// <exception cref="ArgumentException">It is none of them.</exception>
    public string Choice(string name, params ReadOnlySpan<string> choices) => choices.Contains(Setting(name)) ? Setting(name)
        : throw new ArgumentException($"{name} is {Setting(name)}; it must be one of: {string.Join(", ", choices.ToArray())}.");

    string Setting(string name) => Settings.TryGetValue(name, out string? value) ? value
        : throw new ArgumentException($"the setting {name} is missing.");

    internal void Check()
    {
        if (Version != 2) throw new ArgumentException($"its version is {Version}; this program reads version 2.");
        if (BatchSize < 1) throw new ArgumentException($"--batch is {BatchSize}; it must be at least 1.");
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new ArgumentException($"--lr is {LearningRate}; it must be above 0.");
        if (!(WeightDecay >= 0) || !double.IsFinite(WeightDecay)) throw new ArgumentException($"--weight-decay is {WeightDecay}; it must be at least 0.");
        if (KeepBest < 0) throw new ArgumentException($"--keep-best is {KeepBest}; it must be at least 0.");
        if (EarlyStop < 1) throw new ArgumentException($"--early-stop is {EarlyStop}; it must be at least 1.");
        OptimizerChoice.Check(Optimizer);
        Training.Check();
    }

    /// <summary>Names and values of all settings, for people.</summary>
    internal IEnumerable<(string Name, string Value)> Table()
    {
        using var json = JsonDocument.Parse(ToJson());
        return Rows("", json.RootElement).ToArray();

        static IEnumerable<(string, string)> Rows(string prefix, JsonElement element) => element.EnumerateObject().SelectMany(p =>
            p.Value.ValueKind == JsonValueKind.Object ? Rows($"{p.Name}.", p.Value) : [(prefix + p.Name, p.Value.ToString())]);
    }

    internal string ToJson() => JsonSerializer.Serialize(this, RunJson.Default.RunConfig);

    /// <summary>Reads a run folder's settings.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    internal static RunConfig Read(RunFolder folder)
    {
        try
        {
            var config = JsonSerializer.Deserialize(File.ReadAllText(folder.ConfigFile), RunJson.Default.RunConfig)
                ?? throw new InvalidDataException($"{folder.ConfigFile} is empty.");
            // A run from before a setting was there was made with its default.
            var recipe = Recipes.Get(config.Model);
            foreach (var setting in recipe.Settings) config.Settings.TryAdd(setting.Name, setting.Default);
            // The data need not be there: only who trains asks for it.
            recipe.CheckAll(config with { Data = null });
            return config;
        }
        catch (JsonException error) when (error.Path is { Length: > 2 } path)
        {
            throw new InvalidDataException($"{folder.ConfigFile} is damaged: the value of {path[2..]} in line {error.LineNumber + 1} is not one that it can have.", error);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{folder.ConfigFile} is damaged: {error.Message}", error);
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunConfig))]
sealed partial class RunJson : JsonSerializerContext;
