using System.Diagnostics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// What arithmetic costs on this machine, and what it costs to share it among threads: the model by which products are cut into
/// items, and given to one thread or to all.
/// </summary>
/// <remarks>
/// Measured when the first product asks, in less than a millisecond, so it may differ from run to run. Only choices that leave
/// every bit as it is follow from it; those between ways that sum in another order follow from shapes and the sizes of caches.
/// </remarks>
/// <param name="Threads">For so many threads.</param>
/// <param name="Tier">For this tier of kernels.</param>
/// <param name="Flops">Float32 operations per second of one thread, two to a multiply-add.</param>
/// <param name="Sharing">Seconds that the slowest thread loses where work is shared.</param>
sealed record CostModel(int Threads, IsaTier Tier, double Flops, double Sharing)
{
    // Work takes so many times as long as it takes to hand it over, so that a measurement that is off does no harm.
    const int Worth = 2;

    // Bounds of what is believed: a disturbed measurement must not leave a processor idle, or busy with handing over.
    const double LeastFlops = 4e9, MostFlops = 1e12, LeastSharing = 0.2e-6, MostSharing = 0.8e-6;

    const int Samples = 64;
    const double SecondsOfSample = 1e-6;

    static CostModel? s_current;

    /// <summary>Multiply-adds of float32 in the time that sharing takes.</summary>
    public double SharingWork => Flops / 2 * Sharing;

    /// <summary>Multiply-adds in the time that it takes to claim a block and to begin it.</summary>
    public double BlockWork => SharingWork / 4;

    /// <summary>Multiply-adds that an item has at least.</summary>
    public long LeastItem => (long)(Worth * SharingWork);

    /// <summary>The model for the threads and the tier in use.</summary>
    public static CostModel Current
    {
        get
        {
            var (threads, tier) = (Numerics.Threads, Processor.Tier);
            if (Volatile.Read(ref s_current) is { } known && known.Threads == threads && known.Tier == tier) return known;
            // Amid somebody else's loop there is nobody to share with, and so nothing to measure.
            if (WorkerPool.IsBusy) return new(threads, tier, LeastFlops, MostSharing);
            var model = Measure(threads, tier);
            Volatile.Write(ref s_current, model);
            return model;
        }
    }

    /// <summary>Whether a product of so many multiply-adds is done sooner by several threads.</summary>
    public static bool IsShared(long work) => Numerics.Threads > 1 && work >= 2 * Current.LeastItem;

    static CostModel Measure(int threads, IsaTier tier)
    {
        double flops = Math.Clamp(MachineSpeed.QuickMultiplyAdds(tier), LeastFlops, MostFlops);
        var body = new Spin((long)(SecondsOfSample * Stopwatch.Frequency));
        double least = double.MaxValue;
        for (int i = 0; i < Samples; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            WorkerPool.For(threads, body);
            least = Math.Min(least, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
        return new(threads, tier, flops, Math.Clamp(least - SecondsOfSample, LeastSharing, MostSharing));
    }

    /// <summary>Work of a known length.</summary>
    readonly struct Spin(long ticks) : IParallelBody
    {
        public void Invoke(int index)
        {
            for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - begin < ticks;)
            {
            }
        }
    }
}
