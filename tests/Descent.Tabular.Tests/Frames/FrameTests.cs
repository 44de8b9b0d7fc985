namespace Descent.Tabular.Tests;

/// <summary>A verb on frames, and the rows that come out.</summary>
public sealed record VerbCase(string Name, Func<Frame> Run, params string[] Lines)
{
    public override string ToString() => Name;
}

public sealed class FrameTests
{
    static readonly Frame s_people = new(
        Column.Categories("town", ["B", "A", null, "B", "A"]),
        Column.Of("age", [30.0, 40, 50, double.NaN, 20]),
        new IntegerColumn("id", [1, 2, 3, 4, 5]),
        new BooleanColumn("paid", [true, false, true, true, false], [false, false, false, false, true]),
        Column.Of("born", [new DateTime(1990, 1, 1), new DateTime(1980, 1, 1), new DateTime(1970, 1, 1), new DateTime(1960, 1, 1), new DateTime(2000, 1, 1)]));

    static readonly Frame s_towns = new(Column.Of("town", ["A", "C", null, "A"]), Column.Of("id", [10L, 11, 12, 13]));

    public static TheoryData<VerbCase> Verbs =>
    [
        new("select", () => s_people.Select("id", "town").Slice(0, 2), "1 B", "2 A"),
        new("drop", () => s_people.Drop("age", "paid", "born", "town").Slice(3, 9), "4", "5"),
        new("rename and replace", () => s_people.Rename("id", "n").With(Column.Of("n", [5L, 4, 3, 2, 1])).Select("n").Slice(0, 1), "5"),
        new("where", () => s_people.Where(r => r.Number("age") > 25 && !r.IsMissing("town")).Select("id"), "1", "2"),
        new("where of other kinds", () => s_people.Where(r => r.Flag("paid") && r.Text("town") == "B" && r.Date("born").Year < 1980).Select("id"), "4"),
        new("sort, missing last", () => s_people.Sort("age").Select("id"), "5", "1", "2", "3", "4"),
        new("sort falling, missing last", () => s_people.Sort(("age", true)).Select("id"), "3", "2", "1", "5", "4"),
        new("sort by two", () => s_people.Sort(("town", false), ("age", true)).Select("town", "id"), "A 2", "A 5", "B 1", "B 4", "· 3"),
        new("group", () => s_people.GroupBy("town").Aggregate(("age", Aggregate.Count), ("age", Aggregate.Mean), ("id", Aggregate.Sum), ("born", Aggregate.Least)),
            "B 1 30 5 1960-01-01", "A 2 30 7 1980-01-01", "· 1 50 3 1970-01-01"),
        new("group by two", () => s_people.GroupBy("town", "paid").Aggregate(("id", Aggregate.Greatest), ("id", Aggregate.First), ("id", Aggregate.Last), ("born", Aggregate.Distinct)),
            "B true 4 1 4 2", "A false 2 2 2 1", "· true 3 3 3 1", "A · 5 5 5 1"),
        new("spread and middle", () => s_people.GroupBy().Aggregate(("age", Aggregate.Deviation), ("id", Aggregate.Median), ("age", Aggregate.Median)), "12.909944487358056 3 35"),
        new("of nothing", () => s_people.Slice(3, 1).GroupBy("id").Aggregate(("age", Aggregate.Mean), ("age", Aggregate.Sum), ("age", Aggregate.First), ("age", Aggregate.Count)), "4 · 0 · 0"),
        new("inner join", () => s_people.Select("town", "id").Join(s_towns, ["town"]), "A 2 10", "A 2 13", "A 5 10", "A 5 13"),
        new("left join", () => s_people.Select("town", "id").Join(s_towns, ["town"], JoinKind.Left), "B 1 ·", "A 2 10", "A 2 13", "· 3 ·", "B 4 ·", "A 5 10", "A 5 13"),
        new("right join", () => s_people.Select("town", "id").Slice(0, 2).Join(s_towns, ["town"], JoinKind.Right), "A 2 10", "A 2 13", "C · 11", "· · 12"),
        new("outer join", () => s_people.Select("town", "id").Slice(0, 2).Join(s_towns, ["town"], JoinKind.Outer), "B 1 ·", "A 2 10", "A 2 13", "C · 11", "· · 12"),
        new("concat", () => s_people.Select("town", "age", "paid").Slice(2, 3).Concat(s_people.Select("paid", "age", "town").Slice(0, 1)), "· 50 true", "B · true", "A 20 ·", "B 30 true"),
        new("take with gaps", () => s_people.Take([4, -1, 0]), "A 20 5 · 2000-01-01", "· · · · ·", "B 30 1 true 1990-01-01"),
        new("records", () => new FrameFields<(string? Name, int Age)>().Category("name", p => p.Name).Text("also", p => p.Name).Integer("age", p => p.Age == 0 ? null : p.Age)
            .Float("half", p => p.Age / 2.0).Boolean("adult", p => p.Age >= 18).Date("none", p => null).Read([("Ann", 31), (null, 0)]), "Ann Ann 31 15.5 true ·", "· · · 0 false ·"),
    ];

