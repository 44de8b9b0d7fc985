using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>What a kernel of pairs is called with.</summary>
unsafe struct PairTile
{
    /// <summary>A panel of <see cref="PairKernels.MostRows"/> rows, <c>(pairs, rows)</c>.</summary>
    public uint* A;

    /// <summary>A panel of the kernel's vectors, <c>(pairs, vectors · 16)</c>.</summary>
    public uint* B;

    public nint Pairs;

    /// <summary>Values of 4 bytes that the sums start from.</summary>
    public float* Start;

    /// <summary>Bytes to the next row of these; 0 where all rows start alike.</summary>
    public nint StartRow;

    /// <summary>Where the sums go: values of 4 bytes, or bfloat16.</summary>
    public void* C;

    /// <summary>Bytes to its next row.</summary>
    public nint Row;

    /// <summary>Columns in the last vector, from 1 to 16.</summary>
    public nint LastColumns;
}

/// <summary>What a word of 32 bits holds.</summary>
enum PairKind
{
    /// <summary>Two bfloat16, summed in float32.</summary>
    BFloat16,

    /// <summary>Four bytes, unsigned in A and signed in B, summed in int32.</summary>
    Bytes,
}

/// <summary>One tile of a product of bfloat16 pairs or of bytes by four.</summary>
/// <param name="Kind">What is multiplied.</param>
/// <param name="Rows">Rows, from 1 to <see cref="PairKernels.MostRows"/>.</param>
/// <param name="Vectors">Vectors of 16 columns, from 1 to <see cref="PairKernels.MostVectors"/>.</param>
/// <param name="Narrow">The result is stored as bfloat16.</param>
readonly record struct PairSpecification(PairKind Kind, int Rows, int Vectors, bool Narrow);

/// <summary>The register tiles of products of bfloat16 pairs, by <c>vdpbf16ps</c>, and of bytes by four, by <c>vpdpbusd</c>.</summary>
/// <remarks>
/// 24 sums of 16 columns, three vectors of B and a pair of A broadcast to a fifth of the rest: 11 loads to 24 products, so
/// that two loads a cycle suffice on machines with two such units.
/// </remarks>
static unsafe class PairKernels
{
    public const int MostRows = 8;
    public const int MostVectors = 3;
    const int VectorBytes = 64;

    static readonly KernelCache<PairSpecification> s_cache = new("words", Emit);
    static readonly nint[] s_entries = new nint[MostRows * MostVectors * 4];

    public static bool IsAvailable => Processor.Has(InstructionSets.Avx512Bf16) && MachineCode.Refusal is null && Entry(new(PairKind.BFloat16, 1, 1, false)) != 0;

    public static bool HasBytes => Processor.Has(InstructionSets.Avx512Vnni) && MachineCode.Refusal is null && Entry(new(PairKind.Bytes, 1, 1, false)) != 0;

    public static void Run(PairSpecification specification, PairTile* tile) =>
        ((delegate* unmanaged[SuppressGCTransition]<PairTile*, void>)Entry(specification))(tile);

    static nint Entry(PairSpecification s)
    {
        ref nint entry = ref s_entries[((s.Rows - 1) * MostVectors + s.Vectors - 1) * 4 + (int)s.Kind * 2 + (s.Narrow ? 1 : 0)];
        return entry != 0 ? entry : entry = s_cache.Find(s);
    }

    internal static KernelEmitter Emit(PairSpecification s)
    {
        const int registers = 6;
        var e = new KernelEmitter(IsaTier.Avx512, 1, registers, 32);
        var (tile, a, b, pairs, at) = (e.Argument(0), e.Register(), e.Register(), e.Register(), e.Register());
        var row = e.Register();
        var sums = e.Vectors(s.Rows * s.Vectors);
        var right = e.Vectors(s.Vectors);
        var spread = e.Vectors(Math.Min(s.Rows, 32 - sums.Length - right.Length));

        e.Code.mov(at, __[tile + Offset(nameof(PairTile.LastColumns))]);
        var last = e.Mask(at);
        e.Code.mov(at, __[tile + Offset(nameof(PairTile.Start))]);
        e.Code.mov(row, __[tile + Offset(nameof(PairTile.StartRow))]);
        for (int r = 0; r < s.Rows; r++)
        {
            for (int v = 0; v < s.Vectors - 1; v++) e.Load(sums[r * s.Vectors + v], __[at + v * VectorBytes]);
            e.Load(sums[r * s.Vectors + s.Vectors - 1], __[at + (s.Vectors - 1) * VectorBytes], last);
            if (r < s.Rows - 1) e.Code.add(at, row);
        }
        e.Code.mov(a, __[tile + Offset(nameof(PairTile.A))]);
        e.Code.mov(b, __[tile + Offset(nameof(PairTile.B))]);
        e.Code.mov(pairs, __[tile + Offset(nameof(PairTile.Pairs))]);
        e.Code.mov(at, __[tile + Offset(nameof(PairTile.C))]);
        e.Code.mov(row, __[tile + Offset(nameof(PairTile.Row))]);

        const int unrolled = 4;
        e.LoopBy(pairs, unrolled, () => Products(unrolled));
        e.Loop(pairs, () => Products(1));

        for (int r = 0; r < s.Rows; r++)
        {
            for (int v = 0; v < s.Vectors; v++) Store(sums[r * s.Vectors + v], v);
            if (r < s.Rows - 1) e.Code.add(at, row);
        }
        return e;

        void Products(int steps)
        {
            for (int u = 0; u < steps; u++)
            {
                for (int v = 0; v < s.Vectors; v++) e.Load(right[v], __[b + (u * s.Vectors + v) * VectorBytes]);
                for (int r = 0; r < s.Rows; r++)
                {
                    var left = spread[r % spread.Length];
                    e.Broadcast(left, __[a + (u * MostRows + r) * sizeof(uint)]);
                    for (int v = 0; v < s.Vectors; v++)
                        e.Code.AddInstruction(Instruction.Create(
                            s.Kind == PairKind.Bytes ? Code.EVEX_Vpdpbusd_zmm_k1z_zmm_zmmm512b32 : Code.EVEX_Vdpbf16ps_zmm_k1z_zmm_zmmm512b32,
                            sums[r * s.Vectors + v].Wide, left.Wide, right[v].Wide));
                }
            }
            e.Code.add(a, steps * MostRows * sizeof(uint));
            e.Code.add(b, steps * s.Vectors * VectorBytes);
        }

        void Store(VectorRegister sum, int v)
        {
            bool masked = v == s.Vectors - 1;
            if (!s.Narrow)
            {
                if (masked) e.Store(__[at + v * VectorBytes], sum, last);
                else e.Store(__[at + v * VectorBytes], sum);
                return;
            }
            e.Code.AddInstruction(Instruction.Create(Code.EVEX_Vcvtneps2bf16_ymm_k1z_zmmm512b32, sum.Narrow, sum.Wide));
            var store = Instruction.Create(Code.EVEX_Vmovdqu16_ymmm256_k1z_ymm, __[at + v * VectorBytes / 2].ToMemoryOperand(64), sum.Narrow);
            if (masked) store.OpMask = last.Register;
            e.Code.AddInstruction(store);
        }
    }

    static int Offset(string field) => (int)System.Runtime.InteropServices.Marshal.OffsetOf<PairTile>(field);
}
