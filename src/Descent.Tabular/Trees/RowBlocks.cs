using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Work on rows that do not depend on each other, in blocks.</summary>
static class RowBlocks
{
    const int BlockRows = 4096;

    /// <param name="rows">The number of rows.</param>
    /// <param name="body">Takes the first row of a block, and the end of its rows.</param>
    internal static void For(int rows, Action<int, int> body) =>
        WorkerPool.For((rows + BlockRows - 1) / BlockRows, block => body(block * BlockRows, Math.Min(rows, (block + 1) * BlockRows)));
}
