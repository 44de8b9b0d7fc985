using Descent.Tensors;

namespace Descent.NN;

/// <summary>One of the networks that <c>descent train --model</c> knows: its settings, its data, its task and its report.</summary>
public abstract class Recipe
{
    /// <summary>What <c>--model</c> calls it.</summary>
    public abstract string Name { get; }

    /// <summary>One line for people: what it is and what it learns.</summary>
    public abstract string Description { get; }

    /// <summary>What <c>--set name=value</c> may set beyond what every run has.</summary>
    public virtual IReadOnlyList<RecipeSetting> Settings => [];

    /// <summary>A run's configuration where nothing else is asked for, without <see cref="RunConfig.Settings"/>.</summary>
    /// <param name="data">The folder or file of <c>--data</c>, or null.</param>
    protected abstract RunConfig Usual(string? data);

    /// <summary>Reads the data and makes the network, its task and its trainer. Draws from the default generator, which is seeded before.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="IOException">The data cannot be had.</exception>
    public abstract RecipePlan Prepare(RunConfig config);

    /// <summary>The network of a run, before its weights are loaded and without its data, and an input that it takes.</summary>
    /// <exception cref="InvalidDataException">The configuration lacks what was found in the data.</exception>
    internal abstract (Module Model, Tensor Example) Restore(RunConfig config);

    /// <summary>Fails early where <see cref="Prepare"/> could not succeed.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    /// <exception cref="IOException">The data cannot be there.</exception>
    public virtual void Check(RunConfig config) { }

    /// <summary>A whole configuration where nothing else is asked for.</summary>
    /// <param name="data">The folder or file of <c>--data</c>, or null.</param>
    public RunConfig Defaults(string? data = null)
    {
        var config = Usual(data);
        foreach (var setting in Settings) config.Settings.Add(setting.Name, setting.Default);
        return config;
    }

    /// <summary>Checks what every run has, that the settings are known, and what <see cref="Check"/> adds.</summary>
    internal void CheckAll(RunConfig config)
    {
        config.Check();
        foreach (string name in config.Settings.Keys)
            if (!Settings.Any(s => s.Name == name))
                throw new ArgumentException(Settings.Count == 0 ? $"--set {name}: {Name} has no settings of its own."
                    : $"--set {name} is not known; {Name} has: {string.Join(", ", Settings.Select(s => s.Name))}.");
        Check(config);
    }
}

/// <summary>A setting of a recipe.</summary>
/// <param name="Name">What <c>--set</c> calls it.</param>
/// <param name="Default">Its value where none is given.</param>
/// <param name="Description">One line for people.</param>
public sealed record RecipeSetting(string Name, string Default, string Description);

/// <summary>What a recipe made of a configuration: ready to train.</summary>
public sealed record RecipePlan
{
    /// <summary>The trainer over the task and the data.</summary>
    public required Trainer Trainer { get; init; }

    /// <summary>What is trained on what, for people.</summary>
    public required string Description { get; init; }

    /// <summary>What the recipe found in the data, such as the number of classes; kept with the run, and the same when it is resumed.</summary>
    public OrderedDictionary<string, string> Found { get; init; } = [];

    /// <summary>An input that the network takes, for the table of layers.</summary>
    public required Tensor Example { get; init; }

    /// <summary>Adds to the report what this kind of network shows, and to the folder what belongs there. The model is in evaluation mode.</summary>
    public Action<HtmlReport, RunFolder>? Report { get; init; }

    /// <summary>A command to try on the finished run, from its folder's path.</summary>
    public Func<string, string>? Next { get; init; }
}
