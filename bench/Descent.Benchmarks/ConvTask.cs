using System.Runtime.InteropServices;
using Descent.Tensors;
using Descent.Tensors.Kernels;

namespace Descent.Benchmarks;

/// <summary>Float32 convolutions of a small image classifier and of a residual net, forward and both gradients.</summary>
static unsafe class ConvTask
{
    static readonly (int N, int C, int Size, int O, int Kernel, int Stride, int Pad)[] s_shapes =
    [
        // Of the small classifier, then of the residual net.
        (64, 1, 28, 32, 3, 1, 0), (64, 32, 26, 64, 3, 1, 0),
        (32, 3, 32, 64, 3, 1, 1), (32, 64, 32, 64, 3, 1, 1),
        (32, 64, 32, 128, 3, 2, 1), (32, 64, 32, 128, 1, 2, 0), (32, 128, 16, 128, 3, 1, 1),
        (32, 128, 16, 256, 3, 2, 1), (32, 128, 16, 256, 1, 2, 0), (32, 256, 8, 256, 3, 1, 1),
        (32, 256, 8, 512, 3, 2, 1), (32, 256, 8, 512, 1, 2, 0), (32, 512, 4, 512, 3, 1, 1),
        // Of an image generator.
        (32, 64, 32, 128, 4, 2, 1),
    ];

    public static void Run(Report report)
    {
        Volumes(report);
        foreach (var (n, c, size, o, kernel, stride, pad) in s_shapes)
        {
            string config = $"n{n} c{c} {size}x{size} o{o} k{kernel} s{stride} p{pad}";
            if (!report.Wants(config))
                continue;
            int outSize = (size + 2 * pad - kernel) / stride + 1;
            var shape = new ConvShape
            {
                N = n, C = c, H = size, W = size, O = o, KernelH = kernel, KernelW = kernel, OutH = outSize, OutW = outSize,
                StrideH = stride, StrideW = stride, PadTop = pad, PadLeft = pad,
            };
            float* x = Sample.Floats((long)n * c * shape.Plane, 1), weight = Sample.Floats((long)o * shape.Patch, 2);
            float* y = Sample.Floats((long)n * o * shape.OutPlane, 3), bias = Sample.Floats(o, 4);
            double flop = 2.0 * n * o * shape.OutPlane * shape.Patch;
            Measure("forward", () => Convolution.Forward(shape, x, weight, bias, y));
            Measure("input gradient", () => Convolution.InputGradient(shape, y, weight, x));
            Measure("weight gradient", () => Convolution.WeightGradient(shape, x, y, weight, bias));
            NativeMemory.AlignedFree(x);
            NativeMemory.AlignedFree(weight);
            NativeMemory.AlignedFree(y);
            NativeMemory.AlignedFree(bias);

            void Measure(string what, Action code)
            {
                var (seconds, spread) = Stopwatches.Median(code);
                report.Emit("conv-fp32", config, what, flop / seconds / 1e9, "GFLOP/s", spread);
            }
        }
    }

    /// <summary>Volumes, as operations with what they allocate.</summary>
    static void Volumes(Report report)
    {
        foreach (var (n, c, depth, size, o) in ((int, int, int, int, int)[])[(2, 16, 16, 64, 32), (2, 64, 8, 32, 64), (4, 3, 16, 64, 32), (8, 32, 8, 16, 64)])
        {
            string config = $"volume n{n} c{c} {depth}x{size}x{size} o{o} k3 p1";
            if (!report.Wants(config)) continue;
            Tensor x = Tensor.Randn([n, c, depth, size, size]), w = Tensor.Randn([o, c, 3, 3, 3]), dy = Tensor.Randn([n, o, depth, size, size]);
            double flop = 54.0 * c * dy.Elements;
            using (Autograd.NoGrad()) Measure("forward", flop, () => F.Conv3d(x, w, padding: 1));
            x.RequiresGrad = w.RequiresGrad = true;
            Measure("forward and backward", 3 * flop, () =>
            {
                F.Conv3d(x, w, padding: 1).Backward(dy);
                x.Grad = w.Grad = null;
            });

            void Measure(string what, double operations, Action code)
            {
                var (seconds, spread) = Stopwatches.Median(code);
                report.Emit("conv-fp32", config, what, operations / seconds / 1e9, "GFLOP/s", spread);
            }
        }
    }
}
