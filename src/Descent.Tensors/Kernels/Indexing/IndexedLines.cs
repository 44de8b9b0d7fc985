using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// An index for each element, along one dimension: the elements plain[…, j, …] meet indexed[…, index[…, j, …], …]. A
/// line is all j at one place of the other dimensions; lines share nothing, so they may run in any order.
/// </summary>
static unsafe class IndexedLines
{
    /// <param name="lines">The other dimensions; operands 0, 1, 2 are indexed, index and plain.</param>
    /// <param name="length">Indices of a line.</param>
    /// <param name="steps">Per operand, elements to step along the indexed dimension.</param>
    /// <param name="indexed">First element of what the indices point into.</param>
    /// <param name="index">First index; all are within bounds.</param>
    /// <param name="plain">First element beside an index.</param>
    internal static void Run<T, F>(in LoopNest lines, int length, (int Indexed, int Index, int Plain) steps, ref T indexed, ref long index, ref T plain)
        where T : unmanaged, INumber<T> where F : struct, IIndexedKernel
    {
        int count = lines.Outer * lines.Inner;
        if (count == 0 || length == 0) return;
        fixed (T* x = &indexed, y = &plain)
        fixed (long* at = &index)
        {
            int each = Math.Max(1, Elementwise.Grain / length);
            var body = new Body<T, F> { Lines = lines, X = x, Y = y, At = at, Length = length, Steps = steps, Each = each, Count = count };
            WorkerPool.For((count + each - 1) / each, body);
        }
    }

    struct Body<T, F> : IParallelBody where T : unmanaged, INumber<T> where F : struct, IIndexedKernel
    {
        internal LoopNest Lines;
        internal T* X, Y;
        internal long* At;
        internal int Length, Each, Count;
        internal (int Indexed, int Index, int Plain) Steps;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Invoke(int index)
        {
            int inner = Lines.Inner, end = (int)Math.Min((long)Count, ((long)index + 1) * Each);
            for (int line = index * Each; line < end;)
            {
                int outer = line / inner, start = line - outer * inner, run = Math.Min(inner - start, end - line);
                Several(outer, start, run);
                line += run;
            }
        }

        readonly void Several(int outer, int start, int count)
        {
            int sx = Lines.Strides[0][^1], si = Lines.Strides[1][^1], sy = Lines.Strides[2][^1];
            T* x = X + Lines.Start(0, outer) + (nint)start * sx, y = Y + Lines.Start(2, outer) + (nint)start * sy;
            long* at = At + Lines.Start(1, outer) + (nint)start * si;
            // Whichever of the two loops walks the indices in smaller steps goes inside.
            if (si < Steps.Index)
                for (int j = 0; j < Length; j++)
                    for (int i = 0; i < count; i++) Meet(x, at, y, i * (nint)sx, i * (nint)si, i * (nint)sy, j);
            else
                for (int i = 0; i < count; i++)
                    for (int j = 0; j < Length; j++) Meet(x, at, y, i * (nint)sx, i * (nint)si, i * (nint)sy, j);
        }

        readonly void Meet(T* x, long* at, T* y, nint dx, nint di, nint dy, int j) => F.Invoke(
            ref x[dx + (nint)at[di + (nint)j * Steps.Index] * Steps.Indexed], ref y[dy + (nint)j * Steps.Plain]);
    }
}
