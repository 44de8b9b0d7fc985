namespace Descent.Search;

/// <summary>A write failed of which nothing is there: what was before is as it was.</summary>
sealed class UnwrittenException(string message, Exception inner) : IOException(message, inner);
