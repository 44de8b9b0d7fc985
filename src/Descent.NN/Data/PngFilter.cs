namespace Descent.NN;

/// <summary>PNG's five predictions of a byte: none, left, above, their mean, and Paeth's choice.</summary>
/// <remarks>W3C, "Portable Network Graphics (PNG) Specification", third edition, section 9.</remarks>
static class PngFilter
{
    public const int Count = 5;

    /// <summary>Restores a row in place; <paramref name="above"/> is the restored row before it, zeros for the first.</summary>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        for (var i = 0; i < row.Length; i++)
            row[i] += Predict(filter, i >= step ? row[i - step] : 0, above[i], i >= step ? above[i - step] : 0);
    }

    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, Span<byte> filtered)
    {
        for (var i = 0; i < row.Length; i++)
            filtered[i] = (byte)(row[i]
                - Predict(filter, i >= step ? row[i - step] : 0, above[i], i >= step ? above[i - step] : 0));
    }

    static byte Predict(int filter, int left, int above, int corner) => (byte)(filter switch
    {
        1 => left,
        2 => above,
        3 => (left + above) / 2,
        4 => Paeth(left, above, corner),
        _ => 0,
    });

    static int Paeth(int left, int above, int corner)
    {
        var (toLeft, toAbove) = (Math.Abs(above - corner), Math.Abs(left - corner));
        var toCorner = Math.Abs(left + above - 2 * corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
