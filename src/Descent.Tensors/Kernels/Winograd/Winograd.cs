using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Descent.Tensors.Kernels;

/// <summary>
/// Convolutions with windows of 3 × 3 or 2 × 2 and strides of 1 by fewer multiplications: 36 for 16 outputs instead of 144,
/// or 25 instead of 64.
/// </summary>
/// <remarks>
/// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, arXiv:1509.09308. As a transform mixes the
/// values of a tile, one that is infinite or not a number would spread to its neighbours: each method returns false where
/// a result is not finite, and the caller computes the plain sums.
/// </remarks>
static unsafe class Winograd
{
    const int LeastChannels = 16;

    // The gradient of a weight is a sum over all images, in which large terms may cancel: its largest error is 15 times that
    // of the plain sums, which on few channels take little time.
    const int LeastChannelsOfWeightGradient = 32;

    // Transformed inputs at a time; they are written once and read from the last cache.
    const int MostInputBytes = 6 << 20;

    // With few channels a block of tiles and all that is done with it stay in L2, and the filters in the last cache.
    const int VectorsInL2 = 2;
    const int MostBlockBytes = 640 << 10;
    const int MostFilterBytes = 3 << 20;

    // Multiply-adds per pair of channels that the transforms of a filter cost, there and back.
    const int FilterCost = 300;

    /// <summary>Whether it pays.</summary>
    public static bool Fits(in ConvShape shape)
    {
        if (!Numerics.Winograd || shape.KernelH is not (2 or 3) || shape.KernelW != shape.KernelH || shape.StrideH != 1 || shape.StrideW != 1
            || shape.DilationH != 1 || shape.DilationW != 1 || (uint)shape.PadTop >= shape.KernelH || (uint)shape.PadLeft >= shape.KernelW
            || shape.GroupC < LeastChannels || shape.GroupO < LeastChannels)
            return false;
        var tiles = new WinogradTiles(shape, IsTiny(shape) ? 2 : 4);
        double plain = (double)shape.Taps * shape.N * shape.OutPlane;
        return FilterCost + (double)tiles.Count * tiles.Products * (1 + 16.0 / shape.GroupC + 16.0 / shape.GroupO) < 0.8 * plain;
    }

    /// <summary>y from x, weight and bias, which may be null.</summary>
    public static bool Forward(in ConvShape shape, float* x, float* weight, float* bias, float* y) =>
        Run(shape, shape, turned: false, x, weight, bias, y);

    /// <summary>dx from dy and weight.</summary>
    public static bool InputGradient(in ConvShape shape, float* dy, float* weight, float* dx) =>
        Run(shape.Reversed(), shape, turned: true, dy, weight, null, dx);

    /// <summary>The gradient of weight from x and dy, on channels enough.</summary>
    public static bool WeightGradient(in ConvShape shape, float* x, float* dy, float* dWeight) =>
        shape.GroupC >= LeastChannelsOfWeightGradient && shape.GroupO >= LeastChannelsOfWeightGradient && WeightGradientByTiles(shape, x, dy, dWeight);

    static bool WeightGradientByTiles(in ConvShape shape, float* x, float* dy, float* dWeight) =>
        shape.KernelH == 2 ? WeightGradient<Winograd4By2>(shape, x, dy, dWeight)
        : IsTiny(shape) ? WeightGradient<Winograd2>(shape, x, dy, dWeight)
        : WeightGradient<Winograd4>(shape, x, dy, dWeight);

    // Of the larger tile most would hang over the edge.
    static bool IsTiny(in ConvShape shape) => shape.KernelH == 3 && shape.OutH <= 2 && shape.OutW <= 2;

    static bool Run(in ConvShape shape, in ConvShape filters, bool turned, float* x, float* weight, float* bias, float* y) =>
        shape.KernelH == 2 ? Run<Winograd4By2>(shape, filters, turned, x, weight, bias, y)
        : IsTiny(shape) ? Run<Winograd2>(shape, filters, turned, x, weight, bias, y)
        : Run<Winograd4>(shape, filters, turned, x, weight, bias, y);

    // Panels have 8 rows, or 4 where registers are few: filters are transformed by registers that divide them.
    static bool Run<F>(in ConvShape shape, in ConvShape filters, bool turned, float* x, float* weight, float* bias, float* y)
        where F : struct, IWinogradForm =>
        Vector512.IsHardwareAccelerated
            ? Run<F, Vector512<float>, Lanes512<float>, Vector256<float>, Lanes256<float>>(shape, filters, turned, x, weight, bias, y)
        : Vector256.IsHardwareAccelerated
            ? Run<F, Vector256<float>, Lanes256<float>, Vector128<float>, Lanes128<float>>(shape, filters, turned, x, weight, bias, y)
            : Run<F, Vector128<float>, Lanes128<float>, Vector128<float>, Lanes128<float>>(shape, filters, turned, x, weight, bias, y);

