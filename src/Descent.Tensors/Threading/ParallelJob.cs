using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>A parallel loop in progress: every thread that takes part claims items until none is left.</summary>
abstract class ParallelJob
{
    /// <summary>
    /// Items claimed at once while there are many. The claims of two threads cost each some 0.1 µs, more than a small item; towards
    /// the end they are few, so that the threads end together.
    /// </summary>
    const int MostAtOnce = 16;

    Claims _claims;
    int _count, _share;
    CancellationToken _cancellation;
    Exception? _error;

    /// <summary>Claims and does items; never throws, the first exception is kept for <see cref="End"/>.</summary>
    public abstract void Work();

    protected void Begin(int count, int threads, CancellationToken cancellation)
    {
        _count = count;
        _share = MostAtOnce * threads;
        _cancellation = cancellation;
        _claims.Next = 0;
    }

    /// <summary>Throws what the first failing item threw. Called when no thread works on the job any more.</summary>
    protected void End()
    {
        Exception? error = _error;
        _error = null;
        _cancellation = default;
        if (error is not null)
            ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Claims the items from <paramref name="first"/> to before <paramref name="end"/>, if any is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected bool Claim(out int first, out int end)
    {
        int some = Math.Clamp((_count - Volatile.Read(ref _claims.Next)) / _share, 1, MostAtOnce);
        end = Interlocked.Add(ref _claims.Next, some);
        first = end - some;
        end = Math.Min(end, _count);
        return first < _count;
    }

    /// <summary>Whether an item that was claimed is still wanted.</summary>
    /// <exception cref="OperationCanceledException">The loop was cancelled.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected bool GoesOn()
    {
        _cancellation.ThrowIfCancellationRequested();
        return Volatile.Read(ref _error) is null;
    }

    protected void Fail(Exception error)
    {
        Interlocked.CompareExchange(ref _error, error, null);
        Volatile.Write(ref _claims.Next, _count);
    }

    // The counter that all threads write has its cache line for itself.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    struct Claims
    {
        [FieldOffset(64)]
        public int Next;
    }
}

/// <summary>The loop over the items of <typeparamref name="TBody"/>.</summary>
sealed class ParallelJob<TBody> : ParallelJob where TBody : struct, IParallelBody
{
    /// <summary>One per type suffices, as the pool runs one job at a time; so a loop allocates nothing.</summary>
    public static readonly ParallelJob<TBody> Instance = new();

    TBody _body;

    public void Run(WorkerTeam team, int count, in TBody body, CancellationToken cancellation)
    {
        _body = body;
        Begin(count, team.Size, cancellation);
        team.Run(this);
        _body = default;
        End();
    }

    public override void Work()
    {
        try
        {
            TBody body = _body;
            while (Claim(out int index, out int end))
                for (; index < end && GoesOn(); index++)
                    body.Invoke(index);
        }
#pragma warning disable CA1031 // Rethrown on the thread that started the loop.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Fail(error);
        }
    }
}
