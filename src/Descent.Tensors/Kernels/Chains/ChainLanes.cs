using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>
/// The instructions of <see cref="KernelEmitter"/> for one vector or for two neighbouring ones in turn: long formulas wait for
/// their own results, and a processor does not look far enough ahead to fill the time with the next round.
/// </summary>
/// <param name="e">Writes the kernel.</param>
sealed class ChainLanes(KernelEmitter e)
{
    readonly Dictionary<int, VectorRegister> _twins = [];
    // By their bits, as 0 and −0 are not the same.
    readonly Dictionary<uint, int> _numbers = [];
    readonly Dictionary<uint, VectorRegister> _kept = [];

    /// <summary>Whether each register stands for two, and each instruction is written for both.</summary>
    internal bool IsPaired { get; set; }

    /// <summary>The bits of the numbers asked for so far that were in no register, the most frequent first.</summary>
    internal IEnumerable<uint> Numbers => _numbers.OrderByDescending(pair => pair.Value).Select(pair => pair.Key);

    internal bool IsWide => e.IsWide;

    internal Assembler Code => e.Code;

    internal VectorRegister Vector()
    {
        var v = e.Vector();
        if (IsPaired) _twins[v.Index] = e.Vector();
        return v;
    }

    internal void Release(VectorRegister v)
    {
        e.Release(v);
        if (_twins.Remove(v.Index, out var twin)) e.Release(twin);
    }

    /// <summary>The register of the second vector.</summary>
    internal VectorRegister Twin(VectorRegister v) => _twins[v.Index];

    /// <summary>Writes instructions for the first vector, then for the second; each has a mask register of its own.</summary>
    internal void Each(Action<Func<VectorRegister, VectorRegister>, AssemblerRegisterK> write)
    {
        write(static v => v, k7);
        if (IsPaired) write(Twin, k6);
    }

    internal void Move(VectorRegister d, VectorRegister a)
    {
        e.Move(d, a);
        if (IsPaired) e.Move(Twin(d), Twin(a));
    }

    internal void Zero(VectorRegister d)
    {
        e.Zero(d);
        if (IsPaired) e.Zero(Twin(d));
    }

    internal void Broadcast(VectorRegister d, AssemblerMemoryOperand from)
    {
        e.Broadcast(d, from);
        if (IsPaired) e.Broadcast(Twin(d), from);
    }

    internal void Emit(VectorInstruction op, VectorRegister d, VectorRegister a)
    {
        e.Emit(op, d, a);
        if (IsPaired) e.Emit(op, Twin(d), Twin(a));
    }

    internal void Emit(VectorInstruction op, VectorRegister d, VectorRegister a, VectorRegister b)
    {
        e.Emit(op, d, a, b);
        if (IsPaired) e.Emit(op, Twin(d), Twin(a), Twin(b));
    }

    internal void EmitBroadcast(VectorInstruction op, VectorRegister d, VectorRegister a, AssemblerMemoryOperand b)
    {
        e.EmitBroadcast(op, d, a, b);
        if (IsPaired) e.EmitBroadcast(op, Twin(d), Twin(a), b);
    }

    internal int VectorBytes => e.VectorBytes;

    /// <summary>A register with the address of aligned bytes behind the code, which are there once however often it is asked for.</summary>
    internal AssemblerRegister64 Table(ReadOnlySpan<byte> bytes)
    {
        var at = e.Register();
        e.Code.lea(at, __[e.AlignedTable(bytes)]);
        return at;
    }

    internal void Release(AssemblerRegister64 register) => e.Release(register);

    /// <summary>A number in memory behind the code.</summary>
    internal AssemblerMemoryOperand Constant(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        _numbers[bits] = _numbers.GetValueOrDefault(bits) + 1;
        return e.Constant(bits);
    }

    /// <summary>Loads a number into a register that holds it from here on.</summary>
    internal void Keep(uint bits)
    {
        var v = e.Vector();
        e.Broadcast(v, e.Constant(bits));
        _kept.Add(bits, v);
        // The second vector reads the same register.
        _twins.Add(v.Index, v);
    }

    /// <summary>The register that holds a number, if one does.</summary>
    internal bool IsKept(double value, out VectorRegister v) => _kept.TryGetValue(BitConverter.SingleToUInt32Bits((float)value), out v);

    internal AssemblerMemoryOperand Constant(ulong bits) => e.Constant(bits);
}
