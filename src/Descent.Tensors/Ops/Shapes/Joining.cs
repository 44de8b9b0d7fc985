namespace Descent.Tensors;

/// <summary>Several tensors as one.</summary>
public static class JoiningOps
{
    extension(Tensor)
    {
        /// <summary>The tensors one after the other along a dimension, in their promoted type.</summary>
        /// <param name="tensors">At least one; sizes agree but for <paramref name="dim"/>. Those of shape (0,) are skipped.</param>
        /// <param name="dim">The dimension along which they are joined.</param>
        /// <exception cref="ShapeException">There is none, or the shapes do not fit.</exception>
        public static Tensor Cat(ReadOnlySpan<Tensor> tensors, int dim = 0)
        {
            if (tensors.IsEmpty) throw new ShapeException("Cat: no tensors were given; expected at least one.");
            Tensor[] inputs = Array.FindAll(tensors.ToArray(), t => t.Rank != 1 || t.Elements > 0);
            if (inputs.Length == 0) return tensors[0].Clone();
            var first = inputs[0];
            if (first.Rank == 0) throw new ShapeException("Cat: single numbers, of shape (), have no dimension to join along. Use Stack.");
            dim = first.Shape.Axis(dim, nameof(Cat));
            var sizes = new int[inputs.Length];
            var dtype = first.DType;
            long total = 0;
            for (int i = 0; i < inputs.Length; i++)
            {
                CheckFits(inputs[i].Shape, first.Shape, dim, i);
                total += sizes[i] = inputs[i].Shape[dim];
                dtype = DType.Promote(dtype, inputs[i].DType);
            }
            var y = Tensor.Uninitialized([.. first.Shape[..dim], checked((int)total), .. first.Shape[(dim + 1)..]], dtype);
            var target = y.Detach();
            for (int i = 0, start = 0; i < inputs.Length; start += sizes[i++])
                Copying.CopyInto(target.Window(dim, start, 1, sizes[i]), inputs[i]);
            Autograd.RecordJoint([y], (sizes, dim, Array.ConvertAll(inputs, t => t.DType)), inputs, static (dy, s, needed, dx) =>
            {
                var (sizes, dim, types) = s;
                for (int i = 0, start = 0; i < sizes.Length; start += sizes[i++])
                    if (needed[i]) dx[i] = dy[0]!.Narrow(dim, start, sizes[i]).To(types[i]);
            });
            return y;
        }

        /// <summary>Tensors of one shape along a new dimension, in their promoted type.</summary>
        /// <param name="tensors">At least one.</param>
        /// <param name="dim">Where the new dimension stands in the result; -1 puts it last.</param>
        /// <exception cref="ShapeException">There is none, or the shapes differ.</exception>
        public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int dim = 0)
        {
            if (tensors.IsEmpty) throw new ShapeException("Stack: no tensors were given; expected at least one.");
            var rows = new Tensor[tensors.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                if (tensors[i].Shape != tensors[0].Shape)
                    throw new ShapeException($"Stack: tensor {i} has shape {tensors[i].Shape}, but the first {tensors[0].Shape}. Expected equal shapes.");
                rows[i] = tensors[i].Unsqueeze(dim);
            }
            return Tensor.Cat(rows, dim < 0 ? dim + tensors[0].Rank + 1 : dim);
        }
    }

    static void CheckFits(Shape shape, Shape first, int dim, int i)
    {
        bool fits = shape.Rank == first.Rank;
        for (int d = 0; fits && d < shape.Rank; d++) fits = d == dim || shape[d] == first[d];
        if (!fits)
            throw new ShapeException($"Cat: tensor {i} has shape {shape}, but the first {first}. Expected sizes that agree but for dimension {dim}.");
    }
}
