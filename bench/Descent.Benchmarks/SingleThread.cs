using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>One thread until it is disposed of, whatever else a run uses.</summary>
readonly ref struct SingleThread
{
    readonly int _before = Numerics.Threads;

    public SingleThread() => Numerics.Threads = 1;

    public void Dispose() => Numerics.Threads = _before;
}
