using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>One group of a convolution: inputs are transformed, multiplied by the transformed filters, and transformed back.</summary>
/// <param name="Gather">The transformed inputs.</param>
/// <param name="Filters">The transformed filters.</param>
/// <param name="Panels">All panels of the filters, or null: then each item transforms those it needs.</param>
/// <param name="Output">The outputs.</param>
/// <param name="Reduced">Channels summed over.</param>
/// <param name="Made">Channels made.</param>
/// <param name="Blocks">The blocks that all tiles make.</param>
unsafe readonly record struct WinogradPass<F, V, L, VP, LP>(
    WinogradGather<F, V, L> Gather, WinogradFilters<F, VP, LP> Filters, nint Panels, WinogradOutput<F, V, L> Output,
    int Reduced, int Made, WinogradBlocks Blocks)
    where F : struct, IWinogradForm
    where V : struct
    where L : IVectorLanes<float, V>
    where VP : struct
    where LP : IVectorLanes<float, VP>
{
    // 36 × 32 × 48 products, 216 KiB, stay in L2 beside a product's operands.
    const int ChannelsOfItem = 32;
    const int Stagger = 16;

    static int Rows => GemmTile<float, V, L>.MostRows;

    public static int Groups(int channels) => (channels + ChannelsOfItem - 1) / ChannelsOfItem;

    /// <summary>All of a block in one item: its inputs stay in L2, the products of a panel of channels about in L1.</summary>
    public void RunBlockByBlock() => WorkerPool.For(Blocks.Count, new WholeBlock(this));

    /// <summary>Some blocks: first their inputs, for all threads, then the products.</summary>
    public void RunInPhases(int firstBlock, int count, float* inputs)
    {
        WorkerPool.For(Groups(Reduced) * count, new Inputs(this, firstBlock, inputs));
        WorkerPool.For(Groups(Made) * (Panels == 0 ? 1 : count), new Products(this, firstBlock, count, inputs));
    }

    public void TransformFilters() => WorkerPool.For(Filters.Panels, new AllFilters(this));

    int Vectors(int block) => Blocks.First(block + 1) - Blocks.First(block);

    readonly struct AllFilters(WinogradPass<F, V, L, VP, LP> pass) : IParallelBody
    {
        public void Invoke(int panel) => pass.Filters.Transform(panel, (float*)pass.Panels + panel * pass.Filters.PanelStride);
    }

    readonly struct WholeBlock(WinogradPass<F, V, L, VP, LP> pass) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int block)
        {
            int vectors = pass.Vectors(block), width = vectors * L.Count;
            float* inputs = Scratch.Get<float>(ScratchSlot.RightPanels, pass.Gather.BlockStride);
            pass.Gather.Transform(block, 0, pass.Reduced, inputs);
            nint productStride = (nint)Rows * width + Stagger;
            float* products = Scratch.Get<float>(ScratchSlot.Columns, F.Inputs * F.Inputs * productStride);
            var panel = (float*)pass.Panels;
            for (int first = 0; first < pass.Made; first += Rows, panel += pass.Filters.PanelStride)
            {
                for (int i = 0; i < F.Inputs * F.Inputs; i++)
                    WinogradProduct<V, L>.Run(vectors, pass.Reduced, panel + i * pass.Filters.ProductStride,
                        inputs + i * pass.Gather.ProductStride, products + i * productStride, width);
                pass.Output.Write(block, first, Math.Min(Rows, pass.Made - first), products, productStride);
            }
        }
    }

    readonly struct Inputs(WinogradPass<F, V, L, VP, LP> pass, int firstBlock, float* inputs) : IParallelBody
    {
        public void Invoke(int index)
        {
            int groups = Groups(pass.Reduced), block = index / groups, first = index % groups * ChannelsOfItem;
            pass.Gather.Transform(firstBlock + block, first, Math.Min(pass.Reduced, first + ChannelsOfItem),
                inputs + block * pass.Gather.BlockStride);
        }
    }

    /// <summary>
    /// Where all filters are there an item is a block and a group of channels, else a group of channels for all blocks.
    /// </summary>
    readonly struct Products(WinogradPass<F, V, L, VP, LP> pass, int firstBlock, int blockCount, float* inputs) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            int groups = Groups(pass.Made), group = index % groups;
            int first = group * ChannelsOfItem, count = Math.Min(ChannelsOfItem, pass.Made - first);
            int panels = (count + Rows - 1) / Rows, firstPanel = first / Rows;
            if (pass.Panels != 0)
            {
                Block(index / groups, first, count, (float*)pass.Panels + firstPanel * pass.Filters.PanelStride, panels);
                return;
            }
            float* own = Scratch.Get<float>(ScratchSlot.RightPanels, panels * pass.Filters.PanelStride);
            for (int p = 0; p < panels; p++)
                pass.Filters.Transform(firstPanel + p, own + p * pass.Filters.PanelStride);
            for (int b = 0; b < blockCount; b++)
                Block(b, first, count, own, panels);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        void Block(int block, int first, int count, float* panel, int panels)
        {
            int vectors = pass.Vectors(firstBlock + block), width = vectors * L.Count;
            nint productStride = (nint)panels * Rows * width + Stagger;
            float* products = Scratch.Get<float>(ScratchSlot.Columns, F.Inputs * F.Inputs * productStride);
            float* input = inputs + block * pass.Gather.BlockStride;
            for (int i = 0; i < F.Inputs * F.Inputs; i++, input += pass.Gather.ProductStride)
                for (int p = 0; p < panels; p++)
                    WinogradProduct<V, L>.Run(vectors, pass.Reduced, panel + p * pass.Filters.PanelStride + i * pass.Filters.ProductStride,
                        input, products + i * productStride + (nint)p * Rows * width, width);
            pass.Output.Write(firstBlock + block, first, count, products, productStride);
        }
    }
}
