namespace Descent.Search;

/// <summary>An order of records by the values at a path of their payloads: null, false and true, numbers, texts by the codes of their characters.</summary>
/// <remarks>An array stands for its least value, or its greatest in descending order. Records without a value come last in either.</remarks>
/// <param name="Path">As in a <see cref="PayloadFilter"/>.</param>
/// <param name="Descending">Whether the greatest come first.</param>
public readonly record struct PayloadOrder(string Path, bool Descending = false);
