namespace Descent.Tensors.Kernels;

/// <summary>What a block of a product costs, per step of k, in multiply-adds of vectors: the model behind tiles and grids.</summary>
/// <param name="TileRows">Rows of a tile.</param>
/// <param name="TileVectors">Vectors in a row of a tile.</param>
/// <param name="Lanes">Columns of a vector.</param>
/// <param name="K">Steps of k.</param>
/// <param name="Left">Price of an element of A: to pack it, or to read it where it lies.</param>
/// <param name="Right">Price of an element of B.</param>
/// <param name="Block">Price of a block beside all that.</param>
readonly record struct BlockCost(int TileRows, int TileVectors, int Lanes, int K, double Left = 0, double Right = 0, double Block = 0)
{
    /// <summary>Prices of an element that is packed, and of one that comes from memory or from the third cache.</summary>
    public const double Packed = 0.25, FromMemory = 0.7, FromCache = 0.1;

    // Multiply-adds that a tile costs beside its own: the call, and the elements of C to load and store.
    const double TilePrice = 40;

    // What it costs that a row of C changes hands between processors, which fetch ahead beyond where they write.
    const double SeamPrice = 30;

    // Elements of A from L1 and vectors of B from L2, in the time of a multiply-add; so that 8 x 3 comes out first, as measured.
    const double ElementPrice = 0.3, VectorPrice = 0.8;

    // Fewer multiply-adds than this in a step of k wait for each other.
    const int LeastProducts = 8;

    /// <summary>The cost of a block of an output; <paramref name="isPart"/> if its rows go on in another block.</summary>
    public double Of(int rows, int columns, bool isPart)
    {
        int vectors = (columns + Lanes - 1) / Lanes;
        int down = (rows + TileRows - 1) / TileRows, across = (vectors + TileVectors - 1) / TileVectors;
        double products = (double)rows * vectors, tiles = (double)down * across;
        double waits = tiles * Math.Max(0, LeastProducts - TileRows * TileVectors);
        double loads = ElementPrice * rows * across + VectorPrice * vectors * down;
        double edges = (TilePrice * tiles + 2 * products + (isPart ? SeamPrice * rows : 0)) / Math.Max(K, 1);
        return products + waits + loads + edges + Left * rows + Right * columns + Block;
    }
}
