using Descent.Tensors.Codegen;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A chain as one loop of machine code: a vector of each input is loaded, all steps are done in registers, and the outputs
/// are stored. The formulas are those of the portable functions, operation by operation, so the bits are the same.
/// </summary>
/// <remarks>The kernel's arguments are a table with the address of each slot, and the number of elements.</remarks>
sealed class ChainEmitter
{
    readonly KernelEmitter _e;
    readonly ChainLanes _lanes;
    readonly ChainFormulas _f;
    readonly ChainInstruction[] _program;
    readonly ChainOp[] _ops;
    readonly double[] _parameters;
    readonly ulong _outputs;
    readonly bool[] _single;
    readonly bool _pastCaches;
    readonly VectorRegister?[] _held;
    readonly int[] _uses;
    readonly AssemblerRegister64 _index, _address;
    LaneMask? _mask;

    /// <param name="tier">AVX2 or above.</param>
    /// <param name="program">The steps; slots below their number are their results.</param>
    /// <param name="ops">Their functions.</param>
    /// <param name="parameters">The number that a function depends on.</param>
    /// <param name="outputs">Bit k is set where the result of step k is stored.</param>
    /// <param name="single">Of each slot, whether it is one element that repeats.</param>
    /// <param name="pastCaches">Whether results, which are aligned then, are stored past the caches.</param>
    ChainEmitter(IsaTier tier, ChainInstruction[] program, ChainOp[] ops, double[] parameters, ulong outputs, bool[] single, bool pastCaches)
    {
        _pastCaches = pastCaches;
        (_program, _ops, _parameters, _outputs, _single) = (program, ops, parameters, outputs, single);
        _e = new(tier, arguments: 2, registers: 5, vectors: tier >= IsaTier.Avx512 ? 32 : 16);
        _lanes = new(_e);
        _f = new(_lanes);
        (_index, _address) = (_e.Register(), _e.Register());
        (_held, _uses) = (new VectorRegister?[single.Length], new int[single.Length]);
    }

    /// <summary>The kernel, or null where its values need more registers than there are.</summary>
    internal static MachineCode? TryBuild(IsaTier tier, ChainInstruction[] program, ChainOp[] ops, double[] parameters, ulong outputs, bool[] single, bool pastCaches = false)
    {
        foreach (bool paired in (bool[])[true, false])
        {
            if (paired && tier < IsaTier.Avx512) continue;
            try
            {
                ChainEmitter New() => new(tier, program, ops, parameters, outputs, single, pastCaches);
                // Written once to see which registers it leaves: those hold numbers throughout.
                var trial = New();
                trial.Loop(paired, []);
                var emitter = New();
                emitter.Loop(paired, trial._lanes.Numbers.Take(trial._e.LeastFreeVectors));
                return emitter._e.Build($"chain {tier} {string.Join('-', ops)} {outputs:x}{(pastCaches ? " past caches" : "")}");
            }
            catch (InvalidOperationException)
            {
                // Out of registers.
            }
        }
        return null;
    }

    void Loop(bool paired, IEnumerable<uint> kept)
    {
        var code = _e.Code;
        var count = _e.Argument(1);
        code.xor(_index, _index);
        foreach (uint number in kept) _lanes.Keep(number);
        if (paired)
        {
            _lanes.IsPaired = true;
            _e.LoopBy(count, 2 * _e.Lanes, () =>
            {
                Body();
                code.add(_index, 2 * _e.VectorBytes);
            });
            _lanes.IsPaired = false;
        }
        _e.LoopBy(count, _e.Lanes, () =>
        {
            Body();
            code.add(_index, _e.VectorBytes);
        });
        var end = code.CreateLabel();
        code.test(count, count);
        code.jz(end);
        _mask = _e.Mask(count);
        Body();
        code.Label(ref end);
        if (_pastCaches) code.sfence();
        else code.nop();
    }

    void Body()
    {
        Array.Clear(_uses);
        foreach (var step in _program)
        {
            _uses[step.A]++;
            if (step.Arity > 1) _uses[step.B]++;
        }
        for (int k = 0; k < _program.Length; k++)
        {
            ref readonly var step = ref _program[k];
            var a = Fetch(step.A);
            var y = step.Arity > 1 ? _f.Binary(_ops[k], a, Fetch(step.B), _parameters[k]) : _f.Unary(_ops[k], a, _parameters[k]);
            Used(step.A);
            if (step.Arity > 1) Used(step.B);
            _held[k] = y;
            if ((_outputs >> k & 1) != 0)
            {
                var to = AddressOf(k);
                if (_mask is { } mask) _e.Store(__[to + _index], y, mask);
                else Store(__[to + _index], y);
                if (_lanes.IsPaired) Store(__[to + _index + _e.VectorBytes], _lanes.Twin(y));
            }
            if (_uses[k] == 0) Free(k);
        }
    }

    void Store(AssemblerMemoryOperand to, VectorRegister v)
    {
        if (_pastCaches) _e.StoreUncached(to, v);
        else _e.Store(to, v);
    }

    VectorRegister Fetch(int slot)
    {
        if (_held[slot] is { } held) return held;
        var v = _lanes.Vector();
        _held[slot] = v;
        var from = AddressOf(slot);
        if (_single[slot]) _lanes.Broadcast(v, __[from]);
        else if (_mask is { } mask) _e.Load(v, __[from + _index], mask);
        else
        {
            _e.Load(v, __[from + _index]);
            if (_lanes.IsPaired) _e.Load(_lanes.Twin(v), __[from + _index + _e.VectorBytes]);
        }
        return v;
    }

    AssemblerRegister64 AddressOf(int slot)
    {
        _e.Code.mov(_address, __[_e.Argument(0) + 8 * slot]);
        return _address;
    }

    void Used(int slot)
    {
        if (--_uses[slot] == 0) Free(slot);
    }

    void Free(int slot)
    {
        if (_held[slot] is { } v) _lanes.Release(v);
        _held[slot] = null;
    }
}
