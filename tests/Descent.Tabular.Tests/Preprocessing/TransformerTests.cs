using Descent.Tensors;

namespace Descent.Tabular.Tests;

/// <summary>A step, and what of a frame it works on.</summary>
public sealed record TransformerCase(string Name, ITransformer<IFittedTransformer> Step)
{
    /// <summary>A column that it is fitted to by default.</summary>
    public string On { get; init; } = "x";

    /// <summary>Whether it takes the column's values for what they are, so that text in the place of numbers is wrong.</summary>
    public bool TakesAnyType { get; init; }

    /// <summary>Whether it refuses to learn from missing numbers.</summary>
    public bool NeedsValues { get; init; }

    public override string ToString() => Name;
}

/// <summary>What every step owes.</summary>
[Collection(nameof(Numerics))]
public sealed class TransformerTests
{
    public static TheoryData<TransformerCase> Steps =>
    [
        new("mean", new SimpleImputer()),
        new("median, with indicators", new SimpleImputer { Strategy = Imputation.Median, AddIndicator = true }),
        new("most frequent", new SimpleImputer { Strategy = Imputation.MostFrequent }),
        new("constant", new SimpleImputer { Strategy = Imputation.Constant, Number = -1 }),
        new("indicators", new MissingIndicator { All = true }) { TakesAnyType = true },
        new("standard", new StandardScaler()),
        new("min-max, cut", new MinMaxScaler { Least = -1, Clip = true }),
        new("max-abs", new MaxAbsScaler()),
        new("robust", new RobustScaler()),
        new("one-hot", new OneHotEncoder()) { On = "town", TakesAnyType = true },
        new("one-hot, rare levels grouped", new OneHotEncoder { MaxLevels = 3, Unknown = UnknownLevel.Rare, Drop = DroppedLevel.First }) { On = "town", TakesAnyType = true },
        new("dates", new DateParts()) { On = "when" },
        new("dates, cyclic", new DateParts { Cyclic = true, Parts = [DatePart.Month, DatePart.Weekday, DatePart.Hour, DatePart.Elapsed] }) { On = "when" },
        new("quantiles", new QuantileTransformer { QuantileCount = 20 }),
        new("quantiles, normal", new QuantileTransformer { Output = QuantileOutput.Normal }),
        new("Yeo and Johnson", new PowerTransformer()),
        new("Box and Cox", new PowerTransformer { Method = PowerMethod.BoxCox, Columns = ["z"] }) { On = "z" },
        new("bins", new Binning()),
        new("bins of equal width, one-hot", new Binning { Strategy = BinStrategy.Uniform, OneHot = true }),
        new("bins by k-means", new Binning { Strategy = BinStrategy.KMeans, Bins = 3 }),
        new("nearest rows", new KnnImputer { AddIndicator = true }),
        new("nearest rows by distance", new KnnImputer { Weighting = NeighborWeighting.Distance, MaxRows = 30, Columns = ColumnSelector.Fitting.Except("k") }),
        new("ordinal", new OrdinalEncoder()) { On = "town", TakesAnyType = true },
        new("target", new TargetEncoder()) { On = "town", TakesAnyType = true },
        new("target, by variances", new TargetEncoder { Smoothing = null, Columns = ["town", "k"] }) { On = "town", TakesAnyType = true },
        new("hashed", new FeatureHasher { Width = 8 }) { On = "town", TakesAnyType = true },
        new("TF-IDF", new TextVectorizer()) { On = "note" },
        new("counts of letters", new TextVectorizer { Idf = false, Tokens = new() { Kind = TokenKind.CharactersInWords, Least = 2, Most = 3 }, MaxFeatures = 30 }) { On = "note" },
        new("TF-IDF, summed", new TextVectorizer { Components = 3, Tokens = new() { Most = 2 } }) { On = "note" },
        new("hashed text", new TextHasher { Width = 16 }) { On = "note" },
        new("products", new PolynomialFeatures { Degree = 3 }),
        new("components", new Pca()) { NeedsValues = true },
        new("components, whitened", new Pca { VarianceShare = 0.9, Whiten = true }) { NeedsValues = true },
        new("components by random products", new Pca { Components = 2, Randomized = true }) { NeedsValues = true },
        new("singular vectors", new TruncatedSvd()) { NeedsValues = true },
        new("variance", new SelectByVariance { Threshold = 1 }),
        new("mutual information", new SelectByMutualInformation { Count = 2 }),
        new("lasso", new SelectByModel { Learner = new Lasso { Alpha = 0.1 } }) { NeedsValues = true },
        new("importances", new SelectByModel { Learner = new RandomForestRegressor { Trees = 5 }, Count = 2 }),
        new("drop", new DropColumns { Columns = ["k"] }) { On = "k", TakesAnyType = true },
    ];

