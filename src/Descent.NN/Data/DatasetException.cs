namespace Descent.NN;

/// <summary>An example that could not be had; <see cref="Exception.InnerException"/> says why.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>An error without a message.</summary>
    public DatasetException() { }

    /// <summary>An error that says what failed.</summary>
    public DatasetException(string message) : base(message) { }

    /// <summary>An error with its cause.</summary>
    public DatasetException(string message, Exception inner) : base(message, inner) { }

    /// <summary>The example at <paramref name="index"/> failed for the given reason.</summary>
    public DatasetException(long index, Exception inner) : base($"Example {index}: {inner.Message}", inner) => Index = index;

    /// <summary>The number of the example, or -1 where it is not one example that failed.</summary>
    public long Index { get; } = -1;
}
