using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>How what a leaf holds becomes what it adds.</summary>
enum LeafMeaning
{
    /// <summary>A number as it is.</summary>
    Number,

    /// <summary>The shares of the classes.</summary>
    Shares,

    /// <summary>1 for the class of the most weight.</summary>
    Vote,

    /// <summary>(K − 1) (log p − the mean log p), as SAMME.R votes.</summary>
    LogShares,
}

/// <summary>One tree of a sum.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Meaning">How its leaves are read.</param>
/// <param name="Factor">Multiplies what they say.</param>
/// <param name="First">The first output they add to.</param>
/// <param name="Features">The features of the whole by those of the tree; empty where they are the same.</param>
readonly record struct TreeTerm(Tree Tree, LeafMeaning Meaning, double Factor, int First, ImmutableArray<int> Features)
{
    /// <summary>What each node adds, (nodes × outputs of the tree).</summary>
    internal double[] NodeValues()
    {
        double[] values = Tree.Values.ToArray();
        if (Meaning != LeafMeaning.Number)
            for (int at = 0; at < values.Length; at += Tree.Outputs) Read(values.AsSpan(at, Tree.Outputs));
        TensorPrimitives.Multiply(values, Factor, values);
        return values;
    }

    void Read(Span<double> node)
    {
        if (Meaning == LeafMeaning.Vote)
        {
            int most = TensorPrimitives.IndexOfMax<double>(node);
            node.Clear();
            node[most] = 1;
            return;
        }
        TensorPrimitives.Divide(node, TensorPrimitives.Sum<double>(node), node);
        if (Meaning == LeafMeaning.Shares) return;
        foreach (ref double share in node) share = Math.Log(Math.Max(share, AdaBoostClassificationModel.LeastProbability));
        double mean = TensorPrimitives.Sum<double>(node) / node.Length;
        foreach (ref double share in node) share = (node.Length - 1) * (share - mean);
    }

    internal int Feature(int node) => Features.IsDefaultOrEmpty ? Tree.Feature[node] : Features[Tree.Feature[node]];
}

/// <summary>A model as what it is to Shapley values: constants and a sum of trees for each output.</summary>
sealed record TreeSum(FeatureSchema Schema, ImmutableArray<string> Outputs, ShapScale Scale, ImmutableArray<double> Start, ImmutableArray<TreeTerm> Terms)
{
    internal static readonly ImmutableArray<string> Prediction = ["prediction"];

    /// <summary>The sum that a model is, or null of a model that is none.</summary>
    internal static TreeSum? Of(IModel model) => model switch
    {
        RegressionTreeModel m => Numbers(m, 0, [m.Tree], 1),
        ClassificationTreeModel m => Shares(m, [m.Tree]),
        ForestRegressionModel m => Numbers(m, 0, m.Trees, 1.0 / m.Trees.Length),
        ForestClassificationModel m => Shares(m, m.Trees),
        GradientBoostingModel m => Numbers(m, m.Initial, m.Trees, 1),
        GradientBoostingClassificationModel m => new(m.Schema, m.Initial.Length == 1 ? [m.Classes[1]] : m.Classes, ShapScale.Score, m.Initial,
            [.. m.Trees.Select((t, i) => new TreeTerm(t, LeafMeaning.Number, 1, i % m.Initial.Length, []))]),
        _ when Booster(model) is { } booster => Boosted(booster, model as IClassificationModel),
        BaggedRegressionModel m => Mean(m.Schema, Prediction, ShapScale.Prediction, m.Members, i => 1.0 / m.Members.Length, i => m.Features[i]),
        BaggedClassificationModel m => Mean(m.Schema, m.Classes, ShapScale.Probability, m.Members, i => 1.0 / m.Members.Length, i => m.Features[i]),
        VotingRegressionModel m => Mean(m.Schema, Prediction, ShapScale.Prediction, m.Members, i => m.Weights[i], _ => []),
        VotingClassificationModel { IsHard: false } m => Mean(m.Schema, m.Classes, ShapScale.Probability, m.Members, i => m.Weights[i], _ => []),
        AdaBoostClassificationModel m => Votes(m),
        _ => null,
    };

    static TreeSum Numbers(IModel model, double start, ImmutableArray<Tree> trees, double factor) =>
        new(model.Schema, Prediction, ShapScale.Prediction, [start], [.. trees.Select(t => new TreeTerm(t, LeafMeaning.Number, factor, 0, []))]);

    static TreeSum Shares(IClassificationModel model, ImmutableArray<Tree> trees) =>
        new(model.Schema, model.Classes, ShapScale.Probability, [.. new double[model.Classes.Length]], [.. trees.Select(t => new TreeTerm(t, LeafMeaning.Shares, 1.0 / trees.Length, 0, []))]);

