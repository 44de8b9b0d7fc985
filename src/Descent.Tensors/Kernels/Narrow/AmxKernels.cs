using System.Runtime.InteropServices;
using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>What a kernel of tiles is called with.</summary>
unsafe struct AmxCall
{
    /// <summary>Tiles of 1 KiB, <c>[step][row tile][part]</c>: 16 rows of 64 bytes along k.</summary>
    public byte* A;

    /// <summary>Tiles of 1 KiB, <c>[step][column tile][part]</c>: 16 groups of 4 bytes along k, each for 16 columns.</summary>
    public byte* B;

    /// <summary>How many tiles lie behind one another along k.</summary>
    public nint Steps;

    /// <summary>Where the sums of 4 bytes go.</summary>
    public void* C;

    /// <summary>Bytes to the next row of these.</summary>
    public nint Row;
}

/// <summary>Which products of which numbers tiles hold.</summary>
enum AmxKind
{
    /// <summary>bfloat16 by bfloat16, summed in float32.</summary>
    BFloat16 = 1,

    /// <summary>float32 as the sum of two bfloat16 parts: three products.</summary>
    TwoParts = 2,

    /// <summary>float32 as the sum of three bfloat16 parts: the six significant products.</summary>
    ThreeParts = 3,

    /// <summary>Unsigned by signed bytes, summed in int32.</summary>
    Bytes = 4,
}

/// <summary>One block of a product on tiles.</summary>
/// <param name="RowTiles">1 or 2 tiles of 16 rows.</param>
/// <param name="ColumnTiles">1 or 2 tiles of 16 columns.</param>
/// <param name="Kind">What is multiplied.</param>
readonly record struct AmxSpecification(int RowTiles, int ColumnTiles, AmxKind Kind)
{
    /// <summary>Tiles that stand for one tile of the operand.</summary>
    public int Parts => Kind is AmxKind.TwoParts or AmxKind.ThreeParts ? (int)Kind : 1;
}

/// <summary>The processor's tile unit, or what stands in for it.</summary>
unsafe interface IAmxUnit
{
    /// <summary>Sets up this thread's tile registers: eight of 16 rows of 64 bytes.</summary>
    static abstract void Configure();

    static abstract void Run(AmxSpecification specification, AmxCall* call);

    /// <summary>Gives the registers up, so that the operating system need not save them when it switches threads.</summary>
    static abstract void Release();
}

/// <summary>The kernels of the tile unit: 2 × 2 tiles of sums, so that four loads serve four products.</summary>
/// <remarks>
/// With parts, the products that correct come first, over all steps, in an order that reloads one side at a time; the
/// product of the leading parts is added to what they sum up to, so that the small is not washed out by the large.
/// </remarks>
static unsafe class AmxKernels
{
    public const int TileBytes = 1024;
    const int RowBytes = 64;

    /// <summary>Pairs (part of A, part of B) from the smallest to the largest.</summary>
    static readonly (int A, int B)[][] s_corrections = [[], [], [(0, 1), (1, 0)], [(2, 0), (1, 0), (1, 1), (0, 1), (0, 2)]];

    static readonly AssemblerRegisterTMM[] s_tiles = [tmm0, tmm1, tmm2, tmm3, tmm4, tmm5, tmm6, tmm7];
    static readonly KernelCache<AmxSpecification> s_cache = new("tiles", Emit);
    static readonly KernelCache<bool> s_switches = new("tile configuration", EmitSwitch);

