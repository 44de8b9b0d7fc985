using Descent.Tensors;

namespace Descent.NN;

/// <summary>The order in which examples are asked for. It follows from the epoch alone, so any epoch can be entered anywhere.</summary>
public interface ISampler
{
    /// <summary>Examples asked for in an epoch.</summary>
    int Count { get; }

    /// <summary>Their numbers, in their order.</summary>
    /// <param name="epoch">The epoch, from 0.</param>
    int[] Order(int epoch);
}

/// <summary>Seeds of what is random about data: every use has numbers of its own.</summary>
static class SampleStreams
{
    internal static Generator Order(ulong seed, int epoch) => new(seed, (ulong)epoch);

    /// <summary>What is done to one example, or one batch, of one epoch.</summary>
    internal static Generator Augmentation(ulong seed, int epoch, int index) =>
        // Another key than the orders', whose streams are small numbers too.
        new(seed ^ 0xA0761D6478BD642F, (ulong)(uint)epoch << 32 | (uint)index);
}

/// <summary>0, 1, 2 and so on.</summary>
/// <param name="count">The number of examples.</param>
public sealed class SequentialSampler(int count) : ISampler
{
    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public int[] Order(int epoch) => [.. Enumerable.Range(0, count)];
}

/// <summary>All orders are alike likely, or, with replacement, each example at each place.</summary>
public sealed class RandomSampler : ISampler
{
    readonly int _examples;
    readonly ulong _seed;
    readonly bool _replacement;

    /// <param name="count">The number of examples.</param>
    /// <param name="seed">Decides the orders of all epochs.</param>
    /// <param name="replacement">Whether an example may come again before all others did.</param>
    /// <param name="draws">Examples of an epoch; all if null. Without replacement, more than all are drawn in several orders.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or something is to be drawn from nothing.</exception>
    public RandomSampler(int count, ulong seed, bool replacement = false, int? draws = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(draws ?? 0, nameof(draws));
        if (count == 0 && draws > 0) throw new ArgumentOutOfRangeException(nameof(draws), $"RandomSampler: {draws} are to be drawn of no examples.");
        (_examples, _seed, _replacement, Count) = (count, seed, replacement, draws ?? count);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int[] Order(int epoch)
    {
        var generator = SampleStreams.Order(_seed, epoch);
        if (_replacement && Count > 0)
        {
            var drawn = new long[Count];
            generator.Integers(drawn, 0, _examples);
            return Array.ConvertAll(drawn, i => (int)i);
        }
        var order = new int[Count];
        for (int start = 0; start < Count; start += _examples)
        {
            int[] all = [.. Enumerable.Range(0, _examples)];
            generator.Shuffle<int>(all);
            all.AsSpan(0, Math.Min(_examples, Count - start)).CopyTo(order.AsSpan(start));
        }
        return order;
    }
}

/// <summary>Some examples, in an order drawn for each epoch.</summary>
/// <param name="indices">Their numbers.</param>
/// <param name="seed">Decides the orders of all epochs.</param>
public sealed class SubsetRandomSampler(IEnumerable<int> indices, ulong seed) : ISampler
{
    readonly int[] _indices = [.. indices];

    /// <inheritdoc/>
    public int Count => _indices.Length;

    /// <inheritdoc/>
    public int[] Order(int epoch)
    {
        int[] order = [.. _indices];
        SampleStreams.Order(seed, epoch).Shuffle<int>(order);
        return order;
    }
}

/// <summary>Examples drawn in proportion to weights.</summary>
/// <remarks>Without replacement: Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006.</remarks>
public sealed class WeightedRandomSampler : ISampler
{
    readonly double[] _weights;
    readonly ulong _seed;
    readonly bool _replacement;

    /// <param name="weights">One number of at least 0 for each example; only their ratios count.</param>
    /// <param name="draws">Examples of an epoch.</param>
    /// <param name="seed">Decides the orders of all epochs.</param>
    /// <param name="replacement">Whether an example may come more than once in an epoch.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or too few are above 0.</exception>
    public WeightedRandomSampler(IEnumerable<double> weights, int draws, ulong seed, bool replacement = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(draws);
        (_weights, Count, _seed, _replacement) = ([.. weights], draws, seed, replacement);
        for (int i = 0; i < _weights.Length; i++)
            if (!(_weights[i] >= 0 && double.IsFinite(_weights[i])))
                throw new ArgumentException($"WeightedRandomSampler: weight {i} is {_weights[i]}; expected a finite number of at least 0.", nameof(weights));
        int possible = _weights.Count(w => w > 0);
        if (replacement ? draws > 0 && possible == 0 : draws > possible)
            throw new ArgumentException($"WeightedRandomSampler: {draws} are to be drawn, but {possible} weights are above 0. Draw fewer{(possible > 0 ? ", or with replacement" : "")}.", nameof(draws));
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int[] Order(int epoch)
    {
        if (Count == 0) return [];
        var generator = SampleStreams.Order(_seed, epoch);
        if (_replacement)
        {
            var drawn = new long[Count];
            generator.Categorical<double>(_weights, drawn);
            return Array.ConvertAll(drawn, i => (int)i);
        }
        // The earliest of exponential waiting times of rates w: its index is drawn in proportion to w.
        var times = new double[_weights.Length];
        generator.Uniform(times);
        for (int i = 0; i < times.Length; i++) times[i] = _weights[i] > 0 ? -Math.Log(1 - times[i]) / _weights[i] : double.PositiveInfinity;
        int[] order = [.. Enumerable.Range(0, times.Length)];
        Array.Sort(times, order);
        return order[..Count];
    }
}
