namespace Descent.Tabular.Tests.Pipelines;

public sealed class PipelineTests
{
    /// <summary>Subtracts from every number what the mean was in training.</summary>
    sealed record Centring : ITransformer<Centred>
    {
        public Centred Fit(Frame train, Target? target = null) => new(Enumerable.Range(0, train.Rows).Average(i => train.Get<FloatColumn>("x")[i]));
    }

    sealed record Centred(double Mean) : IFittedTransformer
    {
        public Frame Apply(Frame frame)
        {
            var x = frame.Get<FloatColumn>("x");
            return frame.With(Column.Of("x", [.. Enumerable.Range(0, x.Count).Select(i => x[i] - Mean)]));
        }
    }

    [Fact]
    public void Steps_and_learner_are_fitted_to_the_training_rows_alone_and_applied_to_others()
    {
        var train = new Frame(Column.Of("x", [1.0, 2, 3, 6]), Column.Of("y", [3.0, 5, 7, 13]));
        var model = new Pipeline { Steps = [new Centring()], Learner = new LinearRegression() }.Fit(train, "y");
        var other = new Frame(Column.Of("unused", [true]), Column.Of("x", [10.0]));
        Assert.Equal(7, model.Prepare(other).Column(0)[0]);
        Assert.Equal(21, Assert.IsType<LinearRegressionModel>(model.Model).Predict(model.Prepare(other))[0], 1e-9);
        Assert.Contains("'x'", Assert.Throws<ArgumentException>(() => model.Prepare(train.Drop("x"))).Message);
    }

    [Fact]
    public void A_learner_says_what_kind_of_target_it_takes()
    {
        ILearner learner = new LinearRegression();
        Assert.Equal(TargetKind.Number, learner.Predicts);
        var classes = Target.Of(Labels.From([0L, 1, 0]));
        Assert.Throws<InvalidOperationException>(() => learner.Fit(Features.FromRows([1, 2, 3], 1), classes));
    }
}
