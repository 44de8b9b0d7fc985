using System.Runtime.CompilerServices;
using Descent.Tensors.Codegen;

namespace Descent.Tensors.Kernels;

/// <summary>A function of <see cref="ChainCode"/>: results of earlier functions count from 0, inputs from −1 down.</summary>
readonly record struct ChainCall(ChainStep Step, int A, int B = 0);

/// <summary>
/// Functions one after the other, each of the result before, over runs of floats: what larger kernels do to what they have just
/// computed. Machine code for each tier, or the portable functions.
/// </summary>
sealed unsafe class ChainCode
{
    const int MostSlots = 16;

    readonly ChainCall[] _calls;
    readonly ChainInstruction[] _program;
    readonly bool[] _single;
    readonly (bool IsTried, MachineCode? Code)[] _codes = new (bool, MachineCode?)[(int)IsaTier.Avx512 + 1];
    readonly int _inputs;

    /// <param name="inputs">How many inputs there are.</param>
    /// <param name="singles">Bit i is set where input i is one number that repeats.</param>
    /// <param name="calls">The functions.</param>
    internal ChainCode(int inputs, int singles, ChainCall[] calls)
    {
        (_inputs, _calls) = (inputs, calls);
        int Slot(int operand) => operand >= 0 ? operand : calls.Length - 1 - operand;
        bool IsSingle(int operand) => operand < 0 && (singles >> (-1 - operand) & 1) != 0;
        _program = [.. calls.Select((call, k) => new ChainInstruction
        {
            A = Slot(call.A),
            B = call.Step.Arity > 1 ? Slot(call.B) : 0,
            Y = k,
            Arity = call.Step.Arity,
            Single = (IsSingle(call.A) ? 1 : 0) + (call.Step.Arity > 1 && IsSingle(call.B) ? 2 : 0),
        })];
        _single = [.. Enumerable.Range(0, calls.Length + inputs).Select(slot => slot >= calls.Length && (singles >> (slot - calls.Length) & 1) != 0)];
    }

    /// <summary>The last function's result for each element.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="y">The results; may be the memory of an input.</param>
    /// <param name="count">The number of elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Run(float** inputs, float* y, int count)
    {
        byte** slots = stackalloc byte*[MostSlots];
        int calls = _calls.Length;
        for (int k = 0; k < calls; k++) slots[k] = (byte*)y;
        for (int i = 0; i < _inputs; i++) slots[calls + i] = (byte*)inputs[i];
        nint entry = Entry();
        if (entry != 0)
        {
            ((delegate* unmanaged[SuppressGCTransition]<byte**, nint, void>)entry)(slots, count);
            return;
        }
        byte** operands = stackalloc byte*[2];
        for (int k = 0; k < calls; k++)
        {
            ref readonly var step = ref _program[k];
            operands[0] = slots[step.A];
            operands[1] = slots[step.B];
            _calls[k].Step.Run(operands, (byte*)y, count, step.Single);
        }
    }

    nint Entry()
    {
        var tier = Processor.Tier;
        if (tier == IsaTier.Portable) return 0;
        if (tier > IsaTier.Avx512) tier = IsaTier.Avx512;
        ref var code = ref _codes[(int)tier];
        if (!Volatile.Read(ref code.IsTried)) Make(tier);
        return code.Code?.Entry ?? 0;
    }

    void Make(IsaTier tier)
    {
        lock (_codes)
        {
            ref var code = ref _codes[(int)tier];
            if (code.IsTried) return;
            code.Code = ChainEmitter.TryBuild(tier, _program, [.. _calls.Select(c => c.Step.Op)], [.. _calls.Select(c => c.Step.Parameter)],
                1UL << (_calls.Length - 1), _single);
            Volatile.Write(ref code.IsTried, true);
        }
    }
}
