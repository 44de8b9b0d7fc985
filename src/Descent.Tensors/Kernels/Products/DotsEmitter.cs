using System.Runtime.InteropServices;
using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>All that the code of a block of dot products depends on.</summary>
/// <param name="Tier">Width of the vectors.</param>
/// <param name="Doubles">Elements are float64.</param>
/// <param name="Rows">Rows of A.</param>
/// <param name="Columns">Columns of B.</param>
/// <param name="HasTail">k is not whole vectors.</param>
readonly record struct DotsSpecification(IsaTier Tier, bool Doubles, int Rows, int Columns, bool HasTail)
{
    /// <summary>The most sums of a block.</summary>
    public const int MostSums = 24;

    static readonly KernelCache<DotsSpecification> s_kernels = new("dots", DotsEmitter.Emit);

    /// <summary>The code, or 0 where none can be generated.</summary>
    public nint FindEntry() => s_kernels.Find(this);

    public static int MostRows(IsaTier tier) => tier >= IsaTier.Avx512 ? 8 : 4;

    /// <summary>Columns of a block of so many rows: as many sums as registers hold beside a vector of each column and one of A.</summary>
    public static int MostColumns(IsaTier tier, int rows) => tier >= IsaTier.Avx512
        ? rows switch { 1 => 8, 2 => 6, 3 or 4 => 5, 5 or 6 => 4, _ => 3 }
        : rows switch { 1 => 5, 2 => 4, 3 => 3, _ => 2 };
}

/// <summary>Writes a block of dot products of rows of A and columns of B that are both contiguous.</summary>
static class DotsEmitter
{
    // Bytes that columns are fetched ahead of their use: the latency of memory at the rate of one core.
    const int Ahead = 1024;

    public static KernelEmitter Emit(DotsSpecification block)
    {
        int narrowMask = block.Tier < IsaTier.Avx512 && block.HasTail ? 1 : 0;
        int registers = 5 + (block.Rows > 1 ? Math.Max(1, block.Rows / 2) : 0) + (block.Columns > 1 ? Math.Max(1, block.Columns / 2) : 0);
        var e = new KernelEmitter(block.Tier, arguments: 1, registers, block.Rows * block.Columns + block.Columns + 1 + narrowMask, block.Doubles);
        var call = e.Argument(0);
        var sums = e.Vectors(block.Rows * block.Columns);
        var columns = e.Vectors(block.Columns);
        var row = e.Vector();

        AssemblerRegister64 a = Get(nameof(DotsCall.A)), b = Get(nameof(DotsCall.B)), k = Get(nameof(DotsCall.Whole));
        var rowStrides = Multiples(nameof(DotsCall.ARow), block.Rows);
        var columnStrides = Multiples(nameof(DotsCall.BColumn), block.Columns);
        foreach (var sum in sums) e.Zero(sum);
        e.Loop(k, () =>
        {
            for (int n = 0; n < block.Columns; n++)
            {
                e.Load(columns[n], At(b, columnStrides, n, 0));
                e.Code.prefetcht0(At(b, columnStrides, n, Ahead));
            }
            for (int m = 0; m < block.Rows; m++)
            {
                e.Load(row, At(a, rowStrides, m, 0));
                for (int n = 0; n < block.Columns; n++) e.Emit(VectorInstruction.MultiplyAdd, sums[m * block.Columns + n], row, columns[n]);
            }
            e.Code.add(a, e.VectorBytes);
            e.Code.add(b, e.VectorBytes);
        });
        if (block.HasTail)
        {
            e.Code.mov(k, Field(nameof(DotsCall.Tail)));
            var mask = e.Mask(k);
            for (int n = 0; n < block.Columns; n++) e.Load(columns[n], At(b, columnStrides, n, 0), mask);
            for (int m = 0; m < block.Rows; m++)
            {
                e.Load(row, At(a, rowStrides, m, 0), mask);
                for (int n = 0; n < block.Columns; n++) e.Emit(VectorInstruction.MultiplyAdd, sums[m * block.Columns + n], row, columns[n]);
            }
        }
        e.Code.mov(k, Field(nameof(DotsCall.Sums)));
        for (int i = 0; i < sums.Length; i++) e.Store(__[k + i * e.VectorBytes], sums[i]);
        return e;

        AssemblerMemoryOperand Field(string name) => __qword_ptr[call + (int)Marshal.OffsetOf<DotsCall>(name)];

        AssemblerRegister64 Get(string field)
        {
            var register = e.Register();
            e.Code.mov(register, Field(field));
            return register;
        }

        // One, three, five and seven strides, which the address doubles and quadruples.
        AssemblerRegister64[] Multiples(string field, int count)
        {
            if (count == 1) return [];
            List<AssemblerRegister64> strides = [Get(field)];
            for (int multiple = 3; multiple < count; multiple += 2)
            {
                var next = e.Register();
                e.Code.lea(next, __[strides[^1] + strides[0] * 2]);
                strides.Add(next);
            }
            return [.. strides];
        }

        static AssemblerMemoryOperand At(AssemblerRegister64 origin, AssemblerRegister64[] strides, int index, int offset)
        {
            if (index == 0) return __[origin + offset];
            int scale = index & -index;
            return __[origin + strides[index / scale / 2] * scale + offset];
        }
    }
}
