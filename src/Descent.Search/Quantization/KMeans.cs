using System.Numerics.Tensors;
using Descent.Tensors;
using Tensor = Descent.Tensors.Tensor;

namespace Descent.Search;

/// <summary>Puts a row of some set into a span of its width.</summary>
delegate void RowLoader(int row, Span<float> to);

/// <summary>Centres of cells, by Lloyd's iterations over a sample, and which of them is nearest to each vector, by products of matrices.</summary>
/// <remarks>The same for any number of threads: sums are made in the order of the sample.</remarks>
static class KMeans
{
    const int Rounds = 8, TileRows = 512;

    /// <summary>Vectors of the sample for each centre.</summary>
    const int SampleOfEach = 40;

    /// <summary>By how much the halves of a cell that is cut in two are set apart.</summary>
    const float Apart = 1f / 1024;

    /// <returns>The centres, <c>(centres, width)</c>.</returns>
    internal static Tensor Learn(int count, int width, int centres, RowLoader load, Course? course = null)
    {
        course ??= Course.None;
        int sampled = (int)Math.Min(count, (long)centres * SampleOfEach);
        // Evenly from all over.
        int Row(int i) => (int)((long)i * count / sampled);
        var means = Tensor.Empty([centres, width], DType.Float32);
        for (int c = 0; c < centres; c++) load(Row((int)((long)c * sampled / centres)), Centre(means, c));
        double[] sums = new double[centres * width];
        int[] members = new int[centres];
        float[] sample = new float[(long)sampled * width];
        WorkerPool.For(sampled, i => load(Row(i), sample.AsSpan(i * width, width)));
        for (int round = 0; round < Rounds; round++)
        {
            int[] nearest = Assign(sampled, means, (i, to) => sample.AsSpan(i * width, width).CopyTo(to), course.Part(1.0 / Rounds));
            Array.Clear(sums);
            Array.Clear(members);
            for (int i = 0; i < sampled; i++)
            {
                members[nearest[i]]++;
                var sum = sums.AsSpan(nearest[i] * width, width);
                var row = sample.AsSpan(i * width, width);
                for (int j = 0; j < width; j++) sum[j] += row[j];
            }
            for (int c = 0; c < centres; c++)
            {
                if (members[c] == 0) continue;
                var centre = Centre(means, c);
                for (int j = 0; j < width; j++) centre[j] = (float)(sums[c * width + j] / members[c]);
            }
            for (int c = 0; c < centres; c++)
                if (members[c] == 0) CutLargest(means, members, c);
        }
        return means;
    }

    /// <summary>The nearest centre of each row.</summary>
    internal static int[] Assign(int count, Tensor centres, RowLoader load, Course? course = null)
    {
        int[] nearest = new int[count];
        Measure(count, centres, load, isProduct: false, (i, keys) => nearest[i] = TensorPrimitives.IndexOfMin(keys), course ?? Course.None);
        return nearest;
    }

    /// <summary>The nearest centres of each row, nearest first.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="centres">At least <paramref name="k"/>.</param>
    /// <param name="load">Gives the rows.</param>
    /// <param name="k">Centres for each row.</param>
    /// <param name="isProduct">Whether the nearest are those of the greatest product.</param>
    internal static int[] Nearest(int count, Tensor centres, RowLoader load, int k, bool isProduct)
    {
        int[] nearest = new int[(long)count * k];
        Measure(count, centres, load, isProduct, (i, keys) =>
        {
            Span<Neighbor> found = stackalloc Neighbor[k];
            var heap = new NearestHeap(found);
            for (int c = DistanceKernels.NextWithin(keys, 0, heap.Bound); c < keys.Length; c = DistanceKernels.NextWithin(keys, c + 1, heap.Bound)) heap.Offer(new(c, keys[c]));
            heap.Sort();
            for (int j = 0; j < k; j++) nearest[(long)i * k + j] = (int)found[j].Id;
        }, Course.None);
        return nearest;
    }

    /// <summary>Takes for a row its distance to each centre, less what all have in common.</summary>
    delegate void Measured(int row, ReadOnlySpan<float> keys);

    static void Measure(int count, Tensor centres, RowLoader load, bool isProduct, Measured measured, Course course)
    {
        int cells = centres.Shape[0], width = centres.Shape[1];
        float[] squares = new float[cells];
        for (int c = 0; c < cells && !isProduct; c++) squares[c] = TensorPrimitives.SumOfSquares<float>(Centre(centres, c));
        course.For((count + TileRows - 1) / TileRows, tile =>
        {
            int first = tile * TileRows, rows = Math.Min(TileRows, count - first);
            using var part = Tensor.Empty([rows, width], DType.Float32);
            for (int i = 0; i < rows; i++) load(first + i, part.AsSpan<float>().Slice(i * width, width));
            using var products = part.MatMul(centres.T);
            float[] keys = new float[cells];
            for (int i = 0; i < rows; i++)
            {
                // Less the square of the row, which all have.
                TensorPrimitives.MultiplyAdd(products.AsSpan<float>().Slice(i * cells, cells), -2f, squares, keys);
                measured(first + i, keys);
            }
        });
    }

    internal static Span<float> Centre(Tensor centres, int c) => centres.AsSpan<float>().Slice(c * centres.Shape[1], centres.Shape[1]);

    /// <summary>An empty cell takes half of the one with the most members.</summary>
    static void CutLargest(Tensor centres, int[] members, int empty)
    {
        int largest = members.AsSpan().IndexOf(members.Max());
        Span<float> from = Centre(centres, largest), to = Centre(centres, empty);
        for (int j = 0; j < from.Length; j++)
        {
            float apart = j % 2 == 0 ? Apart : -Apart;
            to[j] = from[j] * (1 + apart);
            from[j] *= 1 - apart;
        }
        members[empty] = members[largest] / 2;
        members[largest] -= members[empty];
    }
}