    static bool WeightGradient<F>(in ConvShape shape, float* x, float* dy, float* dWeight) where F : struct, IWinogradForm =>
        Vector512.IsHardwareAccelerated
            ? WeightGradient<F, Vector512<float>, Lanes512<float>, Vector256<float>, Lanes256<float>>(shape, x, dy, dWeight)
        : Vector256.IsHardwareAccelerated
            ? WeightGradient<F, Vector256<float>, Lanes256<float>, Vector128<float>, Lanes128<float>>(shape, x, dy, dWeight)
            : WeightGradient<F, Vector128<float>, Lanes128<float>, Vector128<float>, Lanes128<float>>(shape, x, dy, dWeight);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool Run<F, V, L, VP, LP>(ConvShape shape, ConvShape filterShape, bool turned, float* x, float* weight, float* bias, float* y)
        where F : struct, IWinogradForm
        where V : struct
        where L : IVectorLanes<float, V>
        where VP : struct
        where LP : IVectorLanes<float, VP>
    {
        int reduced = shape.GroupC, made = shape.GroupO, isFinite = 1;
        var tiles = new WinogradTiles(shape, F.Outputs);
        int vectors = (tiles.Count + L.Count - 1) / L.Count;
        var blocks = new WinogradBlocks(vectors, VectorsInL2);
        var gather = new WinogradGather<F, V, L>(tiles, x, (nint)shape.C * shape.Plane, reduced, blocks);
        bool blockByBlock = gather.BlockStride * sizeof(float) <= MostBlockBytes && blocks.Count >= 2 * Numerics.Threads
            && (long)reduced * made * tiles.Products * sizeof(float) <= MostFilterBytes;
        if (!blockByBlock)
            gather = gather with { Blocks = blocks = new WinogradBlocks(vectors) };
        int blocksAtOnce = (int)Math.Clamp(MostInputBytes / sizeof(float) / gather.BlockStride, 1, blocks.Count);
        // Where all inputs are there at once an item can do all that a group of channels needs, and keeps its filters in
        // its own cache; without enough such groups for the threads all filters are transformed first.
        int groups = WinogradPass<F, V, L, VP, LP>.Groups(made);
        bool ownFilters = !blockByBlock && (blocks.Count == 1
            || blocksAtOnce == blocks.Count && (Numerics.Threads == 1 || groups >= 2 * Numerics.Threads));
        for (int g = 0; g < shape.Groups; g++)
        {
            var filters = new WinogradFilters<F, VP, LP>(filterShape, weight + (nint)g * filterShape.GroupO * filterShape.Patch,
                turned, GemmTile<float, V, L>.MostRows);
            nint inputSize = blockByBlock ? 0 : blocksAtOnce * gather.BlockStride;
            float* inputs = Scratch.Get<float>(ScratchSlot.Partials, inputSize + (ownFilters ? 0 : filters.Panels * filters.PanelStride));
            var output = new WinogradOutput<F, V, L>(tiles, blocks, bias == null ? null : bias + g * made,
                y + (nint)g * made * shape.OutPlane, (nint)shape.O * shape.OutPlane, &isFinite);
            var pass = new WinogradPass<F, V, L, VP, LP>(gather with { X = x + (nint)g * reduced * shape.Plane }, filters,
                ownFilters ? 0 : (nint)(inputs + inputSize), output, reduced, made, blocks);
            if (!ownFilters)
                pass.TransformFilters();
            if (blockByBlock)
                pass.RunBlockByBlock();
            else
                for (int first = 0; first < blocks.Count; first += blocksAtOnce)
                    pass.RunInPhases(first, Math.Min(blocksAtOnce, blocks.Count - first), inputs);
        }
        return isFinite == 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool WeightGradient<F, V, L, VP, LP>(ConvShape shape, float* x, float* dy, float* dWeight)
        where F : struct, IWinogradForm
        where V : struct
        where L : IVectorLanes<float, V>
        where VP : struct
        where LP : IVectorLanes<float, VP>
    {
        int rows = GemmTile<float, V, L>.MostRows, isFinite = 1, products = F.Inputs * F.Inputs;
        var tiles = new WinogradTiles(shape, F.Outputs);
        var inputWidths = new WinogradWidths(new((shape.GroupC + L.Count - 1) / L.Count), L.Count);
        var slopeWidths = new WinogradWidths(new((shape.GroupO + rows - 1) / rows, Most: 1), rows);
        nint stripSize = inputWidths.Size(tiles.Across, products) + slopeWidths.Size(tiles.Across, products);
        int stripsAtOnce = (int)Math.Clamp(MostInputBytes / sizeof(float) / stripSize, 1, tiles.Strips);
        for (int g = 0; g < shape.Groups; g++)
        {
            var images = new WinogradPlanes((nint)(x + (nint)g * shape.GroupC * shape.Plane), (nint)shape.C * shape.Plane,
                shape.H, shape.W, shape.PadTop, shape.PadLeft, tiles.Across, tiles.Down);
            var gradients = new WinogradPlanes((nint)(dy + (nint)g * shape.GroupO * shape.OutPlane), (nint)shape.O * shape.OutPlane,
                shape.OutH, shape.OutW, 0, 0, tiles.Across, tiles.Down);
            float* inputs = Scratch.Get<float>(ScratchSlot.Partials, stripsAtOnce * stripSize);
            for (int first = 0; first < tiles.Strips; first += stripsAtOnce)
            {
                int strips = Math.Min(stripsAtOnce, tiles.Strips - first), count = strips * tiles.Across;
                int parts = (strips + StripsOfPart - 1) / StripsOfPart;
                float* slopes = inputs + inputWidths.Size(count, products);
                var turned = new WinogradTurned<F, InputLine<F>, V, L>(images, shape.GroupC, inputWidths, first, strips, parts, inputs);
                WorkerPool.For(turned.Items, turned);
                var turnedSlopes = new WinogradTurned<F, OutputGradientLine<F>, VP, LP>(gradients, shape.GroupO, slopeWidths, first, strips, parts, slopes);
                WorkerPool.For(turnedSlopes.Items, turnedSlopes);
                var weights = new WinogradWeight<F, V, L>(slopes, slopeWidths, inputs, inputWidths, count, shape,
                    dWeight + (nint)g * shape.GroupO * shape.Patch, first > 0, &isFinite);
                WorkerPool.For(weights.Items, weights);
            }
        }
        return isFinite == 1;
    }

    // Strips that one item turns: the fewer, the more rows are turned twice.
    const int StripsOfPart = 16;
}
