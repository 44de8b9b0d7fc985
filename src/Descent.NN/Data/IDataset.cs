namespace Descent.NN;

/// <summary>Examples by number.</summary>
/// <typeparam name="T">One example.</typeparam>
public interface IDataset<out T>
{
    /// <summary>The number of examples.</summary>
    int Count { get; }

    /// <summary>One example; may be asked for by several threads at once.</summary>
    T this[int index] { get; }

    /// <summary>
    /// The example as one epoch sees it: the same as by its number alone, unless something random is done to it, such as
    /// an augmentation, which then follows from the epoch and the number.
    /// </summary>
    T At(int index, int epoch) => this[index];
}

/// <summary>Examples that are given in batches.</summary>
/// <typeparam name="TBatch">Several examples as one.</typeparam>
public interface IBatchSource<out TBatch>
{
    /// <summary>The number of examples.</summary>
    int Count { get; }

    /// <summary>The examples of these numbers, in this order, as one batch; may be asked for by several threads at once.</summary>
    TBatch Gather(ReadOnlySpan<int> indices);

    /// <summary>The batch as one epoch sees it, as <see cref="IDataset{T}.At"/>.</summary>
    TBatch Gather(ReadOnlySpan<int> indices, int epoch) => Gather(indices);
}

/// <summary>A set whose batches are of the type of its examples and are had faster than example by example.</summary>
interface IGather<out T>
{
    /// <summary>Whether <see cref="Gather"/> may be called; a view of another set can only if that one can.</summary>
    bool CanGather { get; }

    T Gather(ReadOnlySpan<int> indices, int epoch);
}
