using System.Runtime.CompilerServices;

namespace Descent.Tensors.Tests;

// The figures are the process's: nothing else may allocate tensors meanwhile.
[CollectionDefinition(nameof(MemoryCollection), DisableParallelization = true)]
public sealed class MemoryCollection;

[Collection(nameof(MemoryCollection))]
public sealed class BlockCacheTests
{
    const int Megabyte = 1 << 20;

    static Tensor OfBytes(long bytes) => Tensor.Empty([(int)(bytes / sizeof(float))], DType.Float32);

    static MemoryStatistics Settled()
    {
        Memory.Trim();
        return Memory.Statistics;
    }

    [Fact]
    public void A_class_holds_its_request_with_at_most_a_quarter_of_slack()
    {
        int previous = -1;
        for (long bytes = 1; bytes < 1L << 34; bytes += 1 + bytes / 7)
        {
            int sizeClass = BlockCache.ClassOf(bytes);
            long size = BlockCache.SizeOf(sizeClass);
            Assert.InRange(size, bytes, Math.Max(1024, bytes + bytes / 4));
            Assert.Equal(sizeClass, BlockCache.ClassOf(size));
            Assert.True(sizeClass >= previous);
            previous = sizeClass;
        }
    }

    [Fact]
    public void Dropped_tensors_of_1_to_10_MB_do_not_pile_up()
    {
        var start = Settled();
        var random = new Random(1);
        long most = 0;
        for (int i = 0; i < 20_000; i++)
        {
            OfBytes(random.Next(Megabyte, 10 * Megabyte));
            var now = Memory.Statistics;
            most = Math.Max(most, now.OutstandingBytes + now.CachedBytes);
        }
        var end = Memory.Statistics;
        Assert.InRange(most, 1, Math.Max(BlockCache.MinimumBudget, start.BudgetBytes) * 3 / 2);
        Assert.Equal(20_000, end.Allocations - start.Allocations);
        Assert.InRange(end.Collections - start.Collections, 1, 4_000);
        Assert.Equal(start.OutstandingBytes, Settled().OutstandingBytes);
        // Threads of tests before this one may still keep small blocks of theirs; this one keeps nothing.
        Assert.InRange(Memory.Statistics.CachedBytes, 0, start.CachedBytes);
    }

    [Fact]
    public void A_repeated_step_lives_from_the_cache()
    {
        Settled();
        var kept = Enumerable.Range(0, 20).Select(i => OfBytes(Megabyte + i * Megabyte / 4)).ToArray();
        void Step()
        {
            for (int i = 0; i < 60; i++) OfBytes((1 + i % 7) * (long)Megabyte);
        }
        for (int i = 0; i < 30; i++) Step();
        var warm = Memory.Statistics;
        for (int i = 0; i < 100; i++) Step();
        var end = Memory.Statistics;
        // Of 6,000 requests nine in ten.
        Assert.InRange(end.SystemAllocations - warm.SystemAllocations, 0, 600);
        GC.KeepAlive(kept);
    }

    [Fact]
    public void Disposing_returns_the_block_once_when_the_last_view_goes()
    {
        var start = Settled();
        var x = OfBytes(4 * Megabyte);
        var view = x.Reshape(2, -1);
        Assert.Equal(4 * Megabyte, Memory.Statistics.OutstandingBytes - start.OutstandingBytes);
        x.Dispose();
        x.Dispose();
        Assert.Equal(4 * Megabyte, Memory.Statistics.OutstandingBytes - start.OutstandingBytes);
        Assert.Equal(Megabyte, view.AsSpan<float>().Length);
        view.Dispose();
        Assert.Equal(start.OutstandingBytes, Memory.Statistics.OutstandingBytes);
        Assert.Throws<ObjectDisposedException>(() => view.AsSpan<float>().Length);
        Assert.Equal(start.OutstandingBytes, Settled().OutstandingBytes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static Tensor ViewOfDropped() => OfBytes(4 * Megabyte).Reshape(2, -1).Detach();

    [Fact]
    public void A_view_keeps_the_block_of_a_dropped_tensor()
    {
        var start = Settled();
        var view = ViewOfDropped();
        view.AsSpan<float>().Fill(3);
        Assert.Equal(4 * Megabyte, Settled().OutstandingBytes - start.OutstandingBytes);
        Assert.Equal(3, view.AsSpan<float>()[^1]);
        GC.KeepAlive(view);
    }

    [Fact]
    public void Threads_share_the_cache_and_every_block_is_somebodys_alone()
    {
        var start = Settled();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            var random = new Random(worker);
            var held = new Queue<Tensor>();
            for (int i = 0; i < 1_000; i++)
            {
                var x = OfBytes(random.Next(2_000, 400_000));
                x.AsSpan<float>().Fill(worker * 1_000 + i);
                held.Enqueue(x);
                if (held.Count < 10) continue;
                var oldest = held.Dequeue();
                float expected = worker * 1_000 + i - 9;
                Assert.Equal(expected, oldest.AsSpan<float>()[0]);
                Assert.Equal(expected, oldest.AsSpan<float>()[^1]);
                if (i % 3 == 0) oldest.Dispose();
                GC.KeepAlive(oldest);
            }
        });
        Assert.Equal(start.OutstandingBytes, Settled().OutstandingBytes);
    }

    [Fact]
    public void A_training_loop_without_Dispose_stays_flat()
    {
        Settled();
        var w = Tensor.Ones([1, 500_000], DType.Float32);
        w.RequiresGrad = true;
        void Step(int rows)
        {
            var h = Tensor.Ones([rows, 500_000], DType.Float32) * w;
            for (int i = 0; i < 4; i++) h = h * h;
            h.Backward(Tensor.Ones(h.Shape, DType.Float32));
            w.Grad = null;
        }
        long early = 0, late = 0;
        for (int step = 0; step < 60; step++)
        {
            Step(1 + step % 3);
            var now = Memory.Statistics;
            if (step < 20) early = Math.Max(early, now.OutstandingBytes + now.CachedBytes);
            else late = Math.Max(late, now.OutstandingBytes + now.CachedBytes);
        }
        Assert.InRange(late, 1, early * 9 / 8);
    }
}
