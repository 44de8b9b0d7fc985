using System.Collections.Concurrent;
using Descent.Tensors.Kernels;
using Descent.Testing;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>The tile unit by the interpreter of machine code: the very bytes that a machine with tiles would run.</summary>
readonly unsafe struct InterpretedAmx : IAmxUnit
{
    static readonly ConcurrentDictionary<AmxSpecification, byte[]> s_kernels = [];
    static readonly byte[] s_configure = AmxKernels.EmitSwitch(true).Assemble(), s_release = AmxKernels.EmitSwitch(false).Assemble();

    [ThreadStatic] static MachineInterpreter? t_machine;

    internal static MachineInterpreter Machine => t_machine ??= new();

    public static void Configure()
    {
        fixed (byte* configuration = AmxKernels.Configuration) Machine.Call(s_configure, (nint)configuration);
    }

    public static void Run(AmxSpecification specification, AmxCall* call) =>
        Machine.Call(s_kernels.GetOrAdd(specification, static s => AmxKernels.Emit(s).Assemble()), (nint)call);

    public static void Release() => Machine.Call(s_release, 0);
}
