using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Descent.Tensors;

/// <summary>A parallel loop in progress: every thread that takes part claims items until none is left.</summary>
/// <remarks>
/// The caller claims from the first item on, workers from the last: so two threads find most of the data that they touched in
/// one loop in their own caches in the next one.
/// </remarks>
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
    /// <param name="fromEnd">Items are claimed from the last on, else from the first.</param>
    public abstract void Work(bool fromEnd);

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
    protected bool Claim(bool fromEnd, out int first, out int end)
    {
        long claims = Volatile.Read(ref _claims.Next);
        int some = Math.Clamp((int)((_count - (uint)claims - (claims >> 32)) / _share), 1, MostAtOnce);
        claims = Interlocked.Add(ref _claims.Next, fromEnd ? some * FromEnd : some);
        long start = (uint)claims, left = _count - (claims >> 32);
        first = (int)(fromEnd ? Math.Max(left, start) : start - some);
        end = (int)(fromEnd ? left + some : Math.Min(start, left));
        return first < end;
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

    const long FromEnd = 1L << 32;

    // The counter that all threads write has its cache line for itself: claims from the first item on, and from the last in
    // the upper half.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    struct Claims
    {
        [FieldOffset(64)]
        public long Next;
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

    public override void Work(bool fromEnd)
    {
        try
        {
            TBody body = _body;
            while (Claim(fromEnd, out int index, out int end))
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
