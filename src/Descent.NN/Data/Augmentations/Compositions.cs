using Descent.Tensors;

namespace Descent.NN;

/// <summary>One augmentation after the other.</summary>
/// <param name="steps">The augmentations, in their order.</param>
public sealed class Compose(params IEnumerable<IAugmentation> steps) : IAugmentation
{
    readonly IAugmentation[] _steps = [.. steps];

    /// <inheritdoc/>
    public Tensor Apply(Tensor x, Generator generator) => Pictures.Each(x, generator, (picture, g) =>
    {
        foreach (var step in _steps) picture = step.Apply(picture, g);
        return picture;
    });
}

/// <summary>An augmentation that is applied to each picture with a probability; it must keep the shape.</summary>
/// <param name="augmentation">What is applied.</param>
/// <param name="probability">How likely, in [0, 1].</param>
public sealed class RandomApply(IAugmentation augmentation, double probability = 0.5) : IAugmentation
{
    readonly double _probability = AugmentationSettings.Probability(probability);

    /// <inheritdoc/>
    public Tensor Apply(Tensor x, Generator generator) =>
        Pictures.Each(x, generator, (picture, g) => g.NextDouble() < _probability ? augmentation.Apply(picture, g) : picture);
}

/// <summary>One of several augmentations for each picture, all alike likely; their results must have one shape.</summary>
public sealed class RandomChoice : IAugmentation
{
    readonly IAugmentation[] _choices;

    /// <param name="choices">The augmentations, at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public RandomChoice(params IEnumerable<IAugmentation> choices)
    {
        _choices = [.. choices];
        if (_choices.Length == 0) throw new ArgumentException("RandomChoice: there is nothing to choose from; give at least one augmentation.", nameof(choices));
    }

    /// <inheritdoc/>
    public Tensor Apply(Tensor x, Generator generator) =>
        Pictures.Each(x, generator, (picture, g) => _choices[g.NextInt64(0, _choices.Length)].Apply(picture, g));
}

/// <summary>An augmentation by a function, which may be given one picture or several.</summary>
/// <param name="apply">From pictures and what decides all that is random to changed pictures.</param>
public sealed class CustomAugmentation(Func<Tensor, Generator, Tensor> apply) : IAugmentation
{
    /// <inheritdoc/>
    public Tensor Apply(Tensor x, Generator generator) => apply(x, generator);
}

static class Pictures
{
    /// <summary>Applies a function to one picture, or to each of several.</summary>
    internal static Tensor Each(Tensor x, Generator generator, Func<Tensor, Generator, Tensor> apply)
    {
        if (x.Rank != 4 || x.Shape[0] == 0) return apply(x, generator);
        var results = new Tensor[x.Shape[0]];
        for (int i = 0; i < results.Length; i++) results[i] = apply(x.Select(0, i), generator);
        return Tensor.Stack(results, 0);
    }
}
