using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>What kernel machines have in common. Scale the features first.</summary>
public abstract record SvmOptions
{
    const int BlockRows = 512;

    private protected SvmOptions() { }

    /// <summary>Weight of the losses beside the penalty.</summary>
    public double C { get; init => field = Check.Above(0, value); } = 1;

    /// <summary>How alike rows are.</summary>
    public SvmKernelKind Kernel { get; init; }

    /// <summary>γ; null is the inverse of the number of features times the variance of all their values.</summary>
    public double? Gamma { get; init => field = value is { } gamma ? Check.Above(0, gamma) : null; }

    /// <summary>The degree of a polynomial.</summary>
    public int Degree { get; init => field = Check.AtLeast(1, value); } = 3;

    /// <summary>What polynomials and sigmoids add to the product.</summary>
    public double Offset { get; init; }

    /// <summary>By how much slopes of coefficients that can move may differ in the end.</summary>
    public double Tolerance { get; init => field = Check.Above(0, value); } = 1e-3;

    /// <summary>The greatest number of steps.</summary>
    public int MaxIterations { get; init => field = Check.AtLeast(1, value); } = 10_000_000;

    /// <summary>The memory for columns of the kernel matrix, in MiB.</summary>
    public int CacheMegabytes { get; init => field = Check.AtLeast(1, value); } = 200;

    private protected SvmKernel Chosen(Features x)
    {
        if (Gamma is { } gamma) return new(Kernel, gamma, Degree, Offset);
        double mean = 0, squares = 0, count = (double)x.Rows * x.Columns;
        for (int j = 0; j < x.Columns; j++)
            foreach (double v in x.Column(j)) mean += v / count;
        for (int j = 0; j < x.Columns; j++)
            foreach (double v in x.Column(j)) squares += (v - mean) * (v - mean) / count;
        return new(Kernel, squares > 0 ? 1 / (x.Columns * squares) : 1, Degree, Offset);
    }

    /// <summary>The kernel of rows of the table, column by column as they are asked for.</summary>
    private protected (Func<int, float[]> Columns, double[] Diagonal) Matrix(SvmKernel kernel, double[] rows, int columns, int[] chosen)
    {
        int count = chosen.Length;
        var cache = new KernelCache(count, (long)CacheMegabytes << 20, (column, values) =>
            WorkerPool.For((count + BlockRows - 1) / BlockRows, block =>
            {
                var own = rows.AsSpan(chosen[column] * columns, columns);
                for (int i = block * BlockRows; i < Math.Min(count, (block + 1) * BlockRows); i++)
                    values[i] = (float)kernel.Of(own, rows.AsSpan(chosen[i] * columns, columns));
            }));
        return (cache.Column, Array.ConvertAll(chosen, i => kernel.Of(rows.AsSpan(i * columns, columns), rows.AsSpan(i * columns, columns))));
    }
}
