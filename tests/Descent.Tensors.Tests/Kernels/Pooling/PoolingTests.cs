using System.Numerics;
using Descent.Tensors.Kernels;

namespace Descent.Tensors.Tests.Kernels;

public sealed unsafe class PoolingTests
{
    /// <param name="Size">planes, h, w.</param>
    public sealed record Case(string Name, int[] Size, int[] Kernel, int[] Stride, int[]? Pads = null, int[]? Dilation = null, bool Ceiling = false)
    {
        internal PoolShape Shape
        {
            get
            {
                int[] pads = Pads ?? [0, 0], dilation = Dilation ?? [1, 1];
                int Out(int axis)
                {
                    int free = Size[axis + 1] + 2 * pads[axis] - dilation[axis] * (Kernel[axis] - 1) - 1;
                    int size = (free + (Ceiling ? Stride[axis] - 1 : 0)) / Stride[axis] + 1;
                    return Ceiling && (size - 1) * Stride[axis] >= Size[axis + 1] + pads[axis] ? size - 1 : size;
                }
                PoolAxis Axis(int axis) => new(Size[axis + 1], Out(axis)) { Kernel = Kernel[axis], Stride = Stride[axis], Pad = pads[axis], Dilation = dilation[axis] };
                return new PoolShape(Size[0], PoolAxis.None, Axis(0), Axis(1));
            }
        }

        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases =>
    [
        new("halves", [5, 24, 24], [2, 2], [2, 2]),
        new("halves of odd sizes", [3, 7, 37], [2, 2], [2, 2]),
        new("overlapping, padded", [3, 9, 10], [3, 3], [2, 2], [1, 1]),
        new("rounded up", [2, 8, 9], [3, 2], [2, 2], [1, 0], Ceiling: true),
        new("dilated", [2, 12, 11], [3, 2], [1, 2], [1, 1], [2, 3]),
        new("whole plane", [4, 5, 6], [5, 6], [1, 1]),
        new("one dimension", [4, 1, 30], [1, 3], [1, 3]),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Float_maxima_and_their_gradients_agree_with_plain_loops(Case pool) => VerifyMax<float>(pool.Shape);

    [Theory, MemberData(nameof(Cases))]
    public void Double_maxima_and_their_gradients_agree_with_plain_loops(Case pool) => VerifyMax<double>(pool.Shape);

    static void VerifyMax<T>(PoolShape s) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        using var x = new Guarded<T>(s.Planes * s.Plane, 1);
        using var dy = new Guarded<T>(s.Planes * s.OutPlane, 2);
        // Ties, NaN and infinities, and windows of nothing but −∞.
        for (int i = 0; i < x.Length; i++)
            x.Span[i] = T.CreateChecked(Math.Round(double.CreateChecked(x[i]) * 3)) switch
            {
                _ when i % 41 == 40 => T.CreateChecked(double.NaN),
                _ when i % 97 > 60 => T.CreateChecked(double.NegativeInfinity),
                var rounded => rounded,
            };

        var y = new T[dy.Length];
        var indices = new long[dy.Length];
        var dx = new T[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int plane = i / s.OutPlane, row = i % s.OutPlane / s.Width.Out, column = i % s.Width.Out;
            T best = T.CreateChecked(double.NegativeInfinity);
            long index = -1;
            for (int ky = 0; ky < s.Height.Kernel; ky++)
                for (int kx = 0; kx < s.Width.Kernel; kx++)
                {
                    int py = row * s.Height.Stride - s.Height.Pad + ky * s.Height.Dilation, px = column * s.Width.Stride - s.Width.Pad + kx * s.Width.Dilation;
                    if (py < 0 || py >= s.Height.Size || px < 0 || px >= s.Width.Size)
                        continue;
                    T value = x[plane * s.Plane + py * s.Width.Size + px];
                    if (index < 0)
                        index = py * s.Width.Size + px;
                    if (value > best || T.IsNaN(value))
                        (best, index) = (value, py * s.Width.Size + px);
                }
            (y[i], indices[i]) = (best, index);
            dx[plane * s.Plane + index] += dy[i];
        }

        using var actualY = new Guarded<T>(y.Length, 3);
        using var actualDx = new Guarded<T>(dx.Length, 4);
        var actualIndices = new long[y.Length];
        fixed (long* p = actualIndices)
        {
            Pooling.Max(s, x.Pointer, actualY.Pointer, p);
            Pooling.MaxGradient(s, p, dy.Pointer, actualDx.Pointer);
        }
        Assert.Equal(y, actualY.Span.ToArray());
        Assert.Equal(indices, actualIndices);
        Assert.Equal(dx, actualDx.Span.ToArray());

        if (s.Is2x2)
        {
            actualY.Span.Clear();
            actualDx.Span.Fill(T.One);
            var choices = new byte[y.Length];
            fixed (byte* c = choices)
            fixed (long* p = actualIndices)
            {
                MaxPool2x2.Forward(s.Planes, s.Height.Size, s.Width.Size, x.Pointer, actualY.Pointer, c);
                MaxPool2x2.Gradient(s.Planes, s.Height.Size, s.Width.Size, c, dy.Pointer, actualDx.Pointer);
                MaxPool2x2.ToIndices(s.Planes, s.Height.Size, s.Width.Size, c, p);
            }
            Assert.Equal(y, actualY.Span.ToArray());
            Assert.Equal(indices, actualIndices);
            Assert.Equal(dx, actualDx.Span.ToArray());

            actualY.Span.Clear();
            MaxPool2x2.Forward(s.Planes, s.Height.Size, s.Width.Size, x.Pointer, actualY.Pointer, null);
            Assert.Equal(y, actualY.Span.ToArray());
        }
        actualY.AssertGuardsIntact();
        actualDx.AssertGuardsIntact();
    }

