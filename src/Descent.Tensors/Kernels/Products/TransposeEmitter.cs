using System.Runtime.InteropServices;
using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>The argument of a generated transposition. Distances are in bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct TransposeCall
{
    /// <summary>Elements of each row.</summary>
    public nint K;

    public void* Source;
    public nint Stride;
    public void* Target;
    public nint Pitch;
}

/// <summary>Rows become columns: <c>target[k · pitch + row] = source[row · stride + k]</c>; with 512-bit vectors.</summary>
/// <param name="Doubles">Elements are float64.</param>
/// <param name="Rows">Rows, at most the lanes of a vector.</param>
/// <param name="IsPadded">Lanes beyond the rows are written, as zeros.</param>
readonly record struct TransposeSpecification(bool Doubles, int Rows, bool IsPadded)
{
    static readonly KernelCache<TransposeSpecification> s_kernels = new("transpose", TransposeEmitter.Emit);

    /// <summary>The code, or 0 where none can be generated.</summary>
    public nint FindEntry() => s_kernels.Find(this);
}

/// <summary>
/// Writes the transposition of a square of a vector's lanes in registers: pairs and fours are interleaved within 128
/// bits, then blocks of 128 bits change places.
/// </summary>
sealed class TransposeEmitter
{
    // Row r lies at base + r · stride; 1, 3, 5 and 7 strides, doubled and quadrupled by the address, reach nine rows.
    const int RowsOfBase = 9;

    readonly TransposeSpecification _what;
    readonly KernelEmitter _e;
    readonly AssemblerRegister64 _pitch, _target;
    readonly AssemblerRegister64[] _bases, _strides;
    readonly Stack<VectorRegister> _free;
    readonly VectorRegister _zero;

    TransposeEmitter(TransposeSpecification what)
    {
        _what = what;
        _e = new(IsaTier.Avx512, arguments: 1, registers: 11, vectors: 18, what.Doubles);
        _free = new(_e.Vectors(17));
        _zero = _e.Vector();
        _e.Zero(_zero);
        _target = Get(nameof(TransposeCall.Target));
        _pitch = Get(nameof(TransposeCall.Pitch));
        var source = Get(nameof(TransposeCall.Source));
        var stride = Get(nameof(TransposeCall.Stride));
        _strides = [stride, _e.Register(), _e.Register(), _e.Register()];
        for (int i = 1; i < _strides.Length; i++) _e.Code.lea(_strides[i], __[_strides[i - 1] + stride * 2]);
        _bases = [source, _e.Register()];
        _e.Code.lea(_bases[1], __[source + stride * 8]);
        _e.Code.add(_bases[1], stride);
    }

    public static KernelEmitter Emit(TransposeSpecification what)
    {
        var emitter = new TransposeEmitter(what);
        emitter.Emit();
        return emitter._e;
    }

    AssemblerRegister64 Get(string field)
    {
        var register = _e.Register();
        _e.Code.mov(register, __qword_ptr[_e.Argument(0) + (int)Marshal.OffsetOf<TransposeCall>(field)]);
        return register;
    }

    AssemblerMemoryOperand Row(int row)
    {
        var origin = _bases[row / RowsOfBase];
        row %= RowsOfBase;
        int scale = row & -row;
        return row == 0 ? __[origin] : __[origin + _strides[row / scale / 2] * scale];
    }

    void Emit()
    {
        var k = Get(nameof(TransposeCall.K));
        LaneMask? rows = _what.Rows < _e.Lanes && !_what.IsPadded ? _e.Mask(_what.Rows) : null;
        _e.LoopBy(k, _e.Lanes, () =>
        {
            foreach (var column in Columns(null))
            {
                Store(column, rows);
                _e.Code.add(_target, _pitch);
            }
            foreach (var origin in _bases) _e.Code.add(origin, _e.VectorBytes);
        });
        Label end = _e.Code.CreateLabel();
        _e.Code.test(k, k);
        _e.Code.je(end);
        var tail = _e.Mask(k);
        foreach (var column in Columns(tail))
        {
            Store(column, rows);
            _e.Code.add(_target, _pitch);
            _e.Code.dec(k);
            _e.Code.je(end);
        }
        _e.Code.Label(ref end);
        _e.Code.nop();
    }

