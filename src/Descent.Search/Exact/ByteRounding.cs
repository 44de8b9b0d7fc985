using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Search;

/// <summary>A vector rounded to bytes times a scale, and bounds that hold in spite of all rounding of floats on the way.</summary>
/// <param name="Norm">At least the length of the vector.</param>
/// <param name="Error">At least the length of what rounding took from it.</param>
/// <param name="Length">At least the length of what is left.</param>
/// <param name="Square">At most the square of the vector's length.</param>
/// <param name="Sum">Sum of the bytes.</param>
readonly record struct ByteRounding(float Norm, float Error, float Length, float Square, int Sum)
{
    // Squares of anything less may vanish.
    const float Vanishing = 1e-18f;

    // So that products of two scales are floats, and their reciprocals too.
    const float LeastScale = 1e-15f;

    const float Unit = 1f / (1 << 23);

    /// <summary>More than the relative error of a sum of as many products of floats, and of a few operations before and after.</summary>
    internal static float Slack(int width) => (width + 16) * Unit;

    /// <summary>What bytes are to be multiplied by where no element is greater.</summary>
    internal static float Scale(float greatest) => Math.Max(greatest / sbyte.MaxValue, LeastScale);

    /// <summary>The difference of two vectors, and its greatest magnitude.</summary>
    internal static float Subtract(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> difference)
    {
        TensorPrimitives.Subtract(a, b, difference);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(difference));
    }

    /// <summary>Rounds a vector that is the rounded difference of two, or exact.</summary>
    /// <param name="vector">As many elements as a multiple of 16.</param>
    /// <param name="scale">As <see cref="Scale"/> gives it for the greatest element or more.</param>
    /// <param name="words">Where the bytes go, four at a time.</param>
    /// <param name="pitch">From one such word to the next.</param>
    /// <param name="flip">What is XORed into each word: where bytes are to be unsigned, their highest bits.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe ByteRounding Round(ReadOnlySpan<float> vector, float scale, uint* words, int pitch, uint flip)
    {
        Vector512<float> squares = default, errors = default, lengths = default;
        Vector512<int> sums = default;
        var inverse = Vector512.Create(1 / scale);
        for (int i = 0; i < vector.Length; i += 16, words += 4 * pitch)
        {
            var x = Vector512.Create(vector.Slice(i, 16));
            var rounded = Vector512.Round(x * inverse);
            var error = Vector512.FusedMultiplyAdd(rounded, Vector512.Create(-scale), x);
            var whole = Vector512.ConvertToInt32Native(rounded);
            squares = Vector512.FusedMultiplyAdd(x, x, squares);
            errors = Vector512.FusedMultiplyAdd(error, error, errors);
            lengths = Vector512.FusedMultiplyAdd(rounded, rounded, lengths);
            sums += whole;
            var shorts = Vector256.Narrow(whole.GetLower(), whole.GetUpper());
            var bytes = Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).AsUInt32() ^ Vector128.Create(flip);
            for (int w = 0; w < 4; w++) words[w * pitch] = bytes[w];
        }
        float slack = Slack(vector.Length), square = Vector512.Sum(squares), norm = MathF.Sqrt(square) * (1 + slack) + Vanishing;
        return new(
            norm,
            MathF.Sqrt(Vector512.Sum(errors)) * (1 + slack) + norm * Unit + Vanishing,
            MathF.Sqrt(Vector512.Sum(lengths)) * (1 + slack) * scale,
            square * (1 - slack),
            Vector512.Sum(sums));
    }
}
