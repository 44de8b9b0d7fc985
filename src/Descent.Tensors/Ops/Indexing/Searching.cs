using System.Numerics;

namespace Descent.Tensors;

/// <summary>Searching in sorted sequences, and counting.</summary>
public static class SearchingOps
{
    extension(Tensor x)
    {
        /// <summary>Where each value would go into this sorted sequence so that it stays sorted, as Int64 of the values' shape.</summary>
        /// <param name="values">Of any shape where the sequence has one dimension; otherwise alike in all dimensions but the last.</param>
        /// <param name="right">After the elements equal to it, not before.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        public Tensor Searchsorted(Tensor values, bool right = false)
        {
            bool shared = x.Rank == 1;
            if (x.Rank == 0 || (!shared && (x.Rank != values.Rank || x.Shape[..^1] != values.Shape[..^1])))
                throw new ShapeException($"Searchsorted: values of shape {values.Shape} do not fit sequences of shape {x.Shape}. Expected one sequence, " +
                    "or as many as the values have in all dimensions but the last.");
            var type = Pointwise.ResultType(x, values);
            if (type.IsReduced) type = DType.Float32;
            var (sequence, sought) = (x.To(type).Contiguous(), values.To(type).Contiguous());
            var y = Tensor.Uninitialized(values.Shape, DType.Int64);
            int n = x.Shape[^1], each = shared ? y.Elements : values.Shape[^1];
            switch (type)
            {
                case DType.Float32: Search<float>(sequence.AsSpan<float>(), sought.AsSpan<float>(), y.AsSpan<long>(), n, each, right); break;
                case DType.Float64: Search<double>(sequence.AsSpan<double>(), sought.AsSpan<double>(), y.AsSpan<long>(), n, each, right); break;
                default: Search<long>(sequence.To(DType.Int64).AsSpan<long>(), sought.To(DType.Int64).AsSpan<long>(), y.AsSpan<long>(), n, each, right); break;
            }
            GC.KeepAlive((sequence, sought));
            return y;
        }

        /// <summary>How often each number from 0 to the greatest occurs, as Int64; or the sum of the weights where it does.</summary>
        /// <param name="weights">One for each element.</param>
        /// <param name="minLength">The least length of the result.</param>
        /// <exception cref="ShapeException">There is not exactly one dimension, or the weights' shape differs.</exception>
        /// <exception cref="ArgumentException">A number is negative.</exception>
        public Tensor Bincount(Tensor? weights = null, int minLength = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(minLength);
            if (x.Rank != 1 || x.DType.IsFloatingPoint || (weights is not null && weights.Shape != x.Shape))
                throw new ShapeException($"Bincount: got {x.DType} of shape {x.Shape}{(weights is null ? "" : $" and weights of shape {weights.Shape}")}. Expected one dimension of integers and weights alike.");
            var numbers = x.To(DType.Int64).Contiguous().AsSpan<long>().ToArray();
            long length = minLength;
            for (int i = 0; i < numbers.Length; i++)
                length = numbers[i] is >= 0 and < int.MaxValue ? Math.Max(length, numbers[i] + 1)
                    : throw new ArgumentException($"Bincount: element {i} is {numbers[i]}. Expected 0 or more.");
            if (weights is null)
            {
                var counts = Tensor.Zeros([(int)length], DType.Int64);
                foreach (long v in numbers) counts.AsSpan<long>()[(int)v]++;
                return counts;
            }
            var type = weights.DType == DType.Float32 ? DType.Float32 : DType.Float64;
            var sums = Tensor.Zeros([(int)length], DType.Float64);
            var each = weights.Detach().To(DType.Float64).Contiguous();
            for (int i = 0; i < numbers.Length; i++) sums.AsSpan<double>()[(int)numbers[i]] += each.AsSpan<double>()[i];
            return sums.To(type);
        }

        /// <summary>How many elements fall into each of equal bins from <paramref name="min"/> to <paramref name="max"/>, both included; others and NaN are dropped.</summary>
        /// <param name="bins">The number of bins.</param>
        /// <param name="min">The lower end; where both ends are equal, the least element.</param>
        /// <param name="max">The upper end; where both ends are equal, the greatest element.</param>
        /// <exception cref="ArgumentOutOfRangeException">There is no bin, or the range is not one.</exception>
        public Tensor Histc(int bins = 100, double min = 0, double max = 0)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
            var source = x.Detach().To(DType.Float64).Contiguous();
            if (min == max && source.Elements > 0) (min, max) = (source.Amin().Item(), source.Amax().Item());
            if (min == max) (min, max) = (min - 1, max + 1);
            if (!(min < max) || double.IsInfinity(min) || double.IsInfinity(max))
                throw new ArgumentOutOfRangeException(nameof(max), max, $"Histc: the range is {min} to {max}. Expected finite ends in rising order.");
            var counts = new double[bins];
            foreach (double v in source.AsSpan<double>())
                if (v >= min && v <= max) counts[Math.Min(bins - 1, (int)((v - min) / (max - min) * bins))]++;
            GC.KeepAlive(source);
            return Tensor.From<double>(counts, [bins]).To(x.DType.IsFloatingPoint ? x.DType : Tensor.DefaultDType);
        }
    }

    static void Search<T>(ReadOnlySpan<T> sequence, ReadOnlySpan<T> values, Span<long> y, int n, int each, bool right) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            var line = sequence.Slice(sequence.Length == n ? 0 : i / each * n, n);
            int low = 0, high = n;
            while (low < high)
            {
                int middle = (low + high) >>> 1;
                // A NaN is greater than every number.
                bool after = right ? line[middle] <= values[i] || T.IsNaN(values[i]) : line[middle] < values[i] || (T.IsNaN(values[i]) && !T.IsNaN(line[middle]));
                if (after) low = middle + 1;
                else high = middle;
            }
            y[i] = low;
        }
    }
}
