namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The reverse of pooling sequences: each value at its index, zeros elsewhere; of several for one place the last.</summary>
    /// <param name="x">Values <c>(N, C, L)</c> or <c>(C, L)</c>.</param>
    /// <param name="indices">Where each stands in what is made, flattened over the spatial dimensions: what pooling gave.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="padding">So many on each side.</param>
    /// <param name="outputSize">The spatial sizes, where pooling rounded; by default <c>(size − 1) · stride − 2 · padding + kernel</c>.</param>
    /// <exception cref="ShapeException">The shapes do not fit, or the sizes would not be pooled to those of x.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static Tensor MaxUnpool1d(Tensor x, Tensor indices, int kernelSize, int? stride = null, int padding = 0, ReadOnlySpan<int> outputSize = default) =>
        Unpool(nameof(MaxUnpool1d), x, indices, [kernelSize], [stride ?? kernelSize], [padding], outputSize);

    /// <summary>The reverse of pooling images: each value at its index, zeros elsewhere; of several for one place the last.</summary>
    /// <param name="x">Values <c>(N, C, H, W)</c> or <c>(C, H, W)</c>.</param>
    /// <param name="indices">Where each stands in what is made, flattened over the spatial dimensions: what pooling gave.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="padding">So many on each side.</param>
    /// <param name="outputSize">The spatial sizes, where pooling rounded; by default <c>(size − 1) · stride − 2 · padding + kernel</c>.</param>
    /// <exception cref="ShapeException">The shapes do not fit, or the sizes would not be pooled to those of x.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static Tensor MaxUnpool2d(Tensor x, Tensor indices, Pair kernelSize, Pair? stride = null, Pair padding = default, ReadOnlySpan<int> outputSize = default) =>
        Unpool(nameof(MaxUnpool2d), x, indices, List(kernelSize), List(stride ?? kernelSize), List(padding), outputSize);

    /// <summary>The reverse of pooling volumes: each value at its index, zeros elsewhere; of several for one place the last.</summary>
    /// <param name="x">Values <c>(N, C, D, H, W)</c> or <c>(C, D, H, W)</c>.</param>
    /// <param name="indices">Where each stands in what is made, flattened over the spatial dimensions: what pooling gave.</param>
    /// <param name="kernelSize">Size of a window.</param>
    /// <param name="stride">Steps between windows; the kernel size by default.</param>
    /// <param name="padding">So many on each side.</param>
    /// <param name="outputSize">The spatial sizes, where pooling rounded; by default <c>(size − 1) · stride − 2 · padding + kernel</c>.</param>
    /// <exception cref="ShapeException">The shapes do not fit, or the sizes would not be pooled to those of x.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside.</exception>
    public static Tensor MaxUnpool3d(Tensor x, Tensor indices, Triple kernelSize, Triple? stride = null, Triple padding = default, ReadOnlySpan<int> outputSize = default) =>
        Unpool(nameof(MaxUnpool3d), x, indices, List(kernelSize), List(stride ?? kernelSize), List(padding), outputSize);

    static Tensor Unpool(string operation, Tensor x, Tensor indices, ReadOnlySpan<int> kernel, ReadOnlySpan<int> stride,
        ReadOnlySpan<int> padding, ReadOnlySpan<int> outputSize)
    {
        int rank = kernel.Length;
        PoolPlan.CheckInput(operation, x, rank);
        if (indices.Shape != x.Shape)
            throw new ShapeException($"{operation}: the input is {x.Shape}, but the indices are {indices.Shape}. Expected one index for each value.");
        if (!outputSize.IsEmpty && outputSize.Length != rank && outputSize.Length != x.Rank)
            throw new ShapeException($"{operation}: an output size of {outputSize.Length} dimensions; expected the {rank} spatial ones.");
        var sizes = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int usual = (x.Shape[x.Rank - rank + i] - 1) * stride[i] - 2 * padding[i] + kernel[i];
            sizes[i] = outputSize.IsEmpty ? usual : outputSize[outputSize.Length - rank + i];
            if (Math.Abs((long)sizes[i] - usual) >= stride[i] && !outputSize.IsEmpty)
                throw new ShapeException($"{operation}: an output size of {sizes[i]} cannot be pooled to {x.Shape}; expected from {usual - stride[i] + 1} to {usual + stride[i] - 1}.");
        }
        var leading = x.Shape[..(x.Rank - rank)];
        var planes = Tensor.Zeros([leading.Elements, new Shape(sizes).Elements], x.DType);
        int values = x.Shape[(x.Rank - rank)..].Elements;
        return planes.Scatter(1, indices.Reshape(leading.Elements, values), x.Reshape(leading.Elements, values)).Reshape([.. leading, .. sizes]);
    }
}
