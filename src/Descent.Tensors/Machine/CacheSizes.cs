using System.Runtime.Intrinsics.X86;

namespace Descent.Tensors;

/// <summary>Bytes of the caches that one core sees.</summary>
/// <param name="L1">First level, data.</param>
/// <param name="L2">Second level.</param>
/// <param name="L3">Third level, shared with other cores; 0 where there is none.</param>
readonly record struct CacheSizes(int L1, int L2, int L3)
{
    // Where the processor does not say: what most have at least.
    static readonly CacheSizes Usual = new(32 << 10, 512 << 10, 4 << 20);

    /// <summary>What <c>cpuid</c> tells of this machine, in leaf 4 or its twin at AMD.</summary>
    internal static CacheSizes Read()
    {
        if (!X86Base.IsSupported) return Usual;
        var found = ReadLeaf(4);
        if (found.L1 == 0 && (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax >= 0x8000001D)
            found = ReadLeaf(unchecked((int)0x8000001D));
        return found is { L1: > 0, L2: > 0 } ? found : Usual;
    }

    static CacheSizes ReadLeaf(int leaf)
    {
        if ((uint)leaf < 0x80000000 && X86Base.CpuId(0, 0).Eax < leaf) return default;
        CacheSizes sizes = default;
        for (int i = 0; i < 8; i++)
        {
            var (eax, ebx, ecx, _) = X86Base.CpuId(leaf, i);
            const int none = 0, instructions = 2;
            int kind = eax & 31;
            if (kind == none) break;
            if (kind == instructions) continue;
            long bytes = ((ebx >>> 22) + 1L) * (((ebx >>> 12) & 0x3FF) + 1) * ((ebx & 0xFFF) + 1) * ((uint)ecx + 1L);
            int size = (int)Math.Min(bytes, int.MaxValue);
            switch ((eax >> 5) & 7)
            {
                case 1: sizes = sizes with { L1 = size }; break;
                case 2: sizes = sizes with { L2 = size }; break;
                case 3: sizes = sizes with { L3 = size }; break;
            }
        }
        return sizes;
    }
}
