namespace Descent.Tensors;

/// <summary>Tensors of random contents; the same seed gives the same bits for any number of threads.</summary>
public static class RandomCreation
{
    /// <summary>Elements drawn by one piece of work; a whole number of the generator's groups.</summary>
    const int Piece = 32 * 1024;

    extension(Tensor)
    {
        /// <summary>Uniform over [0, 1).</summary>
        /// <param name="shape">The shape.</param>
        /// <param name="dtype">A floating type.</param>
        /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if none is named.</param>
        public static Tensor Rand(Shape shape, DType? dtype = null, Generator? generator = null) =>
            Draw(shape, dtype, generator, nameof(Rand), static (g, y, at) => g.FillUniform(y, at, 0, 1), static (g, y, at) => g.FillUniform(y, at, 0, 1));

        /// <summary>Uniform over [0, 1), the sizes as numbers: <c>Tensor.Rand(2, 3)</c>.</summary>
        public static Tensor Rand(int size, params ReadOnlySpan<int> more) => Tensor.Rand([size, .. more]);

        /// <summary>From the standard normal distribution.</summary>
        /// <inheritdoc cref="Rand(Shape, DType?, Generator?)"/>
        public static Tensor Randn(Shape shape, DType? dtype = null, Generator? generator = null) =>
            Draw(shape, dtype, generator, nameof(Randn), static (g, y, at) => g.FillNormal(y, at, 0, 1), static (g, y, at) => g.FillNormal(y, at, 0, 1));

        /// <summary>From the standard normal distribution, the sizes as numbers: <c>Tensor.Randn(2, 3)</c>.</summary>
        public static Tensor Randn(int size, params ReadOnlySpan<int> more) => Tensor.Randn([size, .. more]);

        /// <summary>Uniform over [0, 1), of the shape and type of <paramref name="x"/>.</summary>
        public static Tensor RandLike(Tensor x, Generator? generator = null) => Tensor.Rand(x.Shape, x.DType, generator);

        /// <summary>From the standard normal distribution, of the shape and type of <paramref name="x"/>.</summary>
        public static Tensor RandnLike(Tensor x, Generator? generator = null) => Tensor.Randn(x.Shape, x.DType, generator);

        /// <summary>Integers of [<paramref name="low"/>, <paramref name="high"/>), all alike.</summary>
        /// <exception cref="ArgumentOutOfRangeException">high ≤ low.</exception>
        public static Tensor RandInt(long low, long high, Shape shape, DType? dtype = null, Generator? generator = null)
        {
            if (high <= low) throw new ArgumentOutOfRangeException(nameof(high), $"RandInt: [{low}, {high}) is empty. Expected low < high.");
            var source = generator ?? Generator.Default;
            var y = Tensor.Empty(shape, DType.Int64);
            ulong at = source.Reserve(y.Elements, 4);
            WorkerPool.For((y.Elements + Piece - 1) / Piece, i =>
                source.FillIntegers(Part(y.AsSpan<long>(), i), at + (ulong)i * Piece * 4, low, high));
            return y.To(dtype ?? DType.Int64);
        }

        /// <summary><c>0 … n − 1</c> in random order.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
        public static Tensor RandPerm(int n, DType? dtype = null, Generator? generator = null)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(n);
            var y = Tensor.Empty([n], DType.Int64);
            (generator ?? Generator.Default).Permutation(y.AsSpan<long>());
            return y.To(dtype ?? DType.Int64);
        }
    }

    delegate void Filling<T>(Generator generator, Span<T> y, ulong position);

    static Tensor Draw(Shape shape, DType? dtype, Generator? generator, string operation, Filling<float> single, Filling<double> twice)
    {
        var type = dtype ?? Tensor.DefaultDType;
        if (!type.IsFloatingPoint) throw new NotSupportedException($"{operation}: the type is {type}; expected a floating type. For integers there is RandInt.");
        var source = generator ?? Generator.Default;
        var y = Tensor.Empty(shape, type == DType.Float64 ? type : DType.Float32);
        int words = type == DType.Float64 ? 2 : 1, pieces = (y.Elements + Piece - 1) / Piece;
        ulong at = source.Reserve(y.Elements, words);
        WorkerPool.For(pieces, i =>
        {
            ulong position = at + (ulong)i * Piece * (ulong)words;
            if (words == 2) twice(source, Part(y.AsSpan<double>(), i), position);
            else single(source, Part(y.AsSpan<float>(), i), position);
        });
        return y.To(type);
    }

    static Span<T> Part<T>(Span<T> all, int i) => all.Slice(i * Piece, Math.Min(Piece, all.Length - i * Piece));
}
