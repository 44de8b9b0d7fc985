using System.Collections.Immutable;
using System.Globalization;

namespace Descent.Tabular;

/// <summary>The options of learners that can be set by name, as the command line and searches do.</summary>
public static class LearnerSettings
{
    /// <summary>Every option of every learner. What several learners have stands once, as an option of what they share.</summary>
    static readonly ImmutableArray<LearnerSetting> s_all =
    [
        LearnerSetting.Number<BoostingOptions, int>("rounds", "How many rounds, each a tree for every score.", o => o.Rounds, (o, v) => o with { Rounds = v }),
        LearnerSetting.Number<BoostingOptions, float>("learning_rate", "Shrinks what each tree adds.", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
        LearnerSetting.Number<BoostingOptions, int>("max_depth", "The greatest number of questions before a leaf; 0 is no bound.", o => o.MaxDepth, (o, v) => o with { MaxDepth = v }),
        LearnerSetting.Number<BoostingOptions, int>("max_leaves", "The greatest number of leaves; 0 is no bound.", o => o.MaxLeaves, (o, v) => o with { MaxLeaves = v }),
        LearnerSetting.Number<BoostingOptions, int>("min_rows_in_leaf", "The least number of rows of a leaf.", o => o.MinRowsInLeaf, (o, v) => o with { MinRowsInLeaf = v }),
        LearnerSetting.Choice<BoostingOptions, TreeGrowth>("growth", "Which leaf is split next.", o => o.Growth, (o, v) => o with { Growth = v }),
        LearnerSetting.Choice<BoostingOptions, TreeMethod>("method", "How splits are found.", o => o.Method, (o, v) => o with { Method = v }),
        LearnerSetting.Number<BoostingOptions, int>("max_bins", "The greatest number of bins of a feature.", o => o.MaxBins, (o, v) => o with { MaxBins = v }),
        LearnerSetting.Number<BoostingOptions, float>("lambda", "The L2 penalty of leaf values.", o => o.Lambda, (o, v) => o with { Lambda = v }),
        LearnerSetting.Number<BoostingOptions, float>("alpha", "The L1 penalty of leaf values.", o => o.Alpha, (o, v) => o with { Alpha = v }),
        LearnerSetting.Number<BoostingOptions, float>("gamma", "The price of a leaf.", o => o.Gamma, (o, v) => o with { Gamma = v }),
        LearnerSetting.Number<BoostingOptions, float>("min_child_weight", "The least sum of hessians of a leaf.", o => o.MinChildWeight, (o, v) => o with { MinChildWeight = v }),
        LearnerSetting.Number<BoostingOptions, double>("subsample", "The share of rows that each round draws.", o => o.Subsample, (o, v) => o with { Subsample = v }),
        LearnerSetting.Number<BoostingOptions, double>("columns_by_tree", "The share of features that each tree draws.", o => o.ColumnsByTree, (o, v) => o with { ColumnsByTree = v }),
        LearnerSetting.Number<BoostingOptions, double>("columns_by_level", "The share of these that each level draws.", o => o.ColumnsByLevel, (o, v) => o with { ColumnsByLevel = v }),
        LearnerSetting.Number<BoostingOptions, double>("columns_by_node", "The share of these that each node draws.", o => o.ColumnsByNode, (o, v) => o with { ColumnsByNode = v }),
        LearnerSetting.Flag<BoostingOptions>("linear_leaves", "Whether leaves say a linear function of the numbers asked on the way to them.", o => o.LinearLeaves, (o, v) => o with { LinearLeaves = v }),
        LearnerSetting.Number<BoostingOptions, double>("linear_lambda", "The L2 penalty of the coefficients of linear leaves.", o => o.LinearLambda, (o, v) => o with { LinearLambda = v }),
        LearnerSetting.Number<BoostingOptions, double>("drop_rate", "The share of trees that a round drops (DART); 0 drops none.", o => o.Dart?.RateDrop ?? 0, (o, v) => o with { Dart = v == 0 ? null : (o.Dart ?? new()) with { RateDrop = v } }),
        LearnerSetting.Of<BoostingRegressor, BoostingObjective>("objective", $"one of {NamedObjectives.List}", "What is descended.", o => o.Objective, (o, v) => o with { Objective = v }, NamedObjectives.Parse, NamedObjectives.Name),
        LearnerSetting.Choice<BoostingClassifier, BoostingClassLoss>("loss", "What is descended.", o => o.Loss, (o, v) => o with { Loss = v }),
        LearnerSetting.Number<BoostingClassifier, float>("scale_positive_weight", "Of two classes, multiplies the weight of rows of the second.", o => o.ScalePositiveWeight, (o, v) => o with { ScalePositiveWeight = v }),
        LearnerSetting.Number<LinearBoostingOptions, int>("rounds", "How many rounds, each a step in every weight.", o => o.Rounds, (o, v) => o with { Rounds = v }),
        LearnerSetting.Number<LinearBoostingOptions, float>("learning_rate", "Shrinks each step.", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
        LearnerSetting.Number<LinearBoostingOptions, float>("lambda", "The L2 penalty of weights.", o => o.Lambda, (o, v) => o with { Lambda = v }),
        LearnerSetting.Number<LinearBoostingOptions, float>("alpha", "The L1 penalty of weights.", o => o.Alpha, (o, v) => o with { Alpha = v }),
        LearnerSetting.Choice<LinearBoostingOptions, CoordinateSelector>("selector", "The order in which weights are improved.", o => o.Selector, (o, v) => o with { Selector = v }),
        LearnerSetting.Number<BoostingOptions, ulong>("seed", "Decides what is drawn at random.", o => o.Seed, (o, v) => o with { Seed = v }),

        LearnerSetting.Optional<TreeOptions, int>("max_depth", "The greatest number of questions before a leaf.", o => o.MaxDepth, (o, v) => o with { MaxDepth = v }),
        LearnerSetting.Optional<TreeOptions, int>("max_leaf_nodes", "The greatest number of leaves.", o => o.MaxLeafNodes, (o, v) => o with { MaxLeafNodes = v }),
        LearnerSetting.Number<TreeOptions, int>("min_samples_split", "The fewest rows of a node that is split.", o => o.MinSamplesSplit, (o, v) => o with { MinSamplesSplit = v }),
        LearnerSetting.Number<TreeOptions, int>("min_samples_leaf", "The fewest rows of a leaf.", o => o.MinSamplesLeaf, (o, v) => o with { MinSamplesLeaf = v }),
        LearnerSetting.Number<TreeOptions, double>("ccp_alpha", "How much each leaf of a branch must lower the impurity, or the branch is pruned.", o => o.CcpAlpha, (o, v) => o with { CcpAlpha = v }),
        LearnerSetting.Of<TreeOptions, MaxFeatures>("max_features", "all, sqrt, log2, a count or a share below 1", "How many features a node looks at.", o => o.MaxFeatures, (o, v) => o with { MaxFeatures = v }, ParseFeatures, v => v.ToString()),
        LearnerSetting.Number<TreeOptions, ulong>("seed", "Decides what is drawn at random.", o => o.Seed, (o, v) => o with { Seed = v }),
        LearnerSetting.Number<ForestOptions, int>("trees", "The number of trees.", o => o.Trees, (o, v) => o with { Trees = v }),
        LearnerSetting.Flag<ForestOptions>("bootstrap", "Whether each tree draws its rows with replacement.", o => o.Bootstrap, (o, v) => o with { Bootstrap = v }),
        LearnerSetting.Number<ForestOptions, double>("sample_share", "How many rows a tree draws, as a share of all.", o => o.SampleShare, (o, v) => o with { SampleShare = v }),
        LearnerSetting.Number<GradientBoostingOptions, int>("rounds", "The number of rounds.", o => o.Rounds, (o, v) => o with { Rounds = v }),
        LearnerSetting.Number<GradientBoostingOptions, double>("learning_rate", "Shrinks what each tree adds.", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
        LearnerSetting.Number<GradientBoostingOptions, double>("subsample", "The share of rows that each round draws.", o => o.Subsample, (o, v) => o with { Subsample = v }),
        LearnerSetting.Choice<GradientBoostingRegressor, GradientBoostingLoss>("loss", "What is descended.", o => o.Loss, (o, v) => o with { Loss = v }),

        LearnerSetting.Number<AdaBoostOptions, int>("rounds", "The number of rounds.", o => o.Rounds, (o, v) => o with { Rounds = v }),
        LearnerSetting.Number<AdaBoostOptions, double>("learning_rate", "Shrinks the weight of each member.", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
        LearnerSetting.Choice<AdaBoostRegressor, AdaBoostLoss>("loss", "How errors are measured.", o => o.Loss, (o, v) => o with { Loss = v }),
        LearnerSetting.Number<AdaBoostRegressor, ulong>("seed", "Decides what is drawn at random.", o => o.Seed, (o, v) => o with { Seed = v }),

        LearnerSetting.Number<Ridge, double>("alpha", "Strength of the L2 penalty.", o => o.Alpha, (o, v) => o with { Alpha = v }),
        LearnerSetting.Number<Lasso, double>("alpha", "Strength of the L1 penalty.", o => o.Alpha, (o, v) => o with { Alpha = v }),
        LearnerSetting.Number<ElasticNet, double>("alpha", "Strength of the penalty.", o => o.Alpha, (o, v) => o with { Alpha = v }),
        LearnerSetting.Number<ElasticNet, double>("l1_ratio", "The share of it that is L1.", o => o.L1Ratio, (o, v) => o with { L1Ratio = v }),
        LearnerSetting.Number<GeneralizedLinearRegressor, double>("alpha", "Strength of the L2 penalty.", o => o.Alpha, (o, v) => o with { Alpha = v }),
        LearnerSetting.Number<GeneralizedLinearRegressor, double>("power", "The power of the mean that the variance is, 1 to 3.", o => o.Power, (o, v) => o with { Power = v }),
        LearnerSetting.Number<LogisticRegression, double>("c", "Weight of the losses beside the penalty.", o => o.C, (o, v) => o with { C = v }),
        LearnerSetting.Number<LogisticRegression, int>("max_iterations", "The greatest number of steps.", o => o.MaxIterations, (o, v) => o with { MaxIterations = v }),
        LearnerSetting.Number<LogisticRegression, double>("l1_ratio", "The share of the penalty that is L1.", o => o.L1Ratio, (o, v) => o with { L1Ratio = v }),
        LearnerSetting.Number<Perceptron, int>("epochs", "The greatest number of passes over the rows.", o => o.Epochs, (o, v) => o with { Epochs = v }),

        LearnerSetting.Number<LinearSvmOptions, double>("c", "Weight of the losses beside the penalty.", o => o.C, (o, v) => o with { C = v }),
        LearnerSetting.Flag<LinearSvmClassifier>("squared", "Whether losses count by their squares.", o => o.IsSquared, (o, v) => o with { IsSquared = v }),
        LearnerSetting.Flag<LinearSvmRegressor>("squared", "Whether losses count by their squares.", o => o.IsSquared, (o, v) => o with { IsSquared = v }),
        LearnerSetting.Number<LinearSvmRegressor, double>("epsilon", "The size of residuals that cost nothing.", o => o.Epsilon, (o, v) => o with { Epsilon = v }),
        LearnerSetting.Number<SgdOptions, double>("alpha", "Strength of the penalty.", o => o.Alpha, (o, v) => o with { Alpha = v }),
        LearnerSetting.Choice<SgdOptions, SgdPenalty>("penalty", "What weights cost.", o => o.Penalty, (o, v) => o with { Penalty = v }),
        LearnerSetting.Number<SgdOptions, int>("epochs", "The greatest number of passes over the rows.", o => o.Epochs, (o, v) => o with { Epochs = v }),
        LearnerSetting.Number<SgdOptions, double>("learning_rate", "The length of steps.", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
        LearnerSetting.Choice<SgdOptions, SgdSchedule>("schedule", "How steps become smaller.", o => o.Schedule, (o, v) => o with { Schedule = v }),
        LearnerSetting.Number<SgdOptions, ulong>("seed", "Decides what is drawn at random.", o => o.Seed, (o, v) => o with { Seed = v }),
        LearnerSetting.Choice<SgdClassifier, SgdClassLoss>("loss", "What is descended.", o => o.Loss, (o, v) => o with { Loss = v }),
        LearnerSetting.Choice<SgdRegressor, SgdLoss>("loss", "What is descended.", o => o.Loss, (o, v) => o with { Loss = v }),

        LearnerSetting.Number<SvmOptions, double>("c", "Weight of the losses beside the penalty.", o => o.C, (o, v) => o with { C = v }),
        LearnerSetting.Choice<SvmOptions, SvmKernelKind>("kernel", "How alike rows are.", o => o.Kernel, (o, v) => o with { Kernel = v }),
        LearnerSetting.Optional<SvmOptions, double>("gamma", "How fast likeness falls; none is by the variance of the features.", o => o.Gamma, (o, v) => o with { Gamma = v }),
        LearnerSetting.Number<SvmOptions, int>("degree", "The degree of a polynomial.", o => o.Degree, (o, v) => o with { Degree = v }),
        LearnerSetting.Flag<SvmClassifier>("probability", "Whether scores are turned into probabilities, by folds.", o => o.Probability, (o, v) => o with { Probability = v }),
        LearnerSetting.Number<SvmRegressor, double>("epsilon", "The size of residuals that cost nothing.", o => o.Epsilon, (o, v) => o with { Epsilon = v }),
        LearnerSetting.Number<GaussianProcessOptions, int>("restarts", "Other starts of the search for the numbers of the kernel.", o => o.Restarts, (o, v) => o with { Restarts = v }),
        LearnerSetting.Flag<GaussianProcessOptions>("optimize", "Whether the numbers of the kernel are fitted.", o => o.Optimize, (o, v) => o with { Optimize = v }),
        LearnerSetting.Number<MlpOptions, double>("learning_rate", "The length of steps.", o => o.LearningRate, (o, v) => o with { LearningRate = v }),
        LearnerSetting.Number<MlpOptions, double>("weight_decay", "By what share of the learning rate weights shrink in each step.", o => o.WeightDecay, (o, v) => o with { WeightDecay = v }),
        LearnerSetting.Number<MlpOptions, double>("dropout", "The share of outputs that each row does without in training.", o => o.Dropout, (o, v) => o with { Dropout = v }),
        LearnerSetting.Choice<MlpOptions, MlpActivation>("activation", "What bends the sums between layers.", o => o.Activation, (o, v) => o with { Activation = v }),
        LearnerSetting.Number<MlpOptions, int>("epochs", "The greatest number of passes over the rows.", o => o.Epochs, (o, v) => o with { Epochs = v }),
        LearnerSetting.Number<MlpOptions, int>("batch_rows", "Rows of a step.", o => o.BatchRows, (o, v) => o with { BatchRows = v }),
        LearnerSetting.Number<MlpOptions, ulong>("seed", "Decides what is drawn at random.", o => o.Seed, (o, v) => o with { Seed = v }),

        LearnerSetting.Number<NeighborOptions, int>("neighbors", "How many neighbours are asked.", o => o.Neighbors, (o, v) => o with { Neighbors = v }),
        LearnerSetting.Choice<NeighborOptions, NeighborWeighting>("weighting", "How neighbours count.", o => o.Weighting, (o, v) => o with { Weighting = v }),
        LearnerSetting.Choice<NeighborOptions, NeighborMetric>("metric", "How far apart rows lie.", o => o.Metric, (o, v) => o with { Metric = v }),
        LearnerSetting.Number<GaussianNaiveBayes, double>("variance_smoothing", "The share of the greatest variance that is added to all.", o => o.VarianceSmoothing, (o, v) => o with { VarianceSmoothing = v }),
    ];

    /// <summary>The options of a learner that can be set by name.</summary>
    public static ImmutableArray<LearnerSetting> Of(ILearner learner) => [.. s_all.Where(s => s.IsOf(learner))];

    extension(ILearner learner)
    {
        /// <summary>A learner that differs in the option of a name; case, dashes and underscores do not matter.</summary>
        /// <exception cref="ArgumentException">It has no such option (the message lists those it has), or the text is no value of it.</exception>
        public ILearner With(string name, string value)
        {
            var own = Of(learner);
            var setting = own.FirstOrDefault(s => SettingNames.Same(s.Name, name)) ?? throw new ArgumentException(own.IsEmpty
                ? $"'{name}' is not an option of {learner.GetType().Name}; it has none."
                : $"'{name}' is not an option of {learner.GetType().Name}; it has: {string.Join(", ", own.Select(s => s.Name))}.", nameof(name));
            return setting.Set(learner, value);
        }
    }

    static MaxFeatures ParseFeatures(string text) => text.ToUpperInvariant() switch
    {
        "ALL" => MaxFeatures.All,
        "SQRT" or "SQUARE ROOT" => MaxFeatures.SquareRoot,
        "LOG2" => MaxFeatures.Log2,
        _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) => MaxFeatures.Count(count),
        _ => MaxFeatures.Share(double.Parse(text, CultureInfo.InvariantCulture)),
    };
}
