namespace Descent.Tensors;

/// <summary>The elements as spans, without a copy.</summary>
/// <remarks>
/// Whoever holds a span may write to it at any time, unseen: so operations that read the same storage are not put off any
/// more, but run at once. Within this assembly the methods of these names are those of the tensor itself, which do not say so.
/// </remarks>
public static class TensorSpans
{
    extension(Tensor x)
    {
        /// <summary>
        /// The elements in row-major order, without a copy. Valid while the tensor is reachable: keep a reference beside
        /// the span (<see cref="GC.KeepAlive"/> at the end of a long loop).
        /// </summary>
        /// <exception cref="InvalidOperationException">The type is not <typeparamref name="T"/>, or the layout has gaps.</exception>
        public Span<T> AsSpan<T>() where T : unmanaged
        {
            x.Storage.IsExposed = true;
            return x.AsSpan<T>();
        }

        /// <summary>The elements in row-major order as the bytes of this machine, of whatever type they are; valid as <c>AsSpan</c> is.</summary>
        /// <exception cref="InvalidOperationException">The layout has gaps.</exception>
        /// <exception cref="OverflowException">There are more than 2 GiB.</exception>
        public Span<byte> AsBytes()
        {
            x.Storage.IsExposed = true;
            return x.AsBytes();
        }

        /// <summary>Computes the elements now, where the operations that make them were put off; returns this tensor.</summary>
        /// <remarks>Never needed: whatever uses the elements computes them.</remarks>
        public Tensor Materialize()
        {
            x.Storage.Compute();
            return x;
        }
    }
}
