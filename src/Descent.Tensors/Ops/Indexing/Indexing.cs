using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>What stands behind <c>x[…]</c>, reading and assigning.</summary>
public static class Indexing
{
    extension(Tensor x)
    {
        /// <summary>A copy in which the elements that the indices name have the values of <paramref name="values"/>, broadcast.</summary>
        /// <param name="index">As between the brackets of <c>x[…]</c>.</param>
        /// <param name="values">What broadcasts to the shape of <c>x[…]</c>.</param>
        /// <param name="accumulate">Add instead of replacing; places named several times then sum.</param>
        /// <exception cref="ShapeException">The indices or the values do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
        public Tensor IndexPut(ReadOnlySpan<TensorIndex> index, Tensor values, bool accumulate = false) => Put(x, index.ToArray(), values, accumulate);

        /// <summary><see cref="IndexPut"/> in place.</summary>
        public Tensor IndexPut_(ReadOnlySpan<TensorIndex> index, Tensor values, bool accumulate = false)
        {
            var entries = index.ToArray();
            return InPlace.Put(x, values, old => Put(old, entries, values, accumulate), () => Write(x, entries, values, accumulate));
        }
    }

    internal static Tensor Get(Tensor x, ReadOnlySpan<TensorIndex> index)
    {
        var view = Resolve(x, index, out var picks);
        return picks.Count == 0 ? view : Pick(view, picks);
    }

    internal static void Set(Tensor x, ReadOnlySpan<TensorIndex> index, Tensor value) => x.IndexPut_(index, value);

    static Tensor Put(Tensor x, TensorIndex[] index, Tensor values, bool accumulate)
    {
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        Copying.CopyInto(y, x);
        Write(y, index, values, accumulate);
        if (OperationTrace.IsOn) Describe(x, index, values, accumulate);
        return accumulate
            ? Autograd.Record(y, (index, values.Shape, values.DType), (x, static (dy, _) => dy),
                (values, static (dy, s) => dy[s.index].SumTo(s.Shape).To(s.DType)), operation: nameof(IndexPut))
            : Autograd.Record(y, (index, values.Shape, values.DType),
                (x, static (dy, s) => dy.IndexPut(s.index, Tensor.Full([], 0, dy.DType))),
                (values, static (dy, s) => dy[s.index].SumTo(s.Shape).To(s.DType)), operation: nameof(IndexPut));
    }

    /// <summary>Tells a trace of the tensors of indices; or which places of each dimension the other ones name, −1 for all, and which of these dimensions they drop.</summary>
    static void Describe(Tensor x, TensorIndex[] index, Tensor values, bool accumulate)
    {
        if (index.All(i => i.Type == TensorIndex.Kind.Tensor && i.Tensor!.DType != DType.Bool && i.Tensor.Rank > 0))
            OperationTrace.Describe([x, values, .. index.Select(i => i.Tensor!)], accumulate);
        if (index.Any(i => i.Type is TensorIndex.Kind.Tensor or TensorIndex.Kind.NewAxis)) return;
        int ellipsis = Array.FindIndex(index, i => i.Type == TensorIndex.Kind.Ellipsis), used = ellipsis < 0 ? index.Length : index.Length - 1;
        var rest = Enumerable.Repeat(TensorIndex.Slice(), x.Rank - used);
        TensorIndex[] each = ellipsis < 0 ? [.. index, .. rest] : [.. index[..ellipsis], .. rest, .. index[(ellipsis + 1)..]];
        object[] places;
        using (OperationTrace.Pause())
            places = [.. each.Select((entry, d) => Tensor.Arange(x.Shape[d], dtype: DType.Int32)[entry].ToArray<int>() is var at && at.SequenceEqual(Enumerable.Range(0, x.Shape[d])) ? [-1] : at)];
        OperationTrace.Describe([x, values], [accumulate, Array.ConvertAll(each, i => i.Type == TensorIndex.Kind.Integer), .. places]);
    }

