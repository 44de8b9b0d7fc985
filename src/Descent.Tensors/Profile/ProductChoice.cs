using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>How a float32 product <c>(m, k) × (k, n)</c> is done, and how long it takes.</summary>
/// <param name="M">Rows.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="N">Columns.</param>
/// <param name="IsTransposed">The right operand is stored as <c>(n, k)</c>, as a linear layer's weight is.</param>
/// <param name="Path">The way: tiles in place, dot products, packed panels, row by row, or portable.</param>
/// <param name="Tile">Rows and columns of the register tile.</param>
/// <param name="Blocks">How the product is cut for caches, or empty.</param>
/// <param name="Threads">Threads that share it.</param>
/// <param name="Predicted">Seconds by the model of costs.</param>
/// <param name="Measured">Seconds that it took.</param>
public sealed record ProductChoice(int M, int K, int N, bool IsTransposed, string Path, string Tile, string Blocks, int Threads, double Predicted, double Measured)
{
    static readonly (int M, int K, int N, bool IsTransposed)[] s_common =
    [
        (8, 8, 8, false), (32, 32, 32, false), (64, 64, 64, false), (64, 64, 64, true), (256, 256, 256, false), (512, 512, 512, false), (2048, 2048, 2048, false),
        (1, 4096, 4096, false), (1, 4096, 4096, true), (8, 4096, 4096, true), (32, 784, 512, true), (4096, 64, 4096, false), (64, 4096, 64, false),
        (1024, 128, 384, false),
    ];

    internal static IReadOnlyList<ProductChoice> OfCommonShapes(double memory) => [.. s_common.Select(s => Of(s.M, s.K, s.N, s.IsTransposed, memory))];

    static ProductChoice Of(int m, int k, int n, bool isTransposed, double memory)
    {
        var (path, tile, blocks, shared, work) = Plan(m, k, n, isTransposed);
        int threads = shared ? Numerics.Threads : 1;
        var model = CostModel.Current;
        double touched = sizeof(float) * ((double)m * k + (double)k * n + (double)m * n);
        double arithmetic = 2 * work / model.Flops, fromMemory = touched > Processor.Caches.L3 ? touched / memory : 0;
        double predicted = Math.Max(arithmetic, fromMemory) + (shared ? model.Sharing : 0);
        return new(m, k, n, isTransposed, path, tile, blocks, threads, predicted, Measure(m, k, n, isTransposed));
    }

    /// <summary>The way, and the multiply-adds of its slowest thread, with what packing takes as such.</summary>
    static (string Path, string Tile, string Blocks, bool IsShared, double Work) Plan(int m, int k, int n, bool isTransposed)
    {
        double all = (double)m * n * k;
        if (NarrowPath.Takes(Numerics.MatMulPrecision, m, n, k))
            return (Numerics.MatMulPrecision == MatMulPrecision.Medium ? "rounded to bfloat16" : "bfloat16 tiles, in parts", AmxProduct.IsAvailable ? "32x32" : "8x48", "", true, all / Numerics.Threads);
        nint bRow = isTransposed ? 1 : n, bCol = isTransposed ? k : 1;
        var tiles = GemmTiles<float>.Current;
        bool isShared = CostModel.IsShared((long)m * n * k);
        double share = isShared ? all / Numerics.Threads : all;
        switch (Gemm.Way<float>(m, n, k, isScaled: false, k, 1, bRow, bCol, 1, 0))
        {
            case GemmWay.Dots:
                int rows = Math.Min(m, DotsSpecification.MostRows(Processor.Tier));
                return ("dot products", $"{rows}x{DotsSpecification.MostColumns(Processor.Tier, rows)} sums", "", isShared, share);
            case GemmWay.Direct:
                var direct = GemmDirect<float>.Tile((GeneratedTiles<float>)tiles, m, n, k, k, 1);
                double packing = isTransposed ? (double)n * k * tiles.Lanes / 2 : 0;
                return (isTransposed ? "tiles over a small right side in panels" : "tiles in place", $"{direct.Rows}x{direct.Vectors * tiles.Lanes}", "", isShared, share + packing);
            case GemmWay.Row:
                return ("row by row of the right side", "", "", isShared, share);
            case GemmWay.Small:
                return ("small, portable", "", "", false, all);
            default:
                bool inPlace = tiles is GeneratedTiles<float>;
                var plan = GemmPlan.For(tiles, m, n, k, inPlace ? GemmPlan.MostRowsInPlace(k * sizeof(float)) : int.MaxValue, !inPlace);
                bool isCut = plan.Grid.Rows < m || plan.Grid.Columns < n;
                double work = (double)k * tiles.Lanes * plan.Grid.Time(m, n, plan.Cost(tiles.Lanes, k, !inPlace), stackalloc double[isCut ? Numerics.Threads : 1]);
                return (inPlace ? "packed panels" : "portable", $"{plan.Rows}x{plan.Vectors * tiles.Lanes}",
                    $"k {plan.Depth}, {plan.BlockRows} rows and {plan.BlockColumns} columns packed, items of {plan.Grid.Rows}x{plan.Grid.Columns}", isCut, work);
        }
    }

    static unsafe double Measure(int m, int k, int n, bool isTransposed)
    {
        float* a = Allocate((nint)m * k), b = Allocate((nint)k * n), c = Allocate((nint)m * n);
        try
        {
            return MachineSpeed.Median(seconds: 0.01, () => Gemm.Multiply(m, n, k, 1f, a, k, 1, b, isTransposed ? 1 : n, isTransposed ? k : 1, 0f, c, n, 1));
        }
        finally
        {
            SystemMemory.Free((byte*)a, Bytes((nint)m * k));
            SystemMemory.Free((byte*)b, Bytes((nint)k * n));
            SystemMemory.Free((byte*)c, Bytes((nint)m * n));
        }
    }

    static long Bytes(nint count) => (long)count * sizeof(float);

    static unsafe float* Allocate(nint count)
    {
        var memory = (float*)SystemMemory.TryAllocate(Bytes(count));
        if (memory == null) throw new InsufficientMemoryException($"No {Bytes(count):N0} bytes to measure products with.");
        new Span<float>(memory, checked((int)count)).Fill(1);
        return memory;
    }
}
