using Descent.Tensors;

namespace Descent.NN;

/// <summary>How a model is told where a token stands.</summary>
public enum PositionKind
{
    /// <summary>A learned vector per position.</summary>
    Learned,
    /// <summary>Queries and keys are turned, as <see cref="F.Rope"/>.</summary>
    Rotary,
}

/// <summary>The sizes and choices of a <see cref="CharGpt"/>.</summary>
public sealed record GptConfig
{
    /// <summary>Different tokens.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens that the model sees at most.</summary>
    public int ContextLength { get; init; } = 64;

    /// <summary>Blocks, each an attention and a feed-forward layer.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Heads of a block; a divisor of the width.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Width of a token's vector.</summary>
    public int Width { get; init; } = 128;

    /// <summary>Probability of dropping, in training.</summary>
    public double Dropout { get; init; }

    /// <summary>Whether linear layers and normalisations add something.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Whether the last layer's weight is the table of tokens.</summary>
    public bool TieWeights { get; init; } = true;

    /// <summary>How the model is told positions.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Learned;

    /// <summary>Added to variances.</summary>
    public double Epsilon { get; init; } = 1e-5;

    internal void Check()
    {
        if (VocabularySize < 1 || ContextLength < 1 || Layers < 1 || Heads < 1 || Width < 1)
            throw new ArgumentException($"A GPT needs at least one token, position, layer, head and feature; there are {VocabularySize}, {ContextLength}, {Layers}, {Heads} and {Width}.");
        if (Width % Heads != 0 || (Positions == PositionKind.Rotary && Width / Heads % 2 != 0))
            throw new ArgumentException($"A width of {Width} does not divide into {Heads} heads{(Positions == PositionKind.Rotary ? " of even width" : "")}.");
    }
}
