using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>A kind of learner, as it is asked for by name.</summary>
/// <param name="Name">The name, such as <c>forest</c>.</param>
/// <param name="Summary">What it is.</param>
/// <param name="Regressor">Makes one for numbers; null where there is none.</param>
/// <param name="Classifier">Makes one for classes; null where there is none.</param>
public sealed record CatalogEntry(string Name, string Summary, Func<ILearner>? Regressor, Func<ILearner>? Classifier)
{
    /// <summary>One for a kind of target, with its defaults; null where there is none.</summary>
    public ILearner? Create(TargetKind kind) => (kind == TargetKind.Class ? Classifier : Regressor)?.Invoke();
}

/// <summary>The learners that can be asked for by name.</summary>
public static class LearnerCatalog
{
    /// <summary>All learners that have a name.</summary>
    public static ImmutableArray<CatalogEntry> All { get; } =
    [
        new("boosting", "Second-order gradient boosted trees.", () => new BoostingRegressor(), () => new BoostingClassifier()),
        new("linear_boosting", "Second-order boosting of linear functions.", () => new LinearBoostingRegressor(), () => new LinearBoostingClassifier()),
        new("gbdt", "First-order gradient boosted trees.", () => new GradientBoostingRegressor(), () => new GradientBoostingClassifier()),
        new("forest", "Random forest.", () => new RandomForestRegressor(), () => new RandomForestClassifier()),
        new("extra_trees", "Extremely randomised trees.", () => new ExtraTreesRegressor(), () => new ExtraTreesClassifier()),
        new("adaboost", "Adaptive boosting of small trees.", () => new AdaBoostRegressor(), () => new AdaBoostClassifier()),
        new("tree", "One decision tree.", () => new DecisionTreeRegressor(), () => new DecisionTreeClassifier()),
        new("linear", "Ridge regression, or logistic regression.", () => new Ridge(), () => new LogisticRegression()),
        new("least_squares", "Ordinary least squares.", () => new LinearRegression(), null),
        new("lasso", "Linear, with an L1 penalty.", () => new Lasso(), null),
        new("elastic_net", "Linear, with an L1 and an L2 penalty.", () => new ElasticNet(), null),
        new("glm", "Linear in the logarithm of the mean: Poisson, gamma, Tweedie.", () => new GeneralizedLinearRegressor(), null),
        new("linear_svm", "Linear support vector machine.", () => new LinearSvmRegressor(), () => new LinearSvmClassifier()),
        new("sgd", "Linear, by stochastic descent.", () => new SgdRegressor(), () => new SgdClassifier()),
        new("perceptron", "Rosenblatt's rule.", null, () => new Perceptron()),
        new("naive_bayes", "Gaussian naive Bayes.", null, () => new GaussianNaiveBayes()),
        new("knn", "Nearest neighbours.", () => new KNeighborsRegressor(), () => new KNeighborsClassifier()),
        new("svm", "Support vector machine with a kernel.", () => new SvmRegressor(), () => new SvmClassifier()),
        new("gaussian_process", "Gaussian process, for few rows.", () => new GaussianProcessRegressor(), () => new GaussianProcessClassifier()),
        new("mlp", "Neural network with vectors for the levels of categories.", () => new MlpRegressor(), () => new MlpClassifier()),
        new("dummy", "Looks at the target alone.", () => new DummyRegressor(), () => new DummyClassifier()),
    ];

    /// <summary>The learner of a name for a kind of target, with its defaults; case, dashes and underscores do not matter.</summary>
    /// <exception cref="ArgumentException">There is none, or none for that kind; the message lists those that are.</exception>
    public static ILearner Create(string name, TargetKind kind)
    {
        var entry = All.FirstOrDefault(e => SettingNames.Same(e.Name, name));
        return entry?.Create(kind) ?? throw new ArgumentException($"'{name}' is {(entry is null ? "not a learner" : $"no learner of {(kind == TargetKind.Class ? "classes" : "numbers")}")}; there are: "
            + $"{string.Join(", ", All.Where(e => e.Create(kind) is not null).Select(e => e.Name))}.", nameof(name));
    }
}
