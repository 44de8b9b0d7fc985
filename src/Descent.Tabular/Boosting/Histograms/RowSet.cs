using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Rows in the order of the leaves that hold them; within a leaf they rise.</summary>
sealed class RowSet(int capacity)
{
    /// <summary>Pieces of this size are divided side by side.</summary>
    const int BlockRows = 16384;

    readonly int[] _lefts = new int[capacity], _rights = new int[capacity];
    readonly int[] _counts = new int[(capacity + BlockRows - 1) / BlockRows];

    internal int[] Rows { get; } = GC.AllocateUninitializedArray<int>(capacity, pinned: true);

    internal int Count { get; private set; }

    /// <summary>Takes the rows whose factor is 0, or the others; all where there are no factors.</summary>
    internal void Reset(float[]? factors, bool isZero)
    {
        Count = 0;
        if (factors is null)
        {
            // All rows, unless those without a factor are asked for.
            Count = isZero ? 0 : Rows.Length;
            WorkerPool.For((Count + BlockRows - 1) / BlockRows, block =>
            {
                int start = block * BlockRows;
                var rows = Rows.AsSpan(start, Math.Min(BlockRows, Count - start));
                for (int i = 0; i < rows.Length; i++) rows[i] = start + i;
            });
            return;
        }
        for (int i = 0; i < Rows.Length; i++)
            if (factors[i] == 0 == isZero) Rows[Count++] = i;
    }

    /// <summary>Moves the rows of a leaf that go left before those that go right; gives the number of the former.</summary>
    /// <param name="begin">Where the leaf's rows begin.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="bins">The bin of each row of the table.</param>
    /// <param name="goesLeft">For each bin 1 or 0.</param>
    internal unsafe int Divide(int begin, int count, byte* bins, byte[] goesLeft)
    {
        int blocks = (count + BlockRows - 1) / BlockRows;
        if (blocks <= 1)
        {
            int left = Divide(begin, count, bins, goesLeft, Rows);
            _rights.AsSpan(begin, count - left).CopyTo(Rows.AsSpan(begin + left));
            return left;
        }
        WorkerPool.For(blocks, block =>
        {
            int start = block * BlockRows;
            _counts[block] = Divide(begin + start, Math.Min(BlockRows, count - start), bins, goesLeft, _lefts);
        });
        int lefts = TensorPrimitives.Sum<int>(_counts.AsSpan(0, blocks));
        WorkerPool.For(blocks, block =>
        {
            int start = block * BlockRows, own = _counts[block], before = TensorPrimitives.Sum<int>(_counts.AsSpan(0, block));
            _lefts.AsSpan(begin + start, own).CopyTo(Rows.AsSpan(begin + before));
            _rights.AsSpan(begin + start, Math.Min(BlockRows, count - start) - own).CopyTo(Rows.AsSpan(begin + lefts + start - before));
        });
        return lefts;
    }

    /// <summary>Writes each row to both sides and moves on at one: which it will be nobody foresees.</summary>
    unsafe int Divide(int begin, int count, byte* bins, byte[] goesLeft, int[] lefts)
    {
        fixed (int* rows = &Rows[begin], left = &lefts[begin], right = &_rights[begin])
        fixed (byte* goes = goesLeft)
        {
            int l = 0;
            for (int i = 0; i < count; i++)
            {
                int row = rows[i];
                left[l] = row;
                right[i - l] = row;
                l += goes[bins[row]];
            }
            return l;
        }
    }
}
