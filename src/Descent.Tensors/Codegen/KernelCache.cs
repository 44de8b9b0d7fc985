using System.Collections.Concurrent;

namespace Descent.Tensors.Codegen;

/// <summary>The kernels of one family, made when a specification is first asked for and kept from then on.</summary>
/// <typeparam name="TSpecification">All that the code depends on, the tier included; its text names the kernel.</typeparam>
/// <param name="family">First part of the kernels' names.</param>
/// <param name="emit">Writes the kernel of a specification.</param>
sealed class KernelCache<TSpecification>(string family, Func<TSpecification, KernelEmitter> emit)
    where TSpecification : struct, IEquatable<TSpecification>
{
    readonly ConcurrentDictionary<TSpecification, MachineCode?> _kernels = new();

    /// <summary>How many kernels were made.</summary>
    public int Count => _kernels.Count;

    /// <summary>The entry of the kernel, or 0 where no code can be generated: then the portable form is to be used.</summary>
    public nint Find(in TSpecification specification) =>
        _kernels.TryGetValue(specification, out var code) ? code?.Entry ?? 0 : Make(specification);

    nint Make(TSpecification specification)
    {
        lock (_kernels)
        {
            if (!_kernels.TryGetValue(specification, out var code))
            {
                code = MachineCode.Refusal is null ? emit(specification).Build($"{family} {specification}") : null;
                _kernels[specification] = code;
            }
            return code?.Entry ?? 0;
        }
    }
}
