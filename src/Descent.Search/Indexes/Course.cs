using Descent.Tensors;

namespace Descent.Search;

/// <summary>How far a piece of work has come, for who asked to be told, and whether it is to go on. What it consists of are such pieces too.</summary>
sealed class Course : IProgress<double>
{
    readonly Told? _told;
    readonly double _from, _length;
    double _taken;

    Course(Told? told, double from, double length, CancellationToken cancellation) =>
        (_told, _from, _length, Cancellation) = (told, from, length, cancellation);

    /// <summary>That of work which nobody asks about and nobody stops.</summary>
    internal static Course None { get; } = new(null, 0, 1, CancellationToken.None);

    internal CancellationToken Cancellation { get; }

    internal static Course Of(IProgress<double>? progress, CancellationToken cancellation) =>
        progress is null ? new(null, 0, 1, cancellation) : new(new(progress), 0, 1, cancellation);

    /// <summary>The next part of the work, by the share of time that it takes.</summary>
    internal Course Part(double share)
    {
        if (_told is null) return this;
        double from = _taken;
        _taken = Math.Min(1, _taken + share);
        return new(_told, _from + from * _length, (_taken - from) * _length, Cancellation);
    }

    /// <summary>Says what share of the work is done, and whether to go on.</summary>
    /// <exception cref="OperationCanceledException">It is to stop.</exception>
    internal void Reach(double share)
    {
        Cancellation.ThrowIfCancellationRequested();
        _told?.Tell(_from + _length * share);
    }

    void IProgress<double>.Report(double value) => Reach(value);

    /// <summary>Says that all is done.</summary>
    internal void End() => _told?.Tell(1);

    /// <summary>Does the work, which is a loop, on all threads.</summary>
    /// <exception cref="OperationCanceledException">It is to stop; some was not done.</exception>
    internal void For(int count, Action<int> body)
    {
        if (_told is null)
        {
            WorkerPool.For(count, body, Cancellation);
            return;
        }
        int step = Math.Max(1, count / Told.Most), done = 0;
        WorkerPool.For(count, i =>
        {
            body(i);
            if (i % step == 0) Reach(Math.Min(1, (double)Interlocked.Increment(ref done) * step / count));
        }, Cancellation);
    }

    /// <summary>Who is told, from whatever thread, of one share after another that is greater.</summary>
    sealed class Told(IProgress<double> progress)
    {
        internal const int Most = 1000;

        readonly Lock _telling = new();
        double _last;

        internal void Tell(double share)
        {
            if (share < Volatile.Read(ref _last) + 1.0 / Most && share < 1) return;
            lock (_telling)
            {
                if (share <= _last) return;
                Volatile.Write(ref _last, share);
                progress.Report(share);
            }
        }
    }
}
