namespace Descent.Tensors;

/// <summary>Tensors of regular contents.</summary>
public static class SequenceCreation
{
    extension(Tensor)
    {
        /// <summary><c>0, 1, …</c> to before <paramref name="end"/>.</summary>
        public static Tensor Arange(Scalar end, DType? dtype = null) => Tensor.Arange(0, end, 1, dtype);

        /// <summary><c>start, start + step, …</c> to before <paramref name="end"/>; Int64 where all three are integers.</summary>
        /// <exception cref="ArgumentException">The step is 0, leads away from the end, or a number is not finite.</exception>
        public static Tensor Arange(Scalar start, Scalar end, Scalar? step = null, DType? dtype = null)
        {
            var by = step ?? 1;
            bool floating = start.IsFloatingPoint || end.IsFloatingPoint || by.IsFloatingPoint;
            double span = (end.AsDouble() - start.AsDouble()) / by.AsDouble();
            if (!(span >= 0 && span <= int.MaxValue))
                throw new ArgumentException($"Arange: from {start} to {end} by {by} is no finite sequence. Expected finite numbers and a step that leads to the end.");
            var type = dtype ?? (floating ? Tensor.DefaultDType : DType.Int64);
            if (!floating && !type.IsFloatingPoint)
            {
                var integers = Tensor.Empty([(int)Math.Ceiling(span)], DType.Int64);
                var n = integers.AsSpan<long>();
                for (int i = 0; i < n.Length; i++) n[i] = start.AsInt64() + i * by.AsInt64();
                return integers.To(type);
            }
            return Fill((int)Math.Ceiling(span), type, (start.AsDouble(), by.AsDouble()), static (i, s) => s.Item1 + i * s.Item2);
        }

        /// <summary><paramref name="steps"/> numbers at equal distances from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The number of steps is negative.</exception>
        public static Tensor Linspace(double start, double end, int steps, DType? dtype = null)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(steps);
            // Counting from the nearer end makes both ends exact.
            return Fill(steps, dtype ?? Tensor.DefaultDType, (start, end, steps, step: steps > 1 ? (end - start) / (steps - 1) : 0),
                static (i, s) => i < (s.steps + 1) / 2 ? s.start + i * s.step : s.end - (s.steps - 1 - i) * s.step);
        }

        /// <summary>The matrix of shape <c>(rows, columns)</c> with ones on the diagonal; square if only one size is given.</summary>
        public static Tensor Eye(int rows, int? columns = null, DType? dtype = null)
        {
            int width = columns ?? rows;
            var y = Tensor.Zeros([rows, width], dtype);
            int diagonal = Math.Min(rows, width);
            if (diagonal > 0)
                Copying.CopyInto(y.Alias([diagonal], [width + 1], 0), Tensor.Full([], 1, y.DType).Expand(diagonal));
            return y;
        }
    }

    static Tensor Fill<S>(int count, DType dtype, S state, Func<int, S, double> value)
    {
        var y = Tensor.Empty([count], DType.Float64);
        var span = y.AsSpan<double>();
        for (int i = 0; i < span.Length; i++) span[i] = value(i, state);
        return y.To(dtype);
    }
}
