using System.Collections.Immutable;

namespace Descent.Tabular;

/// <summary>Whether a model that was read can predict without leaving its arrays.</summary>
static class ModelCheck
{
    /// <summary>Scores of a row that a file may claim without a tree for each.</summary>
    const int MostScores = 1 << 20;

    /// <summary>What is wrong with it, or null.</summary>
    internal static string? Fault(IModel model)
    {
        if (Inner(model) is { } inner) return inner.Select(Fault).FirstOrDefault(f => f is not null) ?? Own(model);
        return Own(model);
    }

    static string? Own(IModel model)
    {
        int features = model.Schema.Features.Length, classes = (model as IClassificationModel)?.Classes.Length ?? 1;
        string? fault = Trees(model).Select(t => Fault(t, features)).FirstOrDefault(f => f is not null);
        if (fault is not null) return fault;
        return model switch
        {
            ForestClassificationModel m when m.Trees.IsEmpty || m.Trees.Any(t => t.Outputs != classes) => "a tree is of other classes",
            ClassificationTreeModel m when m.Tree.Outputs != classes => "the tree is of other classes",
            ForestRegressionModel m when m.Trees.Any(t => t.Outputs != 1) => "a tree is of classes",
            GradientBoostingClassificationModel m when m.Initial.Length != (classes == 2 ? 1 : classes) => $"{m.Initial.Length} scores for {classes} classes",
            BoostedTrees m when m.Groups.Length != m.Trees.Length || m.Groups.Any(g => (uint)g >= (uint)m.Objective.Outputs) => "a tree adds to no score",
            BoostedTrees m when m.Trees.Any(t => t.Outputs != 1) => "a tree is of classes",
            BoostedTrees m when m.Trees.Length % m.Objective.Outputs != 0 || m.Objective.Outputs > MostScores => $"{m.Trees.Length} trees are no whole rounds of {m.Objective.Outputs} scores",
            BoostedTrees m when !m.TreeWeights.IsEmpty && m.TreeWeights.Length != m.Trees.Length => "a tree has no weight",
            BoostedTrees m when !m.BaseMargins.IsEmpty && m.BaseMargins.Length != m.Objective.Outputs => "a score starts nowhere",
            BoostingClassificationModel m when classes < 2 || (m.Booster.Objective.Outputs != classes && (m.Booster.Objective.Outputs, classes) != (1, 2)) => $"{m.Booster.Objective.Outputs} scores for {classes} classes",
            BoostedLinear m when m.Weights.Length != (features + 1L) * m.Objective.Outputs => Lengths(m.Weights.Length, features),
            BoostedLinear m when !m.BaseMargins.IsEmpty && m.BaseMargins.Length != m.Objective.Outputs => "a score starts nowhere",
            LinearBoostingRegressionModel { Booster.Objective.Outputs: not 1 } => "there is more than one score",
            LinearBoostingClassificationModel m when classes < 2 || (m.Booster.Objective.Outputs != classes && (m.Booster.Objective.Outputs, classes) != (1, 2)) => $"{m.Booster.Objective.Outputs} scores for {classes} classes",
            BoostingRankingModel { Booster.Objective.Outputs: not 1 } or BoostingSurvivalModel { Booster.Objective.Outputs: not 1 } => "there is more than one score",
            LinearRegressionModel m when m.Weights.Length != features => Lengths(m.Weights.Length, features),
            LinearScoreModel m when m.Weights.Length != m.Intercepts.Length * features || (m.Intercepts.Length != classes && (m.Intercepts.Length, classes) != (1, 2)) => Lengths(m.Weights.Length, features),
            GaussianNaiveBayesModel m when m.Priors.Length != classes || m.Means.Length != classes * features || m.Variances.Length != classes * features => Lengths(m.Means.Length, features),
            NeighborModel m when features == 0 || m.Rows.Length != m.RowWeights.Length * features || m.Neighbors < 1 || (m.Radius is null && m.Neighbors > m.RowWeights.Length) => Lengths(m.Rows.Length, features),
            NeighborModel m when m.Whitening.Length != (m.Metric == NeighborMetric.Mahalanobis ? features * features : 0) => Lengths(m.Whitening.Length, features),
            NeighborClassificationModel m when m.Codes.Length != m.RowWeights.Length || m.Codes.Any(c => (uint)c >= (uint)classes) => "a row is of no class",
            NeighborRegressionModel m when m.Targets.Length != m.RowWeights.Length => "a row has no target",
            SvmClassificationModel m when features == 0 || m.Vectors.Length % features != 0 || m.Intercepts.Length != classes * (classes - 1) / 2 || m.Coefficients.Length != (long)m.Intercepts.Length * (m.Vectors.Length / features)
                || (!m.Slopes.IsEmpty && (m.Slopes.Length != m.Intercepts.Length || m.Offsets.Length != m.Intercepts.Length)) => Lengths(m.Vectors.Length, features),
            SvmRegressionModel m when m.Vectors.Length != m.Coefficients.Length * features => Lengths(m.Vectors.Length, features),
            GaussianProcessRegressionModel m when m.Points.Length != m.Factors.Length * features || m.Inverse.Length != (long)m.Factors.Length * m.Factors.Length => Lengths(m.Points.Length, features),
            GaussianProcessRegressionModel m => m.Kernel.Fault(features),
            GaussianProcessClassificationModel m when features == 0 || m.Points.Length % features != 0 || m.Processes.Length != (classes == 2 ? 1 : classes) => Lengths(m.Points.Length, features),
            GaussianProcessClassificationModel m => m.Processes.Select(p => Fault(p, m.Points.Length / features, features)).FirstOrDefault(f => f is not null),
            MlpClassificationModel m => m.Fault(classes),
            MlpRegressionModel m => m.Fault(1),
            GaussianMixtureModel m when m.Shares.IsEmpty || m.Means.Length != m.Shares.Length * features || m.LogDeterminants.Length != m.Shares.Length || m.Covariances.Length != m.Precisions.Length
                || m.Precisions.Length != (long)m.Means.Length * features => Lengths(m.Means.Length, features),
            IsolationForestModel m when m.Trees.IsEmpty || m.Trees.Any(t => t.Outputs != 1) => "there is no tree of depths",
            KMeansModel m when features == 0 || m.Centers.Length % features != 0 => Lengths(m.Centers.Length, features),
            DummyClassificationModel m when m.Shares.Length != classes => Lengths(m.Shares.Length, classes),
            PreparedClassificationModel m => Steps(m.Steps),
            PreparedRegressionModel m => Steps(m.Steps),
            CalibratedModel m => Calibration(m, classes, features),
            ThresholdModel m when classes != 2 || m.Model.Classes.Length != 2 || m.Model.Schema.Features.Length != features => "the threshold is not of two classes, or the features differ",
            ConformalRegressionModel m when m.Members.IsEmpty || m.Errors.Length != m.Members.Length || m.Members.Append(m.Model).Any(o => o.Schema.Features.Length != features) => "a member has no errors, or other features",
            ConformalQuantileModel m when m.Lower.Schema.Features.Length != features || m.Upper.Schema.Features.Length != features => "a quantile is of other features",
            ConformalClassificationModel m when m.Model.Schema.Features.Length != features => "the probabilities are of other features",
            BaggedClassificationModel m => Parts(m.Members, m.Features, features),
            BaggedRegressionModel m => Parts(m.Members, m.Features, features),
            AdaBoostClassificationModel m when m.Members.IsEmpty || m.Weights.Length != m.Members.Length => "a member has no weight",
            AdaBoostRegressionModel m when m.Members.IsEmpty || m.Weights.Length != m.Members.Length => "a member has no weight",
            VotingClassificationModel m when m.Weights.Length != m.Members.Length => "a member has no weight",
            VotingRegressionModel m when m.Weights.Length != m.Members.Length => "a member has no weight",
            _ => null,
        };
    }

