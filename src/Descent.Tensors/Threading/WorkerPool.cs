namespace Descent.Tensors;

/// <summary>The process's one pool of threads: parallel loops over the items of one piece of work.</summary>
/// <remarks>
/// Which thread does which item is not determined, so items must be cut by the shape of the data alone and must not
/// share what they write; then results are the same bits for every <see cref="Numerics.Threads"/>. A loop started
/// inside another, or while another thread's loop runs, is done by its caller alone.
/// </remarks>
public static class WorkerPool
{
    static int s_busy;
    static WorkerTeam? s_team;

    /// <summary>Whether a loop is running, so that another would be done by its caller alone.</summary>
    internal static bool IsBusy => Volatile.Read(ref s_busy) != 0;

    /// <summary>Invokes <paramref name="body"/> for 0 to <paramref name="count"/> − 1 and returns when all are done.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled; some items were not started.</exception>
    /// <remarks>The first exception of an item is thrown here, after the items already started have ended.</remarks>
    public static void For<TBody>(int count, in TBody body, CancellationToken cancellation = default)
        where TBody : struct, IParallelBody
    {
        int threads = Numerics.Threads;
        if (count > 1 && threads > 1 && Volatile.Read(ref s_busy) == 0 && Interlocked.Exchange(ref s_busy, 1) == 0)
        {
            try
            {
                ParallelJob<TBody>.Instance.Run(Team(threads), count, in body, cancellation);
            }
            finally
            {
                Volatile.Write(ref s_busy, 0);
            }
            return;
        }

        TBody copy = body;
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            copy.Invoke(i);
        }
    }

    /// <inheritdoc cref="For{TBody}(int, in TBody, CancellationToken)"/>
    public static void For(int count, Action<int> body, CancellationToken cancellation = default) =>
        For(count, new ActionBody(body), cancellation);

    static WorkerTeam Team(int threads)
    {
        if (s_team is { } team && team.Size == threads)
            return team;
        s_team?.Stop();
        return s_team = new WorkerTeam(threads);
    }

    readonly struct ActionBody(Action<int> action) : IParallelBody
    {
        public void Invoke(int index) => action(index);
    }
}
