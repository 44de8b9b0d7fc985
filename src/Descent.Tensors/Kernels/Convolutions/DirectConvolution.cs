using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Convolution of images of few channels, as first layers see them: a patch is too short to be packed for a product of
/// matrices, so rows are read where they lie, for several channels of the output at a time.
/// </summary>
static unsafe class DirectConvolution
{
    const int MostChannels = 4;
    const int MostPatch = 128;
    const int LeastOutputs = 4;

    public static bool Fits<T>(in ConvShape shape) where T : unmanaged =>
        shape.Groups == 1 && shape.C <= MostChannels && shape.Patch <= MostPatch && shape.O >= LeastOutputs && shape.Taps > 1
        && shape.StrideW == 1 && shape.OutW >= LeastWidth<T>();

    /// <summary>y from x, weight and bias, which may be null.</summary>
    public static void Forward<T>(in ConvShape shape, T* x, T* weight, T* bias, T* y) where T : unmanaged, INumberBase<T>
    {
        int width = Width<T>(shape);
        if (width == Vector512<T>.Count) new DirectForward<T, Vector512<T>, Lanes512<T>>(shape, x, weight, bias, y).Run();
        else if (width == Vector256<T>.Count) new DirectForward<T, Vector256<T>, Lanes256<T>>(shape, x, weight, bias, y).Run();
        else new DirectForward<T, Vector128<T>, Lanes128<T>>(shape, x, weight, bias, y).Run();
    }

    /// <summary>The gradient of weight from x and dy; false, with nothing of use in <paramref name="dWeight"/>, where a result is not finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool WeightGradient<T>(in ConvShape shape, T* x, T* dy, T* dWeight) where T : unmanaged, INumberBase<T>
    {
        int width = Width<T>(shape);
        if (width == Vector512<T>.Count) DirectWeightGradient<T, Vector512<T>, Lanes512<T>>.Run(shape, x, dy, dWeight);
        else if (width == Vector256<T>.Count) DirectWeightGradient<T, Vector256<T>, Lanes256<T>>.Run(shape, x, dy, dWeight);
        else DirectWeightGradient<T, Vector128<T>, Lanes128<T>>.Run(shape, x, dy, dWeight);
        for (int i = 0; i < shape.O * shape.Patch; i++)
            if (!T.IsFinite(dWeight[i])) return false;
        return true;
    }

    static int LeastWidth<T>() where T : unmanaged => Vector256.IsHardwareAccelerated ? Vector256<T>.Count : Vector128<T>.Count;

    static int Width<T>(in ConvShape shape) where T : unmanaged =>
        Vector512.IsHardwareAccelerated && shape.OutW >= Vector512<T>.Count ? Vector512<T>.Count : LeastWidth<T>();
}