    public static TheoryData<Case, bool, int> Averages
    {
        get
        {
            var data = new TheoryData<Case, bool, int>();
            foreach (Case pool in (Case[])
            [
                new("halves", [5, 24, 24], [2, 2], [2, 2]),
                new("overlapping, padded", [3, 9, 10], [3, 3], [2, 2], [1, 1]),
                new("rounded up", [2, 8, 9], [3, 2], [2, 2], [1, 0], Ceiling: true),
            ])
            {
                data.Add(pool, true, 0);
                data.Add(pool, false, 0);
                data.Add(pool, true, 5);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Averages))]
    public void Averages_and_their_gradients_agree_with_plain_loops(Case pool, bool countPadding, int divisor)
    {
        var s = pool.Shape;
        using var x = new Guarded<double>(s.Planes * s.Plane, 1);
        using var dy = new Guarded<double>(s.Planes * s.OutPlane, 2);
        double[] y = new double[dy.Length], dx = new double[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int plane = i / s.OutPlane, row = i % s.OutPlane / s.Width.Out, column = i % s.Width.Out;
            var inside = new List<int>();
            int size = 0;
            for (int py = row * s.Height.Stride - s.Height.Pad; py < row * s.Height.Stride - s.Height.Pad + s.Height.Kernel; py++)
                for (int px = column * s.Width.Stride - s.Width.Pad; px < column * s.Width.Stride - s.Width.Pad + s.Width.Kernel; px++)
                {
                    bool real = py >= 0 && py < s.Height.Size && px >= 0 && px < s.Width.Size;
                    if (real)
                        inside.Add(plane * s.Plane + py * s.Width.Size + px);
                    if (real || countPadding && py < s.Height.Size + s.Height.Pad && px < s.Width.Size + s.Width.Pad)
                        size++;
                }
            if (divisor != 0)
                size = divisor;
            foreach (int at in inside)
            {
                y[i] += x[at] / size;
                dx[at] += dy[i] / size;
            }
        }
        using var actualY = new Guarded<double>(y.Length, 3);
        using var actualDx = new Guarded<double>(dx.Length, 4);
        Pooling.Average(s, x.Pointer, actualY.Pointer, countPadding, divisor);
        Pooling.AverageGradient(s, dy.Pointer, actualDx.Pointer, countPadding, divisor);
        for (int i = 0; i < y.Length; i++)
            Assert.Equal(y[i], actualY[i], 1e-14);
        for (int i = 0; i < dx.Length; i++)
            Assert.Equal(dx[i], actualDx[i], 1e-14);
        actualY.AssertGuardsIntact();
        actualDx.AssertGuardsIntact();
    }
}
