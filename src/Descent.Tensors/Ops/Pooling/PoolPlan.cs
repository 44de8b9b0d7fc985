using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>From the arguments of pooling over the last one, two or three dimensions to the shape that its kernels take.</summary>
static class PoolPlan
{
    /// <summary>Windows of a size, of x of shape <c>(N, C, …)</c> or <c>(C, …)</c>.</summary>
    internal static PoolShape Of(string operation, Tensor x, ReadOnlySpan<int> kernel, ReadOnlySpan<int> stride, ReadOnlySpan<int> padding,
        ReadOnlySpan<int> dilation, bool ceilMode)
    {
        int rank = kernel.Length;
        CheckInput(operation, x, rank);
        var axes = new PoolAxis[rank];
        for (int i = 0; i < rank; i++)
        {
            int size = x.Shape[x.Rank - rank + i];
            if (kernel[i] < 1 || stride[i] < 1 || dilation[i] < 1)
                throw new ArgumentException($"{operation}: kernel {List(kernel)}, stride {List(stride)}, dilation {List(dilation)}; all must be at least 1.");
            int extent = dilation[i] * (kernel[i] - 1) + 1;
            if (padding[i] < 0 || padding[i] > extent / 2)
                throw new ArgumentException($"{operation}: padding {List(padding)} must be from 0 to half of what the kernel {List(kernel)} with dilation {List(dilation)} spans.");
            int windows = Windows(size + 2 * padding[i] - extent, stride[i], ceilMode);
            // A window must start inside the input or its left padding.
            if (ceilMode && (windows - 1) * stride[i] >= size + padding[i]) windows--;
            if (windows < 1)
                throw new ShapeException($"{operation}: windows of {List(kernel)} do not fit into input {x.Shape} with padding {List(padding)}.");
            axes[i] = new(size, windows) { Kernel = kernel[i], Stride = stride[i], Pad = padding[i], Dilation = dilation[i] };
        }
        return Shape(x, axes);
    }

    /// <summary>As many windows as are asked for, null for as many as there are elements.</summary>
    internal static PoolShape Of(string operation, Tensor x, ReadOnlySpan<int?> windows)
    {
        CheckInput(operation, x, windows.Length);
        var axes = new PoolAxis[windows.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            int size = x.Shape[x.Rank - axes.Length + i];
            if (windows[i] < 0) throw new ArgumentException($"{operation}: an output size is {windows[i]}; it must not be negative.");
            if (size == 0) throw new ShapeException($"{operation}: the input {x.Shape} has nothing to pool. Expected at least 1 in each spatial dimension.");
            axes[i] = new(size, windows[i] ?? size);
        }
        return Shape(x, axes);
    }

    internal static void CheckInput(string operation, Tensor x, int rank)
    {
        if ((x.Rank == rank + 1 || x.Rank == rank + 2) && x.DType.IsFloatingPoint) return;
        string sizes = rank switch { 1 => "L", 2 => "H, W", _ => "D, H, W" };
        throw new ShapeException($"{operation}: the input is {x.DType} {x.Shape}. Expected floating-point (N, C, {sizes}) or (C, {sizes}).");
    }

    /// <summary>Tells a trace of the windows; kernels of 0 share the size out evenly.</summary>
    internal static void Describe(PoolShape shape, int rank, bool countPadding = false, int divisor = 0)
    {
        PoolAxis[] axes = [.. ((PoolAxis[])[shape.Depth, shape.Height, shape.Width])[(3 - rank)..]];
        OperationTrace.Describe(null, Each(a => a.Kernel), Each(a => a.Stride), Each(a => a.Pad), Each(a => a.Dilation), countPadding, divisor);

        int[] Each(Converter<PoolAxis, int> number) => Array.ConvertAll(axes, number);
    }

    static PoolShape Shape(Tensor x, PoolAxis[] axes)
    {
        int planes = x.Shape[..(x.Rank - axes.Length)].Elements;
        return axes switch
        {
            [var width] => new(planes, PoolAxis.None, PoolAxis.None, width),
            [var height, var width] => new(planes, PoolAxis.None, height, width),
            _ => new(planes, axes[0], axes[1], axes[2]),
        };
    }

    /// <summary>How many windows start in a room, rounded down or up; one that is larger than everything counts where rounding up leaves it.</summary>
    static int Windows(int room, int stride, bool ceilMode)
    {
        int last = ceilMode ? room + stride - 1 : room;
        return last < 0 ? 0 : last / stride + 1;
    }

    static string List(ReadOnlySpan<int> figures) => figures.Length == 1 ? $"{figures[0]}" : $"({string.Join(", ", figures.ToArray())})";

    /// <summary>The shape of the result; rank is the number of spatial dimensions.</summary>
    internal static Shape OutShape(Tensor x, PoolShape shape, int rank)
    {
        ReadOnlySpan<int> sizes = [shape.Depth.Out, shape.Height.Out, shape.Width.Out];
        return [.. x.Shape[..(x.Rank - rank)], .. sizes[(3 - rank)..]];
    }
}
