using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Blocks of work in stages: those of one stage are independent of each other and need all of the stage before.</summary>
interface IStagedBody
{
    void Invoke(int stage, int block);
}

/// <summary>
/// All stages as one parallel loop, in which the threads meet between stages instead of joining and forking again.
/// </summary>
/// <remarks>
/// Each thread begins every stage at the same block, whose memory is then in its own cache, and goes on to what no other
/// has claimed. Nobody waits while holding a claim, so any number of threads, one alone too, comes to the end: a thread that
/// comes late or is held up finds its blocks done.
/// </remarks>
unsafe struct StagedWork<TBody> : IParallelBody where TBody : struct, IStagedBody
{
    // A cache line and its neighbour, which are fetched together.
    const int Spacing = 32;

    // About as long as a block takes; then another thread may need the processor.
    const int Polls = 500;

    TBody _body;
    int _stages, _blocks, _threads;
    int* _claims, _done, _failed;

    /// <summary>Does all blocks of all stages on at most <paramref name="threads"/> threads.</summary>
    public static void Run(int stages, int blocks, int threads, in TBody body)
    {
        if (threads <= 1)
        {
            TBody copy = body;
            for (int stage = 0; stage < stages; stage++)
                for (int block = 0; block < blocks; block++)
                    copy.Invoke(stage, block);
            return;
        }
        int* notes = stackalloc int[(blocks + 3) * Spacing];
        new Span<int>(notes, (blocks + 3) * Spacing).Clear();
        WorkerPool.For(threads, new StagedWork<TBody>
        {
            _body = body, _stages = stages, _blocks = blocks, _threads = threads,
            _claims = notes + Spacing, _done = notes + (blocks + 1) * Spacing, _failed = notes + (blocks + 2) * Spacing,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        try
        {
            int first = (int)((long)index * _blocks / _threads);
            for (int stage = 0; stage < _stages; stage++)
            {
                if (!Await(stage * _blocks)) return;
                int did = 0;
                for (int i = 0; i < _blocks; i++)
                {
                    int block = first + i < _blocks ? first + i : first + i - _blocks;
                    ref int claim = ref _claims[block * Spacing];
                    if (Volatile.Read(ref claim) != stage || Interlocked.CompareExchange(ref claim, stage + 1, stage) != stage) continue;
                    _body.Invoke(stage, block);
                    did++;
                }
                if (did > 0) Interlocked.Add(ref *_done, did);
            }
        }
        catch
        {
            // The others must not wait for what will not come.
            Volatile.Write(ref *_failed, 1);
            throw;
        }
    }

    /// <summary>Waits until so many blocks are done, and tells whether they are.</summary>
    readonly bool Await(int count)
    {
        for (int polls = 0; Volatile.Read(ref *_done) < count; polls++)
        {
            if (Volatile.Read(ref *_failed) != 0) return false;
            if (polls < Polls) Thread.SpinWait(1);
            else Thread.Yield();
        }
        return true;
    }
}
