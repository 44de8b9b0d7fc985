namespace Descent.Tensors.Tests.Threading;

/// <summary>Tests that change or observe the number of threads run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ThreadCountCollection
{
    public const string Name = "thread count";
}

[Collection(ThreadCountCollection.Name)]
public sealed class WorkerPoolTests : IDisposable
{
    readonly int _threads = Numerics.Threads;

    public void Dispose() => Numerics.Threads = _threads;

    public static TheoryData<int, int> Loops
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int threads in (int[])[1, 2, 3, 8])
                foreach (int count in (int[])[0, 1, 2, 3, 7, 64, 1000])
                    data.Add(threads, count);
            return data;
        }
    }

    [Theory, MemberData(nameof(Loops))]
    public void Every_item_runs_exactly_once(int threads, int count)
    {
        Numerics.Threads = threads;
        var runs = new int[count];
        WorkerPool.For(count, i => Interlocked.Increment(ref runs[i]));
        Assert.All(runs, r => Assert.Equal(1, r));
    }

    readonly struct AddOne(int[] values) : IParallelBody
    {
        public void Invoke(int index) => values[index]++;
    }

    [Fact]
    public void Many_short_loops_in_a_row_lose_no_item()
    {
        Numerics.Threads = 3;
        var values = new int[5];
        const int Rounds = 20_000;
        for (int round = 0; round < Rounds; round++)
            WorkerPool.For(values.Length, new AddOne(values));
        Assert.All(values, v => Assert.Equal(Rounds, v));
    }

    [Fact]
    public void Loops_allocate_nothing()
    {
        Numerics.Threads = 2;
        var values = new int[4];
        WorkerPool.For(values.Length, new AddOne(values));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
            WorkerPool.For(values.Length, new AddOne(values));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Two_threads_meet_in_one_loop()
    {
        Numerics.Threads = 2;
        // Each item waits for the other, so this ends only if both run at the same time.
        using var barrier = new Barrier(2);
        var names = new string?[2];
        WorkerPool.For(2, i =>
        {
            names[i] = Thread.CurrentThread.Name;
            Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(60)));
        });
        Assert.Single(names, n => n?.StartsWith("Descent worker", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_parked_worker_is_woken()
    {
        Numerics.Threads = 2;
        for (int round = 0; round < 5; round++)
        {
            Thread.Sleep(20);
            using var barrier = new Barrier(2);
            WorkerPool.For(2, _ => Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(60))));
        }
    }

    [Fact]
    public void A_caller_that_waits_long_for_a_worker_is_woken()
    {
        Numerics.Threads = 2;
        using var barrier = new Barrier(2);
        int done = 0;
        WorkerPool.For(2, _ =>
        {
            barrier.SignalAndWait(TimeSpan.FromSeconds(60));
            if (Thread.CurrentThread.Name?.StartsWith("Descent worker", StringComparison.Ordinal) == true)
                Thread.Sleep(30);
            Interlocked.Increment(ref done);
        });
        Assert.Equal(2, done);
    }

    [Fact]
    public void A_nested_loop_runs_on_the_thread_of_its_item()
    {
        Numerics.Threads = 3;
        var sums = new int[6];
        WorkerPool.For(sums.Length, i =>
        {
            int thread = Environment.CurrentManagedThreadId;
            WorkerPool.For(10, j =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                sums[i] += j;
            });
        });
        Assert.All(sums, s => Assert.Equal(45, s));
    }

    [Theory, InlineData(1), InlineData(3)]
    public void The_exception_of_an_item_reaches_the_caller_and_the_pool_lives_on(int threads)
    {
        Numerics.Threads = threads;
        for (int round = 0; round < 50; round++)
        {
            int running = 0;
            var error = Assert.Throws<InvalidOperationException>(() => WorkerPool.For(20, i =>
            {
                Interlocked.Increment(ref running);
                try
                {
                    if (i == 7)
                        throw new InvalidOperationException("item 7");
                }
                finally
                {
                    Interlocked.Decrement(ref running);
                }
            }));
            Assert.Equal("item 7", error.Message);
            Assert.Equal(0, Volatile.Read(ref running));
        }
        Every_item_runs_exactly_once(threads, 100);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void A_cancelled_loop_stops_and_throws(int threads)
    {
        Numerics.Threads = threads;
        using var source = new CancellationTokenSource();
        int started = 0;
        Assert.Throws<OperationCanceledException>(() => WorkerPool.For(1_000_000, i =>
        {
            if (Interlocked.Increment(ref started) == 10)
                source.Cancel();
        }, source.Token));
        Assert.InRange(started, 10, 999_999);
    }

    [Fact]
    public void Loops_started_by_many_threads_while_the_count_changes_all_finish()
    {
        var totals = new long[6];
        var callers = new Thread[totals.Length];
        for (int c = 0; c < callers.Length; c++)
        {
            int caller = c;
            callers[c] = new Thread(() =>
            {
                for (int round = 0; round < 300; round++)
                {
                    long sum = 0;
                    WorkerPool.For(50, i => Interlocked.Add(ref sum, i));
                    totals[caller] += sum;
                }
            });
            callers[c].Start();
        }
        for (int round = 0; round < 40; round++)
        {
            Numerics.Threads = 1 + round % 5;
            Thread.Sleep(1);
        }
        foreach (var caller in callers)
            Assert.True(caller.Join(TimeSpan.FromSeconds(60)));
        Assert.All(totals, t => Assert.Equal(300L * 1225, t));
    }
}
