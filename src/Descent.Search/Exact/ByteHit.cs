namespace Descent.Search;

/// <summary>A row that may be near enough to a query.</summary>
/// <param name="Place">The query's place in its strip.</param>
/// <param name="Row">The row's place in its panel.</param>
/// <param name="Most">The row's value is not greater.</param>
/// <param name="Least">Nor is it less.</param>
readonly record struct ByteHit(short Place, short Row, float Most, float Least);
