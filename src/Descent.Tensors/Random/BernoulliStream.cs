namespace Descent.Tensors;

/// <summary>Draws of 1 at a probability, and 0 else, that have their place in a random stream and can be made again from it.</summary>
readonly struct BernoulliStream(ulong key, ulong stream, ulong position, double probability)
{
    readonly BernoulliSingle _draw = new(probability, 1);

    /// <summary>Makes the draws from <paramref name="start"/> on.</summary>
    internal void Fill(Span<float> y, long start) => Draw.Fill(y, key, stream, position + (ulong)start, _draw);
}
