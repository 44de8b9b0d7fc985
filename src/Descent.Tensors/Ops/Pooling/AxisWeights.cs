using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>A sparse matrix along one dimension: each new element is a weighted sum of a few old ones.</summary>
/// <param name="Size">Elements that there are.</param>
/// <param name="Starts">Where the terms of each new element begin, and the end.</param>
/// <param name="Indices">The old element of each term.</param>
/// <param name="Weights">The weight of each term.</param>
sealed unsafe record AxisWeights(int Size, int[] Starts, int[] Indices, double[] Weights)
{
    /// <summary>New elements.</summary>
    internal int Out => Starts.Length - 1;

    /// <summary>From the terms of each new element; those of weight 0 are left out.</summary>
    internal static AxisWeights From(int size, IEnumerable<IEnumerable<(int Index, double Weight)>> rows)
    {
        List<int> starts = [0], indices = [];
        List<double> weights = [];
        foreach (var row in rows)
        {
            foreach (var (index, weight) in row)
            {
                if (weight == 0) continue;
                indices.Add(index);
                weights.Add(weight);
            }
            starts.Add(indices.Count);
        }
        return new(size, [.. starts], [.. indices], [.. weights]);
    }

    /// <summary>Whether new elements are the old ones.</summary>
    internal bool IsIdentity => Out == Size && Weights.Length == Size && Weights.All(w => w == 1) && Indices.Index().All(i => i.Item == i.Index);

    /// <summary>x with its dimension replaced.</summary>
    internal Tensor Apply(Tensor x, int dim)
    {
        x = x.Contiguous();
        int[] sizes = x.Shape.ToArray();
        sizes[dim] = Out;
        var y = Tensor.Uninitialized(sizes, x.DType);
        if (y.Elements > 0)
        {
            if (x.DType == DType.Float32) Run<float>(x, y, dim);
            else Run<double>(x, y, dim);
        }
        return Autograd.Record(y, (weights: this, dim), (x, static (dy, s) => s.weights.Transposed().Apply(dy, s.dim)), operation: "Resample");
    }

    void Run<T>(Tensor x, Tensor y, int dim) where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (int* starts = Starts, indices = Indices)
        fixed (T* weights = Array.ConvertAll(Weights, T.CreateTruncating), px = x.AsSpan<T>(), py = y.AsSpan<T>())
            Resampling.Run(x.Shape[..dim].Elements, Size, Out, x.Shape[(dim + 1)..].Elements, starts, indices, weights, px, py);
    }

    AxisWeights Transposed()
    {
        var starts = new int[Size + 1];
        foreach (int index in Indices) starts[index + 1]++;
        for (int i = 0; i < Size; i++) starts[i + 1] += starts[i];
        var next = starts[..^1];
        var (indices, weights) = (new int[Indices.Length], new double[Indices.Length]);
        for (int row = 0; row < Out; row++)
            for (int k = Starts[row]; k < Starts[row + 1]; k++)
            {
                int place = next[Indices[k]]++;
                (indices[place], weights[place]) = (row, Weights[k]);
            }
        return new(Out, starts, indices, weights);
    }
}
