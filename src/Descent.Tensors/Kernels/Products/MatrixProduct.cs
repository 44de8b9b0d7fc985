using System.Numerics;
using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>Elements to step to the next row and the next column of a matrix.</summary>
readonly record struct MatrixLayout(int Row, int Column)
{
    /// <summary>The same memory, read with rows and columns exchanged.</summary>
    public MatrixLayout Transposed => new(Column, Row);
}

/// <summary>
/// The door to the matrix products for references into memory that the collector may own: C = A·B with C overwritten,
/// by <see cref="Gemm"/> for floating types and by plain loops for integers.
/// </summary>
static unsafe class MatrixProduct
{
    /// <summary>One product; <paramref name="bias"/> is a null reference or has a value per column of C. Floating types can be added to C.</summary>
    public static void Multiply<T>(int m, int n, int k, ref T a, MatrixLayout aLayout, ref T b, MatrixLayout bLayout,
        ref T c, MatrixLayout cLayout, ref T bias, bool accumulate = false) where T : unmanaged, INumberBase<T>
    {
        fixed (T* pa = &a, pb = &b, pc = &c, pBias = &bias)
        {
            if (IsFloating<T>())
                Gemm.Multiply(m, n, k, T.One, pa, aLayout.Row, aLayout.Column, pb, bLayout.Row, bLayout.Column,
                    accumulate ? T.One : T.Zero, pc, cLayout.Row, cLayout.Column, new GemmBias<T>(pBias, perRow: false));
            else
                Gemm.MultiplyNaive(m, n, k, pa, aLayout.Row, aLayout.Column, pb, bLayout.Row, bLayout.Column, pc, cLayout.Row, cLayout.Column);
        }
    }

    /// <summary>A product for each element of a nest whose operands are the matrices of C, A and B.</summary>
    public static void Multiply<T>(in LoopNest batches, int m, int n, int k, ref T a, MatrixLayout aLayout, ref T b, MatrixLayout bLayout,
        ref T c, MatrixLayout cLayout) where T : unmanaged, INumberBase<T>
    {
        int aStep = batches.Strides[1][^1], bStep = batches.Strides[2][^1], cStep = batches.Strides[0][^1];
        fixed (T* pa = &a, pb = &b, pc = &c)
            for (int outer = 0; outer < batches.Outer; outer++)
            {
                T* x = pa + batches.Start(1, outer), y = pb + batches.Start(2, outer), z = pc + batches.Start(0, outer);
                if (IsFloating<T>())
                    Gemm.Batched(batches.Inner, m, n, k, T.One, x, aStep, aLayout.Row, aLayout.Column, y, bStep, bLayout.Row, bLayout.Column,
                        T.Zero, z, cStep, cLayout.Row, cLayout.Column);
                else
                    for (nint i = 0; i < batches.Inner; i++)
                        Gemm.MultiplyNaive(m, n, k, x + i * aStep, aLayout.Row, aLayout.Column, y + i * bStep, bLayout.Row, bLayout.Column,
                            z + i * cStep, cLayout.Row, cLayout.Column);
            }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool IsFloating<T>() => typeof(T) == typeof(float) || typeof(T) == typeof(double);
}
