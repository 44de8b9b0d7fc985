using System.Numerics;
using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Kernels;

[Collection(ThreadCountCollection.Name)]
public sealed unsafe class ConvolutionTests : IDisposable
{
    readonly int _threads = Numerics.Threads;

    public void Dispose() => Numerics.Threads = _threads;

    /// <param name="Size">n, c, h, w, o, groups.</param>
    /// <param name="Kernel">Height and width.</param>
    /// <param name="Pads">Top, left, bottom, right.</param>
    public sealed record Case(string Name, int[] Size, int[] Kernel, int[]? Stride = null, int[]? Pads = null, int[]? Dilation = null)
    {
        internal ConvShape Shape
        {
            get
            {
                int[] stride = Stride ?? [1, 1], pads = Pads ?? [0, 0, 0, 0], dilation = Dilation ?? [1, 1];
                return new ConvShape
                {
                    N = Size[0],
                    C = Size[1],
                    H = Size[2],
                    W = Size[3],
                    O = Size[4],
                    Groups = Size[5],
                    KernelH = Kernel[0],
                    KernelW = Kernel[1],
                    StrideH = stride[0],
                    StrideW = stride[1],
                    PadTop = pads[0],
                    PadLeft = pads[1],
                    DilationH = dilation[0],
                    DilationW = dilation[1],
                    OutH = (Size[2] + pads[0] + pads[2] - dilation[0] * (Kernel[0] - 1) - 1) / stride[0] + 1,
                    OutW = (Size[3] + pads[1] + pads[3] - dilation[1] * (Kernel[1] - 1) - 1) / stride[1] + 1,
                };
            }
        }

        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases =>
    [
        new("smallest", [1, 1, 1, 1, 1, 1], [1, 1]),
        new("one channel", [3, 1, 12, 11, 5, 1], [3, 3]),
        new("wide rows", [2, 3, 5, 70, 9, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("many channels, tiny planes", [3, 40, 4, 4, 33, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("one dimension", [2, 4, 1, 50, 6, 1], [1, 5], Pads: [0, 2, 0, 2]),
        new("pointwise", [2, 7, 9, 8, 10, 1], [1, 1]),
        new("pointwise, strided", [2, 7, 9, 8, 10, 1], [1, 1], Stride: [2, 2]),
        new("strided", [2, 3, 11, 13, 4, 1], [3, 3], Stride: [2, 3], Pads: [1, 1, 1, 1]),
        new("stride beyond the kernel", [2, 3, 12, 12, 4, 1], [2, 2], Stride: [3, 4]),
        new("dilated", [2, 3, 12, 14, 4, 1], [3, 2], Pads: [2, 1, 2, 1], Dilation: [2, 3]),
        new("dilated and strided", [2, 2, 12, 14, 3, 1], [3, 3], Stride: [2, 2], Pads: [2, 2, 2, 2], Dilation: [2, 2]),
        new("uneven padding", [2, 2, 7, 6, 3, 1], [4, 3], Pads: [2, 0, 1, 2]),
        new("padding beyond the kernel", [1, 2, 4, 5, 3, 1], [2, 2], Pads: [3, 4, 3, 4]),
        new("groups", [2, 6, 8, 9, 4, 2], [3, 3], Pads: [1, 1, 1, 1]),
        new("groups, strided", [2, 6, 8, 9, 9, 3], [3, 3], Stride: [2, 2], Pads: [1, 1, 1, 1]),
        new("depthwise", [2, 5, 9, 40, 5, 5], [3, 3], Pads: [1, 1, 1, 1]),
        new("depthwise, dilated", [2, 3, 20, 41, 3, 3], [3, 5], Pads: [2, 4, 2, 4], Dilation: [2, 2]),
        new("depthwise, strided", [2, 5, 9, 20, 5, 5], [3, 3], Stride: [2, 2], Pads: [1, 1, 1, 1]),
        new("depthwise, twice the channels", [2, 4, 8, 9, 8, 4], [3, 3], Pads: [1, 1, 1, 1]),
        new("kernel as large as the image", [2, 3, 5, 6, 4, 1], [5, 6]),
        new("batch cut into parts", [9, 2, 26, 26, 4, 1], [3, 3]),
        new("many channels", [3, 20, 9, 10, 7, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("many channels, strided and dilated", [2, 37, 9, 20, 5, 1], [3, 2], Stride: [2, 3], Pads: [1, 2, 1, 2], Dilation: [1, 2]),
        new("many channels in groups", [2, 32, 7, 9, 6, 2], [2, 3], Pads: [0, 1, 0, 1]),
        new("many channels, pointwise, strided", [2, 65, 9, 7, 10, 1], [1, 1], Stride: [2, 2]),
        new("more pixels than are turned at once", [2, 16, 300, 300, 1, 1], [1, 3], Stride: [3, 2]),
        new("few channels", [3, 3, 17, 37, 11, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("few channels, rows of one vector", [20, 2, 9, 18, 8, 1], [3, 3], Pads: [0, 0, 1, 0]),
        new("few channels, large window, strided rows", [2, 3, 30, 40, 9, 1], [7, 5], Stride: [2, 1], Pads: [3, 2, 3, 2]),
        new("few channels, dilated", [2, 4, 20, 30, 5, 1], [3, 3], Pads: [2, 3, 2, 3], Dilation: [2, 3]),
        new("few channels, padding beyond the image", [1, 1, 3, 4, 6, 1], [2, 2], Pads: [9, 9, 9, 9]),
        new("few channels, rows in bands", [1, 4, 200, 210, 8, 1], [5, 5]),
        new("no image", [0, 2, 5, 5, 3, 1], [3, 3]),
    ];

    /// <summary>Those that Winograd's algorithm takes in float.</summary>
    public static TheoryData<Case> WinogradCases =>
    [
        new("whole tiles", [6, 24, 12, 12, 25, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("odd sizes", [5, 64, 9, 11, 65, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("no padding", [2, 33, 10, 43, 35, 1], [3, 3]),
        new("padding of two", [8, 36, 5, 6, 37, 1], [3, 3], Pads: [2, 2, 2, 2]),
        new("uneven padding", [6, 36, 9, 10, 37, 1], [3, 3], Pads: [0, 2, 1, 0]),
        new("groups", [6, 64, 8, 8, 80, 2], [3, 3], Pads: [1, 1, 1, 1]),
        new("two outputs a side", [90, 64, 2, 2, 65, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("four outputs a side", [40, 50, 4, 4, 33, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("long sums", [3, 150, 8, 8, 70, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("few blocks at a time", [1, 300, 50, 51, 16, 1], [3, 3], Pads: [1, 1, 1, 1]),
        new("windows of two", [6, 64, 11, 15, 65, 1], [2, 2], Pads: [1, 1, 1, 1]),
        new("windows of two, uneven padding", [6, 64, 12, 11, 65, 1], [2, 2], Pads: [0, 1, 1, 0]),
        new("one image of one row of tiles", [1, 64, 4, 100, 64, 1], [3, 3], Pads: [1, 1, 1, 1]),
    ];

    [Theory, MemberData(nameof(WinogradCases))]
    public void Winograd_agrees_with_plain_loops(Case conv)
    {
        Assert.True(Winograd.Fits(conv.Shape));
        Verify<float>(conv.Shape, 1e-6);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Float_convolutions_agree_with_plain_loops(Case conv) => Verify<float>(conv.Shape, 1e-6);

    [Theory, MemberData(nameof(Cases))]
    public void Double_convolutions_agree_with_plain_loops(Case conv) => Verify<double>(conv.Shape, 2e-15);

    /// <summary>Calls <paramref name="visit"/> for each product of a value of x and a weight, with the indices of x, weight and y.</summary>
    static void ForEachTerm(ConvShape s, Action<int, int, int> visit)
    {
        for (int n = 0; n < s.N; n++)
            for (int o = 0; o < s.O; o++)
                for (int row = 0; row < s.OutH; row++)
                    for (int column = 0; column < s.OutW; column++)
                        for (int c = 0; c < s.GroupC; c++)
                            for (int ky = 0; ky < s.KernelH; ky++)
                                for (int kx = 0; kx < s.KernelW; kx++)
                                {
                                    int y = row * s.StrideH - s.PadTop + ky * s.DilationH;
                                    int x = column * s.StrideW - s.PadLeft + kx * s.DilationW;
                                    if (y < 0 || y >= s.H || x < 0 || x >= s.W)
                                        continue;
                                    int channel = o / s.GroupO * s.GroupC + c;
                                    visit(((n * s.C + channel) * s.H + y) * s.W + x,
                                        ((o * s.GroupC + c) * s.KernelH + ky) * s.KernelW + kx,
                                        ((n * s.O + o) * s.OutH + row) * s.OutW + column);
                                }
    }

    /// <summary>Those with strides of 2 that are done by phases.</summary>
    public static TheoryData<Case> PhasedCases =>
    [
        new("whole tiles", [8, 24, 16, 16, 40, 1], [4, 4], Stride: [2, 2], Pads: [1, 1, 1, 1]),
        new("odd sizes", [8, 40, 15, 41, 64, 1], [4, 4], Stride: [2, 2], Pads: [1, 2, 1, 1]),
        new("no padding", [3, 33, 18, 35, 40, 1], [4, 4], Stride: [2, 2]),
        new("much padding", [6, 33, 13, 33, 40, 1], [4, 4], Stride: [2, 2], Pads: [3, 2, 2, 3]),
        new("groups", [24, 64, 16, 15, 64, 2], [4, 4], Stride: [2, 2], Pads: [1, 1, 1, 1]),
        new("more images than at once", [16, 32, 66, 66, 32, 1], [4, 4], Stride: [2, 2]),
    ];

    [Theory, MemberData(nameof(PhasedCases))]
    public void Phases_agree_with_plain_loops(Case conv)
    {
        Assert.True(PhasedConvolution.Fits(conv.Shape));
        Verify<float>(conv.Shape, 1e-6);
    }

    static void Verify<T>(ConvShape s, double unit) where T : unmanaged, INumber<T>
    {
        using var x = new Guarded<T>(s.N * s.C * s.Plane, 1);
        using var weight = new Guarded<T>(s.O * s.Patch, 2);
        using var bias = new Guarded<T>(s.O, 3);
        using var dy = new Guarded<T>(s.N * s.O * s.OutPlane, 4);
        double[] wide(Guarded<T> g) => [.. g.Span.ToArray().Select(double.CreateChecked)];
        double[] px = wide(x), pw = wide(weight), pb = wide(bias), pdy = wide(dy);
        double[] y = new double[dy.Length], dx = new double[x.Length], dw = new double[weight.Length], db = new double[s.O];
        ForEachTerm(s, (ix, iw, iy) =>
        {
            y[iy] += px[ix] * pw[iw];
            dx[ix] += pdy[iy] * pw[iw];
            dw[iw] += pdy[iy] * px[ix];
        });
        double[] withBias = [.. y];
        for (int i = 0; i < y.Length; i++)
        {
            int o = i / s.OutPlane % s.O;
            withBias[i] += pb[o];
            db[o] += pdy[i];
        }

        Agree(withBias, p => Convolution.Forward(s, x.Pointer, weight.Pointer, bias.Pointer, p), s.Patch);
        Agree(y, p => Convolution.Forward(s, x.Pointer, weight.Pointer, null, p), s.Patch);
        Agree(dx, p => Convolution.InputGradient(s, dy.Pointer, weight.Pointer, p), s.GroupO * s.Taps);
        Agree(dw, p => Convolution.WeightGradient(s, x.Pointer, dy.Pointer, p, null), s.N * s.OutPlane);
        Agree(db, p =>
        {
            using var ignored = new Guarded<T>(weight.Length);
            Convolution.WeightGradient(s, x.Pointer, dy.Pointer, ignored.Pointer, p);
        }, s.N * s.OutPlane);

        void Agree(double[] expected, Writer<T> write, int terms)
        {
            using var actual = new Guarded<T>(expected.Length, 5);
            actual.Span.Fill(T.CreateChecked(double.NaN));
            write(actual.Pointer);
            for (int i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(double.CreateChecked(actual[i]) - expected[i]) <= unit * (2 + terms),
                    $"element {i} is {actual[i]}, expected {expected[i]}");
            actual.AssertGuardsIntact();
        }
    }

    delegate void Writer<T>(T* to) where T : unmanaged;

    [Theory]
    [InlineData(0, 32, 1)]
    [InlineData(8, 3, 1)]
    [InlineData(24, 40, 1)]
    [InlineData(5, 6, 2)]
    [InlineData(64, 64, 1)]
    [InlineData(160, 72, 1)]
    public void Any_number_of_threads_gives_the_same_bits(int c, int o, int stride)
    {
        c = Math.Max(1, c);
        var s = new ConvShape
        {
            N = 16, C = c, H = 28, W = 27, O = o, KernelH = 3, KernelW = 3, OutH = 26 / stride, OutW = 26 / stride,
            StrideH = stride, StrideW = stride, PadLeft = 1,
        };
        using var x = new Guarded<float>(s.N * s.C * s.Plane, 1);
        using var weight = new Guarded<float>(s.O * s.Patch, 2);
        using var dy = new Guarded<float>(s.N * s.O * s.OutPlane, 4);
        float[]? expected = null;
        foreach (int threads in (int[])[1, 2, 3, 7])
        {
            Numerics.Threads = threads;
            using var y = new Guarded<float>(dy.Length);
            using var dx = new Guarded<float>(x.Length);
            using var dw = new Guarded<float>(weight.Length);
            using var db = new Guarded<float>(s.O);
            Convolution.Forward(s, x.Pointer, weight.Pointer, null, y.Pointer);
            Convolution.InputGradient(s, dy.Pointer, weight.Pointer, dx.Pointer);
            Convolution.WeightGradient(s, x.Pointer, dy.Pointer, dw.Pointer, db.Pointer);
            float[] actual = [.. y.Span, .. dx.Span, .. dw.Span, .. db.Span];
            expected ??= actual;
            Assert.Equal(expected, actual);
        }
    }
}