    void Store(VectorRegister column, LaneMask? rows)
    {
        if (rows is { } mask) _e.Store(__[_target], column, mask);
        else _e.Store(__[_target], column);
        if (column != _zero) _free.Push(column);
    }

    /// <summary>Loads the rows and turns them; the columns in order.</summary>
    VectorRegister[] Columns(LaneMask? tail)
    {
        int ofBlock = 16 / _e.ElementBytes;
        // Group g, column c: in block b of 128 bits the rows of the group at column b · ofBlock + c.
        var groups = new VectorRegister?[4][];
        for (int g = 0; g < groups.Length; g++)
        {
            var rows = new VectorRegister?[ofBlock];
            for (int r = 0; r < ofBlock; r++)
            {
                int row = g * ofBlock + r;
                if (row >= _what.Rows) continue;
                var loaded = _free.Pop();
                if (tail is { } mask) _e.Load(loaded, Row(row), mask);
                else _e.Load(loaded, Row(row));
                rows[r] = loaded;
            }
            groups[g] = _what.Doubles ? InterleaveDoubles(rows) : InterleaveFloats(rows);
        }
        var columns = new VectorRegister[_e.Lanes];
        const byte evenBlocks = 0x88, oddBlocks = 0xDD;
        for (int c = 0; c < ofBlock; c++)
        {
            var (even01, odd01) = Blocks(groups[0][c], groups[1][c]);
            var (even23, odd23) = Blocks(groups[2][c], groups[3][c]);
            var (block0, block2) = Blocks(even01, even23);
            var (block1, block3) = Blocks(odd01, odd23);
            VectorRegister?[] blocks = [block0, block1, block2, block3];
            for (int b = 0; b < blocks.Length; b++) columns[b * ofBlock + c] = blocks[b] ?? _zero;
        }
        return columns;

        (VectorRegister?, VectorRegister?) Blocks(VectorRegister? a, VectorRegister? b) => Pair(a, b,
            (d, x, y) => Instruction.Create(Code.EVEX_Vshuff32x4_zmm_k1z_zmm_zmmm512b32_imm8, d, x, y, evenBlocks),
            (d, x, y) => Instruction.Create(Code.EVEX_Vshuff32x4_zmm_k1z_zmm_zmmm512b32_imm8, d, x, y, oddBlocks));
    }

    VectorRegister?[] InterleaveDoubles(VectorRegister?[] rows)
    {
        var (low, high) = Doubles(rows[0], rows[1]);
        return [low, high];
    }

    VectorRegister?[] InterleaveFloats(VectorRegister?[] rows)
    {
        var (low01, high01) = Floats(rows[0], rows[1]);
        var (low23, high23) = Floats(rows[2], rows[3]);
        var (c0, c1) = Doubles(low01, low23);
        var (c2, c3) = Doubles(high01, high23);
        return [c0, c1, c2, c3];
    }

    (VectorRegister?, VectorRegister?) Floats(VectorRegister? a, VectorRegister? b) => Pair(a, b,
        (d, x, y) => Instruction.Create(Code.EVEX_Vunpcklps_zmm_k1z_zmm_zmmm512b32, d, x, y),
        (d, x, y) => Instruction.Create(Code.EVEX_Vunpckhps_zmm_k1z_zmm_zmmm512b32, d, x, y));

    (VectorRegister?, VectorRegister?) Doubles(VectorRegister? a, VectorRegister? b) => Pair(a, b,
        (d, x, y) => Instruction.Create(Code.EVEX_Vunpcklpd_zmm_k1z_zmm_zmmm512b64, d, x, y),
        (d, x, y) => Instruction.Create(Code.EVEX_Vunpckhpd_zmm_k1z_zmm_zmmm512b64, d, x, y));

    /// <summary>Two registers from two; where a row does not exist there is zero, and nothing where neither does.</summary>
    (VectorRegister?, VectorRegister?) Pair(VectorRegister? a, VectorRegister? b,
        Func<Register, Register, Register, Instruction> low, Func<Register, Register, Register, Instruction> high)
    {
        if (a is null && b is null) return (null, null);
        VectorRegister x = a ?? _zero, y = b ?? _zero, first = _free.Pop(), second = a ?? y;
        _e.Code.AddInstruction(low(first.Wide, x.Wide, y.Wide));
        _e.Code.AddInstruction(high(second.Wide, x.Wide, y.Wide));
        if (a is not null && b is { } used) _free.Push(used);
        return (first, second);
    }
}
