using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Descent.Tensors;

/// <summary>
/// Random numbers by counter: each value is a function of the seed, the stream and its position alone, so the same
/// seed gives the same numbers for any number of threads.
/// </summary>
/// <remarks>
/// Philox4x32-10 of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011. Draws from several threads at
/// once are safe and never overlap, though which thread gets which is then up to their order; reseeding while others
/// draw is not. Every call starts on a fresh group of 64 random words, so two calls never share any.
/// </remarks>
public sealed class Generator
{
    ulong _seed;
    ulong _stream;
    ulong _offset;

    /// <summary>Starts stream <paramref name="stream"/> of a seed. Nearby seeds and streams are as good as far ones.</summary>
    public Generator(ulong seed, ulong stream = 0) => (_seed, _stream) = (seed, stream);

    /// <summary>Continues where <see cref="GetState"/> was called.</summary>
    public Generator(GeneratorState state) => SetState(state);

    /// <summary>
    /// What is drawn from where nobody names a generator; differs from run to run until <see cref="ManualSeed"/>.
    /// </summary>
    public static Generator Default { get; } = new(MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    /// <summary>The seed it was started with.</summary>
    public ulong Seed => _seed;

    /// <summary>Restarts <see cref="Default"/> from a seed.</summary>
    public static void ManualSeed(ulong seed) => Default.SetState(new(seed, 0, 0));

    /// <summary>The state from which another generator goes on with the same numbers.</summary>
    public GeneratorState GetState() => new(_seed, _stream, Volatile.Read(ref _offset));

    /// <summary>Goes on from a state that <see cref="GetState"/> gave.</summary>
    public void SetState(GeneratorState state)
    {
        (_seed, _stream) = (state.Seed, state.Stream);
        Volatile.Write(ref _offset, state.Offset);
    }

    /// <summary>
    /// A generator that is independent of this one and of every other fork; which one depends on how far this one came.
    /// </summary>
    public Generator Fork()
    {
        Span<ulong> child = stackalloc ulong[2];
        Draw.Fill(child, _seed, _stream, Reserve(child.Length, wordsEach: 2), default(BitsDraw));
        return new(child[0], child[1]);
    }

    /// <summary><paramref name="count"/> generators, independent of one another and of this one.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public Generator[] Split(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var children = new Generator[count];
        for (var i = 0; i < count; i++)
            children[i] = Fork();
        return children;
    }

    /// <summary>Fills <paramref name="y"/> with values of [low, high), in steps of (high − low) / 2²⁴.</summary>
    /// <exception cref="ArgumentOutOfRangeException">high &lt; low, or high − low is not finite.</exception>
    public void Uniform(Span<float> y, float low = 0, float high = 1)
    {
        CheckInterval(low, high);
        FillUniform(y, Reserve(y.Length, wordsEach: 1), low, high);
    }

    /// <summary>Fills <paramref name="y"/> with values of [low, high), in steps of (high − low) / 2⁵³.</summary>
    /// <exception cref="ArgumentOutOfRangeException">high &lt; low, or high − low is not finite.</exception>
    public void Uniform(Span<double> y, double low = 0, double high = 1)
    {
        CheckInterval(low, high);
        FillUniform(y, Reserve(y.Length, wordsEach: 2), low, high);
    }

    /// <summary>Fills <paramref name="y"/> from the normal distribution N(mean, std²).</summary>
    /// <exception cref="ArgumentOutOfRangeException">std is negative, or one of them is not finite.</exception>
    public void Normal(Span<float> y, float mean = 0, float std = 1)
    {
        CheckNormal(mean, std);
        FillNormal(y, Reserve(y.Length, wordsEach: 1), mean, std);
    }

    /// <summary>Fills <paramref name="y"/> from the normal distribution N(mean, std²), to double precision.</summary>
    /// <exception cref="ArgumentOutOfRangeException">std is negative, or one of them is not finite.</exception>
    public void Normal(Span<double> y, double mean = 0, double std = 1)
    {
        CheckNormal(mean, std);
        FillNormal(y, Reserve(y.Length, wordsEach: 2), mean, std);
    }

