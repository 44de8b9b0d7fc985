namespace Descent.NN;

/// <summary>The recipes by name.</summary>
public static class Recipes
{
    /// <summary>All of them, in the order that help lists them.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new ImageRecipe("cnn", "two convolution stages and two linear layers", ImageModels.Cnn),
        new ImageRecipe("mlp", "linear layers of 512 and 256 units", ImageModels.Mlp),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(r => r.Name)];

    /// <summary>A recipe by name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Recipe Get(string name) => All.FirstOrDefault(r => r.Name == name)
        ?? throw new ArgumentException($"--model {name} is not known; the models are: {string.Join(", ", Names)}.");
}