    /// <summary>Writes into x itself, unrecorded.</summary>
    static void Write(Tensor x, TensorIndex[] index, Tensor values, bool accumulate)
    {
        var view = Resolve(x.Detach(), index, out var picks);
        values = values.Detach().To(x.DType);
        if (ReferenceEquals(values.Storage, x.Storage)) values = values.Clone();
        if (picks.Count == 0)
        {
            var wide = Fitting(values, view.Shape);
            Copying.CopyInto(view, accumulate ? view + wide : wide);
            return;
        }
        var plan = new PickPlan(view.Shape, picks);
        // The picked dimensions become one, in place if their strides allow and the rest then is row-major too.
        var merged = plan.Merge(view);
        bool direct = merged.Storage == x.Storage && merged.IsContiguous;
        var target = direct && !(accumulate && x.DType.IsReduced) ? merged : merged.Clone();
        if (accumulate && x.DType.IsReduced) target = target.To(DType.Float32);
        var rows = plan.Unplace(Fitting(values, plan.ResultShape)).To(target.DType);
        if (accumulate) Indexed.UpdateRows<AccumulateKernel>(target, plan.Dim, plan.Rows, rows);
        else Indexed.UpdateRows<PutKernel>(target, plan.Dim, plan.Rows, rows);
        if (!ReferenceEquals(target, merged)) Copying.CopyInto(plan.Arrange(view), target.Reshape(plan.Arrange(view).Shape));
    }

    static Tensor Pick(Tensor view, List<(int Dim, Tensor Index)> picks)
    {
        var plan = new PickPlan(view.Shape, picks);
        return plan.Place(plan.Merge(view).RowsAt(plan.Dim, plan.Rows));
    }

    /// <summary>A value for an indexed part: leading dimensions of size 1 that the part lacks are dropped, as NumPy does.</summary>
    static Tensor Fitting(Tensor values, Shape part)
    {
        while (values.Rank > part.Rank && values.Shape[0] == 1) values = values.Squeeze(0);
        try
        {
            return values.Expand(part);
        }
        catch (ShapeException)
        {
            throw new ShapeException($"Assigning at indices: values of shape {values.Shape} do not broadcast to {part}, the shape of the part.");
        }
    }

    /// <summary>Applies what makes views, and lists the tensors with the dimensions they pick from.</summary>
    static Tensor Resolve(Tensor x, ReadOnlySpan<TensorIndex> index, out List<(int Dim, Tensor Index)> picks)
    {
        picks = [];
        int used = 0, ellipses = 0;
        foreach (var entry in index)
        {
            if (entry.Type == TensorIndex.Kind.Ellipsis) ellipses++;
            used += entry.Type switch
            {
                TensorIndex.Kind.Integer or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => entry.Tensor!.DType == DType.Bool ? entry.Tensor.Rank : 1,
                _ => 0,
            };
        }
        if (used > x.Rank || ellipses > 1)
            throw new ShapeException($"Indexing [{Text(index)}]: " + (ellipses > 1
                ? "more than one ellipsis." : $"the indices are for {used} dimensions, but the shape is {x.Shape}, of {x.Rank}."));

        var y = x;
        int dim = 0;
        foreach (var entry in index)
            switch (entry.Type)
            {
                case TensorIndex.Kind.Ellipsis:
                    dim += x.Rank - used;
                    break;
                case TensorIndex.Kind.NewAxis:
                    y = y.Unsqueeze(dim++);
                    break;
                case TensorIndex.Kind.Integer:
                    y = SelectAt(y, dim, entry.Start!.Value, x.Shape, index);
                    break;
                case TensorIndex.Kind.Slice:
                    y = y.Slice(dim++, entry.Start, entry.Stop, entry.Step);
                    break;
                default:
                    var tensor = entry.Tensor!;
                    if (tensor.DType == DType.Bool) y = PickMask(y, ref dim, tensor, picks);
                    else if (tensor.Rank == 0 && tensor.DType.IsInteger) y = SelectAt(y, dim, tensor.Item<int>(), x.Shape, index);
                    else picks.Add((dim++, tensor));
                    break;
            }
        return y;
    }

