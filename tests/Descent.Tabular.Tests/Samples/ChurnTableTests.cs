namespace Descent.Tabular.Tests;

public sealed class ChurnTableTests
{
    [Fact]
    public void The_same_seed_gives_the_same_customers_and_more_rows_begin_with_them()
    {
        var few = ChurnTable.Create(200);
        Assert.Equal(CsvTests.Lines(few), CsvTests.Lines(ChurnTable.Create(200)));
        Assert.Equal(CsvTests.Lines(few), CsvTests.Lines(ChurnTable.Create(300)).Take(200));
        Assert.NotEqual(CsvTests.Lines(few), CsvTests.Lines(ChurnTable.Create(200, seed: 2)));
    }

    [Fact]
    public void It_has_every_kind_of_column_gaps_and_what_is_warned_of()
    {
        var frame = ChurnTable.Create();
        Assert.Superset(new HashSet<ColumnType> { ColumnType.Text, ColumnType.DateTime, ColumnType.Float, ColumnType.Integer, ColumnType.Boolean, ColumnType.Category }, frame.Columns.Select(c => c.Type).ToHashSet());
        foreach (string gap in (string[])["last_login", "age", "payment", "monthly_charge", "satisfaction"]) Assert.InRange(frame[gap].MissingCount, 1, frame.Rows / 2);
        Assert.Equal([("customer", ColumnConcern.Identifier), ("currency", ColumnConcern.Constant)], frame.Inspect(ChurnTable.Target).Select(w => (w.Column, w.Concern)));
        double left = Enumerable.Range(0, frame.Rows).Count(row => frame.Get<BooleanColumn>(ChurnTable.Target)[row]) / (double)frame.Rows;
        Assert.InRange(left, 0.2, 0.35);
    }

    [Fact]
    public void It_reads_the_same_from_a_file()
    {
        var frame = ChurnTable.Create(1000);
        var stream = new MemoryStream();
        frame.WriteCsv(stream);
        stream.Position = 0;
        var again = Frame.ReadCsv(stream);
        Assert.Equal(CsvTests.Lines(frame), CsvTests.Lines(again));
        // Whole numbers of years need no point.
        Assert.Equal(frame.Columns.Select(c => c.Name == "age" ? ColumnType.Integer : c.Type), again.Columns.Select(c => c.Type));
    }
}
