using Descent.Tensors;

namespace Descent.NN;

/// <summary>What goes into a model and what should come out: of one example, or of a batch of them along the first dimension.</summary>
/// <param name="Input">What the model takes.</param>
/// <param name="Target">What it should give.</param>
public readonly record struct Example(Tensor Input, Tensor Target);
