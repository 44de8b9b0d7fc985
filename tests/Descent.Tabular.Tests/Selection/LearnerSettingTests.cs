namespace Descent.Tabular.Tests;

public sealed class LearnerSettingTests
{
    public static TheoryData<string, TargetKind> Learners
    {
        get
        {
            var data = new TheoryData<string, TargetKind>();
            foreach (var entry in LearnerCatalog.All)
            {
                if (entry.Regressor is not null) data.Add(entry.Name, TargetKind.Number);
                if (entry.Classifier is not null) data.Add(entry.Name, TargetKind.Class);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Learners))]
    public void Every_option_takes_the_value_it_has_and_is_named_once(string name, TargetKind kind)
    {
        var learner = LearnerCatalog.Create(name, kind);
        Assert.Equal(kind, learner.Predicts);
        var settings = LearnerSettings.Of(learner);
        Assert.Equal(settings.Length, settings.Select(s => s.Name).Distinct().Count());
        foreach (var setting in settings)
        {
            Assert.Equal(learner, learner.With(setting.Name, setting.Get(learner)));
            Assert.NotEmpty(setting.Help);
            Assert.Throws<ArgumentException>(() => setting.Set(learner, "no such value"));
        }
    }

    [Theory]
    [InlineData("forest", "max-depth", "7", "7")]
    [InlineData("forest", "MaxDepth", "none", "none")]
    [InlineData("forest", "max_features", "sqrt", "square root")]
    [InlineData("forest", "max_features", "0.5", "0.5")]
    [InlineData("forest", "bootstrap", "FALSE", "false")]
    [InlineData("boosting", "learning_rate", "0.05", "0.05")]
    [InlineData("boosting", "loss", "one-versus-all", "OneVersusAll")]
    [InlineData("boosting", "drop_rate", "0.1", "0.1")]
    [InlineData("linear_boosting", "selector", "greedy", "Greedy")]
    [InlineData("knn", "weighting", "distance", "Distance")]
    public void Options_are_set_by_name(string learner, string name, string value, string expected)
    {
        var changed = LearnerCatalog.Create(learner, TargetKind.Class).With(name, value);
        Assert.Equal(expected, LearnerSettings.Of(changed).Single(s => s.Name.Replace("_", "", StringComparison.Ordinal).Equals(name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)).Get(changed));
    }

    [Theory]
    [InlineData("Poisson", "poisson")]
    [InlineData("quantile:0.9", "quantile:0.9")]
    [InlineData("tweedie:1.2", "tweedie:1.2")]
    [InlineData("huber", "huber:0.9")]
    public void Objectives_are_set_by_name(string value, string expected)
    {
        var changed = new BoostingRegressor().With("objective", value);
        Assert.Equal(expected, LearnerSettings.Of(changed).Single(s => s.Name == "objective").Get(changed));
    }

    [Fact]
    public void Mistakes_say_what_there_is()
    {
        Refuse("it has: trees", () => new RandomForestClassifier().With("depth", "3"), "bootstrap");
        Refuse("max_depth=deep: this is not a number or none", () => new RandomForestClassifier().With("max_depth", "deep"));
        Refuse("it must be at least 1", () => new RandomForestClassifier().With("trees", "0"));
        Refuse("objective=cauchy: this is not one of squared", () => new BoostingRegressor().With("objective", "cauchy"));
        Refuse("objective=poisson:2: this is not one of squared", () => new BoostingRegressor().With("objective", "poisson:2"));
        Refuse("Power is 3", () => new BoostingRegressor().With("objective", "tweedie:3"));
        Refuse("one of Uniform, Distance", () => new KNeighborsClassifier().With("weighting", "1"));
        Refuse("there are: boosting", () => LearnerCatalog.Create("bosting", TargetKind.Class));
        Refuse("no learner of classes", () => LearnerCatalog.Create("lasso", TargetKind.Class));

        static void Refuse(string message, Action act, string? also = null)
        {
            string said = Assert.Throws<ArgumentException>(act).Message;
            // The options of a forest come with those of its trees.
            Assert.Contains(also ?? message, said, StringComparison.Ordinal);
        }
    }
}