    [Theory, MemberData(nameof(Steps))]
    public void A_row_alone_becomes_what_it_becomes_among_others(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (train, y) = Sample(80, 1, step);
        var fitted = step.Step.Fit(train, y);
        var (test, _) = Sample(12, 2);
        var whole = fitted.Apply(test);
        for (int row = 0; row < test.Rows; row++) Same(whole.Slice(row, 1), fitted.Apply(test.Slice(row, 1)));
    }

    [Theory, MemberData(nameof(Steps))]
    public void Steps_learn_alike_on_any_number_of_threads(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (train, y) = Sample(80, 1, step);
        var one = LearnerTests.OnThreads(1, () => Learn(step, train, y));
        var two = LearnerTests.OnThreads(2, () => Learn(step, train, y));
        Assert.Equal(one.File, two.File);
        Same(one.Rows, two.Rows);
    }

    [Theory, MemberData(nameof(Steps))]
    public void Steps_survive_a_file(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (train, y) = Sample(80, 1, step);
        var fitted = step.Step.Fit(train, y);
        var again = Reload(fitted);
        Assert.Equal(fitted.GetType(), again.GetType());
        Assert.Equal(Bytes(fitted), Bytes(again));
        var (test, _) = Sample(12, 2);
        Same(fitted.Apply(test), again.Apply(test));
    }

