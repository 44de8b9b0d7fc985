namespace Descent.NN;

/// <summary>
/// The share of one of several processes: every <paramref name="replicas"/>-th example of an order that all of them know.
/// </summary>
/// <param name="sampler">The order of all; the same, with the same seed, in every process.</param>
/// <param name="replicas">The number of processes.</param>
/// <param name="rank">Which of them this is, from 0.</param>
/// <param name="dropLast">Whether examples that do not go round are left out; otherwise the first ones come again to fill up.</param>
public sealed class DistributedSampler(ISampler sampler, int replicas, int rank, bool dropLast = false) : ISampler
{
    readonly int _rank = Check(replicas, rank);

    /// <inheritdoc/>
    public int Count => dropLast ? sampler.Count / replicas : (sampler.Count + replicas - 1) / replicas;

    /// <inheritdoc/>
    public int[] Order(int epoch)
    {
        var all = sampler.Order(epoch);
        var own = new int[Count];
        for (int i = 0; i < own.Length; i++) own[i] = all[(int)(((long)i * replicas + _rank) % all.Length)];
        return own;
    }

    internal static int Check(int replicas, int rank) => replicas >= 1 && rank >= 0 && rank < replicas
        ? rank
        : throw new ArgumentOutOfRangeException(nameof(rank), $"The rank is {rank} of {replicas}; expected at least one replica and a rank from 0 to below their number.");
}
