using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Descent.Tensors.Kernels;

/// <summary>Measures the floors under every kernel: arithmetic, memory, and the cost of sharing work.</summary>
static unsafe class MachineSpeed
{
    const int Repetitions = 7;
    const int BytesOfPiece = 1 << 20;

    /// <summary>Float32 operations per second, two to a multiply-add, of all threads together.</summary>
    /// <param name="tier">The instructions; where they can't be generated, a portable product in the first cache.</param>
    /// <param name="seconds">How long to measure.</param>
    public static double MultiplyAdds(IsaTier tier, double seconds = 0.05)
    {
        const int rounds = 10_000;
        var what = new SpeedSpecification(tier, SpeedLoop.MultiplyAdd);
        nint entry = tier == IsaTier.Portable ? 0 : what.FindEntry();
        int lanes = tier >= IsaTier.Avx512 ? 16 : 8, threads = Numerics.Threads;
        double operations = entry != 0 ? 2.0 * what.VectorsOfRound * lanes * rounds : PortableProducts.Operations;
        return threads * operations / Median(seconds, () =>
        {
            if (entry != 0) WorkerPool.For(threads, new Chains(entry, rounds));
            else WorkerPool.For(threads, new PortableProducts());
        });
    }

    /// <summary>Float32 operations per second of one thread, measured in a tenth of a millisecond.</summary>
    public static double QuickMultiplyAdds(IsaTier tier)
    {
        const int runs = 5, rounds = 2_000;
        var what = new SpeedSpecification(tier, SpeedLoop.MultiplyAdd);
        nint entry = tier == IsaTier.Portable ? 0 : what.FindEntry();
        double operations = entry != 0 ? 2.0 * what.VectorsOfRound * (tier >= IsaTier.Avx512 ? 16 : 8) * rounds : PortableProducts.Operations;
        double least = double.MaxValue;
        for (int i = 0; i < runs; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            if (entry != 0) new Chains(entry, rounds).Invoke(0);
            else new PortableProducts().Invoke(0);
            least = Math.Min(least, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }
        return operations / Math.Max(least, 1e-9);
    }

    /// <summary>Bytes per second read of <paramref name="bytes"/> of each thread's own, over and over.</summary>
    public static double Read(long bytes, double seconds = 0.05) => Stream(SpeedLoop.Read, bytes, 1, seconds);

    /// <summary>Bytes per second read and written by <c>a = b + s·c</c>, of arrays of <paramref name="bytes"/> of each thread's own.</summary>
    public static double Triad(long bytes, double seconds = 0.05) => Stream(SpeedLoop.Triad, bytes, 3, seconds);

    /// <summary>Seconds to hand every thread nothing to do and to wait for it.</summary>
    public static double ForkJoin(double seconds = 0.02)
    {
        const int loops = 100;
        return Median(seconds, () =>
        {
            for (int i = 0; i < loops; i++) WorkerPool.For(Numerics.Threads, new Nothing());
        }) / loops;
    }

    static double Stream(SpeedLoop loop, long bytes, int arrays, double seconds)
    {
        var what = new SpeedSpecification(Processor.Tier, loop);
        nint entry = Processor.Tier == IsaTier.Portable ? 0 : what.FindEntry();
        int threads = Numerics.Threads, round = what.VectorsOfRound * (Processor.Tier >= IsaTier.Avx512 ? 64 : 32);
        bytes = Math.Max(round, bytes / round * round);
        nint all = (nint)bytes * arrays * threads;
        byte* memory = SystemMemory.TryAllocate(all);
        if (memory == null) throw new InsufficientMemoryException($"No {all:N0} bytes to measure memory with.");
        try
        {
            WorkerPool.For(threads, new Fill((float*)memory, bytes * arrays / sizeof(float)));
            int times = (int)Math.Max(1, BytesOfPiece / bytes);
            var body = new Streams(entry, loop, memory, bytes, round, times);
            return (double)bytes * arrays * threads * times / Median(seconds, () => WorkerPool.For(threads, body));
        }
        finally
        {
            SystemMemory.Free(memory, all);
        }
    }

    /// <summary>Seconds that <paramref name="action"/> takes, the median of several runs that together take about <paramref name="seconds"/>.</summary>
    public static double Median(double seconds, Action action)
    {
        action();
        long begin = Stopwatch.GetTimestamp();
        int calls = 0;
        do
        {
            action();
            calls++;
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds / Repetitions);
        Span<double> times = stackalloc double[Repetitions];
        foreach (ref double time in times)
        {
            begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < calls; i++) action();
            time = Stopwatch.GetElapsedTime(begin).TotalSeconds / calls;
        }
        times.Sort();
        return times[Repetitions / 2];
    }

    readonly struct Nothing : IParallelBody
    {
        public void Invoke(int index)
        {
        }
    }

    readonly struct Chains(nint entry, nint rounds) : IParallelBody
    {
        public void Invoke(int index) =>
            ((delegate* unmanaged[SuppressGCTransition]<nint, void*, void*, void*, void>)entry)(rounds, null, null, null);
    }

    readonly struct PortableProducts : IParallelBody
    {
        const int Depth = 128, Times = 32;

        public static double Operations
        {
            get
            {
                var tiles = GemmTiles<float>.For(IsaTier.Portable);
                return 2.0 * tiles.MostRows(tiles.MostVectors) * tiles.MostVectors * tiles.Lanes * Depth * Times;
            }
        }

        public void Invoke(int index)
        {
            var tiles = GemmTiles<float>.For(IsaTier.Portable);
            int rows = tiles.MostRows(tiles.MostVectors), columns = tiles.MostVectors * tiles.Lanes;
            float* a = Scratch.Get<float>(ScratchSlot.LeftPanel, rows * Depth);
            float* b = Scratch.Get<float>(ScratchSlot.RightPanels, columns * Depth);
            float* c = Scratch.Get<float>(ScratchSlot.Tile, rows * columns);
            new Span<float>(a, rows * Depth).Clear();
            new Span<float>(b, columns * Depth).Clear();
            for (int i = 0; i < Times; i++) tiles.Run(rows, columns, Depth, a, b, c, columns, TileStart.Zero, null);
        }
    }

    readonly struct Fill(float* memory, long count) : IParallelBody
    {
        public void Invoke(int index)
        {
            for (long i = 0; i < count; i++) memory[index * count + i] = 1;
        }
    }

    readonly struct Streams(nint entry, SpeedLoop loop, byte* memory, long bytes, int round, int times) : IParallelBody
    {
        public void Invoke(int index)
        {
            byte* own = memory + index * bytes * (loop == SpeedLoop.Triad ? 3 : 1);
            for (int time = 0; time < times; time++)
                for (long at = 0; at < bytes; at += BytesOfPiece)
                    Piece(own + at, Math.Min(BytesOfPiece, bytes - at));
        }

        void Piece(byte* a, long length)
        {
            byte* b = a + bytes, c = b + bytes;
            if (entry != 0)
            {
                ((delegate* unmanaged[SuppressGCTransition]<nint, void*, void*, void*, void>)entry)((nint)(length / round), a, b, c);
                return;
            }
            int count = (int)(length / sizeof(float));
            if (loop == SpeedLoop.Read) _ = TensorPrimitives.Sum(new ReadOnlySpan<float>(a, count));
            else TensorPrimitives.MultiplyAdd(new(c, count), 0.5f, new(b, count), MemoryMarshal.CreateSpan(ref *(float*)a, count));
        }
    }
}
