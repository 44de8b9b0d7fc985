using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Elements and rows named by indices.</summary>
public static class GatheringOps
{
    extension(Tensor x)
    {
        /// <summary>For each index the element it names along a dimension: <c>y[i][j] = x[index[i][j]][j]</c> for dim 0.</summary>
        /// <param name="dim">The dimension that the indices point into.</param>
        /// <param name="index">Integers, of x's rank and no larger than x but along <paramref name="dim"/>; the result's shape.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the size.</exception>
        public Tensor Gather(int dim, Tensor index)
        {
            dim = x.Shape.Axis(dim, nameof(Gather));
            if (x.Rank == 0) return x.Unsqueeze(0).Gather(0, index.Reshape(-1)).Reshape(index.Shape);
            CheckIndexShape(x.Shape, index.Shape, dim, nameof(Gather));
            var at = Indexed.Checked(index, dim, x.Shape);
            var y = Tensor.Uninitialized(index.Shape, x.DType);
            Indexed.Lines<FetchKernel>(x, dim, at, y);
            if (OperationTrace.IsOn) OperationTrace.Describe([x, at], dim);
            return Autograd.Record(y, (x.Shape, dim, at: at.Saved),
                (x, static (dy, s) => Tensor.Zeros(s.Shape, dy.DType).ScatterAdd(s.dim, s.at, dy)));
        }

        /// <summary>The entries along a dimension that a list of indices names, in its order.</summary>
        /// <param name="index">Integers, of one dimension or a single one.</param>
        /// <exception cref="ShapeException">There is no such dimension, or the indices are no list.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is negative or not below the size.</exception>
        public Tensor IndexSelect(int dim, Tensor index)
        {
            dim = x.Shape.Axis(dim, nameof(IndexSelect));
            CheckList(index, nameof(IndexSelect));
            return x.Rank == 0 ? x.Unsqueeze(0).IndexSelect(0, index).Reshape() : x.RowsAt(dim, Indexed.Checked(index, dim, x.Shape));
        }

        /// <summary>The elements at positions of the flattened tensor, in the shape of the indices; negative ones count from the end.</summary>
        /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
        public Tensor Take(Tensor index)
        {
            var flat = x.Reshape(-1);
            return flat.RowsAt(0, Indexed.Checked(index, 0, flat.Shape, wraps: true)).Reshape(index.Shape);
        }

        /// <summary><see cref="Gather"/> with x and the indices broadcast along the other dimensions.</summary>
        /// <param name="index">What Argsort or Argmax with keepDim give.</param>
        /// <param name="dim">The dimension that the indices point into; of the flattened tensors where null.</param>
        /// <exception cref="ShapeException">The ranks differ, or the shapes do not broadcast.</exception>
        public Tensor TakeAlongDim(Tensor index, int? dim = null)
        {
            if (dim is not { } given) return x.Reshape(-1).Gather(0, index.Reshape(-1));
            if (x.Rank != index.Rank)
                throw new ShapeException($"TakeAlongDim: x has shape {x.Shape} and the indices {index.Shape}. Expected the same number of dimensions.");
            int axis = x.Shape.Axis(given, nameof(TakeAlongDim));
            int[] from = x.Shape.ToArray(), to = index.Shape.ToArray();
            from[axis] = to[axis] = 1;
            var others = Shape.Broadcast(from, to, nameof(TakeAlongDim)).ToArray();
            (int size, int count) = (x.Shape[axis], index.Shape[axis]);
            others[axis] = size;
            var wide = x.Expand(others);
            others[axis] = count;
            return wide.Gather(axis, index.Expand(others));
        }

        /// <summary>The elements where a mask, broadcast together with x, is true: of one dimension.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor MaskedSelect(Tensor mask)
        {
            var shape = Shape.Broadcast(x.Shape, mask.Shape, nameof(MaskedSelect));
            return x.Expand(shape).Reshape(-1).RowsAt(0, Masks.Positions(mask.Expand(shape), nameof(MaskedSelect)));
        }

        /// <summary>Rows at indices that were checked.</summary>
        internal Tensor RowsAt(int dim, Tensor rows)
        {
            var y = Indexed.FetchRows(x, dim, rows);
            if (OperationTrace.IsOn) OperationTrace.Describe([x, rows], dim);
            return Autograd.Record(y, (x.Shape, dim, rows: rows.Saved),
                (x, static (dy, s) => Tensor.Zeros(s.Shape, dy.DType).IndexAdd(s.dim, s.rows.Value.Reshape(-1), dy)), operation: nameof(IndexSelect));
        }
    }

    internal static void CheckIndexShape(Shape x, Shape index, int dim, string operation)
    {
        bool fits = x.Rank == index.Rank;
        for (int i = 0; fits && i < x.Rank; i++) fits = i == dim || index[i] <= x[i];
        if (!fits)
            throw new ShapeException($"{operation}: indices of shape {index} do not fit {x} along dimension {dim}. " +
                "Expected the same number of dimensions, and sizes no larger but for that one.");
    }

    internal static void CheckList(Tensor index, string operation)
    {
        if (index.Rank > 1)
            throw new ShapeException($"{operation}: the indices have shape {index.Shape}; expected one dimension.");
    }
}
