using System.Runtime.InteropServices;
using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>What <see cref="ByteScan"/> is called with.</summary>
unsafe struct ByteScanJob
{
    /// <summary>Blocks of <see cref="ByteScan.BlockRows"/> rows of unsigned bytes, each <c>(words, rows)</c> in words of four bytes.</summary>
    public uint* A;

    /// <summary>A panel of <see cref="ByteScan.Columns"/> columns of signed bytes, <c>(words, columns)</c> in words of four bytes.</summary>
    public uint* B;

    /// <summary>Words of a row, a multiple of 4.</summary>
    public nint Words;

    /// <summary>Blocks of A, at least 1.</summary>
    public nint Blocks;

    /// <summary>For each column what its sums start from.</summary>
    public int* Start;

    /// <summary>For each row of A the least sum that is a hit.</summary>
    public int* Least;

    /// <summary>For each row of A three words of 16 bits, one for each column: whether its sum is a hit.</summary>
    public ushort* Hits;

    /// <summary>Room for all sums, <c>(rows, columns)</c>.</summary>
    public int* Sums;
}

/// <summary>Sums of products of bytes, by <c>vpdpbusd</c>, and bits for those that are large enough, set while sums are in registers.</summary>
/// <remarks>The register tile is that of <see cref="PairKernels"/>: 24 sums of 16 columns.</remarks>
static unsafe class ByteScan
{
    public const int BlockRows = 8;
    public const int Columns = 48;
    const int Vectors = 3, VectorBytes = 64, Unrolled = 4;

    // Predicate of the comparison.
    const byte NotLess = 5;

    static readonly Lazy<MachineCode?> s_code = new(static () => Emit().Build("byte scan"));

    /// <summary>Whether this machine has the instruction and allows code made at run time.</summary>
    public static bool IsAvailable => Processor.Has(InstructionSets.Avx512Vnni) && MachineCode.Refusal is null && s_code.Value is not null;

    public static void Run(ByteScanJob* job) => ((delegate* unmanaged[SuppressGCTransition]<ByteScanJob*, void>)s_code.Value!.Entry)(job);

    static KernelEmitter Emit()
    {
        var e = new KernelEmitter(IsaTier.Avx512, 1, 8, 32);
        var (job, a, b, words, start, least) = (e.Argument(0), e.Register(), e.Register(), e.Register(), e.Register(), e.Register());
        var (hits, stored, blocks) = (e.Register(), e.Register(), e.Register());
        var sums = e.Vectors(BlockRows * Vectors);
        var right = e.Vectors(Vectors);
        var spread = e.Vectors(32 - sums.Length - right.Length);

        e.Code.mov(a, __[job + Offset(nameof(ByteScanJob.A))]);
        e.Code.mov(start, __[job + Offset(nameof(ByteScanJob.Start))]);
        e.Code.mov(least, __[job + Offset(nameof(ByteScanJob.Least))]);
        e.Code.mov(hits, __[job + Offset(nameof(ByteScanJob.Hits))]);
        e.Code.mov(stored, __[job + Offset(nameof(ByteScanJob.Sums))]);
        e.Code.mov(blocks, __[job + Offset(nameof(ByteScanJob.Blocks))]);
        e.Loop(blocks, () =>
        {
            e.Code.mov(b, __[job + Offset(nameof(ByteScanJob.B))]);
            e.Code.mov(words, __[job + Offset(nameof(ByteScanJob.Words))]);
            for (int v = 0; v < Vectors; v++) e.Load(sums[v], __[start + v * VectorBytes]);
            for (int i = Vectors; i < sums.Length; i++) e.Move(sums[i], sums[i % Vectors]);
            e.LoopBy(words, Unrolled, Products);
            for (int r = 0; r < BlockRows; r++)
                for (int v = 0; v < Vectors; v++)
                {
                    var mask = v == 0 ? k1 : v == 1 ? k2 : k3;
                    e.Code.vpcmpd(mask, Zmm(sums[r * Vectors + v]), __dword_bcst[least + r * sizeof(int)], NotLess);
                    e.Code.kmovw(__word_ptr[hits + (r * Vectors + v) * sizeof(ushort)], mask);
                    e.Store(__[stored + (r * Vectors + v) * VectorBytes], sums[r * Vectors + v]);
                }
            e.Code.add(least, BlockRows * sizeof(int));
            e.Code.add(hits, BlockRows * Vectors * sizeof(ushort));
            e.Code.add(stored, BlockRows * Columns * sizeof(int));
        });
        return e;

        void Products()
        {
            for (int u = 0; u < Unrolled; u++)
            {
                for (int v = 0; v < Vectors; v++) e.Load(right[v], __[b + (u * Vectors + v) * VectorBytes]);
                for (int r = 0; r < BlockRows; r++)
                {
                    var left = spread[r % spread.Length];
                    e.Broadcast(left, __[a + (u * BlockRows + r) * sizeof(uint)]);
                    for (int v = 0; v < Vectors; v++) e.Code.vpdpbusd(Zmm(sums[r * Vectors + v]), Zmm(left), Zmm(right[v]));
                }
            }
            e.Code.add(a, Unrolled * BlockRows * sizeof(uint));
            e.Code.add(b, Unrolled * Columns * sizeof(uint));
        }
    }

    static AssemblerRegisterZMM Zmm(VectorRegister v) => new(v.Wide);

    static int Offset(string field) => (int)Marshal.OffsetOf<ByteScanJob>(field);
}