    static Tensor SelectAt(Tensor y, int dim, int position, Shape whole, ReadOnlySpan<TensorIndex> index)
    {
        int size = y.Shape[dim];
        if (position < -size || position >= size)
            throw new ArgumentOutOfRangeException(nameof(index), $"Indexing [{Text(index)}]: position {position} is out of range for the shape {whole}: " +
                (size == 0 ? "that dimension is empty." : $"expected {-size} to {size - 1}."));
        return y.Select(dim, position);
    }

    static Tensor PickMask(Tensor y, ref int dim, Tensor mask, List<(int Dim, Tensor Index)> picks)
    {
        if (mask.Rank == 0) (y, mask) = (y.Unsqueeze(dim), mask.Reshape(1));
        if (y.Shape[dim..(dim + mask.Rank)] != mask.Shape)
            throw new ShapeException($"Indexing: a mask of shape {mask.Shape} does not fit dimensions {dim} to {dim + mask.Rank - 1} of {y.Shape}. Expected equal sizes.");
        var places = mask.Nonzero();
        for (int i = 0; i < mask.Rank; i++) picks.Add((dim++, places.Select(1, i)));
        return y;
    }

    static string Text(ReadOnlySpan<TensorIndex> index)
    {
        var parts = new string[index.Length];
        for (int i = 0; i < parts.Length; i++) parts[i] = index[i].ToString();
        return string.Join(", ", parts);
    }

    /// <summary>
    /// How index tensors pick: the dimensions that they point into come together and become one, whose rows are picked
    /// by one list. The picked dimensions stand where they were if they were neighbours, else in front, as NumPy has it.
    /// </summary>
    readonly struct PickPlan
    {
        readonly int[]? _order;
        readonly int _picked;
        readonly Shape _indices;

        internal PickPlan(Shape shape, List<(int Dim, Tensor Index)> picks)
        {
            _indices = picks[0].Index.Shape;
            foreach (var (_, index) in picks) _indices = Shape.Broadcast(_indices, index.Shape, "Indexing with several tensors");
            _picked = picks.Count;
            bool together = true;
            for (int i = 1; i < picks.Count; i++) together &= picks[i].Dim == picks[i - 1].Dim + 1;
            Dim = together ? picks[0].Dim : 0;
            if (!together)
            {
                var dims = picks.ConvertAll(p => p.Dim);
                _order = [.. dims, .. Enumerable.Range(0, shape.Rank).Where(d => !dims.Contains(d))];
            }

            using var mode = Autograd.NoGrad();
            Tensor? rows = null;
            foreach (var (dim, index) in picks)
            {
                var at = Indexed.Checked(index, dim, shape, wraps: true, "Indexing");
                rows = rows is null ? at : rows * (long)shape[dim] + at;
            }
            Rows = rows!.Expand(_indices).Reshape(-1);
            var sizes = _order is null ? shape : new Shape([.. _order.Select(d => shape[d])]);
            ResultShape = [.. sizes[..Dim], .. _indices, .. sizes[(Dim + _picked)..]];
        }

        /// <summary>The dimension that the picked ones become.</summary>
        internal int Dim { get; }

        /// <summary>The list of rows.</summary>
        internal Tensor Rows { get; }

        internal Shape ResultShape { get; }

        internal Tensor Arrange(Tensor x) => _order is null ? x : x.Permute(_order);

        internal Tensor Merge(Tensor x)
        {
            var y = Arrange(x);
            return y.Reshape([.. y.Shape[..Dim], y.Shape[Dim..(Dim + _picked)].Elements, .. y.Shape[(Dim + _picked)..]]);
        }

        /// <summary>Picked rows in the shape of the result.</summary>
        internal Tensor Place(Tensor rows) => rows.Reshape(ResultShape);

        /// <summary>Values of the result's shape as rows.</summary>
        internal Tensor Unplace(Tensor values) =>
            values.Reshape([.. ResultShape[..Dim], Rows.Elements, .. ResultShape[(Dim + _indices.Rank)..]]);
    }
}