    /// <summary>Fills <paramref name="y"/> with integers of [low, high), all alike to within 2⁻⁶⁴.</summary>
    /// <exception cref="ArgumentOutOfRangeException">high ≤ low.</exception>
    public void Integers(Span<long> y, long low, long high)
    {
        if (high <= low)
            throw new ArgumentOutOfRangeException(nameof(high), $"Integers: [{low}, {high}) is empty. Expected low < high.");
        FillIntegers(y, Reserve(y.Length, wordsEach: 4), low, high);
    }

    /// <summary>Fills <paramref name="y"/> with true at the given probability.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not in [0, 1].</exception>
    public void Bernoulli(Span<bool> y, double probability)
    {
        CheckProbability(probability);
        FillBernoulli(y, Reserve(y.Length, wordsEach: 1), probability);
    }

    /// <summary>Fills <paramref name="y"/> with <paramref name="value"/> at the given probability, and 0 else.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is not in [0, 1].</exception>
    public void Bernoulli(Span<float> y, double probability, float value = 1)
    {
        CheckProbability(probability);
        FillBernoulli(y, Reserve(y.Length, wordsEach: 1), probability, value);
    }

    /// <summary>Fills <paramref name="y"/> with indices i, drawn with replacement, at weights[i] / Σ weights.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or none is positive.</exception>
    public void Categorical<T>(ReadOnlySpan<T> weights, Span<long> y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var cumulative = Cumulative(weights);
        var position = Reserve(y.Length, wordsEach: 2);
        Span<double> u = stackalloc double[64];
        for (var start = 0; start < y.Length; start += u.Length)
        {
            var part = y.Slice(start, Math.Min(u.Length, y.Length - start));
            FillUniform(u[..part.Length], position + 2 * (ulong)start, 0, 1);
            for (var i = 0; i < part.Length; i++)
                part[i] = FirstAbove(cumulative, u[i] * cumulative[^1]);
        }
    }

    /// <summary>Puts <paramref name="values"/> in an order of which all are equally likely.</summary>
    /// <remarks>Fisher–Yates, from the end (Durstenfeld, 1964).</remarks>
    public void Shuffle<T>(Span<T> values)
    {
        var position = Reserve(values.Length, wordsEach: 2);
        Span<ulong> bits = stackalloc ulong[64];
        for (var last = values.Length - 1; last > 0; last--)
        {
            var used = (values.Length - 1 - last) % bits.Length;
            if (used == 0)
                Draw.Fill(bits, _seed, _stream, position + 2 * (ulong)(values.Length - 1 - last), default(BitsDraw));
            var other = (int)Math.BigMul(bits[used], (ulong)last + 1, out _);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }

    /// <summary>Fills <paramref name="y"/> with 0 … n − 1 in random order, n its length.</summary>
    public void Permutation(Span<long> y)
    {
        for (var i = 0; i < y.Length; i++)
            y[i] = i;
        Shuffle(y);
    }

    /// <summary>0 … <paramref name="n"/> − 1 in random order.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    public long[] Permutation(int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var y = new long[n];
        Permutation(y);
        return y;
    }

    /// <summary>One value of [0, 1), of 53 bits.</summary>
    public double NextDouble()
    {
        Span<double> y = stackalloc double[1];
        Uniform(y);
        return y[0];
    }

    /// <summary>One integer of [low, high).</summary>
    /// <exception cref="ArgumentOutOfRangeException">high ≤ low.</exception>
    public long NextInt64(long low, long high)
    {
        Span<long> y = stackalloc long[1];
        Integers(y, low, high);
        return y[0];
    }

    /// <summary>One value of the standard normal distribution, to double precision.</summary>
    public double NextNormal()
    {
        Span<double> y = stackalloc double[1];
        Normal(y);
        return y[0];
    }