    /// <summary>Palette 1, eight tiles of 16 rows of 64 bytes.</summary>
    internal static ReadOnlySpan<byte> Configuration =>
    [
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        64, 0, 64, 0, 64, 0, 64, 0, 64, 0, 64, 0, 64, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        16, 16, 16, 16, 16, 16, 16, 16, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>The kernels on this machine.</summary>
    internal readonly struct Native : IAmxUnit
    {
        public static void Configure()
        {
            fixed (byte* configuration = Configuration)
                ((delegate* unmanaged[SuppressGCTransition]<byte*, void>)s_switches.Find(true))(configuration);
        }

        public static void Run(AmxSpecification specification, AmxCall* call) =>
            ((delegate* unmanaged[SuppressGCTransition]<AmxCall*, void>)s_cache.Find(specification))(call);

        public static void Release() => ((delegate* unmanaged[SuppressGCTransition]<byte*, void>)s_switches.Find(false))(null);
    }

    /// <summary>A function of a configuration that sets the registers up, or gives them up.</summary>
    internal static KernelEmitter EmitSwitch(bool on)
    {
        var e = new KernelEmitter(IsaTier.Amx, 1, 0, 0);
        if (on) e.Code.ldtilecfg(__[e.Argument(0)]);
        else e.Code.tilerelease();
        return e;
    }

    internal static KernelEmitter Emit(AmxSpecification s)
    {
        const int registers = 5, firstA = 4, firstB = 6;
        var e = new KernelEmitter(IsaTier.Amx, 1, registers, 0);
        var (call, a, b, steps, stride, row) = (e.Argument(0), e.Register(), e.Register(), e.Register(), e.Register(), e.Register());
        int stepA = s.RowTiles * s.Parts * TileBytes, stepB = s.ColumnTiles * s.Parts * TileBytes;
        for (int t = 0; t < s.RowTiles; t++)
            for (int u = 0; u < s.ColumnTiles; u++) e.Code.tilezero(s_tiles[2 * t + u]);
        e.Code.mov(stride, RowBytes);
        if (s.Parts > 1) Sweep(s_corrections[s.Parts]);
        Sweep([(0, 0)]);
        e.Code.mov(a, __[call + Offset(nameof(AmxCall.C))]);
        e.Code.mov(row, __[call + Offset(nameof(AmxCall.Row))]);
        for (int t = 0; t < s.RowTiles; t++)
        {
            for (int u = 0; u < s.ColumnTiles; u++) e.Code.tilestored(__[a + row + u * RowBytes], s_tiles[2 * t + u]);
            if (t + 1 == s.RowTiles) break;
            e.Code.mov(b, row);
            e.Code.shl(b, 4);
            e.Code.add(a, b);
        }
        return e;

        void Sweep((int A, int B)[] products)
        {
            e.Code.mov(a, __[call + Offset(nameof(AmxCall.A))]);
            e.Code.mov(b, __[call + Offset(nameof(AmxCall.B))]);
            e.Code.mov(steps, __[call + Offset(nameof(AmxCall.Steps))]);
            e.Loop(steps, () =>
            {
                var held = (A: -1, B: -1);
                foreach (var (partA, partB) in products)
                {
                    if (partA != held.A)
                        for (int t = 0; t < s.RowTiles; t++) e.Code.tileloadd(s_tiles[firstA + t], __[a + stride + (t * s.Parts + partA) * TileBytes]);
                    if (partB != held.B)
                        for (int u = 0; u < s.ColumnTiles; u++) e.Code.tileloadd(s_tiles[firstB + u], __[b + stride + (u * s.Parts + partB) * TileBytes]);
                    held = (partA, partB);
                    for (int t = 0; t < s.RowTiles; t++)
                        for (int u = 0; u < s.ColumnTiles; u++) Multiply(s_tiles[2 * t + u], s_tiles[firstA + t], s_tiles[firstB + u]);
                }
                e.Code.add(a, stepA);
                e.Code.add(b, stepB);
            });
        }

        void Multiply(AssemblerRegisterTMM c, AssemblerRegisterTMM x, AssemblerRegisterTMM y)
        {
            if (s.Kind == AmxKind.Bytes) e.Code.tdpbusd(c, x, y);
            else e.Code.tdpbf16ps(c, x, y);
        }
    }

    static int Offset(string field) => (int)Marshal.OffsetOf<AmxCall>(field);
}
