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

    /// <summary>Seconds that the slowest thread loses where work is shared, as the model of costs has it.</summary>
    public required double Sharing { get; init; }

    /// <summary>The multiply-adds from which a product is shared among the threads.</summary>
    public required long LeastShared { get; init; }

    /// <summary>How products of some shapes are done.</summary>
    public required IReadOnlyList<ProductChoice> Products { get; init; }

    /// <summary>How convolutions of some shapes are done.</summary>
    public required IReadOnlyList<ConvolutionChoice> Convolutions { get; init; }

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
        var allMemory = threads == 1 ? oneMemory : MachineSpeed.Read(large);
        var model = CostModel.Current;
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
            Memory = (oneMemory, allMemory),
            Reads = reads,
            ForkJoin = MachineSpeed.ForkJoin(),
            Sharing = model.Sharing,
            LeastShared = 2 * model.LeastItem,
            Products = ProductChoice.OfCommonShapes(allMemory),
            Convolutions = ConvolutionChoice.OfCommonShapes(),
        };
    }
}
