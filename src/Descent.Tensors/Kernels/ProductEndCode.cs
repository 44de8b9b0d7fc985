using Descent.Tensors.Codegen;

namespace Descent.Tensors.Kernels;

/// <summary>One form of what is done to finished sums: the functions in their order, and their machine code for each tier.</summary>
sealed unsafe class ProductEndCode
{
    /// <summary>Functions and what they read, at most.</summary>
    const int MostSlots = 8;

    readonly ChainStep[] _steps;
    readonly ChainInstruction[] _program;
    readonly bool[] _single;
    readonly bool _isAffine, _hasResidual;
    readonly (bool IsTried, MachineCode? Code)[] _codes = new (bool, MachineCode?)[(int)IsaTier.Avx512 + 1];

    /// <param name="activation">The last function, or null for none.</param>
    /// <param name="isAffine">A sum is first multiplied by one number of its row, and another is added.</param>
    /// <param name="hasResidual">What stands in the same place elsewhere is added before the last function.</param>
    internal ProductEndCode(ChainStep? activation, bool isAffine, bool hasResidual)
    {
        (Activation, _isAffine, _hasResidual) = (activation, isAffine, hasResidual);
        List<(ChainStep Step, int Input)> steps = [];
        // Inputs are counted from −1 down until it is known how many functions there are: sum, scale, shift, residual.
        if (isAffine) steps.AddRange([(ZipStep<float, MultiplyKernel>.Instance, -2), (ZipStep<float, AddKernel>.Instance, -3)]);
        if (hasResidual) steps.Add((ZipStep<float, AddKernel>.Instance, isAffine ? -4 : -2));
        if (activation is not null) steps.Add((activation, 0));
        int count = steps.Count, inputs = 1 + (isAffine ? 2 : 0) + (hasResidual ? 1 : 0);
        _steps = [.. steps.Select(s => s.Step)];
        _program = [.. steps.Select((s, k) => new ChainInstruction
        {
            A = k == 0 ? count : k - 1,
            B = s.Input == 0 ? 0 : count - s.Input - 1,
            Y = k,
            Arity = s.Step.Arity,
            Single = isAffine && s.Input is -2 or -3 ? 2 : 0,
        })];
        _single = [.. Enumerable.Range(0, count + inputs).Select(slot => isAffine && slot - count is 1 or 2)];
    }

    /// <summary>The last function, or null for none.</summary>
    internal ChainStep? Activation { get; }

    /// <summary>y[i] = f(c[i] · scale + shift + residual[i]); y may be c.</summary>
    internal void Run(float* c, float* scale, float* shift, float* residual, float* y, int count)
    {
        byte** slots = stackalloc byte*[MostSlots];
        int k = 0;
        while (k < _steps.Length) slots[k++] = (byte*)y;
        slots[k++] = (byte*)c;
        if (_isAffine)
        {
            slots[k++] = (byte*)scale;
            slots[k++] = (byte*)shift;
        }
        if (_hasResidual) slots[k] = (byte*)residual;
        nint entry = Entry();
        if (entry != 0)
        {
            ((delegate* unmanaged[SuppressGCTransition]<byte**, nint, void>)entry)(slots, count);
            return;
        }
        byte** operands = stackalloc byte*[2];
        for (k = 0; k < _steps.Length; k++)
        {
            ref readonly var step = ref _program[k];
            operands[0] = slots[step.A];
            operands[1] = slots[step.B];
            _steps[k].Run(operands, slots[k], count, step.Single);
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
            code.Code = ChainEmitter.TryBuild(tier, _program, [.. _steps.Select(s => s.Op)], [.. _steps.Select(s => s.Parameter)], 1UL << (_steps.Length - 1), _single);
            Volatile.Write(ref code.IsTried, true);
        }
    }
}
