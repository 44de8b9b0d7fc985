namespace Descent.Tensors;

public static partial class F
{
    /// <summary>The patches under a sliding window as columns: im2col.</summary>
    /// <param name="x">Images <c>(N, C, H, W)</c> or one image <c>(C, H, W)</c>.</param>
    /// <param name="kernelSize">The window.</param>
    /// <param name="dilation">Pixels between neighbours within the window; 1 by default.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="stride">Pixels between neighbouring windows; 1 by default.</param>
    /// <returns>Shape <c>(N, C · kH · kW, windows)</c>, windows in row-major order.</returns>
    /// <exception cref="ShapeException">x is no image, or the window does not fit into it.</exception>
    public static Tensor Unfold(Tensor x, Pair kernelSize, Pair? dilation = null, Pair padding = default, Pair? stride = null)
    {
        if (x.Rank == 3) return Unfold(x.Unsqueeze(0), kernelSize, dilation, padding, stride).Squeeze(0);
        if (x.Rank != 4) throw new ShapeException($"Unfold: the shape is {x.Shape}; expected images (N, C, H, W) or one image (C, H, W).");
        var patches = new PatchPlan(new(x.Shape[2], x.Shape[3]), kernelSize, dilation ?? 1, padding, stride ?? 1, nameof(Unfold));
        return PatchOps.Columns(x, patches);
    }

    /// <summary>Columns added back where <see cref="Unfold"/> took them from: col2im.</summary>
    /// <param name="x">Columns <c>(N, C · kH · kW, windows)</c> or <c>(C · kH · kW, windows)</c>.</param>
    /// <param name="outputSize">Height and width of the images.</param>
    /// <param name="kernelSize">The window.</param>
    /// <param name="dilation">Pixels between neighbours within the window; 1 by default.</param>
    /// <param name="padding">Pixels on each side that are dropped.</param>
    /// <param name="stride">Pixels between neighbouring windows; 1 by default.</param>
    /// <returns>Shape <c>(N, C, H, W)</c>, without N where x has none.</returns>
    /// <exception cref="ShapeException">The columns do not fit the images and the window.</exception>
    public static Tensor Fold(Tensor x, Pair outputSize, Pair kernelSize, Pair? dilation = null, Pair padding = default, Pair? stride = null)
    {
        if (x.Rank == 2) return Fold(x.Unsqueeze(0), outputSize, kernelSize, dilation, padding, stride).Squeeze(0);
        var patches = new PatchPlan(outputSize, kernelSize, dilation ?? 1, padding, stride ?? 1, nameof(Fold));
        int taps = kernelSize.Height * kernelSize.Width, windows = patches.Out.Height * patches.Out.Width;
        if (x.Rank != 3 || x.Shape[1] % taps != 0 || x.Shape[2] != windows)
            throw new ShapeException($"Fold: columns of shape {x.Shape} do not fit images of {outputSize} under a window of {kernelSize}. " +
                $"Expected (N, C · {taps}, {windows}).");
        return PatchOps.Image(x, patches);
    }
}

/// <summary>Where the windows over an image lie.</summary>
readonly record struct PatchPlan
{
    internal PatchPlan(Pair size, Pair kernel, Pair dilation, Pair padding, Pair stride, string operation)
    {
        (Size, Kernel, Dilation, Padding, Stride) = (size, kernel, dilation, padding, stride);
        if (kernel.Height < 1 || kernel.Width < 1 || dilation.Height < 1 || dilation.Width < 1 || stride.Height < 1 || stride.Width < 1 ||
            padding.Height < 0 || padding.Width < 0)
            throw new ArgumentOutOfRangeException(nameof(kernel), $"{operation}: kernel {kernel}, dilation {dilation} and stride {stride} must be positive, padding {padding} not negative.");
        Out = new(Windows(size.Height, kernel.Height, dilation.Height, padding.Height, stride.Height),
            Windows(size.Width, kernel.Width, dilation.Width, padding.Width, stride.Width));
        if (Out.Height < 1 || Out.Width < 1)
            throw new ShapeException($"{operation}: a window of {kernel}, dilation {dilation}, does not fit into an image of {size} with padding {padding}.");
    }

    internal Pair Size { get; }
    internal Pair Kernel { get; }
    internal Pair Dilation { get; }
    internal Pair Padding { get; }
    internal Pair Stride { get; }

    /// <summary>Windows down and across.</summary>
    internal Pair Out { get; }

    /// <summary>Tells a trace of the windows.</summary>
    internal void Describe()
    {
        OperationTrace.Describe(null, Two(Kernel), Two(Stride), Two(Padding), Two(Dilation), Two(Out));

        static int[] Two(Pair n) => [n.Height, n.Width];
    }

    static int Windows(int size, int kernel, int dilation, int padding, int stride)
    {
        int room = size + 2 * padding - dilation * (kernel - 1) - 1;
        return room < 0 ? 0 : room / stride + 1;
    }
}

/// <summary>Between images and the columns of their patches; each way is the other's gradient.</summary>
static class PatchOps
{
    internal static Tensor Columns(Tensor x, PatchPlan p)
    {
        var padded = x.Detach().Pad([p.Padding.Width, p.Padding.Width, p.Padding.Height, p.Padding.Height]);
        int n = x.Shape[0], c = x.Shape[1];
        var s = padded.StrideArray;
        var view = padded.Alias([n, c, p.Kernel.Height, p.Kernel.Width, p.Out.Height, p.Out.Width],
            [s[0], s[1], p.Dilation.Height * s[2], p.Dilation.Width * s[3], p.Stride.Height * s[2], p.Stride.Width * s[3]], padded.Offset);
        var y = Tensor.Uninitialized(view.Shape, x.DType);
        Copying.CopyInto(y, view);
        var columns = y.Reshape(n, c * p.Kernel.Height * p.Kernel.Width, p.Out.Height * p.Out.Width);
        if (OperationTrace.IsOn) p.Describe();
        return Autograd.Record(columns, p, (x, static (dy, p) => Image(dy, p)), operation: "Unfold");
    }

    internal static Tensor Image(Tensor x, PatchPlan p)
    {
        if (x.DType.IsReduced) return Image(x.To(DType.Float32), p).To(x.DType);
        int n = x.Shape[0], c = x.Shape[1] / (p.Kernel.Height * p.Kernel.Width);
        var columns = x.Detach().Reshape(n, c, p.Kernel.Height, p.Kernel.Width, p.Out.Height, p.Out.Width);
        var padded = Tensor.Zeros([n, c, p.Size.Height + 2 * p.Padding.Height, p.Size.Width + 2 * p.Padding.Width], x.DType);
        for (int i = 0; i < p.Kernel.Height && x.Elements > 0; i++)
            for (int j = 0; j < p.Kernel.Width; j++)
            {
                var part = padded.Window(2, i * p.Dilation.Height, p.Stride.Height, p.Out.Height).Window(3, j * p.Dilation.Width, p.Stride.Width, p.Out.Width);
                Pointwise.ZipInto<Kernels.AddKernel>(part, part, columns.Select(2, i).Select(2, j));
            }
        var y = padded.Window(2, p.Padding.Height, 1, p.Size.Height).Window(3, p.Padding.Width, 1, p.Size.Width).Contiguous();
        if (OperationTrace.IsOn) p.Describe();
        return Autograd.Record(y, p, (x, static (dy, p) => Columns(dy, p)), operation: "Fold");
    }
}
