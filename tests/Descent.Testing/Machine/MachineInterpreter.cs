using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Iced.Intel;

namespace Descent.Testing;

/// <summary>
/// Runs the machine code of generated kernels, instruction by instruction, on the real memory that they are given: for
/// kernels whose instructions the machine at hand does not have. What it does not know it refuses.
/// </summary>
public sealed unsafe class MachineInterpreter
{
    const ulong ReturnAddress = 0xDEAD_BEEF;

    readonly ulong[] _registers = new ulong[16];
    readonly ulong[] _masks = new ulong[8];
    readonly byte[][] _vectors = [.. Enumerable.Range(0, 32).Select(_ => new byte[64])];
    readonly VAGetRegisterValue _values;
    long _result;
    bool _carry, _overflow;

    /// <summary>A processor whose tiles are not configured.</summary>
    public MachineInterpreter() => _values = Value;

    /// <summary>The tile registers, which keep their state between calls as a thread does.</summary>
    public TileRegisters Tiles { get; } = new();

    /// <summary>Instructions done so far.</summary>
    public long Instructions { get; private set; }

    /// <summary>How often each instruction was done.</summary>
    public Dictionary<Mnemonic, long> Counts { get; } = [];

    /// <summary>Calls a function of pointers or integers.</summary>
    public void Call(ReadOnlySpan<byte> code, params ReadOnlySpan<nint> arguments)
    {
        const int stackBytes = 4096;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)code.Length, 64), stack = (byte*)NativeMemory.AlignedAlloc(stackBytes, 64);
        try
        {
            code.CopyTo(new(memory, code.Length));
            // Registers that nobody set hold nothing that could be relied on.
            foreach (int i in Enumerable.Range(0, 16)) _registers[i] = 0x7777_7777_7777_0000 + (ulong)i;
            foreach (byte[] vector in _vectors) vector.AsSpan().Fill(0xA5);
            int[] order = OperatingSystem.IsWindows() ? [1, 2, 8, 9] : [7, 6, 2, 1];
            for (int i = 0; i < arguments.Length; i++) _registers[order[i]] = (ulong)arguments[i];
            ulong saved = Push((ulong)(stack + stackBytes - 64), ReturnAddress);
            _registers[4] = saved;
            ulong[] before = [.. _registers];
            Run(memory, code.Length);
            foreach (int kept in OperatingSystem.IsWindows() ? [3, 5, 6, 7, 12, 13, 14, 15] : (int[])[3, 5, 12, 13, 14, 15])
                if (_registers[kept] != before[kept]) throw new InvalidOperationException($"Register {kept} is the caller's, but the kernel changed it.");
            if (_registers[4] != saved + 8) throw new InvalidOperationException("The kernel did not restore the stack.");
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
            NativeMemory.AlignedFree(stack);
        }
    }

    static ulong Push(ulong top, ulong value)
    {
        *(ulong*)(top - 8) = value;
        return top - 8;
    }

    void Run(byte* memory, int length)
    {
        var reader = new MemoryReader(memory, length);
        var decoder = Decoder.Create(64, reader, (ulong)memory);
        Dictionary<ulong, Instruction> known = [];
        for (ulong at = (ulong)memory; at != ReturnAddress;)
        {
            if (!known.TryGetValue(at, out var instruction))
            {
                reader.Position = (int)(at - (ulong)memory);
                decoder.IP = at;
                known[at] = instruction = decoder.Decode();
            }
            Instructions++;
            CollectionsMarshal.GetValueRefOrAddDefault(Counts, instruction.Mnemonic, out _)++;
            at = Step(instruction);
        }
    }

    ulong Step(in Instruction i)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Nop or Mnemonic.Sfence or Mnemonic.Prefetcht0 or Mnemonic.Prefetcht1 or Mnemonic.Prefetchw: break;
            case Mnemonic.Ret:
                ulong to = *(ulong*)_registers[4];
                _registers[4] += 8;
                return to;
            case Mnemonic.Push: _registers[4] = Push(_registers[4], Get(i, 0)); break;
            case Mnemonic.Pop:
                Set(i, 0, *(ulong*)_registers[4]);
                _registers[4] += 8;
                break;
            case Mnemonic.Mov: Set(i, 0, Get(i, 1)); break;
            case Mnemonic.Lea: Set(i, 0, Address(i, 1)); break;
            case Mnemonic.Add: Set(i, 0, Sum(Get(i, 0), Get(i, 1))); break;
            case Mnemonic.Sub: Set(i, 0, Difference(Get(i, 0), Get(i, 1))); break;
            case Mnemonic.Cmp: Difference(Get(i, 0), Get(i, 1)); break;
            case Mnemonic.Neg: Set(i, 0, Difference(0, Get(i, 0))); break;
            case Mnemonic.Inc or Mnemonic.Dec:
                bool carry = _carry;
                Set(i, 0, i.Mnemonic == Mnemonic.Inc ? Sum(Get(i, 0), 1) : Difference(Get(i, 0), 1));
                _carry = carry;
                break;
            case Mnemonic.Test or Mnemonic.And or Mnemonic.Xor or Mnemonic.Or:
                ulong x = Get(i, 0), y = Get(i, 1);
                ulong bits = i.Mnemonic switch { Mnemonic.Xor => x ^ y, Mnemonic.Or => x | y, _ => x & y };
                (_result, _carry, _overflow) = ((long)bits, false, false);
                if (i.Mnemonic != Mnemonic.Test) Set(i, 0, bits);
                break;
            case Mnemonic.Imul when i.OpCount == 2: Set(i, 0, Get(i, 0) * Get(i, 1)); break;
            case Mnemonic.Imul when i.OpCount == 3: Set(i, 0, Get(i, 1) * Get(i, 2)); break;
            case Mnemonic.Shl: Set(i, 0, Get(i, 0) << (int)Get(i, 1)); break;
            case Mnemonic.Bzhi:
                int count = (int)(Get(i, 2) & 255);
                Set(i, 0, count >= 64 ? Get(i, 1) : Get(i, 1) & ((1UL << count) - 1));
                break;
            case Mnemonic.Kmovq or Mnemonic.Kmovd or Mnemonic.Kmovw: _masks[i.Op0Register - Register.K0] = Get(i, 1); break;
            case Mnemonic.Vzeroupper:
                for (int v = 0; v < 16; v++) _vectors[v].AsSpan(16).Clear();
                break;
            case Mnemonic.Ldtilecfg: Tiles.Configure((byte*)Address(i, 0)); break;
            case Mnemonic.Tilerelease: Tiles.Release(); break;
            case Mnemonic.Tilezero: Tiles.Zero(Tile(i, 0)); break;
            case Mnemonic.Tileloadd or Mnemonic.Tileloaddt1: Tiles.Load(Tile(i, 0), RowAddress(i, out long from), from); break;
            case Mnemonic.Tilestored: Tiles.Store(RowAddress(i, out long into), into, Tile(i, 1)); break;
            case Mnemonic.Tdpbf16ps: Tiles.MultiplyBFloat16(Tile(i, 0), Tile(i, 1), Tile(i, 2)); break;
            case Mnemonic.Tdpbssd: Tiles.MultiplyBytes(Tile(i, 0), Tile(i, 1), Tile(i, 2), true, true); break;
            case Mnemonic.Tdpbsud: Tiles.MultiplyBytes(Tile(i, 0), Tile(i, 1), Tile(i, 2), true, false); break;
            case Mnemonic.Tdpbusd: Tiles.MultiplyBytes(Tile(i, 0), Tile(i, 1), Tile(i, 2), false, true); break;
            case Mnemonic.Tdpbuud: Tiles.MultiplyBytes(Tile(i, 0), Tile(i, 1), Tile(i, 2), false, false); break;
            default:
                if (i.FlowControl == FlowControl.ConditionalBranch) return Holds(i.ConditionCode) ? i.NearBranchTarget : i.NextIP;
                if (i.FlowControl == FlowControl.UnconditionalBranch) return i.NearBranchTarget;
                Vector(i);
                break;
        }
        return i.NextIP;
    }

    // ---- Integers ----------------------------------------------------------------------------------------------------

    ulong Sum(ulong a, ulong b)
    {
        ulong sum = a + b;
        (_result, _carry, _overflow) = ((long)sum, sum < a, (long)((a ^ sum) & (b ^ sum)) < 0);
        return sum;
    }

    ulong Difference(ulong a, ulong b)
    {
        ulong difference = a - b;
        (_result, _carry, _overflow) = ((long)difference, a < b, (long)((a ^ b) & (a ^ difference)) < 0);
        return difference;
    }

    bool Holds(ConditionCode condition) => condition switch
    {
        ConditionCode.e => _result == 0,
        ConditionCode.ne => _result != 0,
        ConditionCode.s => _result < 0,
        ConditionCode.ns => _result >= 0,
        ConditionCode.b => _carry,
        ConditionCode.ae => !_carry,
        ConditionCode.be => _carry || _result == 0,
        ConditionCode.a => !_carry && _result != 0,
        ConditionCode.l => _result < 0 != _overflow,
        ConditionCode.ge => _result < 0 == _overflow,
        ConditionCode.le => _result == 0 || _result < 0 != _overflow,
        ConditionCode.g => _result != 0 && _result < 0 == _overflow,
        _ => throw new NotSupportedException($"The interpreter does not know the condition {condition}."),
    };

    ulong Get(in Instruction i, int operand)
    {
        switch (i.GetOpKind(operand))
        {
            case OpKind.Register:
                var register = i.GetOpRegister(operand);
                ulong whole = _registers[register.GetFullRegister() - Register.RAX];
                return register.GetSize() switch { 8 => whole, 4 => (uint)whole, _ => throw Unknown(i) };
            case OpKind.Memory:
                return i.MemorySize.GetSize() switch { 8 => *(ulong*)Address(i, operand), 4 => *(uint*)Address(i, operand), _ => throw Unknown(i) };
            default: return i.GetImmediate(operand);
        }
    }

    void Set(in Instruction i, int operand, ulong value)
    {
        if (i.GetOpKind(operand) == OpKind.Memory)
        {
            if (i.MemorySize.GetSize() == 8) *(ulong*)Address(i, operand) = value;
            else *(uint*)Address(i, operand) = (uint)value;
            return;
        }
        var register = i.GetOpRegister(operand);
        _registers[register.GetFullRegister() - Register.RAX] = register.GetSize() == 8 ? value : (uint)value;
    }

    ulong Address(in Instruction i, int operand) => i.GetVirtualAddress(operand, 0, _values);

    ulong Value(Register register, int element, int elementSize) => register is >= Register.RAX and <= Register.R15 ? _registers[register - Register.RAX] : 0;

    static int Tile(in Instruction i, int operand) => i.GetOpRegister(operand) - Register.TMM0;

    /// <summary>Of a tile in memory: the index register holds the distance of rows, scaled.</summary>
    byte* RowAddress(in Instruction i, out long stride)
    {
        stride = i.MemoryIndex == Register.None ? 0 : (long)_registers[i.MemoryIndex - Register.RAX] * i.MemoryIndexScale;
        return (byte*)(_registers[i.MemoryBase - Register.RAX] + i.MemoryDisplacement64);
    }

    static NotSupportedException Unknown(in Instruction i) => new($"The interpreter does not know '{i}' ({i.Code}).");

    // ---- Vectors -----------------------------------------------------------------------------------------------------

    void Vector(Instruction i)
    {
        int width = Math.Max(i.Op0Kind == OpKind.Register ? i.Op0Register.GetSize() : 0, i.Op1Kind == OpKind.Register ? i.Op1Register.GetSize() : 0);
        switch (i.Mnemonic)
        {
            case Mnemonic.Vmovups or Mnemonic.Vmovdqu or Mnemonic.Vmovdqu32 or Mnemonic.Vmovdqa32: Move(i, width, 4); break;
            case Mnemonic.Vmovdqu16: Move(i, width, 2); break;
            case Mnemonic.Vmovdqu8: Move(i, width, 1); break;
            case Mnemonic.Vbroadcastss or Mnemonic.Vpbroadcastd:
                uint value = i.Op1Kind == OpKind.Memory ? *(uint*)Address(i, 1) : BinaryPrimitives.ReadUInt32LittleEndian(_vectors[Index(i.Op1Register)]);
                Write(i, width, (_, _) => value);
                break;
            case Mnemonic.Vxorps or Mnemonic.Vpxord or Mnemonic.Vpxor: Lanes(i, width, static (_, a, b) => a ^ b); break;
            case Mnemonic.Vaddps: Lanes(i, width, static (_, a, b) => Bits(Float(a) + Float(b))); break;
            case Mnemonic.Vmulps: Lanes(i, width, static (_, a, b) => Bits(Float(a) * Float(b))); break;
            case Mnemonic.Vpaddd: Lanes(i, width, static (_, a, b) => a + b); break;
            case Mnemonic.Vfmadd231ps: Lanes(i, width, static (c, a, b) => Bits(MathF.FusedMultiplyAdd(Float(a), Float(b), Float(c)))); break;
            case Mnemonic.Vdpbf16ps:
                Lanes(i, width, static (c, a, b) =>
                {
                    float odd = Narrow.MultiplyAdd(Narrow.Widen((ushort)(a >> 16)), Narrow.Widen((ushort)(b >> 16)), Float(c));
                    return Bits(Narrow.MultiplyAdd(Narrow.Widen((ushort)a), Narrow.Widen((ushort)b), odd));
                });
                break;
            case Mnemonic.Vpdpbusd:
                Lanes(i, width, static (c, a, b) =>
                {
                    for (int k = 0; k < 32; k += 8) c += (uint)((byte)(a >> k) * (sbyte)(b >> k));
                    return c;
                });
                break;
            case Mnemonic.Vcvtdq2ps: Write(i, width, (lane, _) => Bits((int)Lane(i, 1, lane, width))); break;
            case Mnemonic.Vcvtneps2bf16:
                int source = Index(i.Op1Register), wide = i.Op1Register.GetSize();
                byte[] rounded = new byte[64];
                for (int lane = 0; lane < wide / 4; lane++)
                    BinaryPrimitives.WriteUInt16LittleEndian(rounded.AsSpan(2 * lane), Narrow.Round(BinaryPrimitives.ReadSingleLittleEndian(_vectors[source].AsSpan(4 * lane))));
                rounded.CopyTo(_vectors[Index(i.Op0Register)], 0);
                break;
            default: throw Unknown(i);
        }
    }

    static uint Bits(float x) => BitConverter.SingleToUInt32Bits(x);

    static float Float(uint x) => BitConverter.UInt32BitsToSingle(x);

    static int Index(Register register) => register.IsZMM() ? register - Register.ZMM0 : register.IsYMM() ? register - Register.YMM0 : register - Register.XMM0;

    /// <summary>A lane of a source: of a register, of a vector in memory, or the one number in memory for all.</summary>
    uint Lane(in Instruction i, int operand, int lane, int width) =>
        i.GetOpKind(operand) == OpKind.Register ? BinaryPrimitives.ReadUInt32LittleEndian(_vectors[Index(i.GetOpRegister(operand))].AsSpan(4 * lane))
        : ((uint*)Address(i, operand))[i.IsBroadcast ? 0 : lane];

    void Lanes(Instruction i, int width, Func<uint, uint, uint, uint> f) =>
        Write(i, width, (lane, old) => f(old, Lane(i, 1, lane, width), Lane(i, 2, lane, width)));

    void Write(in Instruction i, int width, Func<int, uint, uint> f)
    {
        byte[] result = new byte[64], target = _vectors[Index(i.Op0Register)];
        for (int lane = 0; lane < width / 4; lane++)
        {
            uint old = BinaryPrimitives.ReadUInt32LittleEndian(target.AsSpan(4 * lane));
            uint value = IsOn(i, lane) ? f(lane, old) : i.ZeroingMasking ? 0 : old;
            BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(4 * lane), value);
        }
        result.CopyTo(target, 0);
    }

    /// <summary>A load, a store or a copy, element by element where a mask says which.</summary>
    void Move(in Instruction i, int width, int element)
    {
        byte* memory = i.Op0Kind == OpKind.Memory ? (byte*)Address(i, 0) : i.Op1Kind == OpKind.Memory ? (byte*)Address(i, 1) : null;
        byte[] result = new byte[64];
        for (int lane = 0; lane < width / element; lane++)
            for (int at = lane * element; at < (lane + 1) * element; at++)
                if (i.Op0Kind == OpKind.Memory)
                {
                    if (IsOn(i, lane)) memory[at] = _vectors[Index(i.Op1Register)][at];
                }
                else if (IsOn(i, lane)) result[at] = memory != null ? memory[at] : _vectors[Index(i.Op1Register)][at];
                else result[at] = i.ZeroingMasking ? (byte)0 : _vectors[Index(i.Op0Register)][at];
        if (i.Op0Kind != OpKind.Memory) result.CopyTo(_vectors[Index(i.Op0Register)], 0);
    }

    bool IsOn(in Instruction i, int lane) => !i.HasOpMask || (_masks[i.OpMask - Register.K0] >> lane & 1) != 0;

    sealed class MemoryReader(byte* memory, int length) : CodeReader
    {
        public int Position { get; set; }

        public override int ReadByte() => Position < length ? memory[Position++] : -1;
    }
}
