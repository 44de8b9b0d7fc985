using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// A recurrence over all steps of a batch of sequences: each step multiplies the state by the weight and applies the cell to
/// it. Where steps follow each other the weight is packed once for all of them.
/// </summary>
unsafe struct RecurrentSequence<T, TCell>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TCell : struct, IRecurrentCell<T>
{
    // To pack the weight takes as long as to multiply some ten rows with it.
    const int LeastRows = 16;

    // Elements, each worth a few exponentials, below which a step is not cut over the threads.
    const int Grain = 4096;

    /// <summary>Widths of the cell and of the state; they differ where there is a projection.</summary>
    internal int Hidden, Projected;
    /// <summary>(gates · hidden, projected), and (projected, hidden) or null.</summary>
    internal T* Weight, Projection;
    /// <summary>(rows, projected): states before the steps, whose rows are <see cref="BeforeStride"/> apart, and after them.</summary>
    internal T* Before, Output;
    /// <summary>From one row to the next of the states before the steps, and of the gradients of products and inputs.</summary>
    internal nint BeforeStride, GradientStride;
    /// <summary>(rows, hidden): states before the projection, or null.</summary>
    internal T* Unprojected;
    /// <summary>(batch, projected): the state, in and out; in backward its gradient.</summary>
    internal T* State;
    internal TCell Cell;

    static int Gates => TCell.GateCount;

    /// <summary>Room for a row that a tile reads: an odd number of cache lines, so that its rows do not share cache sets.</summary>
    internal static int Stride(int width)
    {
        int line = 64 / sizeof(T);
        return ((width + line - 1) / line | 1) * line;
    }

    static bool IsPacked(RecurrentSteps steps, bool projects) => !projects && steps.Count > 1 && steps.Rows >= LeastRows;

    /// <summary>Elements of the room that <see cref="Forward"/> and <see cref="Backward"/> need.</summary>
    internal static nint Workspace(RecurrentSteps steps, int hidden, bool projects, bool backward)
    {
        int batch = steps.Sizes[0], wide = Gates * hidden;
        if (!IsPacked(steps, projects)) return backward ? projects ? (nint)batch * hidden : 0 : (nint)batch * wide;
        return RecurrentPanels<T>.Length(GemmTiles<T>.Current, hidden, Gates, sums: backward, batch);
    }

    internal readonly void Forward(RecurrentSteps steps, T* workspace)
    {
        if (IsPacked(steps, Projection != null)) ForwardBlocks<T, TCell>.Run(this, steps, workspace);
        else ForwardByStep(steps, workspace);
    }

    /// <param name="steps">The steps of the forward pass.</param>
    /// <param name="dy">Gradient of the output, (rows, projected), or null.</param>
    /// <param name="toFirst">Whether the gradient of the first state is wanted.</param>
    /// <param name="dOutput">Room for (rows, projected) where there is a projection: the gradients of all states.</param>
    /// <param name="workspace">Room for what <see cref="Workspace"/> says.</param>
    internal readonly void Backward(RecurrentSteps steps, T* dy, bool toFirst, T* dOutput, T* workspace)
    {
        if (IsPacked(steps, Projection != null)) BackwardBlocks<T, TCell>.Run(this, steps, dy, toFirst, workspace);
        else BackwardByStep(steps, dy, dOutput, workspace);
    }

    // ---- Rows of one step ------------------------------------------------------------------------------------------------

    /// <summary>The cell for some rows and units of the step whose rows begin at <paramref name="offset"/>.</summary>
    /// <param name="offset">The step's first row.</param>
    /// <param name="first">The first sequence.</param>
    /// <param name="end">The sequence after the last.</param>
    /// <param name="unit">The first unit.</param>
    /// <param name="count">The number of units.</param>
    /// <param name="product">Products of the first gate, from sequence 0 and the first unit on.</param>
    /// <param name="gateStride">From one gate's products to the next's.</param>
    /// <param name="rowStride">From one sequence's products to the next's.</param>
    internal readonly void ForwardRows(nint offset, int first, int end, int unit, int count, T* product, nint gateStride, nint rowStride)
    {
        int done = HasWide ? ForwardUnits<WideUnits<T>>(offset, first, end, unit, 0, count, product, gateStride, rowStride) : 0;
        done = ForwardUnits<WholeUnits<T>>(offset, first, end, unit, done, count, product, gateStride, rowStride);
        if (done < count) ForwardUnits<PartUnits<T>>(offset, first, end, unit, done, count, product, gateStride, rowStride);
    }

