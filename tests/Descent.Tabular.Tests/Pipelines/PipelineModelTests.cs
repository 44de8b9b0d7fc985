namespace Descent.Tabular.Tests.Pipelines;

public sealed class PipelineModelTests
{
    public static TheoryData<ILearner> Learners =>
    [
        new Ridge(), new KNeighborsRegressor(), new DecisionTreeRegressor { MaxDepth = 6 }, new BoostingRegressor { Rounds = 20 }, new VotingRegressor { Learners = [new Ridge(), new RandomForestRegressor { Trees = 5 }] },
        new LogisticRegression(), new KNeighborsClassifier(), new RandomForestClassifier { Trees = 10 }, new BoostingClassifier { Rounds = 20 }, new BaggingClassifier { Base = new LogisticRegression(), Members = 3 },
    ];

    static Frame Sample(ILearner learner, int rows, int seed)
    {
        var (frame, target) = TransformerTests.Sample(rows, seed);
        double[] y = target.Numbers.ToArray();
        return frame.With(learner.Predicts == TargetKind.Number ? Column.Of("y", y) : Column.Categories("y", y.Select(v => v < -0.5 ? "low" : v < 1.5 ? "middle" : "high")));
    }

    [Theory, MemberData(nameof(Learners))]
    public void The_default_pipeline_learns_from_a_frame_as_it_comes_and_survives_a_file(ILearner learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        Frame train = Sample(learner, 300, 1), test = Sample(learner, 100, 2);
        var model = Pipeline.Default(train, "y", learner).Fit(train, "y");
        var file = new MemoryStream();
        model.Save(file);
        var again = ModelFile.LoadPipeline(file);
        var second = new MemoryStream();
        again.Save(second);
        Assert.Equal(file.ToArray(), second.ToArray());
        Assert.Equal("y", again.Target);
        if (learner.Predicts == TargetKind.Number)
        {
            double[] predicted = again.Predict(test.Drop("y")), y = test.Get<FloatColumn>("y").Values.ToArray();
            Assert.Equal(model.Predict(test), predicted);
            double r2 = Descent.Metrics.RegressionMetrics.R2(y, predicted);
            Assert.True(r2 > 0.5, $"R² is {r2}");
            Assert.Contains("no classes", Assert.Throws<InvalidOperationException>(() => model.PredictClasses(test)).Message, StringComparison.Ordinal);
            return;
        }
        string[] classes = again.PredictClasses(test.Drop("y"));
        Assert.Equal(model.PredictClasses(test), classes);
        int right = classes.Where((c, i) => c == test["y"].Format(i)).Count();
        Assert.True(right >= 60, $"{right} of 100 are right");
        Assert.Equal(["high", "low", "middle"], again.Classes.ToArray());
        Assert.Equal(model.Probabilities(test), again.Probabilities(test));
        Assert.All(again.Probabilities(test).Chunk(3), p => Assert.Equal(1, p.Sum(), 1e-5));
        if (model.Model is IMarginModel) Assert.Equal(model.Margins(test), again.Margins(test));
    }

    static PipelineModel Fitted(MissingColumn missing = MissingColumn.Throw, UnseenLevel unseen = UnseenLevel.Allow)
    {
        var train = Sample(new Ridge(), 300, 1);
        return (Pipeline.Default(train, "y", new Ridge(), "note") with { MissingColumns = missing, UnseenLevels = unseen }).Fit(train, "y");
    }

    [Fact]
    public void All_columns_that_are_missing_are_named_or_count_as_missing()
    {
        var test = Sample(new Ridge(), 20, 3).Drop("x", "town");
        string message = Assert.Throws<ArgumentException>(() => Fitted().Predict(test)).Message;
        Assert.Contains("'x', 'town'", message, StringComparison.Ordinal);
        Assert.Contains("it has: z, k,", message, StringComparison.Ordinal);
        Assert.All(Fitted(MissingColumn.AsMissing).Predict(test), y => Assert.True(double.IsFinite(y)));
    }

