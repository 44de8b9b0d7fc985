using Descent.Tensors;

namespace Descent.NN;

/// <summary>An example that does not fit the others of its batch.</summary>
public sealed class CollateException : Exception
{
    /// <summary>An error without a message.</summary>
    public CollateException() { }

    /// <summary>An error that says what does not fit.</summary>
    public CollateException(string message) : base(message) { }

    /// <summary>An error with its cause.</summary>
    public CollateException(string message, Exception inner) : base(message, inner) { }

    /// <summary>The example at a place of the batch does not fit.</summary>
    public CollateException(int position, string message) : base(message) => Position = position;

    /// <summary>The place of the example within its batch.</summary>
    public int Position { get; }
}

/// <summary>
/// Ways to make one batch of several examples. They are put together to what a record needs:
/// <c>Collate.Fields((Sentence s) => s.Ids, Collate.Pad(), s => s.Label, Collate.Numbers, (ids, labels) => new Batch(ids, labels))</c>.
/// </summary>
public static class Collate
{
    /// <summary>Tensors of one shape along a new first dimension.</summary>
    /// <exception cref="CollateException">A shape or type is another than the first one's.</exception>
    public static Tensor Stack(IReadOnlyList<Tensor> examples)
    {
        for (int i = 1; i < examples.Count; i++)
            if (examples[i].Shape != examples[0].Shape || examples[i].DType != examples[0].DType)
                throw new CollateException(i, $"Stack: the shape is {examples[i].Shape} of {examples[i].DType}, but the batch's first example is {examples[0].Shape} of {examples[0].DType}. " +
                    "Resize or crop them to one shape, or collate with Collate.Pad.");
        return Tensor.Stack([.. examples], 0);
    }

    /// <summary>Inputs and targets, each stacked.</summary>
    /// <exception cref="CollateException">A shape or type is another than the first one's.</exception>
    public static Example Examples(IReadOnlyList<Example> examples) =>
        new(Stack([.. examples.Select(e => e.Input)]), Stack([.. examples.Select(e => e.Target)]));

    /// <summary>Numbers as a tensor of shape <c>(N)</c>.</summary>
    public static Tensor Numbers<T>(IReadOnlyList<T> numbers) where T : unmanaged => Tensor.From<T>([.. numbers]);

    /// <summary>The examples as they are, such as strings.</summary>
    public static IReadOnlyList<T> Keep<T>(IReadOnlyList<T> examples) => examples;

    /// <summary>Arrays of one length: their first elements together, their second ones, and so on.</summary>
    public static Func<IReadOnlyList<T[]>, TBatch[]> Arrays<T, TBatch>(Func<IReadOnlyList<T>, TBatch> element) => examples =>
    {
        for (int i = 1; i < examples.Count; i++)
            if (examples[i].Length != examples[0].Length)
                throw new CollateException(i, $"Arrays: the example has {examples[i].Length} elements, but the batch's first one {examples[0].Length}.");
        var batch = new TBatch[examples.Count == 0 ? 0 : examples[0].Length];
        for (int k = 0; k < batch.Length; k++)
            batch[k] = element([.. examples.Select(e => e[k])]);
        return batch;
    };

    /// <summary>Dictionaries of the same keys: the values of each key together.</summary>
    public static Func<IReadOnlyList<IReadOnlyDictionary<TKey, T>>, Dictionary<TKey, TBatch>> Dictionaries<TKey, T, TBatch>(Func<IReadOnlyList<T>, TBatch> value)
        where TKey : notnull => examples =>
    {
        var batch = new Dictionary<TKey, TBatch>();
        for (int i = 1; i < examples.Count; i++)
            if (examples[i].Count != examples[0].Count || !examples[0].Keys.All(examples[i].ContainsKey))
                throw new CollateException(i, $"Dictionaries: the keys are {string.Join(", ", examples[i].Keys)}, but those of the batch's first example {string.Join(", ", examples[0].Keys)}.");
        foreach (var key in examples.Count == 0 ? [] : examples[0].Keys)
            batch[key] = value([.. examples.Select(e => e[key])]);
        return batch;
    };

    /// <summary>Pairs: the first things together, and the second ones.</summary>
    public static Func<IReadOnlyList<(T1, T2)>, (TBatch1, TBatch2)> Tuples<T1, T2, TBatch1, TBatch2>(Func<IReadOnlyList<T1>, TBatch1> first, Func<IReadOnlyList<T2>, TBatch2> second) =>
        examples => (first([.. examples.Select(e => e.Item1)]), second([.. examples.Select(e => e.Item2)]));

    /// <summary>Triples: the first things together, the second ones, and the third ones.</summary>
    public static Func<IReadOnlyList<(T1, T2, T3)>, (TBatch1, TBatch2, TBatch3)> Tuples<T1, T2, T3, TBatch1, TBatch2, TBatch3>(Func<IReadOnlyList<T1>, TBatch1> first,
        Func<IReadOnlyList<T2>, TBatch2> second, Func<IReadOnlyList<T3>, TBatch3> third) =>
        examples => (first([.. examples.Select(e => e.Item1)]), second([.. examples.Select(e => e.Item2)]), third([.. examples.Select(e => e.Item3)]));

    /// <summary>One field of a record.</summary>
    public static Func<IReadOnlyList<T>, TBatch> Field<T, T1, TBatch>(Func<T, T1> field, Func<IReadOnlyList<T1>, TBatch> collate) =>
        examples => collate([.. examples.Select(field)]);

    /// <summary>Two fields of a record, and the batch that is made of them.</summary>
    public static Func<IReadOnlyList<T>, TBatch> Fields<T, T1, TBatch1, T2, TBatch2, TBatch>(
        Func<T, T1> first, Func<IReadOnlyList<T1>, TBatch1> collateFirst,
        Func<T, T2> second, Func<IReadOnlyList<T2>, TBatch2> collateSecond,
        Func<TBatch1, TBatch2, TBatch> batch) =>
        examples => batch(collateFirst([.. examples.Select(first)]), collateSecond([.. examples.Select(second)]));

    /// <summary>Three fields of a record, and the batch that is made of them.</summary>
    public static Func<IReadOnlyList<T>, TBatch> Fields<T, T1, TBatch1, T2, TBatch2, T3, TBatch3, TBatch>(
        Func<T, T1> first, Func<IReadOnlyList<T1>, TBatch1> collateFirst,
        Func<T, T2> second, Func<IReadOnlyList<T2>, TBatch2> collateSecond,
        Func<T, T3> third, Func<IReadOnlyList<T3>, TBatch3> collateThird,
        Func<TBatch1, TBatch2, TBatch3, TBatch> batch) =>
        examples => batch(collateFirst([.. examples.Select(first)]), collateSecond([.. examples.Select(second)]), collateThird([.. examples.Select(third)]));

    /// <summary>Sequences <c>(length, …)</c> of any lengths, filled up to the longest.</summary>
    /// <param name="value">What they are filled up with.</param>
    /// <param name="left">Whether before their beginning rather than after their end.</param>
    /// <param name="multipleOf">The batch's length is the next multiple of this.</param>
    /// <exception cref="ArgumentOutOfRangeException">The multiple is below 1.</exception>
    public static Func<IReadOnlyList<Tensor>, PaddedBatch> Pad(Scalar? value = null, bool left = false, int multipleOf = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(multipleOf, 1);
        return examples => PaddedBatch.Of(examples, value ?? 0, left, multipleOf);
    }
}
