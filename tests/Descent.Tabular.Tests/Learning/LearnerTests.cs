using Descent.Metrics;
using Descent.Tensors;

namespace Descent.Tabular.Tests;

/// <summary>A learner of numbers, and the least R² it must reach on rows it has not seen.</summary>
public sealed record RegressorCase(string Name, IRegressor<IRegressionModel> Learner, double LeastR2)
{
    public bool TakesGaps { get; init; }
    public bool TakesCategories { get; init; }

    /// <summary>Whether doubling a weight is the same as giving the row twice: not where rows are counted or drawn, nor where small nodes tie.</summary>
    public bool WeightsAreCopies { get; init; } = true;

    /// <summary>What the targets are made of, where not every number will do.</summary>
    public Func<double, double> Target { get; init; } = y => y;

    public override string ToString() => Name;
}

/// <summary>A learner of classes, and the least accuracy it must reach on rows it has not seen.</summary>
public sealed record ClassifierCase(string Name, IClassifier<IClassificationModel> Learner, double LeastAccuracy)
{
    public bool TakesGaps { get; init; }
    public bool TakesCategories { get; init; }
    public bool WeightsAreCopies { get; init; } = true;

    /// <summary>Whether features must not be negative.</summary>
    public bool IsOfCounts { get; init; }

    public bool IsBinary { get; init; }

    public override string ToString() => Name;
}

/// <summary>What every learner owes.</summary>
[Collection(nameof(Numerics))]
public sealed class LearnerTests
{
    static readonly DecisionTreeRegressor s_treeR = new() { MinSamplesLeaf = 3 };
    static readonly DecisionTreeClassifier s_treeC = new() { MinSamplesLeaf = 3 };

