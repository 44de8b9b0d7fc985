using System.Numerics;

namespace Descent.Tensors.Kernels;

/// <summary>A register's worth of units of one sequence at one step.</summary>
/// <param name="Row">The row among those of all steps.</param>
/// <param name="Sequence">The row among the sequences.</param>
/// <param name="First">The first unit.</param>
/// <param name="Count">Units from there to the end of what is asked for; only so many may be written.</param>
readonly record struct CellUnits(nint Row, nint Sequence, int First, int Count);

/// <summary>What a recurrence does to each unit between its matrix products; an implementation holds the arrays it reads and writes.</summary>
unsafe interface IRecurrentCell<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Products with the state that each unit takes.</summary>
    static abstract int GateCount { get; }

    /// <summary>Gradients of those products, (rows, gates · hidden), which backward writes.</summary>
    T* ProductGradients { get; }

    /// <param name="at">The units.</param>
    /// <param name="product">The first gate's products.</param>
    /// <param name="stride">From one gate's products to the next's.</param>
    /// <param name="before">The state before the step.</param>
    /// <returns>The state after it.</returns>
    V Forward<V>(in CellUnits at, T* product, nint stride, V before) where V : struct, IUnits<V, T>;

    /// <param name="at">The units.</param>
    /// <param name="dh">Gradient of the state after the step.</param>
    /// <returns>What of it goes to the state before the step other than through the products.</returns>
    V Backward<V>(in CellUnits at, V dh) where V : struct, IUnits<V, T>;

    /// <summary>Fetches into the cache a gate's share of what <see cref="Forward"/> will read and write.</summary>
    void FetchForward(nint row, int unit, int count, int gate);

    /// <summary>Fetches into the cache a gate's share of what <see cref="Backward"/> will read and write.</summary>
    void FetchBackward(nint row, int unit, int count, int gate);
}
