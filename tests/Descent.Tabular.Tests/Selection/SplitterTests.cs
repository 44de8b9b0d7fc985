namespace Descent.Tabular.Tests;

/// <summary>A splitter and what its tests are of 12 rows; training rows are all others unless they are given.</summary>
public sealed record SplitterCase(string Name, ISplitter Splitter, int[][] Tests, int[][]? Trains = null)
{
    public override string ToString() => Name;
}

public sealed class SplitterTests
{
    static readonly Labels s_groups = Labels.From([2L, 0, 1, 1, 3, 0, 2, 4, 4, 4, 0, 5]), s_classes = Labels.From([0L, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0]);

    // What scikit-learn 1.2.1 gives for these groups and classes.
    public static TheoryData<SplitterCase> Cases =>
    [
        new("groups", new GroupKFold { Folds = 3 }, [[7, 8, 9, 11], [1, 4, 5, 10], [0, 2, 3, 6]]),
        new("groups and classes", new StratifiedGroupKFold { Folds = 3 }, [[0, 2, 3, 6], [1, 5, 10, 11], [4, 7, 8, 9]]),
        new("each group", new LeaveOneGroupOut(), [[1, 5, 10], [2, 3], [0, 6], [4], [7, 8, 9], [11]]),
        new("each row", new LeaveOneOut(), [.. Enumerable.Range(0, 12).Select(row => new[] { row })]),
        new("time", new TimeSeriesSplit { Splits = 3 }, [[3, 4, 5], [6, 7, 8], [9, 10, 11]], [[0, 1, 2], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6, 7, 8]]),
        new("time with a gap", new TimeSeriesSplit { Splits = 3, TestRows = 2, Gap = 1 }, [[6, 7], [8, 9], [10, 11]], [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6, 7, 8]]),
        new("time, rolling", new TimeSeriesSplit { Splits = 2, MaxTrainRows = 3, Gap = 2 }, [[4, 5, 6, 7], [8, 9, 10, 11]], [[0, 1], [3, 4, 5]]),
        new("purged", new PurgedKFold { Folds = 3, Purge = 1, Embargo = 2 }, [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[7, 8, 9, 10, 11], [0, 1, 2, 11], [0, 1, 2, 3, 4, 5, 6]]),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void Rows_are_parted_as_in_the_reference(SplitterCase c)
    {
        ArgumentNullException.ThrowIfNull(c);
        var parts = c.Splitter.Split(12, s_classes, s_groups).ToArray();
        Assert.Equal(c.Tests, parts.Select(p => p.Test));
        Assert.Equal(c.Trains ?? [.. c.Tests.Select(t => Enumerable.Range(0, 12).Except(t).ToArray())], parts.Select(p => p.Train));
    }

    [Fact]
    public void Repeats_part_the_rows_each_time_anew_and_again_alike()
    {
        var y = Labels.From([.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? 1L : 0)]);
        var repeated = new RepeatedKFold { Folds = 4, Repeats = 3, IsStratified = true, Seed = 7 };
        var parts = repeated.Split(60, y).ToArray();
        Assert.Equal(12, parts.Length);
        foreach (var repeat in parts.Chunk(4)) Assert.Equal(Enumerable.Range(0, 60), repeat.SelectMany(p => p.Test).Order());
        Assert.All(parts, p => Assert.Equal(5, p.Test.Count(row => y.Codes[row] == 1)));
        Assert.NotEqual(parts[0].Test, parts[4].Test);
        Assert.Equal(parts.Select(p => p.Test), repeated.Split(60, y).Select(p => p.Test));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Draws_have_the_sizes_and_shares_asked_for(bool isStratified)
    {
        var y = Labels.From([.. Enumerable.Range(0, 100).Select(i => i % 10 == 0 ? 1L : 0)]);
        var parts = new ShuffleSplit { Splits = 4, TestShare = 0.3, TrainShare = 0.5, IsStratified = isStratified, Seed = 3 }.Split(100, y).ToArray();
        Assert.Equal(4, parts.Length);
        Assert.All(parts, p =>
        {
            Assert.Equal((50, 30), (p.Train.Length, p.Test.Length));
            Assert.Empty(p.Train.Intersect(p.Test));
            if (isStratified) Assert.InRange(p.Test.Count(row => y.Codes[row] == 1), 2, 4);
        });
        Assert.NotEqual(parts[0].Test, parts[1].Test);
    }

    [Fact]
    public void What_cannot_be_parted_is_refused()
    {
        Assert.Contains("groups of each row", Assert.Throws<ArgumentException>(() => new GroupKFold().Split(12)).Message, StringComparison.Ordinal);
        Assert.Contains("5 folds of 3 groups", Assert.Throws<ArgumentException>(() => new GroupKFold().Split(4, null, Labels.From([0L, 1, 2, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("nothing of 4 rows", Assert.Throws<ArgumentException>(() => new TimeSeriesSplit().Split(4)).Message, StringComparison.Ordinal);
        Assert.Contains("nothing to train on", Assert.Throws<ArgumentException>(() => new PurgedKFold { Folds = 2, Purge = 9 }.Split(12)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ShuffleSplit { TestShare = 1 }.Split(12));
        Assert.Throws<ArgumentException>(() => new LeaveOneOut().Split(1));
    }
}
