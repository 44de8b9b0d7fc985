using System.Numerics;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>
/// A table as bins of eight bits, twice: by columns, where few of a node's rows need one feature each (to divide the rows), and by
/// rows, where they need all (to add up histograms), so that a row is one line of memory.
/// </summary>
sealed unsafe class BinnedFeatures
{
    const int BlockRows = 1024;

    internal BinnedFeatures(Features x, int maxBins)
    {
        (Rows, Features) = (x.Rows, x.Columns);
        Bins = new FeatureBins[Features];
        WorkerPool.For(Features, j => Bins[j] = BinCuts.Of(x.Column(j), x.Schema.Features[j].Levels.Length, maxBins));
        // Of up to 64 features a row lies in one line.
        Pitch = Features <= 64 ? Math.Max(4, (int)BitOperations.RoundUpToPowerOf2((uint)Features)) : (Features + 3) & ~3;
        ByRow = new((long)Rows * Pitch);
        ByColumn = new((long)Rows * Features);
        HasGaps = new bool[Features];
        int blocks = (Rows + BlockRows - 1) / BlockRows;
        bool[] gaps = new bool[Features * blocks];
        WorkerPool.For(blocks, block =>
        {
            int start = block * BlockRows, count = Math.Min(BlockRows, Rows - start);
            byte* rows = ByRow.Start + (long)start * Pitch;
            for (int j = 0; j < Pitch; j++)
            {
                if (j >= Features)
                {
                    for (int i = 0; i < count; i++) rows[i * Pitch + j] = 0;
                    continue;
                }
                var bins = Column(j).Slice(start, count);
                gaps[j * blocks + block] = Bins[j].Find(x.Column(j).Slice(start, count), bins);
                for (int i = 0; i < bins.Length; i++) rows[i * Pitch + j] = bins[i];
            }
        });
        for (int j = 0; j < Features; j++) HasGaps[j] = gaps.AsSpan(j * blocks, blocks).Contains(true);
    }

    internal int Rows { get; }

    internal int Features { get; }

    /// <summary>The bins of each feature.</summary>
    internal FeatureBins[] Bins { get; }

    /// <summary>Whether a value of each feature is missing.</summary>
    internal bool[] HasGaps { get; }

    /// <summary>Bytes from one row to the next in <see cref="ByRow"/>: at least the features, and a multiple of four.</summary>
    internal int Pitch { get; }

    /// <summary>(rows × pitch) bins.</summary>
    internal NativeBlock<byte> ByRow { get; }

    /// <summary>(features × rows) bins.</summary>
    internal NativeBlock<byte> ByColumn { get; }

    internal Span<byte> Column(int feature) => ByColumn.Slice((long)feature * Rows, Rows);
}