    public static TheoryData<RegressorCase> Regressors =>
    [
        new("tree", s_treeR, 0.6) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("tree, absolute", s_treeR with { Criterion = RegressionCriterion.Absolute }, 0.6) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("tree, Friedman, best first", new DecisionTreeRegressor { Criterion = RegressionCriterion.Friedman, MaxLeafNodes = 30 }, 0.6) { TakesGaps = true, TakesCategories = true },
        new("tree, Poisson", s_treeR with { Criterion = RegressionCriterion.Poisson }, 0.6) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false, Target = y => Math.Exp(y / 3) },
        new("tree, pruned", new DecisionTreeRegressor { CcpAlpha = 0.05 }, 0.5) { TakesGaps = true, TakesCategories = true },
        new("forest", new RandomForestRegressor { Trees = 20 }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("extra trees", new ExtraTreesRegressor { Trees = 20 }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("AdaBoost.R2", new AdaBoostRegressor { Rounds = 20, Base = new DecisionTreeRegressor { MaxDepth = 5 } }, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("AdaBoost.R2, exponential", new AdaBoostRegressor { Rounds = 20, Loss = AdaBoostLoss.Exponential }, 0.6) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("GBDT", new GradientBoostingRegressor { Rounds = 60 }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("GBDT of stumps", new GradientBoostingRegressor { Rounds = 100, MaxDepth = 1, LearningRate = 0.3 }, 0.8) { TakesGaps = true, TakesCategories = true },
        new("GBDT, absolute", new GradientBoostingRegressor { Rounds = 60, Loss = GradientBoostingLoss.Absolute }, 0.75) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("GBDT, Huber, half the rows", new GradientBoostingRegressor { Rounds = 60, Loss = GradientBoostingLoss.Huber, Subsample = 0.5 }, 0.75) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("bagging", new BaggingRegressor { FeatureShare = 0.8, OutOfBag = true }, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("voting", new VotingRegressor { Learners = [new Ridge(), new KNeighborsRegressor()], Weights = [2, 1] }, 0.8) { WeightsAreCopies = false },
        new("stacking", new StackingRegressor { Learners = [new Ridge(), new DecisionTreeRegressor { MaxDepth = 4 }] }, 0.8) { WeightsAreCopies = false },
        new("stacking in two layers", new StackingRegressor { Learners = [new Ridge(), s_treeR], FinalLearner = new StackingRegressor { Learners = [new LinearRegression(), new KNeighborsRegressor()], PassThrough = true } }, 0.8) { WeightsAreCopies = false },
        new("blending", new StackingRegressor { Learners = [s_treeR, new GradientBoostingRegressor { Rounds = 30 }], HoldOut = 0.3, FinalLearner = new DecisionTreeRegressor { MaxDepth = 5 } }, 0.6) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("least squares", new LinearRegression(), 0.8),
        new("ridge", new Ridge(), 0.8),
        new("elastic net", new ElasticNet { Alpha = 0.01 }, 0.8),
        new("lasso", new Lasso { Alpha = 0.01 }, 0.8),
        new("generalised linear", new GeneralizedLinearRegressor { Alpha = 0.01 }, 0.6) { Target = y => Math.Exp(y / 3) },
        new("linear SVM", new LinearSvmRegressor { MaxIterations = 10_000 }, 0.8),
        new("linear SVM, squared", new LinearSvmRegressor { IsSquared = true, Epsilon = 0.1 }, 0.8),
        new("SGD", new SgdRegressor(), 0.8) { WeightsAreCopies = false },
        new("SGD, held out", new SgdRegressor { Loss = SgdLoss.Huber, Epsilon = 1, ValidationShare = 0.2, Schedule = SgdSchedule.Adaptive, Penalty = SgdPenalty.L1 }, 0.8) { WeightsAreCopies = false },
        new("SVM", new SvmRegressor { C = 10, Gamma = 0.15, Tolerance = 1e-6 }, 0.8),
        new("Gaussian process", new GaussianProcessRegressor { Kernel = new RbfKernel { Lengths = [2] } + new WhiteKernel { Noise = 0.05 }, Optimize = false }, 0.8) { WeightsAreCopies = false },
        new("network", new MlpRegressor { Hidden = [32], Epochs = 60, LearningRate = 0.01 }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("neighbours", new KNeighborsRegressor(), 0.7) { WeightsAreCopies = false },
        new("conformal", new ConformalRegressor { Base = new Ridge(), Folds = 4 }, 0.8) { WeightsAreCopies = false },
        new("conformal, split", new ConformalRegressor { Base = s_treeR, Method = ConformalMethod.Split }, 0.6) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("conformal quantiles", new ConformalQuantileRegressor(), 0.5) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("prepared", new PreparedRegressor { Learner = new LinearRegression() }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("dummy", new DummyRegressor(), -0.1) { TakesGaps = true, TakesCategories = true },
        new("dummy, median", new DummyRegressor { Strategy = DummyStrategy.Median }, -0.1) { TakesGaps = true, TakesCategories = true },
        new("neighbours by distance", new KNeighborsRegressor { Weighting = NeighborWeighting.Distance, Metric = NeighborMetric.Manhattan }, 0.7) { WeightsAreCopies = false },
        new("neighbours in a radius", new KNeighborsRegressor { Radius = 1.5, Weighting = NeighborWeighting.Distance }, 0.7),
        new("neighbours by balls", new KNeighborsRegressor { Metric = NeighborMetric.Mahalanobis, Algorithm = NeighborAlgorithm.BallTree }, 0.7) { WeightsAreCopies = false },
        new("second order", new BoostingRegressor { Rounds = 40, BaseScore = 0 }, 0.8) { TakesGaps = true, TakesCategories = true },
        new("second order, histograms", new BoostingRegressor { Rounds = 40, Method = TreeMethod.Histogram }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("second order, leaf-wise", new BoostingRegressor { Rounds = 60, Growth = TreeGrowth.LeafWise, MaxLeaves = 15, MaxDepth = 0, MinRowsInLeaf = 5, LearningRate = 0.2f }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("second order, quantised", new BoostingRegressor { Rounds = 40, QuantizedGradients = true }, 0.78) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("second order, great gradients", new BoostingRegressor { Rounds = 60, Method = TreeMethod.Histogram, GossTopShare = 0.3, GossOtherShare = 0.2, LearningRate = 0.2f }, 0.75) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("second order, drawn", new BoostingRegressor { Rounds = 40, Subsample = 0.7, ColumnsByTree = 0.8, ColumnsByLevel = 0.8, ColumnsByNode = 0.8 }, 0.75) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("second order, pseudo-Huber", new BoostingRegressor { Rounds = 40, Objective = new PseudoHuberObjective(), BaseScore = 0 }, 0.7) { TakesGaps = true, TakesCategories = true },
        new("second order, gamma", new BoostingRegressor { Rounds = 40, Objective = new GammaObjective(), BaseScore = 1 }, 0.7) { TakesGaps = true, TakesCategories = true, Target = y => Math.Exp(y / 3) },
        new("second order, Tweedie", new BoostingRegressor { Rounds = 40, Objective = new TweedieObjective(), BaseScore = 1 }, 0.7) { TakesGaps = true, TakesCategories = true, Target = y => Math.Exp(y / 3) },
        new("second order, absolute", new BoostingRegressor { Rounds = 40, Objective = new AbsoluteObjective() }, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("second order, Huber", new BoostingRegressor { Rounds = 40, Objective = new HuberObjective() }, 0.7) { TakesGaps = true, TakesCategories = true },
        new("second order, quantiles", new BoostingRegressor { Rounds = 40, Objective = new QuantileObjective { Levels = [0.1, 0.5, 0.9] } }, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("second order, Poisson", new BoostingRegressor { Rounds = 40, Objective = new PoissonObjective() }, 0.7) { TakesGaps = true, TakesCategories = true, Target = y => Math.Exp(y / 3) },
        new("second order, dropping", new BoostingRegressor { Rounds = 40, Dart = new() { RateDrop = 0.1 }, BaseScore = 0 }, 0.75) { TakesGaps = true, TakesCategories = true },
        // A line needs as many rows as it has numbers, whatever they weigh.
        new("second order, lines in leaves", new BoostingRegressor { Rounds = 20, MaxDepth = 3, LinearLeaves = true, LinearLambda = 0.5, BaseScore = 0 }, 0.8) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("linear, second order", new LinearBoostingRegressor { Rounds = 20, Selector = CoordinateSelector.Shuffle, BaseScore = 0 }, 0.8) { TakesGaps = true },
        new("linear, Poisson", new LinearBoostingRegressor { Rounds = 60, Objective = new PoissonObjective(), Lambda = 0.001f, BaseScore = 1 }, 0.6) { TakesGaps = true, Target = y => Math.Exp(y / 3) },
    ];

    public static TheoryData<ClassifierCase> Classifiers =>
    [
        new("tree", s_treeC, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("tree, entropy, best first", new DecisionTreeClassifier { Criterion = ClassificationCriterion.Entropy, MaxLeafNodes = 20 }, 0.7) { TakesGaps = true, TakesCategories = true },
        new("tree, pruned", new DecisionTreeClassifier { CcpAlpha = 0.01 }, 0.7) { TakesGaps = true, TakesCategories = true },
        new("forest", new RandomForestClassifier { Trees = 20 }, 0.75) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("extra trees", new ExtraTreesClassifier { Trees = 20 }, 0.75) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("AdaBoost", new AdaBoostClassifier { Rounds = 20, Base = new DecisionTreeClassifier { MaxDepth = 2 } }, 0.65) { TakesGaps = true, TakesCategories = true },
        new("AdaBoost, real", new AdaBoostClassifier { Rounds = 20, Base = new DecisionTreeClassifier { MaxDepth = 2 }, Algorithm = AdaBoostAlgorithm.SammeR }, 0.65) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("AdaBoost of stumps, real", new AdaBoostClassifier { Rounds = 20, Algorithm = AdaBoostAlgorithm.SammeR }, 0.8) { TakesGaps = true, TakesCategories = true, IsBinary = true },
        new("GBDT", new GradientBoostingClassifier { Rounds = 20 }, 0.75) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("GBDT of stumps", new GradientBoostingClassifier { Rounds = 40, MaxDepth = 1, LearningRate = 0.3 }, 0.7) { TakesGaps = true, TakesCategories = true },
        new("GBDT, exponential", new GradientBoostingClassifier { Rounds = 20, Loss = GradientBoostingClassLoss.Exponential }, 0.8) { TakesGaps = true, TakesCategories = true, IsBinary = true },
        new("bagging", new BaggingClassifier { FeatureShare = 0.8, OutOfBag = true }, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("voting", new VotingClassifier { Learners = [new LogisticRegression(), new GaussianNaiveBayes()] }, 0.75),
        new("voting, hard", new VotingClassifier { Learners = [new LogisticRegression(), new GaussianNaiveBayes(), new Perceptron { Epochs = 20 }], IsHard = true }, 0.7) { WeightsAreCopies = false },
        new("stacking", new StackingClassifier { Learners = [new GaussianNaiveBayes(), new DecisionTreeClassifier { MaxDepth = 4 }, new Perceptron { Epochs = 20 }] }, 0.7) { WeightsAreCopies = false },
        new("stacking of two classes", new StackingClassifier { Learners = [new GaussianNaiveBayes(), new DecisionTreeClassifier { MaxDepth = 4 }], PassThrough = true }, 0.8) { IsBinary = true, WeightsAreCopies = false },
        new("blending", new StackingClassifier { Learners = [s_treeC, new RandomForestClassifier { Trees = 10 }], HoldOut = 0.3, FinalLearner = new DecisionTreeClassifier { MaxDepth = 3 } }, 0.65) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("logistic", new LogisticRegression(), 0.8),
        new("logistic, two classes", new LogisticRegression { C = 10 }, 0.8) { IsBinary = true },
        new("logistic, L1", new LogisticRegression { L1Ratio = 1 }, 0.8),
        new("logistic, elastic net, two classes", new LogisticRegression { L1Ratio = 0.5 }, 0.8) { IsBinary = true },
        new("linear SVM", new LinearSvmClassifier(), 0.75),
        new("linear SVM, hinge, two classes", new LinearSvmClassifier { IsSquared = false, Tolerance = 1e-9, MaxIterations = 10_000 }, 0.8) { IsBinary = true },
        new("SGD", new SgdClassifier(), 0.65) { WeightsAreCopies = false },
        new("SGD, log, averaged, held out", new SgdClassifier { Loss = SgdClassLoss.Log, AverageFrom = 10, ValidationShare = 0.2 }, 0.65) { WeightsAreCopies = false },
        new("SGD, modified Huber, two classes", new SgdClassifier { Loss = SgdClassLoss.ModifiedHuber, Penalty = SgdPenalty.ElasticNet, Schedule = SgdSchedule.InverseScaling }, 0.8) { IsBinary = true, WeightsAreCopies = false },
        new("SVM", new SvmClassifier { Gamma = 0.15, Tolerance = 1e-6 }, 0.75),
        new("SVM, probabilities", new SvmClassifier { Kernel = SvmKernelKind.Linear, Probability = true }, 0.75) { WeightsAreCopies = false },
        new("SVM, polynomial, two classes", new SvmClassifier { Kernel = SvmKernelKind.Polynomial, Degree = 2, Offset = 1, Tolerance = 1e-6 }, 0.8) { IsBinary = true },
        new("Gaussian process", new GaussianProcessClassifier { Optimize = false }, 0.75),
        new("network", new MlpClassifier { Hidden = [32], Epochs = 30, LearningRate = 0.01, Activation = MlpActivation.Gelu, Dropout = 0.1 }, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("perceptron", new Perceptron { Epochs = 50 }, 0.5) { WeightsAreCopies = false },
        new("Gaussian", new GaussianNaiveBayes(), 0.7),
        new("multinomial", new MultinomialNaiveBayes(), 0.5) { IsOfCounts = true },
        new("complement", new ComplementNaiveBayes(), 0.5) { IsOfCounts = true },
        new("Bernoulli", new BernoulliNaiveBayes { Threshold = 2 }, 0.5) { IsOfCounts = true },
        new("neighbours", new KNeighborsClassifier(), 0.7) { WeightsAreCopies = false },
        new("neighbours in a radius", new KNeighborsClassifier { Radius = 1.5, Algorithm = NeighborAlgorithm.KdTree }, 0.65),
        new("neighbours by angle", new KNeighborsClassifier { Metric = NeighborMetric.Cosine }, 0.6) { WeightsAreCopies = false },
        new("calibrated, ensemble", new CalibratedClassifier { Base = s_treeC }, 0.7) { TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("calibrated by steps", new CalibratedClassifier { Base = new GaussianNaiveBayes(), Method = CalibrationMethod.Isotonic, IsEnsemble = false }, 0.7) { WeightsAreCopies = false },
        new("calibrated by temperature", new CalibratedClassifier { Base = new LogisticRegression(), Method = CalibrationMethod.Temperature }, 0.8) { WeightsAreCopies = false },
        new("calibrated, two classes", new CalibratedClassifier { Base = new GaussianNaiveBayes(), Method = CalibrationMethod.Temperature, IsEnsemble = false }, 0.8) { IsBinary = true, WeightsAreCopies = false },
        new("threshold", new ThresholdClassifier { Base = new RandomForestClassifier { Trees = 10 }, Scorer = Scorers.F1 }, 0.75) { IsBinary = true, TakesGaps = true, TakesCategories = true, WeightsAreCopies = false },
        new("conformal sets", new ConformalClassifier { Base = new LogisticRegression() }, 0.8) { WeightsAreCopies = false },
        new("prepared", new PreparedClassifier { Learner = new LogisticRegression() }, 0.8) { TakesGaps = true, TakesCategories = true },
        new("dummy", new DummyClassifier(), 0.2) { TakesGaps = true, TakesCategories = true },
        new("dummy, most frequent", new DummyClassifier { Strategy = DummyClassStrategy.MostFrequent }, 0.2) { TakesGaps = true, TakesCategories = true },
        new("second order", new BoostingClassifier { Rounds = 15 }, 0.75) { TakesGaps = true, TakesCategories = true },
        new("second order, two classes", new BoostingClassifier { Rounds = 15, BaseScore = 0.5f }, 0.8) { TakesGaps = true, TakesCategories = true, IsBinary = true },
        new("second order, one versus all", new BoostingClassifier { Rounds = 15, Loss = BoostingClassLoss.OneVersusAll }, 0.75) { TakesGaps = true, TakesCategories = true },
        new("second order, hinge", new BoostingClassifier { Rounds = 15, Loss = BoostingClassLoss.Hinge }, 0.75) { TakesGaps = true, TakesCategories = true, IsBinary = true },
        new("linear, second order", new LinearBoostingClassifier { Rounds = 30 }, 0.75) { TakesGaps = true },
    ];

    [Theory, MemberData(nameof(Regressors))]
    public void Regressors_learn_alike_on_any_number_of_threads(RegressorCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var (x, y) = Numbers(learner);
        int[] train = [.. Enumerable.Range(0, 300)], test = [.. Enumerable.Range(300, 200)];
        double[] targets = Array.ConvertAll(train, i => y[i]);
        double[] one = OnThreads(1, () => learner.Learner.Fit(x.Take(train), targets).Predict(x.Take(test)));
        double[] two = OnThreads(2, () => learner.Learner.Fit(x.Take(train), targets).Predict(x.Take(test)));
        Assert.Equal(one, two);
        double r2 = RegressionMetrics.R2(Array.ConvertAll(test, i => y[i]), one);
        Assert.True(r2 >= learner.LeastR2, $"R² is {r2}");
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Classifiers_learn_alike_on_any_number_of_threads(ClassifierCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var (x, y) = Classes(learner);
        int[] train = [.. Enumerable.Range(0, 300)], test = [.. Enumerable.Range(300, 200)];
        var one = OnThreads(1, () => Predict(learner.Learner.Fit(x.Take(train), y.Take(train)), x.Take(test)));
        var two = OnThreads(2, () => Predict(learner.Learner.Fit(x.Take(train), y.Take(train)), x.Take(test)));
        Assert.Equal(one.Classes, two.Classes);
        Assert.Equal(one.Probabilities, two.Probabilities);
        double right = test.Where((row, i) => one.Classes[i] == y.Codes[row]).Count() / (double)test.Length;
        Assert.True(right >= learner.LeastAccuracy, $"the accuracy is {right}");
        if (one.Probabilities is { } p)
            Assert.All(p.Chunk(y.Classes.Length), own => Assert.Equal(1, own.Sum(), 1e-5));

        static (int[] Classes, double[]? Probabilities) Predict(IClassificationModel model, Features x) => (model.Predict(x), (model as IProbabilisticModel)?.Probabilities(x));
    }

    [Theory, MemberData(nameof(Regressors))]
    public void A_weight_of_two_is_a_row_given_twice_to_regressors(RegressorCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        if (!learner.WeightsAreCopies) return;
        var (x, y) = Numbers(learner);
        int[] rows = [.. Enumerable.Range(0, 120)], twice = [.. rows, .. rows.Where(i => i % 3 == 0)];
        double[] weighted = learner.Learner.Fit(x.Take(rows), y.AsSpan(0, 120), [.. rows.Select(i => i % 3 == 0 ? 2.0 : 1)]).Predict(x);
        double[] copied = learner.Learner.Fit(x.Take(twice), Array.ConvertAll(twice, i => y[i])).Predict(x);
        for (int i = 0; i < weighted.Length; i++) Assert.Equal(copied[i], weighted[i], 1e-4 * Math.Max(1, Math.Abs(copied[i])));
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void A_weight_of_two_is_a_row_given_twice_to_classifiers(ClassifierCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        if (!learner.WeightsAreCopies) return;
        var (x, y) = Classes(learner);
        int[] rows = [.. Enumerable.Range(0, 120)], twice = [.. rows, .. rows.Where(i => i % 3 == 0)];
        var weighted = learner.Learner.Fit(x.Take(rows), y.Take(rows), [.. rows.Select(i => i % 3 == 0 ? 2.0 : 1)]);
        var copied = learner.Learner.Fit(x.Take(twice), y.Take(twice));
        Assert.Equal(copied.Predict(x), weighted.Predict(x));
    }

    [Theory, MemberData(nameof(Regressors))]
    public void Regressors_refuse_what_they_cannot_learn(RegressorCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var (x, y) = Numbers(learner);
        Refuse("expected at least one", () => learner.Learner.Fit(x.Take([]), []));
        Refuse("499 targets for 500 rows", () => learner.Learner.Fit(x, y.AsSpan(1)));
        Refuse("1 weights for 500 rows", () => learner.Learner.Fit(x, y, [1]));
        Refuse("all weights are 0", () => learner.Learner.Fit(x, y, new double[500]));
        double[] bad = [.. y];
        bad[7] = double.NaN;
        Refuse("target 7 is NaN", () => learner.Learner.Fit(x, bad));
        var model = learner.Learner.Fit(x, y);
        Refuse("the model was trained on", () => model.Predict(Features.FromRows(new double[4], 2)));
        var gaps = WithGaps(x);
        if (learner.TakesGaps) Assert.All(learner.Learner.Fit(gaps, y).Predict(gaps), v => Assert.True(double.IsFinite(v)));
        else Refuse("it must be finite", () => learner.Learner.Fit(gaps, y));
        var categories = WithCategories(x);
        if (learner.TakesCategories) Assert.All(learner.Learner.Fit(categories, y).Predict(categories), v => Assert.True(double.IsFinite(v)));
        else Refuse("is a category", () => learner.Learner.Fit(categories, y));
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Classifiers_refuse_what_they_cannot_learn(ClassifierCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var (x, y) = Classes(learner);
        Refuse("expected at least one", () => learner.Learner.Fit(x.Take([]), y.Take([])));
        Refuse("2 targets for 500 rows", () => learner.Learner.Fit(x, y.Take([0, 1])));
        Refuse("weight 3 is -1", () => learner.Learner.Fit(x, y, [.. Enumerable.Range(0, 500).Select(i => i == 3 ? -1.0 : 1)]));
        var gaps = WithGaps(x);
        if (learner.TakesGaps) Assert.Equal(500, learner.Learner.Fit(gaps, y).Predict(gaps).Length);
        else Refuse("it must be finite", () => learner.Learner.Fit(gaps, y));
        var categories = WithCategories(x);
        if (learner.TakesCategories) Assert.Equal(500, learner.Learner.Fit(categories, y).Predict(categories).Length);
        else Refuse("is a category", () => learner.Learner.Fit(categories, y));
    }

    [Theory, MemberData(nameof(Regressors))]
    public void Regressors_survive_a_file(RegressorCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var (x, y) = Numbers(learner);
        var model = learner.Learner.Fit(x, y);
        Assert.Equal(model.Predict(x), Reload(model).Predict(x));
    }

    [Theory, MemberData(nameof(Classifiers))]
    public void Classifiers_survive_a_file(ClassifierCase learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        var (x, y) = Classes(learner);
        var model = learner.Learner.Fit(x, y);
        var again = Reload(model);
        Assert.Equal(model.Classes.ToArray(), again.Classes.ToArray());
        Assert.Equal(model.Predict(x), again.Predict(x));
        if (model is IProbabilisticModel probabilistic) Assert.Equal(probabilistic.Probabilities(x), ((IProbabilisticModel)again).Probabilities(x));
    }

    /// <summary>The model from its own file, which must be the same bytes when it is written again, and refuse damage.</summary>
    static TModel Reload<TModel>(TModel model) where TModel : class, IModel
    {
        var first = new MemoryStream();
        model.Save(first);
        var again = ModelFile.Load<TModel>(first);
        var second = new MemoryStream();
        again.Save(second);
        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Equal(model.GetType(), again.GetType());

        byte[] cut = first.ToArray()[..^20];
        Assert.Throws<InvalidDataException>(() => ModelFile.Load<TModel>(new MemoryStream(cut)));
        Assert.Contains("expected a KMeansModel", Assert.Throws<InvalidDataException>(() => ModelFile.Load<KMeansModel>(first)).Message, StringComparison.Ordinal);
        return again;
    }

    static void Refuse(string message, Action fit) => Assert.Contains(message, Assert.Throws<ArgumentException>(fit).Message, StringComparison.Ordinal);

    internal static T OnThreads<T>(int threads, Func<T> run)
    {
        int before = Numerics.Threads;
        try
        {
            Numerics.Threads = threads;
            return run();
        }
        finally
        {
            Numerics.Threads = before;
        }
    }

    /// <summary>500 rows of 5 features, three of which matter.</summary>
    static (Features X, double[] Signal) Sample(bool isOfCounts)
    {
        var random = new Random(5);
        double[] rows = new double[500 * 5], signal = new double[500];
        for (int i = 0; i < signal.Length; i++)
        {
            var row = rows.AsSpan(i * 5, 5);
            foreach (ref double v in row) v = isOfCounts ? random.Next(0, 6) : Math.Round(4 * random.NextDouble() - 2, 3);
            signal[i] = isOfCounts ? row[0] - row[1] + 0.5 * row[2] - 1.2 : 2 * row[0] - row[1] + (row[2] > 0 ? 1.5 : -1.5) + 0.2 * (random.NextDouble() - 0.5);
        }
        return (Features.FromRows(rows, 5), signal);
    }

    static (Features X, double[] Y) Numbers(RegressorCase learner)
    {
        var (x, signal) = Sample(false);
        return (x, Array.ConvertAll(signal, s => learner.Target(s)));
    }

    static (Features X, Labels Y) Classes(ClassifierCase learner)
    {
        var (x, signal) = Sample(learner.IsOfCounts);
        return (x, Labels.From(Array.ConvertAll(signal, s => s < -1 ? 0L : s < 1.2 || learner.IsBinary ? 1 : 2)));
    }

    static Features WithGaps(Features x)
    {
        double[] rows = new double[x.Rows * x.Columns];
        x.CopyRows(0, rows);
        for (int i = 0; i < rows.Length; i += 7) rows[i] = double.NaN;
        return Features.FromRows(rows, x.Columns);
    }

    static Features WithCategories(Features x)
    {
        string[] towns = ["a", "b", "c", "d"];
        return Features.Of(new Frame(Column.Of("n", x.Column(0).ToArray()), Column.Categories("town", Enumerable.Range(0, x.Rows).Select(i => i % 11 == 0 ? null : towns[i % 4]))));
    }
}

/// <summary>Tests that change the number of threads do not run beside others that do.</summary>
[CollectionDefinition(nameof(Numerics), DisableParallelization = true)]
public sealed class NumericsCollection;
