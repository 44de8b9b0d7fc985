namespace Descent.Search;

/// <summary>Where a record is.</summary>
/// <param name="Key">The caller's name for it.</param>
/// <param name="Sequence">The number of the change that wrote it, which no other record ever has; the id of its vector in indexes.</param>
/// <param name="Source">What holds its bytes.</param>
/// <param name="At">Where in the source.</param>
readonly record struct StoredRecord<TKey>(TKey Key, long Sequence, IRecordSource Source, int At) where TKey : notnull;