    /// <summary>The trees of second-order boosting in a model, or null of a model that is none.</summary>
    internal static BoostedTrees? Booster(IModel model) => model switch
    {
        BoostedTrees m => m,
        BoostingRegressionModel m => m.Booster,
        BoostingClassificationModel m => m.Booster,
        BoostingRankingModel m => m.Booster,
        BoostingSurvivalModel m => m.Booster,
        _ => null,
    };

    static TreeSum? Boosted(BoostedTrees model, IClassificationModel? classifier)
    {
        // A line in a leaf is no constant, and its features may be others than those on the way to it.
        if (model.Trees.Any(t => !t.LinearLeaves.IsEmpty)) return null;
        int outputs = model.Objective.Outputs;
        ImmutableArray<string> names = outputs == 1 ? classifier is null ? Prediction : [classifier.Classes[1]]
            : classifier?.Classes.Length == outputs ? classifier.Classes : [.. Enumerable.Range(0, outputs).Select(k => $"score {k}")];
        float[] start = new float[outputs];
        model.FillBase(start);
        return new(model.Schema, names, IsPrediction(model.Objective) ? ShapScale.Prediction : ShapScale.Score, [.. start.Select(s => (double)s)],
            [.. model.Trees.Select((t, i) => new TreeTerm(t, LeafMeaning.Number, model.TreeWeights.IsEmpty ? 1 : model.TreeWeights[i], model.Groups[i], []))]);
    }

    /// <summary>Whether scores are predictions already, so that these are what is explained.</summary>
    internal static bool IsPrediction(BoostingObjective objective)
    {
        float[] scores = [.. Enumerable.Range(0, objective.Outputs).Select(k => -1.5f + 3 * k)], predictions = [.. scores];
        objective.Transform(predictions);
        return scores.AsSpan().SequenceEqual(predictions);
    }

    /// <summary>The weighted sum of members that are sums of trees themselves, on the same scale.</summary>
    static TreeSum? Mean<T>(FeatureSchema schema, ImmutableArray<string> outputs, ShapScale scale, ImmutableArray<T> members, Func<int, double> weight, Func<int, ImmutableArray<int>> features) where T : IModel
    {
        var terms = ImmutableArray.CreateBuilder<TreeTerm>();
        double[] start = new double[outputs.Length];
        for (int i = 0; i < members.Length; i++)
        {
            if (Of(members[i]) is not { } member || member.Scale != scale || member.Outputs.Length != outputs.Length) return null;
            for (int k = 0; k < start.Length; k++) start[k] += weight(i) * member.Start[k];
            foreach (var term in member.Terms) terms.Add(term with { Factor = weight(i) * term.Factor, Features = Chain(term.Features, features(i)) });
        }
        return new(schema, outputs, scale, [.. start], terms.ToImmutable());
    }

    static ImmutableArray<int> Chain(ImmutableArray<int> inner, ImmutableArray<int> outer) =>
        outer.IsDefaultOrEmpty ? inner : inner.IsDefaultOrEmpty ? outer : [.. inner.Select(j => outer[j])];

    static TreeSum? Votes(AdaBoostClassificationModel model)
    {
        if (model.Members.Any(m => m is not ClassificationTreeModel)) return null;
        double sum = model.Weights.Sum();
        bool byClass = model.Algorithm == AdaBoostAlgorithm.Samme;
        return new(model.Schema, model.Classes, ShapScale.Score, [.. new double[model.Classes.Length]],
            [.. model.Members.Select((m, i) => new TreeTerm(((ClassificationTreeModel)m).Tree, byClass ? LeafMeaning.Vote : LeafMeaning.LogShares, (byClass ? model.Weights[i] : 1) / sum, 0, []))]);
    }
}

/// <summary>Values and bases while trees are added up.</summary>
sealed class ShapSum
{
    readonly TreeSum _trees;

    internal ShapSum(TreeSum trees, int rows)
    {
        _trees = trees;
        Rows = rows;
        Features = trees.Schema.Features.Length;
        Base = [.. trees.Start];
        Values = new double[checked(rows * Base.Length * Features)];
    }

    internal int Rows { get; }

    internal int Features { get; }

    internal int Outputs => Base.Length;

    internal double[] Base { get; }

    /// <summary>(rows × outputs × features).</summary>
    internal double[] Values { get; }

    internal ShapValues ToValues() => new()
    {
        Features = [.. _trees.Schema.Features.Select(f => f.Name)],
        Outputs = _trees.Outputs,
        Scale = _trees.Scale,
        Rows = Rows,
        Base = [.. Base],
        Values = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(Values),
    };
}
