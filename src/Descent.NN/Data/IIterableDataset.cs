namespace Descent.NN;

/// <summary>Examples in a stream, which are read in order and not by number.</summary>
/// <typeparam name="T">One example.</typeparam>
public interface IIterableDataset<out T>
{
    /// <summary>The number of examples of an epoch, where it is known before reading them.</summary>
    long? Count => null;

    /// <summary>Reads the examples of an epoch, each time from the source anew.</summary>
    /// <param name="epoch">The epoch, from 0; where nothing is random all are alike.</param>
    /// <param name="first">Examples to leave out: what a run that was broken off goes on with. A stream that can seek seeks.</param>
    IEnumerable<T> Read(int epoch, long first = 0);
}
