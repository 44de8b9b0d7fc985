using System.Runtime.ExceptionServices;

namespace Descent.NN;

/// <summary>
/// Makes numbered things ahead on threads of its own, at most so many before they are taken, and gives them in order.
/// </summary>
sealed class Prefetcher<T> : IDisposable
{
    readonly Func<int, T> _make;
    readonly int _end;
    readonly (bool IsReady, T? Value, ExceptionDispatchInfo? Error)[] _ring;
    readonly Thread[] _threads;
    readonly object _gate = new();
    readonly CancellationToken _cancellation;
    readonly CancellationTokenRegistration _onCancel;
    int _next, _taken;
    bool _stopped;

    internal Prefetcher(Func<int, T> make, int start, int end, int threads, int capacity, CancellationToken cancellation)
    {
        (_make, _next, _taken, _end, _cancellation) = (make, start, start, end, cancellation);
        _ring = new (bool, T?, ExceptionDispatchInfo?)[capacity];
        _onCancel = cancellation.Register(Wake);
        _threads = new Thread[Math.Clamp(Math.Min(threads, capacity), 0, Math.Max(end - start, 0))];
        for (int i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new(Work) { IsBackground = true, Name = "Descent data" };
            _threads[i].Start();
        }
    }

    /// <summary>The thing of this number; numbers must be asked for in order.</summary>
    internal T Take(int number)
    {
        lock (_gate)
        {
            ref var place = ref _ring[number % _ring.Length];
            while (!place.IsReady)
            {
                _cancellation.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
            var (_, value, error) = place;
            place = default;
            _taken = number + 1;
            Monitor.PulseAll(_gate);
            error?.Throw();
            return value!;
        }
    }

    void Work()
    {
        while (true)
        {
            int number;
            lock (_gate)
            {
                while (!_stopped && _next < _end && _next >= _taken + _ring.Length) Monitor.Wait(_gate);
                if (_stopped || _next >= _end) return;
                number = _next++;
            }
            (bool, T?, ExceptionDispatchInfo?) made;
            try
            {
                made = (true, _make(number), null);
            }
            catch (Exception e)
            {
                made = (true, default, ExceptionDispatchInfo.Capture(e));
            }
            lock (_gate)
            {
                _ring[number % _ring.Length] = made;
                Monitor.PulseAll(_gate);
            }
        }
    }

    void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    /// <summary>Ends the threads: what they are at is finished, nothing more is begun.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
        foreach (var thread in _threads) thread.Join();
        _onCancel.Dispose();
    }
}