    /// <summary>
    /// Takes room for a draw out of the stream and returns its position. A parallel fill reserves once for the whole
    /// and fills its part from element i at position + i · <paramref name="wordsEach"/>.
    /// </summary>
    /// <param name="count">Elements.</param>
    /// <param name="wordsEach"><see cref="IDraw{T}.WordsPerElement"/>: 1 for float and Bernoulli, 2 for double, 4 for
    /// integers.</param>
    internal ulong Reserve(long count, int wordsEach)
    {
        var groups = ((ulong)count * (ulong)wordsEach + Philox4x32.GroupWords - 1) / Philox4x32.GroupWords;
        return (Interlocked.Add(ref _offset, groups) - groups) * Philox4x32.GroupWords;
    }

    /// <summary>The draws that <see cref="Bernoulli(Span{float}, double, float)"/> would make, to be made later, in parts and again.</summary>
    internal BernoulliStream ReserveBernoulli(long count, double probability) => new(_seed, _stream, Reserve(count, wordsEach: 1), probability);

    internal void FillUniform(Span<float> y, ulong position, float low, float high) =>
        Draw.Fill(y, _seed, _stream, position, new UniformSingle(low, high));

    internal void FillUniform(Span<double> y, ulong position, double low, double high) =>
        Draw.Fill(y, _seed, _stream, position, new UniformDouble(low, high));

    internal void FillNormal(Span<float> y, ulong position, float mean, float std) =>
        Draw.Fill(y, _seed, _stream, position, new NormalSingle(mean, std));

    internal void FillNormal(Span<double> y, ulong position, double mean, double std) =>
        Draw.Fill(y, _seed, _stream, position, new NormalDouble(mean, std));

    internal void FillIntegers(Span<long> y, ulong position, long low, long high) =>
        Draw.Fill(y, _seed, _stream, position, new IntegerDraw(low, (ulong)high - (ulong)low));

    internal void FillBernoulli(Span<bool> y, ulong position, double probability) =>
        Draw.Fill(y, _seed, _stream, position, new BernoulliBoolean(probability));

    internal void FillBernoulli(Span<float> y, ulong position, double probability, float value) =>
        Draw.Fill(y, _seed, _stream, position, new BernoulliSingle(probability, value));

    static double[] Cumulative<T>(ReadOnlySpan<T> weights) where T : IFloatingPointIeee754<T>
    {
        var cumulative = new double[weights.Length];
        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (!T.IsFinite(weights[i]) || weights[i] < T.Zero)
                throw new ArgumentException(
                    $"Categorical: weights[{i}] is {weights[i]}. Expected finite weights of at least 0.", nameof(weights));
            cumulative[i] = total += double.CreateChecked(weights[i]);
        }

        if (!(total > 0 && double.IsFinite(total)))
            throw new ArgumentException($"Categorical: the {weights.Length} weights add up to {total}. " +
                "Expected a positive finite sum.", nameof(weights));
        return cumulative;
    }

    /// <summary>The first index whose cumulative weight exceeds <paramref name="value"/>, never one of weight 0.</summary>
    static int FirstAbove(double[] cumulative, double value)
    {
        var (low, high) = (0, cumulative.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (cumulative[middle] > value) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    static void CheckInterval<T>(T low, T high) where T : IFloatingPointIeee754<T>
    {
        if (!(low <= high && T.IsFinite(high - low)))
            throw new ArgumentOutOfRangeException(nameof(high),
                $"Uniform: [{low}, {high}) is no interval of finite length. Expected low ≤ high.");
    }

    static void CheckNormal<T>(T mean, T std) where T : IFloatingPointIeee754<T>
    {
        if (!(T.IsFinite(mean) && T.IsFinite(std) && std >= T.Zero))
            throw new ArgumentOutOfRangeException(nameof(std),
                $"Normal: mean is {mean} and std {std}. Expected finite numbers and std of at least 0.");
    }

    static void CheckProbability(double probability)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability),
                $"Bernoulli: the probability is {probability}. Expected one of [0, 1].");
    }
}