    [Theory, MemberData(nameof(Verbs))]
    public void Verbs_give_the_rows_expected(VerbCase verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        var frame = verb.Run();
        Assert.Equal(verb.Lines, Enumerable.Range(0, frame.Rows).Select(row => string.Join(' ', frame.Columns.Select(c => c.Format(row) ?? "·"))));
    }

    [Fact]
    public void Joined_names_do_not_collide() => Assert.Equal(["town", "id", "id_right"], s_people.Select("town", "id").Join(s_towns, ["town"]).Names);

    public static TheoryData<string, Action, string> Mistakes => new()
    {
        { "an unknown column", () => _ = s_people["ages"], "'ages' is not a column; the columns are: town, age, id, paid, born" },
        { "another kind", () => s_people.Get<TextColumn>("age"), "Column 'age' is Float; expected a TextColumn" },
        { "lengths", () => s_people.With(Column.Of("x", [1.0])), "has 1 rows, but 'town' has 5" },
        { "names", () => s_people.Rename("id", "age"), "Two columns are called 'age'" },
        { "a row that is not there", () => s_people.Take([5]), "there is no row 5" },
        { "a mean of text", () => s_people.GroupBy("id").Aggregate(("town", Aggregate.Mean)), "column 'town' is Category, which has no Mean" },
        { "keys of two types", () => s_people.Join(s_towns.With(Column.Of("id", [1.0, 2, 3, 4])), ["id"]), "'id' is Integer and 'id' is Float" },
        { "no keys", () => s_people.Join(s_towns, []), "no key columns" },
        { "other columns", () => s_people.Concat(s_towns), "2 columns" },
        { "a share above 1", () => s_people.Split(1.5), "testShare is 1.5" },
        { "text as numbers", () => s_people.Where(r => r.Number("town") > 0), "is Category, which is no number" },
        { "a level without a name", () => _ = new CategoryColumn("c", [2], ["a", "b"]), "there is no level 2" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_explained(string name, Action run, string message)
    {
        _ = name;
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0)]
    [InlineData(1)]
    public void Splits_part_the_rows_and_keep_strata(double share)
    {
        var frame = new Frame(Column.Of("i", [.. Enumerable.Range(0, 400).Select(i => (double)i)]), Column.Categories("c", Enumerable.Range(0, 400).Select(i => i % 10 == 0 ? "rare" : "common")));
        var (train, test) = frame.Split(share, seed: 3, stratify: "c");
        Assert.Equal(400 * share, test.Rows);
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (double)i), train.Get<FloatColumn>("i").Values.ToArray().Concat(test.Get<FloatColumn>("i").Values.ToArray()).Order());
        Assert.Equal(40 * share, test.Where(r => r.Text("c") == "rare").Rows);
        Assert.Equal(CsvTests.Lines(test), CsvTests.Lines(frame.Split(share, seed: 3, stratify: "c").Test));
        if (share is > 0 and < 1) Assert.NotEqual(CsvTests.Lines(test), CsvTests.Lines(frame.Split(share, seed: 4, stratify: "c").Test));
    }

    [Fact]
    public void Suspicious_columns_are_found()
    {
        var random = new Random(1);
        double[] y = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble())];
        var frame = new Frame(
            Column.Of("row", [.. Enumerable.Range(0, 200).Select(i => (long)i + 7)]),
            Column.Of("key", [.. Enumerable.Range(0, 200).Select(i => $"k{i}")]),
            Column.Of("same", [.. Enumerable.Repeat(1L, 200)]),
            Column.Of("empty", [.. Enumerable.Repeat(double.NaN, 200)]),
            Column.Of("noise", [.. y.Select(v => v + 2 * random.NextDouble())]),
            Column.Of("leak", [.. y.Select(v => 3 * v + 1e-4 * random.NextDouble())]),
            Column.Of("y", y));
        frame = frame.With(frame["noise"].WithName("noise again"));
        Assert.Equal(
            [("row", ColumnConcern.Identifier), ("key", ColumnConcern.Identifier), ("same", ColumnConcern.Constant), ("empty", ColumnConcern.Constant), ("leak", ColumnConcern.Leak), ("noise again", ColumnConcern.Duplicate)],
            frame.Inspect("y").Select(w => (w.Column, w.Concern)));

        var labels = frame.With(Column.Categories("class", y.Select(v => v > 0.5 ? "high" : "low")));
        Assert.Equal(["leak", "y"], labels.Inspect("class").Where(w => w.Concern == ColumnConcern.Leak).Select(w => w.Column));
    }

    [Fact]
    public void A_frame_prints_its_first_and_last_rows()
    {
        string text = new Frame(Column.Of("n", [.. Enumerable.Range(0, 100).Select(i => (long)i)]), Column.Of("t", [.. Enumerable.Repeat<string?>(null, 100)])).ToString();
        Assert.Contains("100 rows × 2 columns", text, StringComparison.Ordinal);
        Assert.Equal(14, text.Split('\n').Length);
        Assert.Contains("…", text, StringComparison.Ordinal);
    }
}