    static string? Fault(LaplaceProcess process, int points, int features) =>
        process.Gradients.Length != points || process.Inner.Length != (long)points * points ? $"{process.Gradients.Length} slopes for {points} rows" : process.Kernel.Fault(features);

    static string Lengths(int numbers, int features) => $"{numbers} numbers do not fit {features} features";

    static string? Steps(ImmutableArray<IFittedTransformer> steps) => steps.Any(s => s is null) ? "a step is missing" : steps.Select(s => s.Fault()).FirstOrDefault(f => f is not null);

    static string? Calibration(CalibratedModel model, int classes, int features)
    {
        int maps = model.Method == CalibrationMethod.Temperature ? 1 : CalibrationScores.Sums(classes);
        foreach (var (own, functions) in model.Members)
        {
            if (own.Classes.Length != classes || own.Schema.Features.Length != features || functions.Length != maps) return "a calibrated member is of other classes or features";
            if (own is not (IMarginModel or IProbabilisticModel)) return "a calibrated member has no scores";
            if (functions.Any(f => f.Knots.Length != f.Heights.Length)) return "a calibration has knots without heights";
        }
        return model.Members.IsEmpty || classes < 2 ? "nothing is calibrated" : null;
    }

    static string? Parts<T>(ImmutableArray<T> members, ImmutableArray<ImmutableArray<int>> chosen, int features) where T : IModel
    {
        if (members.Length != chosen.Length) return "a member has no features";
        for (int m = 0; m < members.Length; m++)
            if (chosen[m].Length != members[m].Schema.Features.Length || chosen[m].Any(j => (uint)j >= (uint)features)) return "a member asks for features that are not there";
        return null;
    }

