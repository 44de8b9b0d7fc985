using Descent.Tensors;

namespace Descent.NN;

/// <summary>The change of one parameter, by pieces that may be done in any order and at the same time.</summary>
abstract class UpdateJob
{
    internal abstract int Elements { get; }

    internal abstract void Part(int start, int length);

    /// <summary>All pieces have been done.</summary>
    internal abstract void End();
}

/// <summary>
/// What one step changes, gathered so that the threads share it as a whole: a loop over pieces of all parameters laid end to
/// end, where each parameter by itself would be too small to share, or a wait of its own.
/// </summary>
sealed class UpdateBatch
{
    /// <summary>Elements of one piece: with a gradient and two moments in float32, 256 KiB, which fits a second-level cache.</summary>
    internal const int Piece = 16_384;

    /// <summary>Up to so many elements, changing them costs less than noting it down.</summary>
    internal const int Least = 2048;

    [ThreadStatic] static UpdateBatch? t_current, t_spare;

    readonly List<UpdateJob> _jobs = [];
    readonly List<long> _starts = [];
    long _elements;

    /// <summary>The batch that this thread's step gathers, or null.</summary>
    internal static UpdateBatch? Current => t_current;

    /// <summary>Until disposed, changes are gathered; then they are made. Few elements are changed at once, parameter by parameter.</summary>
    internal static Gathering Gather(long elements) => new(elements > Piece);

    internal void Add(UpdateJob job)
    {
        _jobs.Add(job);
        _starts.Add(_elements);
        _elements += job.Elements;
    }

    void Run()
    {
        int pieces = (int)((_elements + Piece - 1) / Piece);
        WorkerPool.For(pieces, new Pieces(this));
        foreach (var job in _jobs) job.End();
    }

    void Clear()
    {
        _jobs.Clear();
        _starts.Clear();
        _elements = 0;
    }

    readonly struct Pieces(UpdateBatch batch) : IParallelBody
    {
        public void Invoke(int index)
        {
            long from = (long)index * Piece, to = Math.Min(batch._elements, from + Piece);
            int job = batch._starts.BinarySearch(from);
            // Of several that start here, all but the last are empty; between two starts, the lower one's.
            if (job < 0) job = ~job - 1;
            for (; from < to; job++)
            {
                int start = (int)(from - batch._starts[job]), length = (int)Math.Min(batch._jobs[job].Elements - start, to - from);
                if (length <= 0) continue;
                batch._jobs[job].Part(start, length);
                from += length;
            }
        }
    }

    internal readonly struct Gathering : IDisposable
    {
        readonly UpdateBatch? _outer, _own;

        internal Gathering(bool gathers)
        {
            _outer = t_current;
            _own = gathers ? t_spare ?? new() : null;
            if (gathers) t_spare = null;
            t_current = _own;
        }

        public void Dispose()
        {
            t_current = _outer;
            if (_own is null) return;
            // Also after an error: what was gathered before it is changed, as it would have been one by one.
            try
            {
                _own.Run();
            }
            finally
            {
                _own.Clear();
                t_spare = _own;
            }
        }
    }
}
