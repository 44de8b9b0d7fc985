namespace Descent.Tabular.Tests;

/// <summary>A learner of numbers and what scikit-learn 1.2.1 predicts with the same options.</summary>
public sealed record RegressionReference(string Name, IRegressor<IRegressionModel> Learner, double[] Predictions)
{
    public bool IsUnweighted { get; init; }

    /// <summary>Whether the targets are exp(y / 3).</summary>
    public bool IsOfCounts { get; init; }

    public override string ToString() => Name;
}

/// <summary>A learner of classes and the probabilities that scikit-learn 1.2.1 gives with the same options (of logistic regression by its Newton solver, the most exact).</summary>
public sealed record ClassReference(string Name, IClassifier<IClassificationModel> Learner, double[] Probabilities)
{
    public bool IsUnweighted { get; init; }
    public bool IsBinary { get; init; }

    /// <summary>Whether the features are whole numbers from 0.</summary>
    public bool IsOfCounts { get; init; }

    public override string ToString() => Name;
}

/// <summary>A learner of classes and the scores by which scikit-learn 1.2.1 tells them apart with the same options.</summary>
public sealed record ScoreReference(string Name, IClassifier<IClassificationModel> Learner, double[] Scores)
{
    public bool IsUnweighted { get; init; }
    public bool IsBinary { get; init; }

    public override string ToString() => Name;
}

/// <summary>Sixty rows made by formula, and what scikit-learn makes of them.</summary>
public sealed class ReferenceTests
{
    const int Rows = 60, Columns = 3;

    static readonly double[] s_x = [.. from i in Enumerable.Range(0, Rows) from j in Enumerable.Range(0, Columns) select (i * i * 31 + j * j * 17 + i * j * 7 + 11 * i + 5 * j) % 97 / 97.0 * 4 - 2];
    static readonly double[] s_y = [.. Enumerable.Range(0, Rows).Select(i => 2 * s_x[3 * i] - s_x[3 * i + 1] * s_x[3 * i + 1] + s_x[3 * i + 2] + (i * 37 % 23 / 23.0 - 0.5))];
    static readonly double[] s_weights = [.. Enumerable.Range(0, Rows).Select(i => 1.0 + i % 3)];
    static readonly double[] s_test = [.. s_x.Take(4 * Columns).Select(v => v * 0.9 + 0.05)];

