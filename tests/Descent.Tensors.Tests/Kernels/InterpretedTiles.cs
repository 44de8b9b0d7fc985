using System.Collections.Concurrent;
using Descent.Tensors.Kernels;
using Descent.Testing;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>The tile unit by the interpreter of machine code: the very bytes that a machine with tiles would run.</summary>
readonly unsafe struct InterpretedTiles : ITileUnit
{
    static readonly ConcurrentDictionary<TileSpecification, byte[]> s_kernels = [];
    static readonly byte[] s_configure = TileKernels.EmitSwitch(true).Assemble(), s_release = TileKernels.EmitSwitch(false).Assemble();

    [ThreadStatic] static MachineInterpreter? t_machine;

    internal static MachineInterpreter Machine => t_machine ??= new();

    public static void Configure()
    {
        fixed (byte* configuration = TileKernels.Configuration) Machine.Call(s_configure, (nint)configuration);
    }

    public static void Run(TileSpecification specification, TileCall* call) =>
        Machine.Call(s_kernels.GetOrAdd(specification, static s => TileKernels.Emit(s).Assemble()), (nint)call);

    public static void Release() => Machine.Call(s_release, 0);
}
