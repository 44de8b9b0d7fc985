namespace Descent.Search.Tests;

public class EpochsTests
{
    [Fact]
    public void What_is_retired_waits_for_those_who_entered_before_and_for_nobody_else()
    {
        var epochs = new Epochs();
        var reclaimed = new List<int>();
        var first = epochs.Enter(epochs);
        epochs.Retire(() => reclaimed.Add(1));
        epochs.Advance();
        var second = epochs.Enter(epochs);
        epochs.Retire(() => reclaimed.Add(2));
        epochs.Advance();
        epochs.Reclaim();
        Assert.Empty(reclaimed);
        first.Dispose();
        epochs.Reclaim();
        Assert.Equal([1], reclaimed);
        var third = epochs.Enter(epochs);
        second.Dispose();
        epochs.Reclaim();
        Assert.Equal([1, 2], reclaimed);
        third.Dispose();
        epochs.Retire(() => reclaimed.Add(3));
        epochs.Reclaim();
        Assert.Equal([1, 2, 3], reclaimed);
    }

    [Fact]
    public void Any_number_may_be_inside_at_once()
    {
        var epochs = new Epochs();
        bool isReclaimed = false;
        Enter(100);
        epochs.Reclaim();
        Assert.True(isReclaimed);

        void Enter(int more)
        {
            using var reading = epochs.Enter(epochs);
            if (more > 0) Enter(more - 1);
            else
            {
                epochs.Retire(() => isReclaimed = true);
                epochs.Advance();
            }
            epochs.Reclaim();
            Assert.False(isReclaimed);
        }
    }

    [Fact]
    public void Threads_never_read_what_was_reclaimed()
    {
        const int changes = 20_000;
        var epochs = new Epochs();
        // A box is emptied when it is reclaimed; who reads the present one must never find it empty.
        int[] current = [1];
        bool isDone = false;
        int wrong = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                using var reading = epochs.Enter(epochs);
                int[] box = Volatile.Read(ref current);
                for (int i = 0; i < 20; i++)
                    if (Volatile.Read(ref box[0]) != 1) Interlocked.Increment(ref wrong);
            }
        })).ToArray();
        foreach (var reader in readers) reader.Start();
        for (int i = 0; i < changes; i++)
        {
            int[] before = current;
            Volatile.Write(ref current, [1]);
            epochs.Retire(() => Volatile.Write(ref before[0], 0));
            epochs.Advance();
            epochs.Reclaim();
        }
        Volatile.Write(ref isDone, true);
        foreach (var reader in readers) reader.Join();
        Assert.Equal(0, wrong);
    }
}