    [Theory, MemberData(nameof(Steps))]
    public void A_frame_without_rows_stays_one(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (train, y) = Sample(80, 1, step);
        var fitted = step.Step.Fit(train, y);
        var empty = fitted.Apply(train.Slice(0, 0));
        Assert.Equal(0, empty.Rows);
        Assert.Equal(fitted.Apply(train).Names, empty.Names);
        Assert.Contains("no rows", Assert.Throws<ArgumentException>(() => step.Step.Fit(train.Slice(0, 0), y.Take([]))).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Steps))]
    public void Columns_without_a_value_or_of_one_value_are_taken(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (train, y) = Sample(80, 1, step);
        foreach (int row in (int[])[0, -1])
        {
            // Row 0 has no missing value.
            int[] all = new int[train.Rows];
            Array.Fill(all, row);
            var flat = train.Take(all).With(train["z"]);
            if (step.NeedsValues && row < 0)
            {
                Assert.Contains("Impute", Assert.Throws<ArgumentException>(() => step.Step.Fit(flat, y)).Message, StringComparison.Ordinal);
                continue;
            }
            var fitted = step.Step.Fit(flat, y);
            var (test, _) = Sample(12, 2);
            foreach (var applied in (Frame[])[fitted.Apply(flat), fitted.Apply(test)])
                foreach (var column in applied.Columns.OfType<FloatColumn>())
                    Assert.DoesNotContain(column.Values.ToArray(), double.IsInfinity);
        }
    }

    [Theory, MemberData(nameof(Steps))]
    public void A_column_that_is_missing_or_of_another_type_is_named(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (train, y) = Sample(80, 1, step);
        var fitted = step.Step.Fit(train, y);
        if (fitted is DroppedColumns) return;
        Assert.Contains($"'{step.On}'", Assert.Throws<ArgumentException>(() => fitted.Apply(train.Drop(step.On))).Message, StringComparison.Ordinal);
        if (step.TakesAnyType) return;
        bool isText = step.On == "note";
        var wrong = train.With(isText ? Column.Of("note", new double[train.Rows]) : Column.Of(step.On, [.. Enumerable.Repeat("nonsense", train.Rows)]));
        string message = Assert.Throws<ArgumentException>(() => fitted.Apply(wrong)).Message;
        Assert.Contains($"'{step.On}'", message, StringComparison.Ordinal);
        Assert.Contains(isText ? "Float" : "Text", message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Steps))]
    public void Unseen_levels_and_missing_values_are_taken(TransformerCase step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (train, y) = Sample(80, 1, step);
        var fitted = step.Step.Fit(train.Slice(0, 50), y.Take([.. Enumerable.Range(0, 50)]));
        var strange = train.With(Column.Categories("town", Enumerable.Range(0, train.Rows).Select(i => i % 5 == 0 ? null : $"never {i}")));
        Assert.Equal(train.Rows, fitted.Apply(strange).Rows);
        var missing = train.Take([.. Enumerable.Repeat(-1, 5)]);
        Assert.Equal(5, fitted.Apply(missing).Rows);
    }

    [Fact]
    public void Tables_that_would_not_fit_into_memory_are_refused_with_advice()
    {
        const int Rows = 30_000;
        var frame = new Frame(Column.Categories("id", Enumerable.Range(0, Rows).Select(i => $"{i}")), Column.Of("t", [.. Enumerable.Range(0, Rows).Select(i => $"word{i}")]),
            Column.Of("a", new double[Rows]), Column.Of("b", new double[Rows]), Column.Of("c", new double[Rows]));
        void Refuse(string advice, ITransformer<IFittedTransformer> step) => Assert.Contains(advice, Assert.Throws<ArgumentException>(() => step.Fit(frame)).Message, StringComparison.Ordinal);
        Refuse("MaxLevels", new OneHotEncoder());
        Refuse("Components", new TextVectorizer { MaxFeatures = Rows });
        Refuse("Degree", new PolynomialFeatures { Degree = 60 });
        Assert.Equal(1000, new TextVectorizer().Fit(frame).Columns[0].Terms.Length);
        Assert.Equal(5, new OneHotEncoder { MaxLevels = 5 }.Fit(frame).Columns[0].Outputs);
    }

    static (byte[] File, Frame Rows) Learn(TransformerCase step, Frame train, Target y)
    {
        var fitted = step.Step.Fit(train, y);
        return (Bytes(fitted), step.Step.TrainingRows(train, y, fitted));
    }

    internal static byte[] Bytes(IFittedTransformer fitted)
    {
        var stream = new MemoryStream();
        Wrap(fitted).Save(stream);
        return stream.ToArray();
    }

    static IFittedTransformer Reload(IFittedTransformer fitted) => ModelFile.LoadPipeline(new MemoryStream(Bytes(fitted))).Steps[0];

    static PipelineModel Wrap(IFittedTransformer fitted) => new()
    {
        Input = new() { Columns = [] },
        Target = "y",
        Steps = [fitted],
        Model = new LinearRegressionModel { Schema = FeatureSchema.Numbers(1), Weights = [1], Intercept = 0 },
    };

    /// <summary>The same columns with the same values, bit for bit.</summary>
    internal static void Same(Frame expected, Frame actual)
    {
        Assert.Equal(expected.Names, actual.Names);
        foreach (var column in expected.Columns)
        {
            Assert.Equal(column.Type, actual[column.Name].Type);
            Assert.Equal(Enumerable.Range(0, expected.Rows).Select(column.Format), Enumerable.Range(0, actual.Rows).Select(actual[column.Name].Format));
        }
    }

    internal static (Frame Frame, Target Target) Sample(int rows, int seed, TransformerCase step)
    {
        var (frame, target) = Sample(rows, seed);
        int[] kept = [.. Enumerable.Range(0, rows).Where(row => !step.NeedsValues || frame.Columns.All(c => c.Name is "town" or "note" or "when" || !c.IsMissing(row)))];
        return (frame.Take(kept), target.Take(kept));
    }

    /// <summary>Columns of all types with gaps, the first row without; the target depends on them.</summary>
    internal static (Frame Frame, Target Target) Sample(int rows, int seed)
    {
        var random = new Random(seed);
        string[] towns = ["Berne", "Basle", "Geneva", "Lugano", "Zug"], words = ["good", "bad", "ugly", "late", "early", "cheap", "dear"];
        double[] x = new double[rows], z = new double[rows], k = new double[rows], y = new double[rows];
        string?[] town = new string?[rows], note = new string?[rows];
        var when = new DateTime[rows];
        bool[] flag = new bool[rows], noFlag = new bool[rows], noDate = new bool[rows];
        for (int i = 0; i < rows; i++)
        {
            x[i] = Math.Round(4 * random.NextDouble(), 3);
            z[i] = Math.Round(Math.Exp(3 * random.NextDouble()), 3);
            k[i] = random.Next(0, 6);
            int place = random.Next(100) is var roll && roll < 50 ? 0 : roll < 80 ? 1 : roll < 90 ? 2 : roll < 97 ? 3 : 4;
            town[i] = towns[place];
            note[i] = string.Join(' ', Enumerable.Range(0, random.Next(2, 7)).Select(_ => words[random.Next(words.Length)]));
            when[i] = new DateTime(2020, 1, 1).AddHours(random.Next(0, 20_000));
            flag[i] = random.Next(2) == 1;
            y[i] = x[i] - 0.3 * z[i] + place + (flag[i] ? 1 : 0);
            if (i == 0) continue;
            if (random.Next(10) == 0) x[i] = double.NaN;
            if (random.Next(10) == 0) town[i] = null;
            if (random.Next(10) == 0) note[i] = null;
            noFlag[i] = random.Next(10) == 0;
            noDate[i] = random.Next(10) == 0;
        }
        var frame = new Frame(Column.Of("x", x), Column.Of("z", z), new IntegerColumn("k", Array.ConvertAll(k, v => (long)v)), new BooleanColumn("flag", flag, noFlag),
            Column.Categories("town", town), Column.Of("note", note), new DateTimeColumn("when", when, noDate));
        return (frame, Target.Of(y));
    }
}