    static ImmutableArray<Tree> Trees(IModel model) => model switch
    {
        ClassificationTreeModel m => [m.Tree],
        RegressionTreeModel m => [m.Tree],
        ForestClassificationModel m => m.Trees,
        ForestRegressionModel m => m.Trees,
        IsolationForestModel m => m.Trees,
        GradientBoostingModel m => m.Trees,
        GradientBoostingClassificationModel m => m.Trees,
        BoostedTrees m => m.Trees,
        _ => [],
    };

    /// <summary>The models a model is made of; null of those that are made of none.</summary>
    static IEnumerable<IModel>? Inner(IModel model) => model switch
    {
        BoostingRegressionModel m => [m.Booster],
        BoostingClassificationModel m => [m.Booster],
        BoostingRankingModel m => [m.Booster],
        LinearBoostingRegressionModel m => [m.Booster],
        LinearBoostingClassificationModel m => [m.Booster],
        BoostingSurvivalModel m => [m.Booster],
        BaggedClassificationModel m => m.Members,
        BaggedRegressionModel m => m.Members,
        AdaBoostClassificationModel m => m.Members,
        AdaBoostRegressionModel m => m.Members,
        VotingClassificationModel m => m.Members,
        VotingRegressionModel m => m.Members,
        StackedClassificationModel m => [.. m.Members, m.Final],
        StackedRegressionModel m => [.. m.Members, m.Final],
        CalibratedModel m => m.Members.Select(own => own.Model),
        ThresholdModel m => [m.Model],
        PreparedClassificationModel m => [m.Model],
        PreparedRegressionModel m => [m.Model],
        ConformalRegressionModel m => [.. m.Members, m.Model],
        ConformalQuantileModel m => [m.Lower, m.Upper],
        ConformalClassificationModel m => [m.Model],
        _ => null,
    };

    static string? Fault(Tree tree, int features)
    {
        int n = tree.Left.Length;
        if (n == 0 || tree.Outputs < 1) return "a tree is empty";
        if (tree.Right.Length != n || tree.Feature.Length != n || tree.Threshold.Length != n || tree.MissingLeft.Length != n || tree.Cover.Length != n || tree.Values.Length != (long)n * tree.Outputs)
            return "the lists of a tree differ in length";
        if (new[] { tree.LeftLevels.Length, tree.Rows.Length, tree.Impurity.Length, tree.Gain.Length }.Any(l => l != 0 && l != n)) return "the lists of a tree differ in length";
        if (!tree.LinearLeaves.IsEmpty && tree.LinearLeaves.Length != n) return "the lists of a tree differ in length";
        if (tree.LinearLeaves.Any(l => l is not null && (l.Features.IsDefault || l.Coefficients.IsDefault || l.Features.Length != l.Coefficients.Length || l.Features.Any(j => (uint)j >= (uint)features))))
            return "a leaf asks for features that are not there";
        bool[] isChild = new bool[n];
        for (int node = 0; node < n; node++)
        {
            if (tree.Left[node] < 0 && tree.Right[node] < 0) continue;
            if ((uint)tree.Feature[node] >= (uint)features) return $"a node asks for feature {tree.Feature[node]} of {features}";
            foreach (int child in new[] { tree.Left[node], tree.Right[node] })
            {
                // Each node but the root has one parent, so that no way leads in a circle from the root.
                if (child <= 0 || child >= n || isChild[child]) return $"a node has the child {child} of {n}";
                isChild[child] = true;
            }
        }
        return null;
    }
}
