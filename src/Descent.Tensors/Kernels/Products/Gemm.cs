using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Matrix products C = α·A·B + β·C of float and double matrices with any strides.</summary>
/// <remarks>
/// Strides count elements. Results are the same bits for any number of threads. With β = 0 C is not read. C must not
/// overlap A or B, nor itself. NaN and infinity propagate.
/// </remarks>
static unsafe class Gemm
{
    /// <summary>A of <c>(m, k)</c> times B of <c>(k, n)</c>.</summary>
    public static void Multiply<T>(
        int m, int n, int k,
        T alpha, T* a, nint aRow, nint aCol,
        T* b, nint bRow, nint bCol,
        T beta, T* c, nint cRow, nint cCol)
        where T : unmanaged, INumberBase<T> =>
        Multiply(m, n, k, alpha, a, aRow, aCol, b, bRow, bCol, beta, c, cRow, cCol, GemmBias<T>.None);

    /// <summary>As the other, with a bias that is added where β is 0, and what is done to finished sums of floats.</summary>
    public static void Multiply<T>(
        int m, int n, int k,
        T alpha, T* a, nint aRow, nint aCol,
        T* b, nint bRow, nint bCol,
        T beta, T* c, nint cRow, nint cCol, GemmBias<T> bias, ProductEnd end = default)
        where T : unmanaged, INumberBase<T>
    {
        if (m == 0 || n == 0) return;
        if (SmallProduct<T>.TryMultiply(m, n, k, alpha, a, aRow, aCol, b, bRow, bCol, beta, c, cRow, cCol, bias))
        {
            end.ApplyAll(m, n, new GemmOutput<T>(c, cRow, cCol));
            return;
        }
        if (IsSwapped(m, n, cRow, cCol))
        {
            (m, n) = (n, m);
            T* right = b;
            b = a;
            a = right;
            (aRow, aCol, bRow, bCol) = (bCol, bRow, aCol, aRow);
            (cRow, cCol) = (cCol, cRow);
            bias = new(bias.Values, !bias.PerRow);
        }

        if (typeof(T) == typeof(float) && NarrowPath.Takes(Numerics.MatMulPrecision, m, n, k))
        {
            Multiply(m, n, k, alpha, new StridedSource<T>(a, aRow, aCol), new StridedSource<T>(b, bCol, bRow), beta,
                new GemmOutput<T>(c, cRow, cCol), bias, end);
            return;
        }

        switch (Way(m, n, k, alpha != T.One, aRow, aCol, bRow, bCol, cCol, beta))
        {
            case GemmWay.Dots:
                GemmDots<T>.Multiply(GemmTiles<T>.Generated!, m, n, k, alpha, a, aRow, aCol, b, bCol, beta, c, cRow, cCol, bias);
                break;
            case GemmWay.Direct:
                GemmDirect<T>.Multiply(GemmTiles<T>.Generated!, m, n, k, alpha, a, aRow, aCol, b, bRow, bCol, beta, c, cRow, bias, end);
                return;
            case GemmWay.Row:
                Gemv.Multiply(n, k, alpha, a, aCol, b, bRow, bCol, beta, c, cCol, bias);
                break;
            case GemmWay.Small:
                GemmSmall.Multiply(m, n, k, alpha, a, aRow, aCol, b, bRow, bCol, beta, c, cRow, cCol, bias);
                break;
            default:
                Multiply(m, n, k, alpha, new StridedSource<T>(a, aRow, aCol), new StridedSource<T>(b, bCol, bRow), beta,
                    new GemmOutput<T>(c, cRow, cCol), bias, end);
                return;
        }
        end.ApplyAll(m, n, new GemmOutput<T>(c, cRow, cCol));
    }

