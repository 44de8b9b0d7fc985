using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Descent.Tensors;

/// <summary>What this machine and its operating system allow, below the cap that <c>DESCENT_ISA</c> sets.</summary>
static class Processor
{
    static readonly InstructionSets s_found = Detect();

    static int s_cap = -1;

    /// <summary>Sizes of the caches.</summary>
    public static CacheSizes Caches { get; } = CacheSizes.Read();

    /// <summary>The name the processor gives itself, or its architecture.</summary>
    public static string Name { get; } = ReadName();

    /// <summary>The highest tier that the machine could run, whatever the cap.</summary>
    public static IsaTier Best =>
        (s_found & InstructionSets.AmxBf16) != 0 ? IsaTier.Amx
        : (s_found & InstructionSets.Avx512) != 0 ? IsaTier.Avx512
        : (s_found & InstructionSets.Avx2) != 0 ? IsaTier.Avx2
        : IsaTier.Portable;

    /// <summary>The highest tier that may be used, from the environment's <c>DESCENT_ISA</c>; set by tests that compare tiers.</summary>
    /// <exception cref="InvalidOperationException"><c>DESCENT_ISA</c> names no tier.</exception>
    public static IsaTier Cap
    {
        get => s_cap >= 0 ? (IsaTier)s_cap : Cap = ParseCap(Environment.GetEnvironmentVariable("DESCENT_ISA"));
        set => s_cap = (int)value;
    }

    /// <summary>The tier in use.</summary>
    public static IsaTier Tier => Cap < Best ? Cap : Best;

    /// <summary>The instructions that kernels may use now.</summary>
    public static InstructionSets Allowed => s_found & Within(Cap);

    /// <summary>Whether kernels may use all of <paramref name="sets"/> now.</summary>
    public static bool Has(InstructionSets sets) => (Allowed & sets) == sets;

    /// <summary>Whether the machine itself has all of <paramref name="sets"/>, whatever the cap; for tests of one tier.</summary>
    public static bool CanRun(InstructionSets sets) => (s_found & sets) == sets;

    static InstructionSets Within(IsaTier tier)
    {
        const InstructionSets avx2 = InstructionSets.Avx2 | InstructionSets.AvxVnni;
        const InstructionSets avx512 = avx2 | InstructionSets.Avx512 | InstructionSets.Avx512Vnni | InstructionSets.Avx512Bf16
            | InstructionSets.Avx512Fp16 | InstructionSets.Avx512Vpopcntdq;
        return tier switch
        {
            IsaTier.Portable => InstructionSets.None,
            IsaTier.Avx2 => avx2,
            IsaTier.Avx512 => avx512,
            _ => avx512 | InstructionSets.AmxBf16 | InstructionSets.AmxInt8,
        };
    }

    internal static IsaTier ParseCap(string? text) => text?.Trim().ToLowerInvariant() switch
    {
        null or "" => IsaTier.Amx,
        "portable" => IsaTier.Portable,
        "avx2" => IsaTier.Avx2,
        "avx512" => IsaTier.Avx512,
        "amx" => IsaTier.Amx,
        _ => throw new InvalidOperationException(
            $"DESCENT_ISA is '{text}'; expected portable, avx2, avx512 or amx. Correct it or unset it."),
    };

    static InstructionSets Detect()
    {
        // The runtime's own answers include whether the operating system saves the wide registers.
        if (!X86Base.X64.IsSupported || !Avx2.IsSupported || !Fma.IsSupported || !Bmi2.X64.IsSupported) return InstructionSets.None;
        var found = InstructionSets.Avx2;
        var (highest, _, _, _) = X86Base.CpuId(7, 0);
        var (_, _, ecx, edx) = X86Base.CpuId(7, 0);
        int extended = highest >= 1 ? X86Base.CpuId(7, 1).Eax : 0;
        if (Bit(extended, 4)) found |= InstructionSets.AvxVnni;
        if (!Avx512F.VL.IsSupported || !Avx512BW.VL.IsSupported || !Avx512DQ.VL.IsSupported || !Avx512CD.IsSupported) return found;
        found |= InstructionSets.Avx512;
        if (Bit(ecx, 11)) found |= InstructionSets.Avx512Vnni;
        if (Bit(ecx, 14)) found |= InstructionSets.Avx512Vpopcntdq;
        if (Bit(extended, 5)) found |= InstructionSets.Avx512Bf16;
        if (Bit(edx, 23)) found |= InstructionSets.Avx512Fp16;
        const int tiles = 24, tilesOfBf16 = 22, tilesOfInt8 = 25;
        if (Bit(edx, tiles) && TilePermission.Request())
        {
            if (Bit(edx, tilesOfBf16)) found |= InstructionSets.AmxBf16;
            if (Bit(edx, tilesOfInt8)) found |= InstructionSets.AmxInt8;
        }
        return found;
    }

    static bool Bit(int word, int bit) => (word >>> bit & 1) != 0;

    static string ReadName()
    {
        const int brand = unchecked((int)0x80000002);
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < 0x80000004)
            return RuntimeInformation.ProcessArchitecture.ToString();
        Span<int> words = stackalloc int[12];
        for (int i = 0; i < 3; i++)
            (words[4 * i], words[4 * i + 1], words[4 * i + 2], words[4 * i + 3]) = X86Base.CpuId(brand + i, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Trim('\0', ' ');
    }
}
