using Descent.Tensors;

namespace Descent.NN;

/// <summary>A model of text: after some tokens, it tells how likely each one is to be next.</summary>
public interface ILanguageModel
{
    /// <summary>The beginning of a text.</summary>
    ITextState Begin();
}

/// <summary>A text so far, as a model remembers it.</summary>
public interface ITextState
{
    /// <summary>Goes on with these tokens, at least one, and tells the logits of the token after them.</summary>
    /// <returns>Shape <c>(vocabulary)</c>.</returns>
    Tensor Next(ReadOnlySpan<long> tokens);
}
