using Descent.Tensors;

namespace Descent.NN;

/// <summary>
/// Windows of a long row of tokens: an example is a window and, as its target, the same window one token later. A shuffling
/// loader over all of them draws windows at random, resumable as any other.
/// </summary>
public sealed class TokenDataset : IBatchSource<Example>
{
    readonly int[] _tokens;
    readonly int _stride;

    /// <param name="tokens">The row.</param>
    /// <param name="contextLength">Tokens of a window.</param>
    /// <param name="stride">Tokens between the starts of neighbouring windows; the context's length for windows that do not overlap.</param>
    /// <exception cref="ArgumentException">There are not enough tokens for one window and its target.</exception>
    public TokenDataset(IReadOnlyList<int> tokens, int contextLength, int stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        if (tokens.Count <= contextLength)
            throw new ArgumentException($"TokenDataset: {tokens.Count} tokens are too few for windows of {contextLength} and a token after them.", nameof(tokens));
        (_tokens, ContextLength, _stride) = ([.. tokens], contextLength, stride);
    }

    /// <summary>Tokens of a window.</summary>
    public int ContextLength { get; }

    /// <summary>The number of windows.</summary>
    public int Count => (_tokens.Length - ContextLength - 1) / _stride + 1;

    /// <returns>Input and target, <c>(indices, contextLength)</c>, Int64.</returns>
    /// <inheritdoc/>
    public Example Gather(ReadOnlySpan<int> indices)
    {
        Tensor input = Tensor.Empty([indices.Length, ContextLength], DType.Int64), target = Tensor.Empty([indices.Length, ContextLength], DType.Int64);
        Span<long> x = input.AsSpan<long>(), y = target.AsSpan<long>();
        for (int i = 0; i < indices.Length; i++)
        {
            if ((uint)indices[i] >= (uint)Count)
                throw new DatasetException(indices[i], new ArgumentOutOfRangeException(nameof(indices), $"There are {Count} windows."));
            int start = indices[i] * _stride;
            for (int t = 0; t < ContextLength; t++)
                (x[i * ContextLength + t], y[i * ContextLength + t]) = (_tokens[start + t], _tokens[start + t + 1]);
        }
        GC.KeepAlive(input);
        GC.KeepAlive(target);
        return new(input, target);
    }
}