    /// <summary>Which way a product takes whose rows are not to be columns. It depends on shape and layout alone, so that its bits do.</summary>
    public static GemmWay Way<T>(int m, int n, int k, bool isScaled, nint aRow, nint aCol, nint bRow, nint bCol, nint cCol, T beta)
        where T : unmanaged, INumberBase<T>
    {
        bool isRow = m == 1 && (bRow == 1 || bCol == 1);
        if (GemmTiles<T>.Generated is null)
            return GemmSmall.Takes<T>(m, n, k, bCol, cCol) ? GemmWay.Small : isRow ? GemmWay.Row : GemmWay.Panels;
        // A row times a B from memory: no tile is faster than memory, and four rows of B at a time are its best order.
        if (isRow && bCol == 1 && n > 1 && (long)n * k * sizeof(T) > Processor.Caches.L2) return GemmWay.Row;
        if (GemmDots<T>.Takes(m, n, k, aCol, bRow, bCol)) return GemmWay.Dots;
        return cCol == 1 && GemmDirect<T>.Takes(m, n, k, isScaled, aRow, aCol, bCol, beta) ? GemmWay.Direct : GemmWay.Panels;
    }

    /// <summary>
    /// Whether Bᵀ·Aᵀ is computed instead: tiles write along the columns of C, so those should be the contiguous ones. A
    /// vector becomes a row.
    /// </summary>
    public static bool IsSwapped(int m, int n, nint cRow, nint cCol) => m > 1 && (n == 1 || cCol != 1 && cRow == 1);

    /// <summary>The product of any two sources, by packed panels.</summary>
    public static void Multiply<T, TA, TB>(
        int m, int n, int k, T alpha, TA a, TB b, T beta, GemmOutput<T> c, GemmBias<T> bias, ProductEnd end = default)
        where T : unmanaged, INumberBase<T>
        where TA : struct, IPanelSource<T>
        where TB : struct, IPanelSource<T>
    {
        if (typeof(T) == typeof(float) && NarrowPath.TryMultiply(Numerics.MatMulPrecision, m, n, k, alpha, a, b, beta, c, bias))
            end.ApplyAll(m, n, c);
        else
            MultiplyPanels(m, n, k, alpha, a, b, beta, c, bias, end);
    }

    /// <summary>As the other, by multiply-adds in the element's own type whatever <see cref="Numerics.MatMulPrecision"/> says.</summary>
    public static void MultiplyPanels<T, TA, TB>(
        int m, int n, int k, T alpha, TA a, TB b, T beta, GemmOutput<T> c, GemmBias<T> bias, ProductEnd end = default)
        where T : unmanaged, INumberBase<T>
        where TA : struct, IPanelSource<T>
        where TB : struct, IPanelSource<T> =>
        new GemmJob<T, TA, TB>(GemmTiles<T>.Current, m, n, k, alpha, a, b, beta, c, bias, end).Run();

    /// <summary>
    /// <paramref name="batch"/> products, whose operands lie <paramref name="aBatch"/>, <paramref name="bBatch"/> and
    /// <paramref name="cBatch"/> elements apart; 0 for one that all share.
    /// </summary>
    public static void Batched<T>(
        int batch, int m, int n, int k,
        T alpha, T* a, nint aBatch, nint aRow, nint aCol,
        T* b, nint bBatch, nint bRow, nint bCol,
        T beta, T* c, nint cBatch, nint cRow, nint cCol)
        where T : unmanaged, INumberBase<T> =>
        new GemmBatch<T>(batch, m, n, k, alpha, a, aBatch, aRow, aCol, b, bBatch, bRow, bCol,
            beta, c, cBatch, cRow, cCol).Run();

    /// <summary>C = A·B for any numbers, integers above all, by three loops; wraps around as the type does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyNaive<T>(
        int m, int n, int k,
        T* a, nint aRow, nint aCol,
        T* b, nint bRow, nint bCol,
        T* c, nint cRow, nint cCol)
        where T : unmanaged, INumberBase<T>
    {
        for (nint i = 0; i < m; i++)
            for (nint j = 0; j < n; j++)
            {
                T sum = T.Zero;
                for (nint p = 0; p < k; p++)
                    sum += a[i * aRow + p * aCol] * b[p * bRow + j * bCol];
                c[i * cRow + j * cCol] = sum;
            }
    }
}

/// <summary>The ways to do a matrix product.</summary>
enum GemmWay
{
    /// <summary>Tiles over packed panels.</summary>
    Panels,

    /// <summary>Generated tiles straight from the operands.</summary>
    Direct,

    /// <summary>Generated dot products.</summary>
    Dots,

    /// <summary>A row times a matrix, in C#.</summary>
    Row,

    /// <summary>Without panels, in C#.</summary>
    Small,
}
