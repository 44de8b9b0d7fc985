using System.Globalization;

namespace Descent.Tensors;

/// <summary>A fixed number of background threads that join the caller in a job, and wait between jobs: spinning at first, then parked.</summary>
/// <remarks>
/// One word holds the job's number, whether it is open, and how many workers are inside. A worker enters by
/// compare-and-swap while the job is open; the caller closes it when no item is left and waits for those inside. So a
/// worker that wakes late costs the caller nothing.
/// </remarks>
sealed class WorkerTeam
{
    const long Open = 1L << 31;
    const long Inside = Open - 1;

    // About 100 µs of polling: longer than the gaps between the kernels of a training step, short enough not to
    // starve other threads of the process. Futile when there are more threads than processors.
    const int Polls = 3000;
    const int PollsWhenCrowded = 20;

    readonly object _gate = new();
    readonly object _done = new();
    readonly int _polls;
    long _state;
    ParallelJob? _job;
    int _parked;
    int _callerParked;
    volatile bool _stopped;

    /// <param name="size">Threads that take part in a job, the caller included.</param>
    public WorkerTeam(int size)
    {
        Size = size;
        _polls = size <= Environment.ProcessorCount ? Polls : PollsWhenCrowded;
        for (int i = 1; i < size; i++)
        {
            var thread = new Thread(Serve)
            {
                IsBackground = true,
                Name = string.Create(CultureInfo.InvariantCulture, $"Descent worker {i}"),
            };
            thread.Start();
        }
    }

    public int Size { get; }

    /// <summary>Works on the job together with the workers; returns when no thread is inside it. One call at a time.</summary>
    public void Run(ParallelJob job)
    {
        _job = job;
        Interlocked.Exchange(ref _state, (((_state >>> 32) + 1) << 32) | Open);
        if (Volatile.Read(ref _parked) != 0)
            lock (_gate)
                Monitor.PulseAll(_gate);

        job.Work(fromEnd: false);

        if ((Interlocked.And(ref _state, ~Open) & Inside) != 0)
            AwaitWorkers();
        _job = null;
    }

    /// <summary>Lets the workers end once they are outside of any job.</summary>
    public void Stop()
    {
        _stopped = true;
        lock (_gate)
            Monitor.PulseAll(_gate);
    }

    void Serve()
    {
        uint seen = 0;
        for (int polls = 0; ;)
        {
            if (TryEnter(ref seen))
            {
                _job!.Work(fromEnd: true);
                Leave();
                polls = 0;
            }
            else if (_stopped)
            {
                return;
            }
            else if (polls++ < _polls)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Park(seen);
                polls = 0;
            }
        }
    }

    bool TryEnter(ref uint seen)
    {
        long state = Volatile.Read(ref _state);
        while (IsNew(state, seen))
        {
            long found = Interlocked.CompareExchange(ref _state, state + 1, state);
            if (found == state)
            {
                seen = (uint)(state >>> 32);
                return true;
            }
            state = found;
        }
        return false;
    }

    static bool IsNew(long state, uint seen) => (state & Open) != 0 && (uint)(state >>> 32) != seen;

    void Leave()
    {
        if ((Interlocked.Decrement(ref _state) & (Open | Inside)) == 0 && Volatile.Read(ref _callerParked) != 0)
            lock (_done)
                Monitor.Pulse(_done);
    }

    // The sleeper announces itself (a full fence), then looks once more; the waker changes the state (a full fence),
    // then looks for sleepers. One of the two sees the other.
    void Park(uint seen)
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _parked);
            while (!_stopped && !IsNew(Volatile.Read(ref _state), seen))
                Monitor.Wait(_gate);
            Interlocked.Decrement(ref _parked);
        }
    }

    void AwaitWorkers()
    {
        for (int polls = 0; polls < _polls; polls++)
        {
            if ((Volatile.Read(ref _state) & Inside) == 0)
                return;
            Thread.SpinWait(1);
        }
        lock (_done)
        {
            Interlocked.Exchange(ref _callerParked, 1);
            while ((Volatile.Read(ref _state) & Inside) != 0)
                Monitor.Wait(_done);
            _callerParked = 0;
        }
    }
}
