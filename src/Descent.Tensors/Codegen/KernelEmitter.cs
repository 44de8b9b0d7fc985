using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Codegen;

/// <summary>
/// Writes one kernel: a function of up to four pointers or integers that returns nothing. Registers are asked for by
/// role, vectors are as wide as the tier has them, and tails are done by masks, so that one emitter serves AVX2 and
/// AVX-512, float32 and float64.
/// </summary>
/// <remarks>
/// The kernel is to be called as <c>delegate* unmanaged[SuppressGCTransition]&lt;…, void&gt;</c>; it must therefore be
/// short (a millisecond at most) and never calls back. Instructions that have no method here are written to
/// <see cref="Code"/> directly. Constants lie behind the code.
/// </remarks>
sealed class KernelEmitter
{
    static readonly AssemblerRegister64[] s_arguments = OperatingSystem.IsWindows() ? [rcx, rdx, r8, r9] : [rdi, rsi, rdx, rcx];
    static readonly AssemblerRegister64[] s_volatile = OperatingSystem.IsWindows() ? [rax, r10, r11] : [rax, r8, r9, r10, r11];
    static readonly AssemblerRegister64[] s_saved = OperatingSystem.IsWindows()
        ? [rbx, rbp, rsi, rdi, r12, r13, r14, r15] : [rbx, rbp, r12, r13, r14, r15];

    // On Windows registers 6 to 15 belong to the caller: those above them come first where they exist.
    static readonly int[] s_wideOrder = [.. Enumerable.Range(0, 6), .. Enumerable.Range(16, 16), .. Enumerable.Range(6, 10)];

    const int CacheLine = 64;

    readonly Queue<AssemblerRegister64> _registers = new();
    readonly Queue<int> _vectors = new();
    readonly List<AssemblerRegister64> _pushed = [];
    readonly List<int> _keptVectors = [];
    readonly Dictionary<ulong, Label> _constants = [];
    readonly List<(byte[] Bytes, Label Label)> _tables = [], _aligned = [];
    Label? _maskTable;
    int _masks;

