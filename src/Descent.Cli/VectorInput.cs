using Descent.Search;
using Descent.Tensors;

namespace Descent.Cli;

/// <summary>Vectors of a file, or made up where none is named.</summary>
sealed record VectorInput(string Name, VectorSet Set)
{
    const int MadeUp = 10_000, MadeUpDimension = 64, MadeUpClusters = 20;

    internal const string Formats = ".fvecs, .bvecs, .ivecs, .npy, .csv or .jsonl";

    internal bool IsMadeUp { get; private init; }

    internal int Count => Set.Count;

    internal int Dimension => Set.Dimension;

    /// <summary>Those of the file, or 0, 1, 2 ….</summary>
    internal long[] Ids => Set.Ids ?? [.. Enumerable.Range(0, Set.Count).Select(i => (long)i)];

    internal ReadOnlySpan<float> Values => Set.Vectors.AsSpan<float>();

    internal ReadOnlySpan<float> Row(int i) => Values.Slice(i * Dimension, Dimension);

    public override string ToString() => $"{Name}: {Count:N0} vectors of {Dimension} elements";

    /// <exception cref="InvalidDataException">The file is damaged, or holds nothing.</exception>
    internal static VectorInput Read(FileInfo file)
    {
        var set = VectorFiles.LoadWithIds(file.FullName);
        return set.Count > 0 ? new(file.Name, set with { Vectors = set.Vectors.Contiguous() }) : throw new InvalidDataException($"{file.Name} holds no vectors.");
    }

    internal static VectorInput ReadOrMakeUp(FileInfo? file) => file is null ? MakeUp(MadeUp, draw: 0) : Read(file);

    /// <summary>More of the same that are made up where no file is named.</summary>
    internal static VectorInput MakeUp(int count, ulong draw) =>
        new("made up", new(Tensor.From<float>(VectorSamples.Clusters(count, MadeUpDimension, MadeUpClusters, latent: 24, seed: 1, draw: draw), [count, MadeUpDimension]), null)) { IsMadeUp = true };
}
