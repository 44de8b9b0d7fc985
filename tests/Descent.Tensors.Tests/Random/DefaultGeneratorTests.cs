namespace Descent.Tensors.Tests;

/// <summary>Tests that reseed <see cref="Generator.Default"/> share it with all others, hence run alone.</summary>
[CollectionDefinition(nameof(Generator.Default), DisableParallelization = true)]
public sealed class DefaultGeneratorCollection;

[Collection(nameof(Generator.Default))]
public sealed class DefaultGeneratorTests
{
    [Fact]
    public void ManualSeed_makes_the_default_repeatable()
    {
        Generator.ManualSeed(17);
        Assert.Equal(new GeneratorState(17, 0, 0), Generator.Default.GetState());
        var first = Generator.Default.NextDouble();
        Generator.ManualSeed(17);
        Assert.Equal(first, Generator.Default.NextDouble());
        Assert.Equal(first, new Generator(17).NextDouble());
    }
}