    /// <param name="tier">AVX2 gives vectors of 256 bits, the tiers above it of 512.</param>
    /// <param name="arguments">How many arguments the kernel takes, from 0 to 4.</param>
    /// <param name="registers">General registers it needs beside the arguments.</param>
    /// <param name="vectors">Vector registers it needs, at most <see cref="MostVectors"/>.</param>
    /// <param name="doubles">Lanes are float64 instead of float32.</param>
    public KernelEmitter(IsaTier tier, int arguments, int registers, int vectors, bool doubles = false)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)tier, (int)IsaTier.Portable);
        IsWide = tier >= IsaTier.Avx512;
        IsDouble = doubles;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments, s_arguments.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(vectors, MostVectors);
        Arguments = s_arguments.AsMemory(0, arguments);
        foreach (var register in (ReadOnlySpan<AssemblerRegister64>)[.. s_volatile, .. s_arguments.AsSpan(arguments)])
            _registers.Enqueue(register);
        foreach (var register in s_saved)
        {
            if (_registers.Count >= registers) break;
            _registers.Enqueue(register);
            _pushed.Add(register);
            Code.push(register);
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(registers, _registers.Count);
        for (int i = 0; i < vectors; i++)
        {
            int index = IsWide ? s_wideOrder[i] : i;
            _vectors.Enqueue(index);
            if (OperatingSystem.IsWindows() && index is >= 6 and < 16) _keptVectors.Add(index);
        }
        if (_keptVectors.Count == 0) return;
        Code.sub(rsp, 16 * _keptVectors.Count);
        for (int i = 0; i < _keptVectors.Count; i++) Code.vmovdqu(__[rsp + 16 * i], new AssemblerRegisterXMM(Iced.Intel.Register.XMM0 + _keptVectors[i]));
    }

    /// <summary>The instructions so far, to write others beside those offered here.</summary>
    public Assembler Code { get; } = new(64);

    /// <summary>The arguments, in their registers.</summary>
    public ReadOnlyMemory<AssemblerRegister64> Arguments { get; }

    /// <summary>Vectors are of 512 bits, with masks in registers of their own and 32 vector registers.</summary>
    public bool IsWide { get; }

    /// <summary>Lanes are float64.</summary>
    public bool IsDouble { get; }

    /// <summary>Bytes of a vector.</summary>
    public int VectorBytes => IsWide ? 64 : 32;

    /// <summary>Bytes of an element.</summary>
    public int ElementBytes => IsDouble ? 8 : 4;

    /// <summary>Elements of a vector.</summary>
    public int Lanes => VectorBytes / ElementBytes;

    /// <summary>Vector registers that the tier has.</summary>
    public int MostVectors => IsWide ? 32 : 16;

    // ---- Registers ---------------------------------------------------------------------------------------------------

    public AssemblerRegister64 Argument(int index) => Arguments.Span[index];

    /// <summary>A general register for a role of its own.</summary>
    public AssemblerRegister64 Register() => _registers.Dequeue();

    /// <summary>A vector register for a role of its own.</summary>
    public VectorRegister Vector()
    {
        var v = new VectorRegister(_vectors.Dequeue());
        LeastFreeVectors = Math.Min(LeastFreeVectors, _vectors.Count);
        return v;
    }

    /// <summary>How many vector registers had no role when there were fewest.</summary>
    public int LeastFreeVectors { get; private set; } = int.MaxValue;

    public VectorRegister[] Vectors(int count) => [.. Enumerable.Range(0, count).Select(_ => Vector())];

    /// <summary>Gives a register back for another role.</summary>
    public void Release(AssemblerRegister64 register) => _registers.Enqueue(register);

    /// <inheritdoc cref="Release(AssemblerRegister64)"/>
    public void Release(VectorRegister register) => _vectors.Enqueue(register.Index);

    // ---- Vectors -----------------------------------------------------------------------------------------------------

    /// <summary>The register as operands of instructions written directly see it.</summary>
    public Register Named(VectorRegister v) => IsWide ? v.Wide : v.Narrow;

    /// <summary>d = 0.</summary>
    public void Zero(VectorRegister d) => Code.AddInstruction(d.Index < 16
        ? Instruction.Create(Iced.Intel.Code.VEX_Vxorps_xmm_xmm_xmmm128, d.Low, d.Low, d.Low)
        : Instruction.Create(Iced.Intel.Code.EVEX_Vpxord_zmm_k1z_zmm_zmmm512b32, d.Wide, d.Wide, d.Wide));

    public void Load(VectorRegister d, AssemblerMemoryOperand from) => Emit(VectorInstruction.Load, d, from);

    public void Move(VectorRegister d, VectorRegister a) => Emit(VectorInstruction.Load, d, a);

    public void Store(AssemblerMemoryOperand to, VectorRegister a) =>
        Code.AddInstruction(Instruction.Create(Pick(VectorInstruction.Store), to.ToMemoryOperand(64), Named(a)));

    /// <summary>Past the caches; the address must be aligned to a vector, and the kernel must end with <c>sfence</c>.</summary>
    public void StoreUncached(AssemblerMemoryOperand to, VectorRegister a) =>
        Code.AddInstruction(Instruction.Create(Pick(VectorInstruction.StoreUncached), to.ToMemoryOperand(64), Named(a)));

    /// <summary>One element in memory to all lanes.</summary>
    public void Broadcast(VectorRegister d, AssemblerMemoryOperand from) => Emit(VectorInstruction.Broadcast, d, from);

    /// <summary>The lowest lane to all lanes.</summary>
    public void Broadcast(VectorRegister d, VectorRegister a) =>
        Code.AddInstruction(Instruction.Create(Pick(VectorInstruction.BroadcastLane), Named(d), a.Low));

    /// <summary>A constant to all lanes.</summary>
    public void Broadcast(VectorRegister d, double value) => Broadcast(d, Constant(value));

    /// <summary>d = op a.</summary>
    public void Emit(VectorInstruction op, VectorRegister d, VectorRegister a) =>
        Code.AddInstruction(Instruction.Create(Pick(op), Named(d), Named(a)));

    /// <summary>d = op memory.</summary>
    public void Emit(VectorInstruction op, VectorRegister d, AssemblerMemoryOperand a) =>
        Code.AddInstruction(Instruction.Create(Pick(op), Named(d), a.ToMemoryOperand(64)));

    /// <summary>d = a op b, or d += a · b and its kin.</summary>
    public void Emit(VectorInstruction op, VectorRegister d, VectorRegister a, VectorRegister b) =>
        Code.AddInstruction(Instruction.Create(Pick(op), Named(d), Named(a), Named(b)));

    /// <summary>As the other, with the last operand a vector in memory.</summary>
    public void Emit(VectorInstruction op, VectorRegister d, VectorRegister a, AssemblerMemoryOperand b) =>
        Code.AddInstruction(Instruction.Create(Pick(op), Named(d), Named(a), b.ToMemoryOperand(64)));

    /// <summary>As the other, with the last operand one element in memory for all lanes; with 512 bits only.</summary>
    public void EmitBroadcast(VectorInstruction op, VectorRegister d, VectorRegister a, AssemblerMemoryOperand b)
    {
        var m = b.ToMemoryOperand(64);
        var instruction = Instruction.Create(Pick(op), Named(d), Named(a), m);
        instruction.IsBroadcast = true;
        Code.AddInstruction(instruction);
    }

    Code Pick(VectorInstruction op) =>
        IsDouble ? IsWide ? op.WideDouble : op.NarrowDouble : IsWide ? op.Wide : op.Narrow;

    // ---- Tails -------------------------------------------------------------------------------------------------------

    /// <summary>The first <paramref name="count"/> lanes, a number from 0 to <see cref="Lanes"/> known as the kernel is written.</summary>
    public LaneMask Mask(int count)
    {
        var mask = NewMask();
        if (IsWide)
        {
            var bits = Register();
            Code.mov(bits, (1L << count) - 1);
            Code.kmovq(new AssemblerRegisterK(mask.Register), bits);
            Release(bits);
        }
        else
        {
            // A label takes no offset.
            var table = Register();
            Code.lea(table, __[MaskTable]);
            Code.vmovdqu(new AssemblerRegisterYMM(mask.Register), __[table + (32 - count * ElementBytes)]);
            Release(table);
        }
        return mask;
    }

    /// <summary>The first lanes, as many as <paramref name="count"/> holds: from 0 to <see cref="Lanes"/>. Changes no register but the mask.</summary>
    public LaneMask Mask(AssemblerRegister64 count)
    {
        var mask = NewMask();
        SetMask(mask, count);
        return mask;
    }

    /// <summary>Sets a mask anew.</summary>
    public void SetMask(LaneMask mask, AssemblerRegister64 count)
    {
        var t = Register();
        if (IsWide)
        {
            Code.mov(t, -1L);
            Code.bzhi(t, t, count);
            Code.kmovq(new AssemblerRegisterK(mask.Register), t);
        }
        else
        {
            var table = Register();
            Code.mov(t, count);
            Code.neg(t);
            Code.lea(table, __[MaskTable]);
            Code.vmovdqu(new AssemblerRegisterYMM(mask.Register), __[table + t * ElementBytes + 32]);
            Release(table);
        }
        Release(t);
    }

    /// <summary>The lanes of the mask from memory, zeros in the others; memory of the others is not touched.</summary>
    public void Load(VectorRegister d, AssemblerMemoryOperand from, LaneMask mask)
    {
        if (IsWide) AddMasked(Instruction.Create(Pick(VectorInstruction.MaskedLoad), Named(d), from.ToMemoryOperand(64)), mask, zeroing: true);
        else Code.AddInstruction(Instruction.Create(Pick(VectorInstruction.MaskedLoad), Named(d), mask.Register, from.ToMemoryOperand(64)));
    }

    /// <summary>The lanes of the mask to memory; memory of the others is not touched.</summary>
    public void Store(AssemblerMemoryOperand to, VectorRegister a, LaneMask mask)
    {
        if (IsWide) AddMasked(Instruction.Create(Pick(VectorInstruction.MaskedStore), to.ToMemoryOperand(64), Named(a)), mask, zeroing: false);
        else Code.AddInstruction(Instruction.Create(Pick(VectorInstruction.MaskedStore), to.ToMemoryOperand(64), mask.Register, Named(a)));
    }

    void AddMasked(Instruction instruction, LaneMask mask, bool zeroing)
    {
        instruction.OpMask = mask.Register;
        instruction.ZeroingMasking = zeroing;
        Code.AddInstruction(instruction);
    }

    LaneMask NewMask()
    {
        if (!IsWide) return new(Vector().Narrow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(++_masks, 7);
        return new(Iced.Intel.Register.K0 + _masks);
    }

    // Eight lanes of ones, then eight of zeros: read from further on, it has fewer ones.
    Label MaskTable
    {
        get
        {
            if (_maskTable is not { } label)
                _maskTable = label = Table([.. Enumerable.Repeat((byte)255, 32), .. new byte[32]]);
            return label;
        }
    }

    // ---- Constants ---------------------------------------------------------------------------------------------------

    /// <summary>A constant of the element type, in memory behind the code.</summary>
    public AssemblerMemoryOperand Constant(double value) =>
        Constant(IsDouble ? BitConverter.DoubleToUInt64Bits(value) : BitConverter.SingleToUInt32Bits((float)value));

    /// <summary>The bits of one element, in memory behind the code.</summary>
    public AssemblerMemoryOperand Constant(ulong bits)
    {
        if (!_constants.TryGetValue(bits, out var label)) _constants.Add(bits, label = Code.CreateLabel());
        return __[label];
    }

    /// <summary>Bytes behind the code, as <c>__[label]</c> reads them.</summary>
    public Label Table(ReadOnlySpan<byte> bytes)
    {
        var label = Code.CreateLabel();
        _tables.Add((bytes.ToArray(), label));
        return label;
    }

    /// <summary>Bytes behind the code that begin with a line of the cache, as many lines as they fill; the same bytes are there once.</summary>
    public Label AlignedTable(ReadOnlySpan<byte> bytes)
    {
        foreach (var (known, at) in _aligned)
            if (bytes.SequenceEqual(known)) return at;
        var label = Code.CreateLabel();
        _aligned.Add((bytes.ToArray(), label));
        return label;
    }

    // ---- Loops -------------------------------------------------------------------------------------------------------

    /// <summary>Repeats the body until <paramref name="counter"/> has come down to 0; not at all if it is 0 or less.</summary>
    public void Loop(AssemblerRegister64 counter, Action body)
    {
        Label top = Code.CreateLabel(), end = Code.CreateLabel();
        Code.test(counter, counter);
        Code.jle(end);
        Code.Label(ref top);
        body();
        Code.dec(counter);
        Code.jnz(top);
        Code.Label(ref end);
        Code.nop();
    }

    /// <summary>Repeats the body as long as <paramref name="counter"/> is at least <paramref name="step"/>, which each round takes off.</summary>
    public void LoopBy(AssemblerRegister64 counter, int step, Action body)
    {
        Label top = Code.CreateLabel(), end = Code.CreateLabel();
        Code.sub(counter, step);
        Code.jl(end);
        Code.Label(ref top);
        body();
        Code.sub(counter, step);
        Code.jge(top);
        Code.Label(ref end);
        Code.add(counter, step);
    }

    // ---- The end -----------------------------------------------------------------------------------------------------

    /// <summary>Restores the caller's registers and returns.</summary>
    void Return()
    {
        Code.vzeroupper();
        if (_keptVectors.Count > 0)
        {
            for (int i = 0; i < _keptVectors.Count; i++) Code.vmovdqu(new AssemblerRegisterXMM(Iced.Intel.Register.XMM0 + _keptVectors[i]), __[rsp + 16 * i]);
            Code.add(rsp, 16 * _keptVectors.Count);
        }
        for (int i = _pushed.Count - 1; i >= 0; i--) Code.pop(_pushed[i]);
        Code.ret();
    }

    /// <summary>The kernel's bytes, its return and its constants included. Ends the writing.</summary>
    public byte[] Assemble()
    {
        Return();
        Label? first = null;
        foreach (var (bytes, at) in (ReadOnlySpan<(byte[], Label)>)[.. _aligned, .. _tables])
        {
            var label = at;
            Code.Label(ref label);
            first ??= label;
            Code.db(bytes);
        }
        foreach (var (bits, at) in _constants)
        {
            var label = at;
            Code.Label(ref label);
            if (IsDouble) Code.dq(bits);
            else Code.dd((uint)bits);
        }
        using var stream = new MemoryStream();
        var places = Code.Assemble(new StreamCodeWriter(stream), 0, BlockEncoderOptions.ReturnNewInstructionOffsets);
        if (_aligned.Count == 0) return stream.ToArray();
        // The code is moved to where its tables are aligned; it begins on a page.
        var before = new Assembler(64);
        int gap = (int)(-(long)places.GetLabelRIP(first!.Value) & (CacheLine - 1));
        using var moved = new MemoryStream();
        if (gap > 0) before.nop(gap);
        before.Assemble(new StreamCodeWriter(moved), 0);
        stream.WriteTo(moved);
        return moved.ToArray();
    }

    /// <summary>The kernel ready to be called, or null where the system refuses executable pages. Ends the writing.</summary>
    public MachineCode? Build(string name) => MachineCode.TryCreate(name, Assemble());
}
