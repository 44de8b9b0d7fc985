using Descent.Tensors.Codegen;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>What this machine can do, as measured, and which kernels are chosen for it.</summary>
public sealed record MachineProfile
{
    MachineProfile()
    {
    }

    /// <summary>The name the processor gives itself.</summary>
    public required string Processor { get; init; }

    /// <summary>Logical processors that the process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Threads that share one operation.</summary>
    public required int Threads { get; init; }

    /// <summary>The best tier of kernels that the machine and its system allow.</summary>
    public required IsaTier Best { get; init; }

    /// <summary>The tier in use, below the cap of <c>DESCENT_ISA</c>.</summary>
    public required IsaTier Tier { get; init; }

    /// <summary>Groups of instructions that kernels may use.</summary>
    public required IReadOnlyList<string> Instructions { get; init; }

    /// <summary>Why no code can be made at run time, or null where it can.</summary>
    public required string? Refusal { get; init; }

    /// <summary>Why the processor's tile unit is not used, or null where it is or there is none.</summary>
    public required string? TileFault { get; init; }

    /// <summary>What multiplies bfloat16.</summary>
    public required string NarrowProducts { get; init; }

    /// <summary>Bytes of the first, second and third level of caches that one core sees; 0 for none.</summary>
    public required IReadOnlyList<long> Caches { get; init; }

    /// <summary>Float32 operations per second on registers, two to a multiply-add: of one thread, and of all.</summary>
    public required (double One, double All) MultiplyAdds { get; init; }

    /// <summary>Bytes per second that are read from memory: by one thread, and by all.</summary>
    public required (double One, double All) Memory { get; init; }

    /// <summary>Bytes per second that one thread reads from blocks of each size.</summary>
    public required IReadOnlyList<(long Bytes, double Rate)> Reads { get; init; }

    /// <summary>Seconds to share an empty loop among all threads.</summary>
    public required double ForkJoin { get; init; }

    /// <summary>How products of some shapes are done.</summary>
    public required IReadOnlyList<ProductChoice> Products { get; init; }

    /// <summary>Measures the machine, for about a second.</summary>
    /// <exception cref="InsufficientMemoryException">There is not the memory to measure with.</exception>
    public static MachineProfile Measure()
    {
        int threads = Numerics.Threads;
        var tier = Descent.Tensors.Processor.Tier;
        var caches = Descent.Tensors.Processor.Caches;
        const int beyondCaches = 64 << 20;
        long large = Math.Max(beyondCaches, 2L * caches.L3);
        double oneFlops, oneMemory;
        List<(long, double)> reads = [];
        try
        {
            Numerics.Threads = 1;
            oneFlops = MachineSpeed.MultiplyAdds(tier);
            foreach (long bytes in (ReadOnlySpan<long>)[caches.L1 * 3L / 4, caches.L2 * 3L / 4, caches.L3 / 2])
                if (bytes > 0) reads.Add((bytes, MachineSpeed.Read(bytes)));
            oneMemory = MachineSpeed.Read(large);
            reads.Add((large, oneMemory));
        }
        finally
        {
            Numerics.Threads = threads;
        }
        return new()
        {
            Processor = Descent.Tensors.Processor.Name,
            Cores = Environment.ProcessorCount,
            Threads = threads,
            Best = Descent.Tensors.Processor.Best,
            Tier = tier,
            Instructions = [.. Enum.GetValues<InstructionSets>().Where(s => s != InstructionSets.None && Descent.Tensors.Processor.Has(s)).Select(s => s.ToString())],
            Refusal = MachineCode.Refusal,
            TileFault = AmxProduct.Fault,
            NarrowProducts = AmxProduct.IsAvailable ? "tiles" : PairKernels.IsAvailable ? "vdpbf16ps" : "float32 multiply-adds",
            Caches = [caches.L1, caches.L2, caches.L3],
            MultiplyAdds = (oneFlops, threads == 1 ? oneFlops : MachineSpeed.MultiplyAdds(tier)),
            Memory = (oneMemory, threads == 1 ? oneMemory : MachineSpeed.Read(large)),
            Reads = reads,
            ForkJoin = MachineSpeed.ForkJoin(),
            Products = ProductChoice.OfCommonShapes(),
        };
    }
}

/// <summary>How a float32 product <c>(m, k) × (k, n)</c> is done.</summary>
/// <param name="M">Rows.</param>
/// <param name="K">Length of the sums.</param>
/// <param name="N">Columns.</param>
/// <param name="IsTransposed">The right operand is stored as <c>(n, k)</c>, as a linear layer's weight is.</param>
/// <param name="Path">The way: tiles in place, dot products, packed panels, row by row, or portable.</param>
/// <param name="Tile">Rows and columns of the register tile.</param>
/// <param name="Blocks">How the product is cut for caches and threads, or empty.</param>
public sealed record ProductChoice(int M, int K, int N, bool IsTransposed, string Path, string Tile, string Blocks)
{
    static readonly (int M, int K, int N, bool IsTransposed)[] s_common =
    [
        (8, 8, 8, false), (64, 64, 64, false), (64, 64, 64, true), (512, 512, 512, false), (2048, 2048, 2048, false),
        (1, 4096, 4096, false), (1, 4096, 4096, true), (8, 4096, 4096, true), (32, 784, 512, true), (4096, 64, 4096, false), (64, 4096, 64, false),
    ];

    internal static IReadOnlyList<ProductChoice> OfCommonShapes() => [.. s_common.Select(s => Of(s.M, s.K, s.N, s.IsTransposed))];

    internal static ProductChoice Of(int m, int k, int n, bool isTransposed)
    {
        if (NarrowPath.Takes(Numerics.MatMulPrecision, m, n, k))
            return new(m, k, n, isTransposed, Numerics.MatMulPrecision == MatMulPrecision.Medium ? "rounded to bfloat16" : "bfloat16 tiles, in parts", AmxProduct.IsAvailable ? "32x32" : "8x48", "");
        nint bRow = isTransposed ? 1 : n, bCol = isTransposed ? k : 1;
        var tiles = GemmTiles<float>.Current;
        switch (Gemm.Way<float>(m, n, k, isScaled: false, k, 1, bRow, bCol, 1, 0))
        {
            case GemmWay.Dots:
                int rows = Math.Min(m, DotsSpecification.MostRows(Processor.Tier));
                return new(m, k, n, isTransposed, "dot products", $"{rows}x{DotsSpecification.MostColumns(Processor.Tier, rows)} sums", "");
            case GemmWay.Direct:
                var direct = GemmDirect<float>.Tile((GeneratedTiles<float>)tiles, m, n, k, k, 1);
                return new(m, k, n, isTransposed, isTransposed ? "tiles over a small right side in panels" : "tiles in place", $"{direct.Rows}x{direct.Vectors * tiles.Lanes}", "");
            case GemmWay.Row:
                return new(m, k, n, isTransposed, "row by row of the right side", "", "");
            case GemmWay.Small:
                return new(m, k, n, isTransposed, "small, portable", "", "");
            default:
                var plan = GemmPlan.For(tiles, m, n, k, tiles is GeneratedTiles<float> ? GemmPlan.MostRowsInPlace(k * sizeof(float)) : int.MaxValue);
                return new(m, k, n, isTransposed, tiles is GeneratedTiles<float> ? "packed panels" : "portable", $"{plan.Rows}x{plan.Vectors * tiles.Lanes}",
                    $"k {plan.Depth}, {plan.BlockRows} rows and {plan.BlockColumns} columns packed, items of {plan.Grid.Rows}x{plan.Grid.Columns}");
        }
    }
}