    public static TheoryData<RegressionReference> Regressions =>
    [
        new("least squares", new LinearRegression(), [-4.1176121710264875, -2.429525465365022, -1.1519363380502936, -3.71164994524419]),
        new("least squares, no constant", new LinearRegression { FitIntercept = false }, [-2.5310283521344035, -0.5898054818453232, 0.7935687772530678, -1.9351169868528142]) { IsUnweighted = true },
        new("ridge", new Ridge { Alpha = 5 }, [-4.0236804597713025, -2.411542941026194, -1.168992321307559, -3.6499513542337483]),
        new("ridge, no constant", new Ridge { Alpha = 5, FitIntercept = false }, [-2.3650012615841685, -0.5658055792380658, 0.743827976064038, -1.828577488329623]) { IsUnweighted = true },
        new("lasso", new Lasso { Alpha = 0.2 }, [-3.956088021360734, -2.397781803263208, -1.292408582167984, -3.5871031576077588]),
        new("elastic net", new ElasticNet { Alpha = 0.3, L1Ratio = 0.4, Tolerance = 1e-12 }, [-3.668566359649662, -2.342313827815673, -1.297290168993404, -3.405095825378446]),
        new("Poisson", new GeneralizedLinearRegressor { Alpha = 0.1 }, [0.3300152862165827, 0.5331105748373263, 0.8094895990365523, 0.36739056517054974]) { IsOfCounts = true },
        new("gamma", new GeneralizedLinearRegressor { Power = 2, Alpha = 0.1 }, [0.2953052447104584, 0.4997799110546757, 0.7516216410913003, 0.33716459630804235]) { IsOfCounts = true },
        new("Tweedie", new GeneralizedLinearRegressor { Power = 1.5, Alpha = 0.1 }, [0.31197000754791326, 0.5149162687515957, 0.776999914412108, 0.35119464805948075]) { IsOfCounts = true },
        new("linear SVM", new LinearSvmRegressor { C = 0.5, Epsilon = 0.3, Tolerance = 1e-10, MaxIterations = 1_000_000 }, [-3.96881392283, -2.19926302176, -0.938959823787, -3.41899131848]),
        new("linear SVM, squared", new LinearSvmRegressor { C = 0.5, Epsilon = 0.3, IsSquared = true, Tolerance = 1e-9 }, [-4.09558548014, -2.45755124878, -1.18214319593, -3.73859868203]),
        new("SVM, rbf", new SvmRegressor { C = 2, Tolerance = 1e-7 }, [-3.55806934708, -1.5146762046, -1.85032514984, -2.20970641493]),
        new("SVM, poly", new SvmRegressor { Kernel = SvmKernelKind.Polynomial, Degree = 2, Offset = 1, C = 2, Tolerance = 1e-7 }, [-3.37944700994, -1.73785586134, -1.6233064109, -2.63929986618]),
        new("SVM, linear", new SvmRegressor { Kernel = SvmKernelKind.Linear, C = 2, Tolerance = 1e-7 }, [-3.96624897794, -2.17349344046, -1.01844343102, -3.40011058827]),
        new("SVM, sigmoid", new SvmRegressor { Kernel = SvmKernelKind.Sigmoid, Gamma = 0.1, Offset = 0.2, C = 2, Tolerance = 1e-7 }, [-2.46885879013, -2.71015205877, -1.24872120738, -3.98696859007]),
        new("SGD, squared", new SgdRegressor { Shuffle = false, Epochs = 5, Tolerance = null }, [-3.51397423127, -2.12940845618, -0.907711005418, -3.25979352493]),
        new("SGD, Huber", new SgdRegressor { Loss = SgdLoss.Huber, Epsilon = 0.2, Shuffle = false, Epochs = 5, Tolerance = null }, [-0.207696249376, -0.360033313869, -0.214746272687, -0.446777369675]),
        new("SGD, epsilon", new SgdRegressor { Loss = SgdLoss.EpsilonInsensitive, Epsilon = 0.2, Shuffle = false, Epochs = 5, Tolerance = null }, [-1.70582549005, -1.40122026863, -0.746867516328, -1.97409752325]),
        new("SGD, squared epsilon", new SgdRegressor { Loss = SgdLoss.SquaredEpsilonInsensitive, Epsilon = 0.2, Shuffle = false, Epochs = 5, Tolerance = null }, [-4.00381434269, -2.40528376802, -1.11239503069, -3.66325373384]),
        new("SGD, adaptive", new SgdRegressor { Shuffle = false, Schedule = SgdSchedule.Adaptive }, [-4.14033001237, -2.44637794666, -1.09231466932, -3.75539184589]) { IsUnweighted = true },
        new("neighbours", new KNeighborsRegressor { Neighbors = 4 }, [-3.1386380754781498, -1.9213992615765667, -1.8563343607184613, -2.5954948314980575]) { IsUnweighted = true },
        new("neighbours by distance", new KNeighborsRegressor { Neighbors = 6, Weighting = NeighborWeighting.Distance, Metric = NeighborMetric.Manhattan }, [-4.146437218921843, -1.8162672239789353, -2.041638244273509, -2.4624262711996088]) { IsUnweighted = true },
        new("neighbours, Chebyshev", new KNeighborsRegressor { Neighbors = 3, Metric = NeighborMetric.Chebyshev }, [-4.356640496841599, -1.6963892110698824, -1.981954527040869, -2.5821846489870173]) { IsUnweighted = true },
        new("tree, absolute", new DecisionTreeRegressor { Criterion = RegressionCriterion.Absolute, MaxDepth = 3, MinSamplesLeaf = 4 }, [-5.371686220870859, -2.6140582328667743, -2.6140582328667743, -2.6140582328667743]),
        new("tree, Poisson", new DecisionTreeRegressor { Criterion = RegressionCriterion.Poisson, MaxDepth = 3, MinSamplesLeaf = 4 }, [0.36577380414021543, 0.7659754116301867, 0.7659754116301867, 0.36577380414021543]) { IsOfCounts = true },
        new("tree, Friedman", new DecisionTreeRegressor { Criterion = RegressionCriterion.Friedman, MaxLeafNodes = 7, MinSamplesLeaf = 3 }, [-5.858090416332525, -2.1594383730655666, -2.1594383730655666, -2.1594383730655666]),
        new("tree, pruned", new DecisionTreeRegressor { CcpAlpha = 0.1 }, [-4.944649598738883, -2.6801203016429556, -2.6801203016429556, -2.6801203016429556]),
        new("tree, decrease", new DecisionTreeRegressor { MinImpurityDecrease = 0.08, MinWeightFractionLeaf = 0.05 }, [-6.078009645405802, -2.7574865718378985, -1.2194849123576017, -2.7574865718378985]),
        new("GBDT, squared_error", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Squared, Alpha = 0.8, MaxDepth = 2, MinSamplesLeaf = 5 }, [-3.1050044797577527, -1.96296150538329, -1.96296150538329, -2.6619689995262314]),
        new("GBDT without weights, squared_error", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Squared, Alpha = 0.8, MaxDepth = 1, LearningRate = 0.3 }, [-3.6476256806737224, -1.5176206595400217, -0.8530126256942162, -3.6922608142535562]) { IsUnweighted = true },
        new("GBDT, absolute_error", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Absolute, Alpha = 0.8, MaxDepth = 2, MinSamplesLeaf = 5 }, [-3.0839151111839325, -2.17831327442928, -2.042556427856034, -2.68952379395961]),
        new("GBDT without weights, absolute_error", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Absolute, Alpha = 0.8, MaxDepth = 1, LearningRate = 0.3 }, [-4.091388299120378, -2.3618449353719773, -1.114451307947726, -3.1764017657887385]) { IsUnweighted = true },
        new("GBDT, huber", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Huber, Alpha = 0.8, MaxDepth = 2, MinSamplesLeaf = 5 }, [-3.3438818251839084, -2.2361781710941937, -2.2361781710941937, -2.8065042542274665]),
        new("GBDT without weights, huber", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Huber, Alpha = 0.8, MaxDepth = 1, LearningRate = 0.3 }, [-3.747520698480137, -1.9271717126773311, -1.8684756457606064, -3.321131191857713]) { IsUnweighted = true },
        new("GBDT, quantile", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Quantile, Alpha = 0.8, MaxDepth = 2, MinSamplesLeaf = 5 }, [-0.7698417230583868, -1.3416997452110897, -0.8672882775136496, -1.3416997452110897]),
        new("GBDT without weights, quantile", new GradientBoostingRegressor { Rounds = 12, Loss = GradientBoostingLoss.Quantile, Alpha = 0.8, MaxDepth = 1, LearningRate = 0.3 }, [-0.8222421064402005, -1.7005863051814611, -1.7005863051814611, -2.342348772629372]) { IsUnweighted = true },
    ];

    public static TheoryData<ClassReference> Classifications =>
    [
        new("logistic", new LogisticRegression { C = 2 }, [0.997364737392, 0.00263526260804, 0.974809207877, 0.0251907921229, 0.889302661456, 0.110697338544, 0.996284561464, 0.00371543853568]) { IsBinary = true },
        new("logistic, no constant", new LogisticRegression { C = 2, FitIntercept = false }, [0.852431734643, 0.147568265357, 0.703436661809, 0.296563338191, 0.509231356477, 0.490768643523, 0.866961607541, 0.133038392459]) { IsUnweighted = true, IsBinary = true },
        new("softmax", new LogisticRegression { C = 0.5 }, [0.993594546469, 0.00455055416967, 0.00185489936147, 0.594183173129, 0.357652338418, 0.0481644884531, 0.294862341822, 0.543285869963, 0.161851788215, 0.924616449381, 0.0687535146201, 0.00663003599883]),
        new("logistic, L1", new LogisticRegression { C = 0.3, L1Ratio = 1, Tolerance = 1e-10, MaxIterations = 100_000 }, [0.988925663125, 0.0110743368754, 0.936044301656, 0.0639556983438, 0.811537960795, 0.188462039205, 0.98449859544, 0.0155014045601]) { IsBinary = true },
        new("softmax, L1", new LogisticRegression { C = 0.1, L1Ratio = 1, Tolerance = 1e-10, MaxIterations = 100_000 }, [0.946191681614, 0.0147156450619, 0.0390926733237, 0.559112978662, 0.272691227181, 0.168195794157, 0.37338630042, 0.348982550665, 0.277631148914, 0.837630867477, 0.0916798876091, 0.0706892449141]),
        new("softmax, elastic net", new LogisticRegression { C = 0.2, L1Ratio = 0.4, Tolerance = 1e-10, MaxIterations = 100_000 }, [0.976161680343, 0.0135968545113, 0.0102414651453, 0.579201718816, 0.340495022814, 0.0803032583697, 0.342129120442, 0.468531672647, 0.189339206911, 0.875162817833, 0.104019418703, 0.0208177634639]),
        new("logistic by SAGA", new LogisticRegression { C = 2, Solver = LogisticSolver.Saga, Tolerance = 1e-10, MaxIterations = 100_000 }, [0.997364737409, 0.00263526259119, 0.974809207967, 0.0251907920329, 0.889302661722, 0.110697338278, 0.996284561485, 0.00371543851486]) { IsBinary = true },
        new("SGD, log", new SgdClassifier { Loss = SgdClassLoss.Log, Shuffle = false, Epochs = 7, Tolerance = null, Penalty = SgdPenalty.L1, Alpha = 0.02, Schedule = SgdSchedule.Adaptive, LearningRate = 0.05 }, [0.957098148965, 0.0107845696328, 0.0321172814023, 0.628778174456, 0.31470088742, 0.0565209381239, 0.340540871306, 0.474932818685, 0.184526310009, 0.864323845039, 0.116436037392, 0.0192401175689]),
        new("SGD, modified Huber", new SgdClassifier { Loss = SgdClassLoss.ModifiedHuber, Shuffle = false, Epochs = 7, Tolerance = null, Schedule = SgdSchedule.Constant, LearningRate = 0.05 }, [1, 0, 0, 0.77773391804, 0.22226608196, 0, 0.411851625424, 0.588148374576, 0, 1, 0, 0]),
        new("Gaussian", new GaussianNaiveBayes(), [0.9997298423271449, 9.73313819468e-05, 0.000172826290908, 0.675861210694929, 0.30703424751803615, 0.01710454178703437, 0.34971651062517906, 0.5993383491827544, 0.05094514019206645, 0.9874338917276887, 0.0115904643087, 0.00097564396365]),
        new("multinomial", new MultinomialNaiveBayes { Alpha = 0.7 }, [0.8169330081085022, 0.02063014362883927, 0.16243684826265786, 0.660242730062917, 0.30572480312848455, 0.03403246680859903, 0.6634900918313413, 0.3080156440549492, 0.02849426411370997, 0.778295646984684, 0.2015797843376155, 0.02012456867769959]) { IsOfCounts = true },
        new("complement", new ComplementNaiveBayes { Alpha = 0.7 }, [0.48462970701210173, 0.14549635893921828, 0.36987393404867974, 0.46744979654147667, 0.3547571546985255, 0.17779304875999827, 0.4753463602351734, 0.3479140264597837, 0.17673961330504329, 0.5305883774165856, 0.3231433160158374, 0.14626830656757733]) { IsOfCounts = true },
        new("complement, normalised", new ComplementNaiveBayes { Alpha = 0.7, Normalize = true }, [0.37624042620055387, 0.27005076300172154, 0.35370881079772476, 0.36670076791255, 0.35175506686491376, 0.2815441652225361, 0.36670076791255, 0.35175506686491376, 0.2815441652225361, 0.385951080260893, 0.345488537212928, 0.2685603825261792]) { IsOfCounts = true },
        new("Bernoulli", new BernoulliNaiveBayes { Alpha = 0.7, Threshold = 0.3 }, [0.8029325024787225, 0.0450337284189, 0.15203376910237498, 0.7991683789450763, 0.19553628946470838, 0.00529533159022, 0.7508443019430109, 0.20765472718667446, 0.0415009708703, 0.7991683789450763, 0.19553628946470838, 0.00529533159022]),
        new("neighbours", new KNeighborsClassifier { Weighting = NeighborWeighting.Distance }, [0.9338722882642372, 0.0, 0.06612771173576283, 0.15437552309260827, 0.8456244769073918, 0.0, 0.6018062625629808, 0.39819373743701925, 0.0, 0.9139623140597045, 0.08603768594029552, 0.0]) { IsUnweighted = true },
        new("tree, entropy", new DecisionTreeClassifier { Criterion = ClassificationCriterion.Entropy, MaxDepth = 3, MinSamplesLeaf = 4 }, [1.0, 0.0, 0.0, 0.3, 0.5, 0.2, 0.3, 0.5, 0.2, 1.0, 0.0, 0.0]),
        new("AdaBoost, real", new AdaBoostClassifier { Rounds = 8, Algorithm = AdaBoostAlgorithm.SammeR }, [0.573810206957551, 0.42617803810056304, 1.17549418859e-05, 0.573810206957551, 0.42617803810056304, 1.17549418859e-05, 0.573810206957551, 0.42617803810056304, 1.17549418859e-05, 0.573810206957551, 0.42617803810056304, 1.17549418859e-05]),
        new("AdaBoost", new AdaBoostClassifier { Rounds = 8, LearningRate = 0.7 }, [0.5644558632360828, 0.4355441367639173, 0.7310585786300049, 0.26894142136999516, 0.6184886036286454, 0.3815113963713546, 0.7310585786300049, 0.26894142136999516]) { IsBinary = true },
        new("GBDT, exponential", new GradientBoostingClassifier { Rounds = 8, Loss = GradientBoostingClassLoss.Exponential, MaxDepth = 2, MinSamplesLeaf = 5 }, [0.8954241337687873, 0.10457586623121272, 0.8954241337687873, 0.10457586623121272, 0.8954241337687873, 0.10457586623121272, 0.8954241337687873, 0.10457586623121272]) { IsBinary = true },
        new("GBDT, log loss", new GradientBoostingClassifier { Rounds = 8, MaxDepth = 2, MinSamplesLeaf = 5 }, [0.7965673211938202, 0.09548674575684413, 0.10794593304933563, 0.5497512088274799, 0.3188418649765329, 0.13140692619598737, 0.396631758819909, 0.5085614278046455, 0.09480681337544554, 0.7637425431904995, 0.11104650727670114, 0.12521094953279938]),
    ];

    public static TheoryData<ScoreReference> Scores =>
    [
        new("linear SVM, hinge", new LinearSvmClassifier { C = 0.5, IsSquared = false, Tolerance = 1e-10, MaxIterations = 1_000_000 }, [-2.16915025416, -1.7274143024, -0.945649500391, -2.58024863187]) { IsBinary = true },
        new("linear SVM, hinge, three classes", new LinearSvmClassifier { C = 0.5, IsSquared = false, InterceptScaling = 3, Tolerance = 1e-10, MaxIterations = 1_000_000 }, [3.03955546649, -3.07228206695, -0.924207050472, 0.20908487272, -0.479188144276, -1.66713817431, -0.814537351695, -0.357364939829, -1.07335257098, 1.62326270811, -1.19272405588, -1.98034376726]),
        new("linear SVM", new LinearSvmClassifier { C = 0.5, Tolerance = 1e-9 }, [-2.11274258634, -1.29773269552, -0.719597061336, -2.00222595827]) { IsBinary = true },
        new("linear SVM, three classes", new LinearSvmClassifier { C = 0.5, InterceptScaling = 3, Tolerance = 1e-9 }, [2.44924147001, -1.60815442575, -1.61925393436, 0.193396576359, -0.346881299761, -1.36403572054, -0.491692817535, -0.213449979335, -0.797329432249, 1.30715137968, -0.739074614993, -1.83343573907]),
        new("linear SVM, no constant", new LinearSvmClassifier { C = 0.5, FitIntercept = false, Tolerance = 1e-9 }, [-0.687454657097, -0.305397665717, 0.00507792567994, -0.692362981653]) { IsBinary = true, IsUnweighted = true },
        new("SGD, Hinge", new SgdClassifier { Loss = SgdClassLoss.Hinge, Shuffle = false, Epochs = 5, Tolerance = null }, [-131.673424987, -75.6983217921, -46.8330296796, -118.790079303]) { IsBinary = true },
        new("SGD, Log", new SgdClassifier { Loss = SgdClassLoss.Log, Shuffle = false, Epochs = 5, Tolerance = null }, [-82.9161452988, -62.488087277, -27.3662146499, -99.0136313991]) { IsBinary = true },
        new("SGD, ModifiedHuber", new SgdClassifier { Loss = SgdClassLoss.ModifiedHuber, Shuffle = false, Epochs = 5, Tolerance = null }, [-448.013082897, -329.417968446, -258.986655691, -500.712859068]) { IsBinary = true },
        new("SGD, Perceptron", new SgdClassifier { Loss = SgdClassLoss.Perceptron, Shuffle = false, Epochs = 5, Tolerance = null }, [-91.2725567198, -82.1181355069, -60.7578193436, -119.189417806]) { IsBinary = true },
        new("SGD, Hinge, averaged", new SgdClassifier { Loss = SgdClassLoss.Hinge, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, AverageFrom = 7 }, [-1.64078277735, -1.34206224295, -0.775420388357, -1.91169314702]) { IsBinary = true },
        new("SGD, Hinge, elastic net", new SgdClassifier { Loss = SgdClassLoss.Hinge, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, Penalty = SgdPenalty.ElasticNet, L1Ratio = 0.3 }, [-1.62444003809, -1.57371814746, -0.909024777656, -2.17742044742]) { IsBinary = true },
        new("SGD, Log, averaged", new SgdClassifier { Loss = SgdClassLoss.Log, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, AverageFrom = 7 }, [-1.40130586157, -0.996301086801, -0.513448065157, -1.49518117297]) { IsBinary = true },
        new("SGD, Log, elastic net", new SgdClassifier { Loss = SgdClassLoss.Log, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, Penalty = SgdPenalty.ElasticNet, L1Ratio = 0.3 }, [-1.67027133182, -1.31363310836, -0.698158365265, -1.93944797493]) { IsBinary = true },
        new("SGD, ModifiedHuber, averaged", new SgdClassifier { Loss = SgdClassLoss.ModifiedHuber, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, AverageFrom = 7 }, [-1.71409638577, -1.08256558731, -0.582457202583, -1.64026595167]) { IsBinary = true },
        new("SGD, ModifiedHuber, elastic net", new SgdClassifier { Loss = SgdClassLoss.ModifiedHuber, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, Penalty = SgdPenalty.ElasticNet, L1Ratio = 0.3 }, [-1.68689065403, -1.23737040227, -0.708817000198, -1.80249661387]) { IsBinary = true },
        new("SGD, SquaredHinge, averaged", new SgdClassifier { Loss = SgdClassLoss.SquaredHinge, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, AverageFrom = 7 }, [-1.69957780885, -1.07700485363, -0.578108968969, -1.63072041142]) { IsBinary = true },
        new("SGD, SquaredHinge, elastic net", new SgdClassifier { Loss = SgdClassLoss.SquaredHinge, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, Penalty = SgdPenalty.ElasticNet, L1Ratio = 0.3 }, [-1.67864077506, -1.233191864, -0.706679758507, -1.79582944359]) { IsBinary = true },
        new("SGD, Perceptron, averaged", new SgdClassifier { Loss = SgdClassLoss.Perceptron, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, AverageFrom = 7 }, [-0.423436361702, -0.262524958944, -0.179762701071, -0.396752289575]) { IsBinary = true },
        new("SGD, Perceptron, elastic net", new SgdClassifier { Loss = SgdClassLoss.Perceptron, Shuffle = false, Epochs = 5, Tolerance = null, Alpha = 0.01, Schedule = SgdSchedule.InverseScaling, PowerT = 0.5, LearningRate = 0.1, Penalty = SgdPenalty.ElasticNet, L1Ratio = 0.3 }, [-0.32107714917, -0.218740397998, -0.11743081568, -0.322705930053]) { IsBinary = true },
        new("SVM, rbf", new SvmClassifier { C = 2, Tolerance = 1e-7 }, [-0.923780677223, -1.28079481674, -1.04702380786, -1.16984798304]) { IsBinary = true },
        new("SVM, poly", new SvmClassifier { Kernel = SvmKernelKind.Polynomial, Degree = 2, Offset = 1, C = 2, Tolerance = 1e-7 }, [-0.991889856839, -2.06074782504, -1.46856123445, -2.32832832625]) { IsBinary = true },
        new("SVM, linear", new SvmClassifier { Kernel = SvmKernelKind.Linear, C = 2, Tolerance = 1e-7 }, [-4.08286947002, -2.48942439524, -1.22712755412, -3.86647532195]) { IsBinary = true },
        new("SVM, sigmoid", new SvmClassifier { Kernel = SvmKernelKind.Sigmoid, Gamma = 0.1, Offset = 0.2, C = 2, Tolerance = 1e-7 }, [-1.67098681392, -1.74413903474, -0.915428106994, -2.64354767415]) { IsBinary = true },
        new("SVM, three classes", new SvmClassifier { C = 2, Tolerance = 1e-7 }, [1.27128853676, 0.89717010994, 0.116173458828, -0.577770706154, 0.859654311442, 0.904471037589, 0.0334197568898, 0.87944634632, 0.793790232904, 0.860373124648, 1.12594342675, 0.616342603702]),
    ];

    [Theory, MemberData(nameof(Scores))]
    public void Classifiers_give_the_scores_of_the_reference(ScoreReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var model = reference.Learner.Fit(Features.FromRows(s_x, Columns), Targets(reference.IsBinary), reference.IsUnweighted ? [] : s_weights);
        Agree(reference.Scores, Assert.IsAssignableFrom<IMarginModel>(model).Margins(Features.FromRows(s_test, Columns)));
    }

    internal static (Features X, double[] Y, Features Test) Sample() => (Features.FromRows(s_x, Columns), s_y, Features.FromRows(s_test, Columns));

    internal static Labels Targets(bool isBinary) => Labels.From(Array.ConvertAll(s_y, v => isBinary ? (v > -0.5 ? 1L : 0) : v < -2 ? 0 : v < 0.5 ? 1 : 2));

    [Theory, MemberData(nameof(Regressions))]
    public void Regressors_predict_what_the_reference_does(RegressionReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        double[] y = reference.IsOfCounts ? Array.ConvertAll(s_y, v => Math.Exp(v / 3)) : s_y;
        var model = reference.Learner.Fit(Features.FromRows(s_x, Columns), y, reference.IsUnweighted ? [] : s_weights);
        Agree(reference.Predictions, model.Predict(Features.FromRows(s_test, Columns)));
    }

    [Theory, MemberData(nameof(Classifications))]
    public void Classifiers_give_the_probabilities_of_the_reference(ClassReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var y = Targets(reference.IsBinary);
        double[] x = reference.IsOfCounts ? Array.ConvertAll(s_x, v => Math.Floor((v + 2) * 2)) : s_x, test = reference.IsOfCounts ? Array.ConvertAll(s_test, v => Math.Floor((v + 2) * 2)) : s_test;
        var model = Assert.IsAssignableFrom<IProbabilisticModel>(reference.Learner.Fit(Features.FromRows(x, Columns), y, reference.IsUnweighted ? [] : s_weights));
        Agree(reference.Probabilities, model.Probabilities(Features.FromRows(test, Columns)));
    }

    [Fact]
    public void Branches_fall_at_the_prices_of_the_reference()
    {
        var y = Labels.From(Array.ConvertAll(s_y, v => v < -2 ? 0L : v < 0.5 ? 1 : 2));
        var path = new DecisionTreeClassifier().Fit(Features.FromRows(s_x, Columns), y).Tree.PruningPath();
        Agree([0, 0.025, 0.025, 0.0325, 0.056875, 0.0592105263158, 0.144360902256, 0.269553571429], [.. path.Select(p => p.Alpha)]);
        Agree([0, 0.025, 0.05, 0.115, 0.171875, 0.231085526316, 0.375446428571, 0.645], [.. path.Select(p => p.Impurity)]);
    }

    [Fact]
    public void A_path_goes_through_the_weights_of_the_reference()
    {
        var path = new ElasticNet { L1Ratio = 0.5, Tolerance = 1e-12 }.Path(Features.FromRows(s_x, Columns), s_y, count: 4, least: 1e-2);
        Agree([5.47809164122, 1.180219066701, 0.254270489914, 0.0547809164122], [.. path.Select(p => p.Alpha)]);
        Agree([0, 0, 0, 1.09749413907, 0, 0.493124653608, 1.73778349814, 0, 0.864240532693, 1.92987650944, 0.0526496451433, 0.980563051313], [.. path.SelectMany(p => p.Model.Weights)]);
    }

    static void Agree(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6 * Math.Max(1, Math.Abs(expected[i])));
    }
}
