using System.Numerics;
using Descent.Tensors.Kernels;
using Descent.Tensors.Tests.Codegen;
using Descent.Testing;

namespace Descent.Tensors.Tests.Kernels;

/// <summary>Every generated tile against the chain of multiply-adds it stands for, between pages that may not be touched.</summary>
public sealed unsafe class GemmTileTests
{
    public static TheoryData<IsaTier, bool> Kinds => new() { { IsaTier.Avx2, false }, { IsaTier.Avx2, true }, { IsaTier.Avx512, false }, { IsaTier.Avx512, true } };

    [Theory, MemberData(nameof(Kinds))]
    public void A_tile_gives_the_bits_of_a_chain_of_multiply_adds(IsaTier tier, bool doubles)
    {
        if (doubles) Tiles<double>(tier);
        else Tiles<float>(tier);
    }

    static void Tiles<T>(IsaTier tier) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!Tiers.CanRun(tier) || GemmTiles<T>.For(tier) is not GeneratedTiles<T> tiles) return;
        int turn = 0;
        var starts = Enum.GetValues<TileStart>();
        var lefts = Enum.GetValues<TileLeft>();
        var rights = Enum.GetValues<TileRight>();
        for (int vectors = 1; vectors <= tiles.MostVectors; vectors++)
            for (int rows = 1; rows <= tiles.MostRows(vectors); rows++, turn++)
                foreach (int tail in (int[])[tiles.Lanes, 1 + turn % (tiles.Lanes - 1)])
                    Tile(tiles, rows, (vectors - 1) * tiles.Lanes + tail, turn % 8, starts[turn % starts.Length],
                        lefts[turn / 2 % lefts.Length], rights[turn / 3 % rights.Length], atEnd: turn % 2 == 0);
        // Each form with each start, on one tile of middle size.
        foreach (var start in starts)
            foreach (var left in lefts)
                foreach (var right in rights)
                    Tile(tiles, Math.Min(5, tiles.MostRows(2)), tiles.Lanes + 3, 9, start, left, right, atEnd: true);
    }

    static void Tile<T>(GeneratedTiles<T> tiles, int rows, int columns, int k, TileStart start, TileLeft left, TileRight right, bool atEnd)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int lanes = tiles.Lanes, vectors = (columns + lanes - 1) / lanes, pitch = columns + 3;
        int aLength = left == TileLeft.Panel ? rows * k : left == TileLeft.Columns ? Math.Max(0, k - 1) * (rows + 2) + Math.Min(k, 1) * rows : (rows - 1) * (k + 1) + k;
        int bLength = right == TileRight.Panel ? vectors * lanes * k : k == 0 ? 0 : (k - 1) * (columns + 5) + columns;
        using var a = Drawn<T>(aLength, atEnd, 1);
        using var b = Drawn<T>(bLength, atEnd, 2);
        using var c = Drawn<T>((rows - 1) * pitch + columns, atEnd, 3);
        using var bias = Drawn<T>(start == TileStart.RowBias ? rows : columns, atEnd, 4);
        T[] before = c.Span.ToArray(), expected = [.. before];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
            {
                T sum = start switch
                {
                    TileStart.Output => before[i * pitch + j],
                    TileStart.RowBias => bias.Span[i],
                    TileStart.ColumnBias => bias.Span[j],
                    _ => T.Zero,
                };
                for (int p = 0; p < k; p++)
                    sum = T.FusedMultiplyAdd(
                        a.Span[left == TileLeft.Panel ? p * rows + i : left == TileLeft.Columns ? p * (rows + 2) + i : i * (k + 1) + p],
                        b.Span[right == TileRight.Panel ? p * vectors * lanes + j : p * (columns + 5) + j], sum);
                expected[i * pitch + j] = start == TileStart.Sum ? sum + before[i * pitch + j] : sum;
            }

        TileCall call = new()
        {
            K = k, A = a.Pointer, ARow = (k + 1) * sizeof(T), AStep = (rows + 2) * sizeof(T), B = b.Pointer, BStep = (columns + 5) * sizeof(T),
            Ahead = 4096, C = c.Pointer, CRow = pitch * sizeof(T), Bias = bias.Pointer, Tail = columns - (vectors - 1) * lanes, Next = c.Pointer,
        };
        tiles.Find(rows, vectors, call.Tail < lanes, start, left, right)(&call);
        for (int i = 0; i < expected.Length; i++)
            if (!expected[i].Equals(c.Span[i]))
                Assert.Fail($"{rows} × {columns}, k {k}, {start}, {left}, {right}: element {i} is {c.Span[i]}, expected {expected[i]}.");
    }

    static GuardedMemory<T> Drawn<T>(int count, bool atEnd, int seed) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var memory = new GuardedMemory<T>(count, atEnd);
        var random = new Random(seed + count);
        foreach (ref T x in memory.Span)
            x = random.Next(40) switch
            {
                0 => T.NaN,
                1 => T.PositiveInfinity,
                2 => T.Epsilon,
                3 => T.CreateChecked(-0.0),
                _ => T.CreateTruncating(random.NextDouble() * 2 - 1),
            };
        return memory;
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Panels_hold_every_element_and_zeros_beyond(bool doubles)
    {
        if (doubles) Panels<double>();
        else Panels<float>();
    }

    static void Panels<T>() where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int count = 1; count <= 37; count++)
            foreach (int k in (int[])[0, 1, 7, 8, 16, 29])
                foreach (int width in (int[])[count, (count + 15) / 16 * 16, count + 1])
                    foreach (bool isAlongK in (bool[])[true, false])
                    {
                        // Along k rows lie apart; else their k's do. A gap of 3 must stay unread.
                        int stride = isAlongK ? k + 3 : 1, kStride = isAlongK ? 1 : count + 3, pitch = width + 2;
                        using var source = Drawn<T>(k == 0 ? 0 : (count - 1) * stride + (k - 1) * kStride + 1, atEnd: count % 2 == 0, count);
                        using var panel = new GuardedMemory<T>(k == 0 ? 0 : (k - 1) * pitch + width, atEnd: count % 2 == 0);
                        panel.Span.Fill(T.CreateChecked(77));
                        Packing.Panel(source.Pointer, stride, kStride, panel.Pointer, count, width, pitch, k);
                        for (int at = 0; at < panel.Span.Length; at++)
                        {
                            int i = at % pitch, p = at / pitch;
                            T expected = i >= width ? T.CreateChecked(77) : i >= count ? T.Zero : source.Span[i * stride + p * kStride];
                            if (!expected.Equals(panel.Span[at]))
                                Assert.Fail($"{count} of {width}, k {k}, {(isAlongK ? "rows" : "columns")}: element ({p}, {i}) is {panel.Span[at]}, expected {expected}.");
                        }
                    }
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Blocks_of_dot_products_read_what_there_is_and_nothing_more(IsaTier tier, bool doubles)
    {
        if (doubles) Dots<double>(tier, 1e-14);
        else Dots<float>(tier, 1e-5);
    }

    static void Dots<T>(IsaTier tier, double tolerance) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!Tiers.CanRun(tier) || GemmTiles<T>.For(tier) is not GeneratedTiles<T> tiles) return;
        for (int rows = 1; rows <= DotsSpecification.MostRows(tier); rows++)
            for (int columns = 1; columns <= DotsSpecification.MostColumns(tier, rows); columns++)
                foreach (int k in (int[])[0, 1, tiles.Lanes, 2 * tiles.Lanes + columns])
                {
                    using var a = new GuardedMemory<T>(rows * k, atEnd: columns % 2 == 0);
                    using var b = new GuardedMemory<T>(columns * k, atEnd: columns % 2 == 0);
                    using var sums = new GuardedMemory<T>(rows * columns * tiles.Lanes, atEnd: true);
                    var random = new Random(k);
                    foreach (ref T x in a.Span) x = T.CreateTruncating(random.NextDouble() * 2 - 1);
                    foreach (ref T x in b.Span) x = T.CreateTruncating(random.NextDouble() * 2 - 1);
                    DotsCall call = new()
                    {
                        Whole = k / tiles.Lanes, Tail = k % tiles.Lanes, A = a.Pointer, ARow = k * sizeof(T), B = b.Pointer, BColumn = k * sizeof(T),
                        Sums = sums.Pointer,
                    };
                    tiles.FindDots(rows, columns, k % tiles.Lanes > 0)(&call);
                    for (int i = 0; i < rows; i++)
                        for (int j = 0; j < columns; j++)
                        {
                            double expected = 0, sum = 0;
                            for (int p = 0; p < k; p++)
                                expected += double.CreateChecked(a.Span[i * k + p]) * double.CreateChecked(b.Span[j * k + p]);
                            for (int lane = 0; lane < tiles.Lanes; lane++)
                                sum += double.CreateChecked(sums.Span[(i * columns + j) * tiles.Lanes + lane]);
                            Assert.Equal(expected, sum, tolerance);
                        }
                }
    }
}
