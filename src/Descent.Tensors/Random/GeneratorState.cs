namespace Descent.Tensors;

/// <summary>All there is to a <see cref="Generator"/>: store these three numbers to continue it later.</summary>
/// <param name="Seed">The key of its numbers.</param>
/// <param name="Stream">Which of the seed's 2⁶⁴ independent streams.</param>
/// <param name="Offset">How far it has come, in groups of 64 random words.</param>
public readonly record struct GeneratorState(ulong Seed, ulong Stream, ulong Offset);
