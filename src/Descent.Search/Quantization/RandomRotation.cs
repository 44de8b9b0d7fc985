using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Descent.Tensors;

namespace Descent.Search;

/// <summary>
/// An orthogonal transform drawn by lot, in O(d log d): signs at random and Hadamard transforms in turn. Where the dimension is no
/// power of two, the transform is of the largest power that fits, at the front and at the back in turn, and between them each
/// element of the first half is mixed with one of the second: (x, y) → (x + y, x − y) / √2.
/// </summary>
/// <remarks>Ailon and Chazelle, "The fast Johnson-Lindenstrauss transform", SIAM J. Comput. 2009; the walk of rotations in planes is Kac's.</remarks>
sealed unsafe class RandomRotation
{
    // From three on, the products of signs and Hadamard matrices can't be told from a random rotation in practice.
    const int Rounds = 3, RoundsOfTwo = 4;

    readonly int _power;
    // What each element is multiplied by before a round: its sign, and the scales of the steps up to there.
    readonly float[] _factors;

    /// <param name="dimension">Elements of a vector.</param>
    /// <param name="seed">The same seed gives the same transform.</param>
    internal RandomRotation(int dimension, ulong seed)
    {
        Dimension = dimension;
        _power = (int)BitOperations.RoundUpToPowerOf2((uint)dimension / 2 + 1);
        int rounds = _power == dimension ? Rounds : RoundsOfTwo;
        _factors = new float[rounds * dimension];
        new Generator(seed).Uniform(_factors, -1, 1);
        for (int i = 0; i < _factors.Length; i++)
        {
            var (round, element) = Math.DivRem(i, dimension);
            double scale = IsTransformed(round, element) ? 1 / Math.Sqrt(_power) : 1;
            if (round > 0 && IsMixed(element)) scale *= Math.Sqrt(0.5);
            _factors[i] = (float)Math.CopySign(scale, _factors[i]);
        }
    }

    internal int Dimension { get; }

    /// <summary>Turns a vector.</summary>
    internal void Apply(ReadOnlySpan<float> vector, Span<float> turned)
    {
        turned = turned[..Dimension];
        ReadOnlySpan<float> from = vector;
        for (int round = 0; round * Dimension < _factors.Length; round++)
        {
            if (round > 0) Mix(turned);
            TensorPrimitives.Multiply(from, _factors.AsSpan(round * Dimension, Dimension), turned);
            from = turned;
            fixed (float* start = turned) Hadamard(start + Start(round), _power);
        }
    }

    int Start(int round) => round % 2 == 0 ? 0 : Dimension - _power;

    bool IsTransformed(int round, int element) => element >= Start(round) && element < Start(round) + _power;

    bool IsMixed(int element) => _power != Dimension && !(Dimension % 2 == 1 && element == Dimension / 2);

    void Mix(Span<float> x)
    {
        if (_power == Dimension) return;
        int half = Dimension / 2;
        fixed (float* start = x) Butterfly(start, start + Dimension - half, half);
    }

    /// <summary>The product with the Hadamard matrix of ±1.</summary>
    static void Hadamard(float* x, int length)
    {
        if (length < 4)
        {
            if (length == 2) Butterfly(x, x + 1, 1);
            return;
        }
        var (odd, upper) = (Vector128.Create(1f, -1, 1, -1), Vector128.Create(1f, 1, -1, -1));
        for (int i = 0; i < length; i += 4)
        {
            var v = Vector128.Load(x + i);
            v = Vector128.Shuffle(v, Vector128.Create(1, 0, 3, 2)) + v * odd;
            (Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)) + v * upper).Store(x + i);
        }
        for (int width = 4; width < length; width *= 2)
            for (int i = 0; i < length; i += 2 * width) Butterfly(x + i, x + i + width, width);
    }

    /// <summary>(a, b) → (a + b, a − b).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Butterfly(float* a, float* b, int length)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i + 16 <= length; i += 16)
            {
                var (x, y) = (Vector512.Load(a + i), Vector512.Load(b + i));
                (x + y).Store(a + i);
                (x - y).Store(b + i);
            }
        if (Vector256.IsHardwareAccelerated)
            for (; i + 8 <= length; i += 8)
            {
                var (x, y) = (Vector256.Load(a + i), Vector256.Load(b + i));
                (x + y).Store(a + i);
                (x - y).Store(b + i);
            }
        for (; i + 4 <= length; i += 4)
        {
            var (x, y) = (Vector128.Load(a + i), Vector128.Load(b + i));
            (x + y).Store(a + i);
            (x - y).Store(b + i);
        }
        for (; i < length; i++) (a[i], b[i]) = (a[i] + b[i], a[i] - b[i]);
    }
}
