using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Registers of neighbouring elements, or of one that repeats.</summary>
/// <param name="first">The first element.</param>
/// <param name="step">1, or 0 for one element that repeats.</param>
readonly unsafe struct Operand<T>(T* first, int step) where T : unmanaged
{
    readonly Vector<T> _all = new(*first);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector<T> At(nint i) => step == 0 ? _all : Vector.Load(first + i);
}
