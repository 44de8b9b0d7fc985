using Descent.Tensors;

namespace Descent.Search.Tests;

/// <summary>Sets the number of threads for a while.</summary>
sealed class ThreadCount : IDisposable
{
    readonly int _before = Numerics.Threads;

    internal ThreadCount(int threads) => Numerics.Threads = threads;

    public void Dispose() => Numerics.Threads = _before;
}
