namespace Descent.Tensors;

/// <summary>
/// A thread as a reader of values. Runs of the first thread that reads a value, almost always the only one, need not be
/// counted at each value: it is enough to know whether that thread is reading anything now.
/// </summary>
sealed class ChainReader
{
    [ThreadStatic] static ChainReader? t_reader;

    /// <summary>Odd while a run of this thread reads.</summary>
    int _turn;

    /// <summary>The one of this thread.</summary>
    internal static ChainReader OfThread => t_reader ??= new();

    /// <summary>A run begins to read. Between this and <see cref="End"/> it waits for nobody who may wait for it.</summary>
    internal void Begin() => Interlocked.Increment(ref _turn);

    /// <summary>The run has read all.</summary>
    internal void End() => Volatile.Write(ref _turn, _turn + 1);

    /// <summary>Waits for the end of what is being read now; called when nothing more can begin to be read.</summary>
    internal void Await()
    {
        int turn = Volatile.Read(ref _turn);
        if ((turn & 1) == 0) return;
        var wait = new SpinWait();
        while (Volatile.Read(ref _turn) == turn) wait.SpinOnce();
    }
}
