namespace Descent.Metrics;

/// <summary>A figure that is gathered batch by batch.</summary>
/// <remarks>
/// Each metric declares an <c>Update</c> for what it is fed. However the data is cut into batches, and however the parts
/// are merged, the result is that of one pass over everything. A figure of nothing is NaN.
/// </remarks>
/// <typeparam name="TSelf">The metric.</typeparam>
/// <typeparam name="TResult">What it computes.</typeparam>
public interface IMetric<TSelf, out TResult> where TSelf : IMetric<TSelf, TResult>
{
    /// <summary>The figure of everything since the start or the last <see cref="Reset"/>.</summary>
    TResult Compute();

    /// <summary>Forgets everything.</summary>
    void Reset();

    /// <summary>Adds what another metric of the same settings gathered.</summary>
    /// <exception cref="ArgumentException">Its settings differ.</exception>
    void Merge(TSelf other);
}
