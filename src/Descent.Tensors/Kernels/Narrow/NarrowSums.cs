using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Sums of narrow elements in float32.</summary>
static unsafe class NarrowSums
{
    // A column block of so many rows is summed by itself first: errors grow with the blocks, not the rows.
    const int RowsOfBlock = 64;
    const int ColumnsOfItem = 256;

    /// <summary>y[j] = Σ x[i, j].</summary>
    public static void Columns(FloatLine x, int rows, int columns, float* y) =>
        WorkerPool.For((columns + ColumnsOfItem - 1) / ColumnsOfItem, new Body { X = x, Rows = rows, ColumnCount = columns, Y = y });

    struct Body : IParallelBody
    {
        internal FloatLine X;
        internal int Rows, ColumnCount;
        internal float* Y;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int first = index * ColumnsOfItem, count = Math.Min(ColumnsOfItem, ColumnCount - first);
            float* line = stackalloc float[ColumnsOfItem], sums = stackalloc float[ColumnsOfItem];
            var total = new Span<float>(Y + first, count);
            var block = new Span<float>(sums, count);
            total.Clear();
            for (int i = 0; i < Rows;)
            {
                block.Clear();
                for (int end = Math.Min(Rows, i + RowsOfBlock); i < end; i++)
                    TensorPrimitives.Add(block, new ReadOnlySpan<float>(X.Read((nint)i * ColumnCount + first, count, line), count), block);
                TensorPrimitives.Add(total, block, total);
            }
        }
    }
}
