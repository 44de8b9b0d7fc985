namespace Descent.Tensors.Kernels;

/// <summary>Which places of the first cache lines at equal distances take.</summary>
static class CacheLines
{
    /// <summary>Bytes of a line.</summary>
    public const int Line = 64;

    // Lines so many bytes apart fall on the same set, in all of today's processors; half of a set's eight or more lines
    // is left to what else is read.
    const int Way = 4096, LinesOfSet = 4;

    /// <summary>How many lines <paramref name="bytes"/> apart the first cache can hold beside other data.</summary>
    public static int MostApart(nint bytes)
    {
        int apart = (int)(bytes & (Way - 1));
        return LinesOfSet * (apart == 0 ? 1 : Way / (apart & -apart));
    }
}