/// <summary>Rows of an image's channels with their padding, one after another, and where each tap of a window lies in them.</summary>
unsafe readonly struct DirectRows<T>(ConvShape shape, int outRows, int slack) where T : unmanaged
{
    public nint Pitch { get; } = shape.OutW + (shape.KernelW - 1) * shape.DilationW + slack;

    int Rows { get; } = (outRows - 1) * shape.StrideH + (shape.KernelH - 1) * shape.DilationH + 1;

    public nint Size => shape.C * Rows * Pitch;

    /// <summary>What the windows of the rows of output from <paramref name="firstRow"/> on see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Copy(T* image, int firstRow, T* rows)
    {
        int left = shape.PadLeft, width = (int)Pitch;
        int from = Math.Clamp(left, 0, width), to = Math.Clamp(left + shape.W, from, width);
        for (int c = 0; c < shape.C; c++)
            for (int row = 0; row < Rows; row++, rows += Pitch)
            {
                int y = firstRow * shape.StrideH - shape.PadTop + row;
                if ((uint)y >= (uint)shape.H || from == to)
                {
                    new Span<T>(rows, width).Clear();
                    continue;
                }
                new Span<T>(rows, from).Clear();
                Packing.Copy(image + (nint)c * shape.Plane + (nint)y * shape.W + from - left, rows + from, to - from);
                new Span<T>(rows + to, width - to).Clear();
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void TapOffsets(nint* offsets)
    {
        for (int c = 0; c < shape.C; c++)
            for (int ky = 0; ky < shape.KernelH; ky++)
                for (int kx = 0; kx < shape.KernelW; kx++)
                    *offsets++ = (c * Rows + ky * shape.DilationH) * Pitch + kx * shape.DilationW;
    }
}

/// <summary>An item is some rows of an image's output, in all channels.</summary>
unsafe readonly struct DirectForward<T, V, L> : IParallelBody
    where T : unmanaged, INumberBase<T>
    where V : struct
    where L : IVectorLanes<T, V>
{
    // Channels of output at a time: so many sums hide the latency of a multiply-add.
    const int Outputs = 8;

    // Multiply-adds of an item: some 10 µs.
    const long WorkOfItem = 512 * 1024;

    readonly ConvShape _shape;
    readonly T* _x, _bias, _y, _weight;
    readonly int _rows, _bands;

    public DirectForward(in ConvShape shape, T* x, T* weight, T* bias, T* y)
    {
        _shape = shape;
        _x = x;
        _bias = bias;
        _y = y;
        _rows = (int)Math.Clamp(WorkOfItem / ((long)shape.OutW * shape.O * shape.Patch), 1, shape.OutH);
        _bands = (shape.OutH + _rows - 1) / _rows;
        _weight = Turned(shape, weight);
    }

    /// <summary>(O, patch) as (O / 8, patch, 8), zeros behind the last channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static T* Turned(in ConvShape shape, T* weight)
    {
        int blocks = (shape.O + Outputs - 1) / Outputs;
        T* turned = Scratch.Get<T>(ScratchSlot.Partials, (nint)blocks * shape.Patch * Outputs), to = turned;
        for (int first = 0; first < shape.O; first += Outputs)
            for (int tap = 0; tap < shape.Patch; tap++)
                for (int o = first; o < first + Outputs; o++)
                    *to++ = o < shape.O ? weight[(nint)o * shape.Patch + tap] : T.Zero;
        return turned;
    }

    public void Run() => WorkerPool.For(_shape.N * _bands, in this);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        int image = index / _bands, firstRow = index % _bands * _rows, count = Math.Min(_rows, _shape.OutH - firstRow);
        var rows = new DirectRows<T>(_shape, _rows, slack: 0);
        T* from = Scratch.Get<T>(ScratchSlot.Rows, rows.Size);
        rows.Copy(_x + (nint)image * _shape.C * _shape.Plane, firstRow, from);
        nint* offsets = stackalloc nint[_shape.Patch];
        rows.TapOffsets(offsets);
        T* to = _y + ((nint)image * _shape.O * _shape.OutH + firstRow) * _shape.OutW;
        T* weight = _weight;
        for (int o = 0; o < _shape.O; o += Outputs, weight += _shape.Patch * Outputs)
            for (int row = 0; row < count; row++)
            {
                T* line = from + row * _shape.StrideH * rows.Pitch, y = to + (nint)o * _shape.OutPlane + row * _shape.OutW;
                // The last vector overlaps the one before it: what is done twice comes out the same.
                for (int column = 0; ; column = Math.Min(column + L.Count, _shape.OutW - L.Count))
                {
                    Block(line + column, offsets, weight, o, y + column);
                    if (column == _shape.OutW - L.Count) break;
                }
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Block(T* x, nint* offsets, T* weight, int o, T* y)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (int tap = 0; tap < _shape.Patch; tap++, weight += Outputs)
        {
            V v = L.Load(x + offsets[tap]);
            s0 = L.MultiplyAdd(L.Broadcast(weight[0]), v, s0);
            s1 = L.MultiplyAdd(L.Broadcast(weight[1]), v, s1);
            s2 = L.MultiplyAdd(L.Broadcast(weight[2]), v, s2);
            s3 = L.MultiplyAdd(L.Broadcast(weight[3]), v, s3);
            s4 = L.MultiplyAdd(L.Broadcast(weight[4]), v, s4);
            s5 = L.MultiplyAdd(L.Broadcast(weight[5]), v, s5);
            s6 = L.MultiplyAdd(L.Broadcast(weight[6]), v, s6);
            s7 = L.MultiplyAdd(L.Broadcast(weight[7]), v, s7);
        }
        nint plane = _shape.OutPlane;
        Store(s0, o, y);
        Store(s1, o + 1, y + plane);
        Store(s2, o + 2, y + 2 * plane);
        Store(s3, o + 3, y + 3 * plane);
        Store(s4, o + 4, y + 4 * plane);
        Store(s5, o + 5, y + 5 * plane);
        Store(s6, o + 6, y + 6 * plane);
        Store(s7, o + 7, y + 7 * plane);
    }

    void Store(V sum, int o, T* y)
    {
        if (o >= _shape.O) return;
        L.Store(_bias == null ? sum : L.Add(sum, L.Broadcast(_bias[o])), y);
    }
}

/// <summary>An item is four channels of output over some images; what the items of a channel sum is added up in their order.</summary>
unsafe readonly struct DirectWeightGradient<T, V, L>(ConvShape shape, T* x, T* dy, T* partials) : IParallelBody
    where T : unmanaged, INumberBase<T>
    where V : struct
    where L : IVectorLanes<T, V>
{
    // Sums at a time: four channels by three taps.
    const int Outputs = 4, Taps = 3;
    const int MostParts = 16;

    readonly int _blocks = (shape.O + Outputs - 1) / Outputs;
    readonly int _images = (shape.N + MostParts - 1) / MostParts;

    /// <summary>Sums of each part of the images, and from them the gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in ConvShape shape, T* x, T* dy, T* dWeight)
    {
        int size = shape.O * shape.Patch;
        T* partials = Scratch.Get<T>(ScratchSlot.Partials, (nint)MostParts * size);
        var job = new DirectWeightGradient<T, V, L>(shape, x, dy, partials);
        int parts = (shape.N + job._images - 1) / job._images;
        WorkerPool.For(parts * job._blocks, in job);
        for (int i = 0; i < size; i++)
        {
            T sum = partials[i];
            for (int part = 1; part < parts; part++) sum += partials[(nint)part * size + i];
            dWeight[i] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Invoke(int index)
    {
        int part = index / _blocks, first = index % _blocks * Outputs, count = Math.Min(Outputs, shape.O - first);
        // Rows of dy are made whole vectors by zeros, so that what lies behind a row of x counts for nothing.
        int vectors = (shape.OutW + L.Count - 1) / L.Count;
        nint pitch = vectors * L.Count, plane = shape.OutH * pitch;
        var rows = new DirectRows<T>(shape, shape.OutH, slack: (int)pitch - shape.OutW);
        int groups = (shape.Patch + Taps - 1) / Taps;
        T* from = Scratch.Get<T>(ScratchSlot.Rows, rows.Size + Outputs * plane + (nint)groups * Taps * Outputs * L.Count);
        T* slopes = from + rows.Size, sums = slopes + Outputs * plane;
        nint* offsets = stackalloc nint[groups * Taps];
        rows.TapOffsets(offsets);
        for (int tap = shape.Patch; tap < groups * Taps; tap++) offsets[tap] = offsets[shape.Patch - 1];
        new Span<T>(slopes, (int)(Outputs * plane)).Clear();
        new Span<T>(sums, groups * Taps * Outputs * L.Count).Clear();
        for (int image = part * _images; image < Math.Min(shape.N, (part + 1) * _images); image++)
        {
            rows.Copy(x + (nint)image * shape.C * shape.Plane, 0, from);
            T* slope = dy + ((nint)image * shape.O + first) * shape.OutPlane;
            for (int o = 0; o < count; o++)
                for (int row = 0; row < shape.OutH; row++, slope += shape.OutW)
                    Packing.Copy(slope, slopes + o * plane + row * pitch, shape.OutW);
            for (int group = 0; group < groups; group++)
                Add(from, rows.Pitch * shape.StrideH, offsets + group * Taps, slopes, plane, vectors, sums + (nint)group * Taps * Outputs * L.Count);
        }
        T* result = partials + ((nint)part * shape.O + first) * shape.Patch;
        for (int o = 0; o < count; o++)
            for (int tap = 0; tap < shape.Patch; tap++)
                result[(nint)o * shape.Patch + tap] = L.Sum(L.Load(sums + ((nint)tap * Outputs + o) * L.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Add(T* x, nint xPitch, nint* offsets, T* slopes, nint plane, int vectors, T* sums)
    {
        nint n = L.Count;
        V s00 = L.Load(sums), s10 = L.Load(sums + n), s20 = L.Load(sums + 2 * n), s30 = L.Load(sums + 3 * n);
        V s01 = L.Load(sums + 4 * n), s11 = L.Load(sums + 5 * n), s21 = L.Load(sums + 6 * n), s31 = L.Load(sums + 7 * n);
        V s02 = L.Load(sums + 8 * n), s12 = L.Load(sums + 9 * n), s22 = L.Load(sums + 10 * n), s32 = L.Load(sums + 11 * n);
        T* slope = slopes;
        for (int row = 0; row < shape.OutH; row++, x += xPitch)
        {
            T* x0 = x + offsets[0], x1 = x + offsets[1], x2 = x + offsets[2];
            for (int i = 0; i < vectors; i++, x0 += n, x1 += n, x2 += n, slope += n)
            {
                V v0 = L.Load(x0), v1 = L.Load(x1), v2 = L.Load(x2), d = L.Load(slope);
                s00 = L.MultiplyAdd(d, v0, s00);
                s01 = L.MultiplyAdd(d, v1, s01);
                s02 = L.MultiplyAdd(d, v2, s02);
                d = L.Load(slope + plane);
                s10 = L.MultiplyAdd(d, v0, s10);
                s11 = L.MultiplyAdd(d, v1, s11);
                s12 = L.MultiplyAdd(d, v2, s12);
                d = L.Load(slope + 2 * plane);
                s20 = L.MultiplyAdd(d, v0, s20);
                s21 = L.MultiplyAdd(d, v1, s21);
                s22 = L.MultiplyAdd(d, v2, s22);
                d = L.Load(slope + 3 * plane);
                s30 = L.MultiplyAdd(d, v0, s30);
                s31 = L.MultiplyAdd(d, v1, s31);
                s32 = L.MultiplyAdd(d, v2, s32);
            }
        }
        L.Store(s00, sums);
        L.Store(s10, sums + n);
        L.Store(s20, sums + 2 * n);
        L.Store(s30, sums + 3 * n);
        L.Store(s01, sums + 4 * n);
        L.Store(s11, sums + 5 * n);
        L.Store(s21, sums + 6 * n);
        L.Store(s31, sums + 7 * n);
        L.Store(s02, sums + 8 * n);
        L.Store(s12, sums + 9 * n);
        L.Store(s22, sums + 10 * n);
        L.Store(s32, sums + 11 * n);
    }
}
