namespace Descent.Tensors.Kernels;

/// <summary>How the outputs of a convolution are cut into tiles of m × m, numbered by image, row and column.</summary>
/// <param name="Shape">The convolution; C and O are those of all groups.</param>
/// <param name="Outputs">m.</param>
readonly record struct WinogradTiles(ConvShape Shape, int Outputs)
{
    /// <summary>Tiles side by side.</summary>
    public int Across { get; } = (Shape.OutW + Outputs - 1) / Outputs;

    /// <summary>Tiles one above the other.</summary>
    public int Down { get; } = (Shape.OutH + Outputs - 1) / Outputs;

    /// <summary>Rows of tiles of all images.</summary>
    public int Strips => Shape.N * Down;

    public int Count => Strips * Across;

    /// <summary>m + r − 1.</summary>
    public int Inputs => Outputs + Shape.KernelH - 1;

    /// <summary>Products of a tile for each pair of channels.</summary>
    public int Products => Inputs * Inputs;

    /// <summary>The image and the tile row of a strip.</summary>
    public (int Image, int Row) Strip(int index) => (index / Down, index % Down);
}

/// <summary>Vectors dealt out to as few blocks of at most so many, as evenly as may be.</summary>
/// <param name="Vectors">All of them.</param>
/// <param name="Most">The most in a block: as a register tile holds.</param>
readonly record struct WinogradBlocks(int Vectors, int Most = 3)
{
    public int Count => (Vectors + Most - 1) / Most;

    /// <summary>The first vector of a block; of the block after the last, their number.</summary>
    public int First(int block) => (int)((long)Vectors * block / Count);
}
