using System.Runtime.CompilerServices;

namespace Descent.Tensors.Kernels;

/// <summary>
/// What is done to the sums of a product as soon as they are complete, while they are in the first caches:
/// <c>f(sum · scale + shift + residual)</c>, scale and shift one number for each row. By default nothing.
/// </summary>
/// <param name="code">The functions.</param>
/// <param name="origin">The first sum, from which places are counted.</param>
/// <param name="result">Where results go, laid out as the sums are; null to overwrite them.</param>
/// <param name="residual">What is added, laid out as the sums are; null for nothing.</param>
/// <param name="scale">Of each row, or null.</param>
/// <param name="shift">Of each row, or null.</param>
unsafe readonly struct ProductEnd(ProductEndCode? code, float* origin, float* result = null, float* residual = null, float* scale = null, float* shift = null)
{
    const int ElementsOfItem = 16 * 1024;

    public bool IsNone => code is null;

    /// <summary>The same for rows from <paramref name="first"/> on, counted from 0.</summary>
    public ProductEnd FromRow(nint first) => new(code, origin, result, residual, scale == null ? null : scale + first, shift == null ? null : shift + first);

    /// <summary>Ends neighbouring sums of a row.</summary>
    public void Apply(float* c, nint row, int count)
    {
        nint at = (nint)(c - origin);
        code!.Run(c, scale + row, shift + row, residual + at, result == null ? c : result + at, count);
    }

    /// <summary>Ends all sums of an output, for products that did not do so as they went.</summary>
    public void ApplyAll<T>(int rows, int columns, GemmOutput<T> c) where T : unmanaged
    {
        if (IsNone) return;
        // A column is a row that goes down.
        if (columns == 1 && c.Row == 1) (rows, columns) = (1, rows);
        int each = Math.Max(1, ElementsOfItem / columns), items = (rows + each - 1) / each;
        var body = new Body(this, rows, columns, each, *(GemmOutput<float>*)&c);
        if (items == 1) body.Invoke(0);
        else WorkerPool.For(items, body);
    }

    /// <summary>Ends columns of a row, wherever they lie.</summary>
    public void ApplyRow(GemmOutput<float> c, nint row, int first, int columns)
    {
        for (int j = first; j < first + columns;)
        {
            int length = c.InRun(j, first + columns - j);
            Apply(c.At(row, j), row, length);
            j += length;
        }
    }

    readonly struct Body(ProductEnd end, int rows, int columns, int each, GemmOutput<float> c) : IParallelBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Invoke(int index)
        {
            for (int row = index * each; row < Math.Min(rows, (index + 1) * each); row++) end.ApplyRow(c, row, 0, columns);
        }
    }
}