    // Each width is a method of its own: all in one are more than the compiler inlines.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    readonly int ForwardUnits<V>(nint offset, int first, int end, int unit, int from, int count, T* product, nint gateStride, nint rowStride) where V : struct, IUnits<V, T>
    {
        count = V.IsWhole ? count - (count - from) % V.Count : count;
        for (nint r = first; r < end; r++)
        {
            T* products = product + r * rowStride;
            for (int j = from; j < count; j += V.Count)
            {
                var at = new CellUnits(offset + r, r, unit + j, count - j);
                nint place = at.Row * Hidden + at.First;
                if (Projection != null)
                {
                    V.Store(Cell.Forward<V>(at, products + j, gateStride, default), Unprojected + place, at.Count);
                    continue;
                }
                T* state = State + at.Sequence * Hidden + at.First;
                var y = Cell.Forward(at, products + j, gateStride, V.Load(state, at.Count));
                V.Store(y, Output + place, at.Count);
                V.Store(y, state, at.Count);
            }
        }
        return count;
    }

    // Double precision has no exponential of such registers.
    static bool HasWide => typeof(T) == typeof(float) && Vector512.IsHardwareAccelerated;

    /// <summary>The cell's gradient for some rows and units of a step, and what the steps after it gave to their state.</summary>
    /// <param name="offset">The step's first row.</param>
    /// <param name="first">The first sequence.</param>
    /// <param name="end">The sequence after the last.</param>
    /// <param name="size">Sequences that have the step.</param>
    /// <param name="after">Sequences that have the step after it, and products.</param>
    /// <param name="unit">The first unit.</param>
    /// <param name="count">The number of units.</param>
    /// <param name="product">What the gates of the step after give to the state, from sequence 0 and the first unit on.</param>
    /// <param name="rowStride">From one sequence's products to the next's.</param>
    /// <param name="dy">Gradient of the output, or null.</param>
    internal readonly void BackwardRows(nint offset, int first, int end, int size, int after, int unit, int count, T* product, nint rowStride, T* dy)
    {
        int done = HasWide ? BackwardUnits<WideUnits<T>>(offset, first, end, size, after, unit, 0, count, product, rowStride, dy) : 0;
        done = BackwardUnits<WholeUnits<T>>(offset, first, end, size, after, unit, done, count, product, rowStride, dy);
        if (done < count) BackwardUnits<PartUnits<T>>(offset, first, end, size, after, unit, done, count, product, rowStride, dy);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    readonly int BackwardUnits<V>(nint offset, int first, int end, int size, int after, int unit, int from, int count, T* product, nint rowStride, T* dy) where V : struct, IUnits<V, T>
    {
        count = V.IsWhole ? count - (count - from) % V.Count : count;
        for (nint r = first; r < end; r++)
        {
            for (int j = from; j < count; j += V.Count)
            {
                var at = new CellUnits(offset + r, r, unit + j, count - j);
                T* state = State + at.Sequence * Hidden + at.First;
                var dh = V.Load(state, at.Count);
                if (r < after) dh += V.Load(product + r * rowStride + j, at.Count);
                if (r < size)
                {
                    if (dy != null) dh += V.Load(dy + at.Row * Hidden + at.First, at.Count);
                    dh = Cell.Backward(at, dh);
                }
                V.Store(dh, state, at.Count);
            }
        }
        return count;
    }

    /// <summary>Copies some states and units to where the step whose rows begin at <paramref name="offset"/> finds them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void KeepStates(nint offset, int first, int end, int unit, int count)
    {
        for (nint r = first; r < end; r++) Packing.Copy(State + r * Projected + unit, Before + (offset + r) * BeforeStride + unit, count);
    }

    // ---- What a step will need, fetched while its products are computed: rows lie too far apart for the machine to foresee --------

    /// <summary>Fetches a gate's share of what <see cref="ForwardRows"/> reads and writes.</summary>
    /// <param name="row">The first row of those of all steps.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="unit">The first unit.</param>
    /// <param name="count">The number of units.</param>
    /// <param name="gate">The gate.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void FetchForward(nint row, int rows, int unit, int count, int gate)
    {
        for (nint r = row; r < row + rows; r++)
        {
            if (gate == 0) Prefetch.Lines(Output + r * Hidden + unit, count);
            Cell.FetchForward(r, unit, count, gate);
        }
    }

    /// <summary>Fetches a gate's share of what <see cref="BackwardRows"/> reads and writes.</summary>
    /// <inheritdoc cref="FetchForward"/>
    /// <param name="dy">Gradient of the output, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void FetchBackward(nint row, int rows, int unit, int count, int gate, T* dy)
    {
        for (nint r = row; r < row + rows; r++)
        {
            if (gate == 0 && dy != null) Prefetch.Lines(dy + r * Hidden + unit, count);
            Cell.FetchBackward(r, unit, count, gate);
        }
    }

    // ---- Step by step ----------------------------------------------------------------------------------------------------

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void ForwardByStep(RecurrentSteps steps, T* products)
    {
        int wide = Gates * Hidden;
        for (int i = 0; i < steps.Count; i++)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint row = steps.Offsets[t];
            Gemm.Multiply(n, wide, Projected, T.One, State, Projected, 1, Weight, 1, Projected, T.Zero, products, wide, 1);
            KeepStates(row, 0, n, 0, Projected);
            Cut(n, wide, new StepForward { Sequence = this, Offset = row, Products = products });
            if (Projection == null) continue;
            T* y = Output + row * Projected;
            Gemm.Multiply(n, Projected, Hidden, T.One, Unprojected + row * Hidden, Hidden, 1, Projection, 1, Hidden, T.Zero, y, Projected, 1);
            Copy(y, State, n * Projected);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    readonly void BackwardByStep(RecurrentSteps steps, T* dy, T* dOutput, T* dUnprojected)
    {
        int wide = Gates * Hidden;
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            nint row = steps.Offsets[t];
            T* gradients = Cell.ProductGradients + row * GradientStride;
            if (Projection == null)
            {
                Cut(n, wide, new StepBackward { Sequence = this, Offset = row, Dy = dy });
                Gemm.Multiply(n, Hidden, wide, T.One, gradients, GradientStride, 1, Weight, Hidden, 1, T.One, State, Hidden, 1);
                continue;
            }
            if (dy != null) TensorPrimitives.Add(new ReadOnlySpan<T>(dy + row * Projected, n * Projected), new ReadOnlySpan<T>(State, n * Projected), new Span<T>(State, n * Projected));
            Copy(State, dOutput + row * Projected, n * Projected);
            Gemm.Multiply(n, Hidden, Projected, T.One, State, Projected, 1, Projection, Hidden, 1, T.Zero, dUnprojected, Hidden, 1);
            Cut(n, wide, new StepBackward { Sequence = this with { State = dUnprojected }, Offset = row });
            Gemm.Multiply(n, Projected, wide, T.One, gradients, GradientStride, 1, Weight, Projected, 1, T.Zero, State, Projected, 1);
        }
    }

    static void Copy(T* from, T* to, int count) => new ReadOnlySpan<T>(from, count).CopyTo(new(to, count));

    static void Cut<TRows>(int rows, int width, TRows body) where TRows : struct, IStepRows
    {
        int each = Math.Max(1, Grain / Math.Max(1, width)), pieces = (rows + each - 1) / each;
        var cut = new Piece<TRows> { Body = body, Each = each, Rows = rows };
        if (pieces == 1) cut.Invoke(0);
        else WorkerPool.For(pieces, cut);
    }

    interface IStepRows
    {
        void Invoke(int first, int end);
    }

    struct Piece<TRows> : IParallelBody where TRows : struct, IStepRows
    {
        internal TRows Body;
        internal int Each, Rows;

        public void Invoke(int index) => Body.Invoke(index * Each, Math.Min(Rows, (index + 1) * Each));
    }

    struct StepForward : IStepRows
    {
        internal RecurrentSequence<T, TCell> Sequence;
        internal nint Offset;
        internal T* Products;

        public readonly void Invoke(int first, int end) =>
            Sequence.ForwardRows(Offset, first, end, 0, Sequence.Hidden, Products, Sequence.Hidden, Gates * Sequence.Hidden);
    }

    struct StepBackward : IStepRows
    {
        internal RecurrentSequence<T, TCell> Sequence;
        internal nint Offset;
        internal T* Dy;

        public readonly void Invoke(int first, int end) => Sequence.BackwardRows(Offset, first, end, end, 0, 0, Sequence.Hidden, null, 0, Dy);
    }
}
