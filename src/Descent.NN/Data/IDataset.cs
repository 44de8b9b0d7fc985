namespace Descent.NN;

/// <summary>Examples by number.</summary>
/// <typeparam name="T">One example.</typeparam>
public interface IDataset<out T>
{
    /// <summary>The number of examples.</summary>
    int Count { get; }

    /// <summary>One example; may be asked for by several threads at once.</summary>
    T this[int index] { get; }
}

/// <summary>Examples that are given in batches.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public interface IBatchSource<out TBatch>
{
    /// <summary>The number of examples.</summary>
    int Count { get; }

    /// <summary>The examples of these numbers, in this order, as one batch; may be asked for by several threads at once.</summary>
    TBatch Gather(ReadOnlySpan<int> indices);
}
