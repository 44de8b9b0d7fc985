namespace Descent.NN;

/// <summary>The recipes by name.</summary>
public static class Recipes
{
    /// <summary>All of them, in the order that help lists them.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new ImageRecipe("cnn", "two convolution stages and two linear layers", ImageModels.Cnn),
        new ImageRecipe("mlp", "linear layers of 512 and 256 units", ImageModels.Mlp),
        new ImageRecipe("lenet", "LeNet-5", (size, classes, channels) => new LeNet5(size, classes, channels)),
        new ImageRecipe("resnet20", "residual network of 20 layers", (_, classes, channels) => ResNet.Cifar(20, classes, channels)),
        new ImageRecipe("resnet56", "residual network of 56 layers", (_, classes, channels) => ResNet.Cifar(56, classes, channels)),
        new ImageRecipe("resnet18", "wide residual network of 18 layers", (_, classes, channels) => ResNet.Small18(classes, channels)),
        new AutoencoderRecipe(),
        new VaeRecipe(),
        new DcganRecipe(),
        new CharGptRecipe(),
        new CharLstmRecipe(),
    ];

    /// <summary>The names by which a run chooses one.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(r => r.Name)];

    /// <summary>A recipe by name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Recipe Get(string name) => All.FirstOrDefault(r => r.Name == name)
        ?? throw new ArgumentException($"--model {name} is not known; the models are: {string.Join(", ", Names)}.");
}
