namespace Descent.Tensors;

/// <summary>Process-wide settings of how numbers are computed; none of them changes what a program means.</summary>
public static class Numerics
{
    internal const int MostThreads = 1024;

    static int s_threads;

    /// <summary>Threads that share one operation, the calling one included; results are the same bits for every value.</summary>
    /// <value>From 1 to 1024. Initially the environment's <c>DESCENT_THREADS</c>, else the number of processors.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above 1024.</exception>
    /// <exception cref="InvalidOperationException"><c>DESCENT_THREADS</c> is not such a number.</exception>
    public static int Threads
    {
        get => s_threads > 0 ? s_threads : s_threads = ParseThreads(Environment.GetEnvironmentVariable("DESCENT_THREADS"));
        set => s_threads = value is >= 1 and <= MostThreads
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value,
                $"Numerics.Threads is {value}; it must be from 1 to {MostThreads}.");
    }

    /// <summary>
    /// Whether float32 convolutions with windows of 3 × 3 and strides of 1 take Winograd's algorithm, a quarter of the
    /// multiplications; true by default.
    /// </summary>
    /// <remarks>
    /// Its root mean square error is 3 times that of the plain sums on 16 channels (5 in the input's gradient), 2 on 64, as
    /// large on 256 and less beyond, or where values share a large offset. Results that are not finite are always those of
    /// the plain sums.
    /// </remarks>
    public static bool Winograd { get; set; } = true;

    /// <summary>How exact float32 matrix products must be; the portable kernels always work as <c>Highest</c>.</summary>
    public static MatMulPrecision MatMulPrecision { get; set; } = MatMulPrecision.Highest;

    /// <summary>Whether elementwise operations wait until their result is used, so that a chain of them runs as one.</summary>
    /// <value>
    /// Initially what the environment's <c>DESCENT_FUSION</c> says (<c>0</c> or <c>1</c>), else whether the tier of kernels in use
    /// is generated: without machine code for a whole chain, operations one by one are faster. What is waiting already stays so.
    /// </value>
    /// <remarks>Results are the same bits either way.</remarks>
    public static bool Fusion { get; set; } = ParseFusion(Environment.GetEnvironmentVariable("DESCENT_FUSION")) ?? Processor.Tier != IsaTier.Portable;

    /// <summary>
    /// The tier of kernels in use: the highest that the machine runs, unless the environment's <c>DESCENT_ISA</c> caps it
    /// (<c>portable</c>, <c>avx2</c>, <c>avx512</c> or <c>amx</c>).
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>DESCENT_ISA</c> names no tier.</exception>
    public static IsaTier Isa => Processor.Tier;

    internal static int ParseThreads(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Math.Clamp(Environment.ProcessorCount, 1, MostThreads);
        return int.TryParse(text, out int threads) && threads is >= 1 and <= MostThreads
            ? threads
            : throw new InvalidOperationException(
                $"DESCENT_THREADS is '{text}'; expected a whole number from 1 to {MostThreads}. Correct it or unset it.");
    }

    internal static bool? ParseFusion(string? text) => text?.Trim() switch
    {
        null or "" => null,
        "1" => true,
        "0" => false,
        _ => throw new InvalidOperationException($"DESCENT_FUSION is '{text}'; expected 0 or 1. Correct it or unset it."),
    };
}
