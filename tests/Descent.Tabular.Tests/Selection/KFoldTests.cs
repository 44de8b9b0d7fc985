namespace Descent.Tabular.Tests;

public sealed class KFoldTests
{
    [Theory]
    [InlineData(10, 3, false)]
    [InlineData(11, 5, true)]
    [InlineData(2, 2, true)]
    public void Every_row_is_tested_once(int rows, int folds, bool shuffle)
    {
        var parts = new KFold { Folds = folds, Shuffle = shuffle, Seed = 4 }.Split(rows).ToArray();
        Assert.Equal(folds, parts.Length);
        Assert.Equal(Enumerable.Range(0, rows), parts.SelectMany(p => p.Test).Order());
        Assert.All(parts, p => Assert.Equal(Enumerable.Range(0, rows), p.Train.Concat(p.Test).Order()));
        Assert.InRange(parts.Max(p => p.Test.Length) - parts.Min(p => p.Test.Length), 0, 1);
        if (!shuffle) Assert.Equal([0, 1, 2, 3], parts[0].Test);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Folds_hold_each_class_in_its_share(bool shuffle)
    {
        var y = Labels.From([.. Enumerable.Range(0, 50).Select(i => i % 5 == 0 ? 1L : 0)]);
        foreach (var (_, test) in new StratifiedKFold { Shuffle = shuffle }.Split(y))
            Assert.Equal((10, 2), (test.Length, test.Count(i => y.Codes[i] == 1)));
    }

    // What scikit-learn 1.2.1 gives for these labels and three folds.
    [Fact]
    public void Folds_are_allotted_as_in_the_reference() =>
        Assert.Equal([[0, 1, 3, 6], [2, 4, 7], [5, 8, 9]], new StratifiedKFold { Folds = 3 }.Split(Labels.From([1L, 0, 1, 0, 0, 1, 2, 0, 2, 0])).Select(p => p.Test));

    [Fact]
    public void Too_few_rows_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new KFold { Folds = 5 }.Split(4));
        Assert.Throws<ArgumentException>(() => new StratifiedKFold { Folds = 3 }.Split(Labels.From([0L, 0, 1, 1])));
    }
}