    [Fact]
    public void Levels_that_were_not_there_in_training_are_allowed_or_named()
    {
        var test = Sample(new Ridge(), 2, 3).With(Column.Categories("town", ["Berne", "Rome"]));
        Assert.Equal(2, Fitted().Predict(test).Length);
        Assert.Contains("'Rome'", Assert.Throws<ArgumentException>(() => Fitted(unseen: UnseenLevel.Throw).Predict(test)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_another_type_are_converted_where_that_loses_nothing()
    {
        var model = Fitted();
        var test = Sample(new Ridge(), 30, 3);
        double[] expected = model.Predict(test);
        string?[] Texts(string name) => [.. Enumerable.Range(0, 30).Select(test[name].Format)];
        Assert.Equal(expected, model.Predict(test.With(Column.Of("x", Texts("x"))).With(Column.Of("town", Texts("town"))).With(Column.Of("when", Texts("when"))).With(Column.Categories("k", Texts("k")))));
        Assert.Equal(expected, model.Predict(test.With(Column.Of("k", [.. Texts("k").Select(t => double.Parse(t!, System.Globalization.CultureInfo.InvariantCulture))]))));
        Assert.Equal(expected, model.Predict(test.With(Column.Of("flag", [.. Texts("flag").Select(t => t is null ? double.NaN : t == "true" ? 1 : 0)]))));

        var row = Assert.Throws<ArgumentException>(() => model.Predict(test.With(Column.Of("x", [.. Texts("x")[..7], "dear", .. Texts("x")[8..]]))));
        Assert.Contains("Column 'x' is 'dear' in row 7; the model was fitted to Float", row.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.Predict(test.With(Column.Of("when", new double[30]))));
        Assert.Throws<ArgumentException>(() => model.Predict(test.With(Column.Of("flag", [.. Enumerable.Repeat(0.5, 30)]))));
    }

    [Fact]
    public void A_single_row_comes_from_a_dictionary_or_a_record()
    {
        var model = Fitted();
        var test = Sample(new Ridge(), 1, 3);
        double expected = model.Predict(test)[0];
        var values = new Dictionary<string, object?>
        {
            ["x"] = test.Get<FloatColumn>("x")[0], ["z"] = (decimal)test.Get<FloatColumn>("z")[0], ["k"] = (int)test.Get<IntegerColumn>("k")[0],
            ["flag"] = test.Get<BooleanColumn>("flag")[0], ["town"] = test["town"].Format(0), ["when"] = test.Get<DateTimeColumn>("when")[0],
        };
        Assert.Equal(expected, model.Predict(values), 1e-12);
        var fields = new FrameFields<Dictionary<string, object?>>().Float("x", v => (double)v["x"]!).Float("z", v => (double)(decimal)v["z"]!).Integer("k", v => (int)v["k"]!)
            .Boolean("flag", v => (bool)v["flag"]!).Category("town", v => (string?)v["town"]).Date("when", v => (DateTime)v["when"]!);
        Assert.Equal(expected, model.Predict(fields.Read([values]))[0], 1e-12);
        Assert.Equal((model.Target, expected), (model.PredictColumn(test).Name, ((FloatColumn)model.PredictColumn(test))[0]));

        values.Remove("k");
        Assert.Contains("'k'", Assert.Throws<ArgumentException>(() => model.Predict(values)).Message, StringComparison.Ordinal);
        values["kk"] = 1;
        Assert.Contains("'kk' is not a column", Assert.Throws<ArgumentException>(() => model.Predict(values)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_pipelines_are_refused()
    {
        var file = new MemoryStream();
        Fitted().Save(file);
        Assert.StartsWith("Pipeline file: this is no model file, or it is damaged: ", Assert.Throws<InvalidDataException>(() => ModelFile.LoadPipeline(new MemoryStream(file.ToArray()[..^30]))).Message, StringComparison.Ordinal);
        Assert.Contains("expected descent-model", Assert.Throws<InvalidDataException>(() => ModelFile.Load<IModel>(file)).Message, StringComparison.Ordinal);
        var bad = Fitted() with { Steps = [new OneHotColumns { Columns = [new("town", ["a", "b"], [0, 7], -1, -1)], Unknown = UnknownLevel.Ignore }] };
        var broken = new MemoryStream();
        bad.Save(broken);
        Assert.Contains("damaged", Assert.Throws<InvalidDataException>(() => ModelFile.LoadPipeline(broken)).Message, StringComparison.Ordinal);
    }
}
