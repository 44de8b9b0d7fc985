using System.Numerics;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Brings rows before boosted trees, in blocks and in parallel over these.</summary>
static unsafe class BoostedTreesRows
{
    const int BlockRows = CompiledTrees.BlockRows;

    /// <summary>Blocks that a thread takes at once.</summary>
    const int Blocks = 8;

    /// <summary>The scores of rows, or what they become.</summary>
    internal static void Score<T>(BoostedTrees trees, ReadOnlySpan<T> rows, Span<float> margins, bool transforms) where T : unmanaged, INumber<T>
    {
        int columns = trees.Schema.Features.Length, outputs = trees.Objective.Outputs, n = margins.Length / outputs;
        if (n * outputs != margins.Length || rows.Length != (long)n * columns)
            throw new ArgumentException($"{rows.Length} numbers for {margins.Length} scores; expected {columns} features of each row, and room for {outputs} scores.", nameof(rows));
        if (n == 0) return;
        fixed (T* all = rows)
        fixed (float* scores = margins)
        {
            // Spans cannot go into the lambda; the memory stands still while it runs.
            var (from, to) = ((nint)all, (nint)scores);
            ForBlocks(n, (start, count) =>
            {
                var own = new Span<float>((float*)to + ((long)start * outputs), count * outputs);
                trees.FillBase(own);
                Add(trees, new ReadOnlySpan<T>((T*)from + ((long)start * columns), count * columns), own, 0, trees.Trees.Length);
                if (transforms) trees.Objective.Transform(own);
            });
        }
    }

    /// <summary>Adds what some trees say to the rows of features.</summary>
    internal static void Add(BoostedTrees trees, Features x, float[] margins, int first, int count)
    {
        int outputs = trees.Objective.Outputs;
        ForBlocks(x.Rows, (start, n) =>
        {
            var compiled = CompiledTrees.Of(trees);
            var features = compiled.Features;
            float[] block = new float[features.Length * BlockRows];
            double[] row = new double[x.Columns];
            fixed (float* lanes = block)
            {
                for (int i = 0; i < features.Length; i++)
                {
                    var column = x.Column(features[i]).Slice(start, n);
                    for (int lane = 0; lane < n; lane++) lanes[(i * BlockRows) + lane] = (float)column[lane];
                }
                compiled.Add(lanes, lane => { x.CopyRows(start + lane, row); return row; }, margins.AsSpan(start * outputs, n * outputs), first, count);
            }
        });
    }

    static void Add<T>(BoostedTrees trees, ReadOnlySpan<T> rows, Span<float> margins, int first, int count) where T : unmanaged, INumber<T>
    {
        int columns = trees.Schema.Features.Length, n = margins.Length / trees.Objective.Outputs;
        double[] row = new double[columns];
        if (n < CompiledTrees.FewRows)
        {
            for (int i = 0; i < n; i++) Walk(trees, Widen(rows.Slice(i * columns, columns), row), margins.Slice(i * trees.Objective.Outputs, trees.Objective.Outputs), first, count);
            return;
        }
        var compiled = CompiledTrees.Of(trees);
        var features = compiled.Features;
        float[] block = new float[features.Length * BlockRows];
        fixed (float* lanes = block)
        fixed (T* all = rows)
        {
            for (int lane = 0; lane < n; lane++)
            {
                T* own = all + ((long)lane * columns);
                for (int i = 0; i < features.Length; i++) lanes[(i * BlockRows) + lane] = float.CreateTruncating(own[features[i]]);
            }
            var from = (nint)all;
            compiled.Add(lanes, lane => Widen(new ReadOnlySpan<T>((T*)from + ((long)lane * columns), columns), row), margins, first, count);
        }
    }

    static void Walk(BoostedTrees trees, ReadOnlySpan<double> row, Span<float> margins, int first, int count)
    {
        for (int t = first; t < first + count; t++)
            margins[trees.Groups[t]] += (trees.TreeWeights.IsEmpty ? 1 : trees.TreeWeights[t]) * trees.Trees[t].Output(row);
    }

    static ReadOnlySpan<double> Widen<T>(ReadOnlySpan<T> row, double[] wide) where T : unmanaged, INumber<T>
    {
        for (int j = 0; j < row.Length; j++) wide[j] = double.CreateTruncating(row[j]);
        return wide;
    }

    static void ForBlocks(int rows, Action<int, int> body) => WorkerPool.For((rows + (Blocks * BlockRows) - 1) / (Blocks * BlockRows), item =>
    {
        int start = item * Blocks * BlockRows, end = Math.Min(rows, start + (Blocks * BlockRows));
        for (; start < end; start += BlockRows) body(start, Math.Min(BlockRows, end - start));
    });
}
