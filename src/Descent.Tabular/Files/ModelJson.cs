using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Descent.Tabular;

/// <summary>Models as JSON, by generated code: a line for each model that a file may hold, with the name it has there.</summary>
[JsonSourceGenerationOptions(WriteIndented = false, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IModel))]
[JsonSerializable(typeof(ClassificationTreeModel))]
[JsonSerializable(typeof(RegressionTreeModel))]
[JsonSerializable(typeof(ForestClassificationModel))]
[JsonSerializable(typeof(ForestRegressionModel))]
[JsonSerializable(typeof(BaggedClassificationModel))]
[JsonSerializable(typeof(BaggedRegressionModel))]
[JsonSerializable(typeof(AdaBoostClassificationModel))]
[JsonSerializable(typeof(AdaBoostRegressionModel))]
[JsonSerializable(typeof(GradientBoostingModel))]
[JsonSerializable(typeof(GradientBoostingClassificationModel))]
[JsonSerializable(typeof(VotingClassificationModel))]
[JsonSerializable(typeof(VotingRegressionModel))]
[JsonSerializable(typeof(StackedClassificationModel))]
[JsonSerializable(typeof(StackedRegressionModel))]
[JsonSerializable(typeof(BoostedTrees))]
[JsonSerializable(typeof(BoostingRegressionModel))]
[JsonSerializable(typeof(BoostingClassificationModel))]
[JsonSerializable(typeof(BoostingRankingModel))]
[JsonSerializable(typeof(BoostedLinear))]
[JsonSerializable(typeof(LinearBoostingRegressionModel))]
[JsonSerializable(typeof(LinearBoostingClassificationModel))]
[JsonSerializable(typeof(BoostingSurvivalModel))]
[JsonSerializable(typeof(LinearRegressionModel))]
[JsonSerializable(typeof(LinearClassificationModel))]
[JsonSerializable(typeof(PerceptronModel))]
[JsonSerializable(typeof(PlaneClassificationModel))]
[JsonSerializable(typeof(GaussianNaiveBayesModel))]
[JsonSerializable(typeof(NeighborClassificationModel))]
[JsonSerializable(typeof(NeighborRegressionModel))]
[JsonSerializable(typeof(KMeansModel))]
[JsonSerializable(typeof(SvmClassificationModel))]
[JsonSerializable(typeof(SvmRegressionModel))]
[JsonSerializable(typeof(GaussianProcessRegressionModel))]
[JsonSerializable(typeof(GaussianProcessClassificationModel))]
[JsonSerializable(typeof(MlpClassificationModel))]
[JsonSerializable(typeof(MlpRegressionModel))]
[JsonSerializable(typeof(GaussianMixtureModel))]
[JsonSerializable(typeof(IsolationForestModel))]
[JsonSerializable(typeof(DummyClassificationModel))]
[JsonSerializable(typeof(DummyRegressionModel))]
[JsonSerializable(typeof(PreparedClassificationModel))]
[JsonSerializable(typeof(PreparedRegressionModel))]
[JsonSerializable(typeof(CalibratedModel))]
[JsonSerializable(typeof(ThresholdModel))]
[JsonSerializable(typeof(ConformalRegressionModel))]
[JsonSerializable(typeof(ConformalQuantileModel))]
[JsonSerializable(typeof(ConformalClassificationModel))]
sealed partial class ModelJson : JsonSerializerContext
{
    static readonly (string Name, Type Type)[] s_models =
    [
        ("classification_tree", typeof(ClassificationTreeModel)),
        ("regression_tree", typeof(RegressionTreeModel)),
        ("classification_forest", typeof(ForestClassificationModel)),
        ("regression_forest", typeof(ForestRegressionModel)),
        ("bagged_classification", typeof(BaggedClassificationModel)),
        ("bagged_regression", typeof(BaggedRegressionModel)),
        ("adaboost_classification", typeof(AdaBoostClassificationModel)),
        ("adaboost_regression", typeof(AdaBoostRegressionModel)),
        ("gradient_boosting_regression", typeof(GradientBoostingModel)),
        ("gradient_boosting_classification", typeof(GradientBoostingClassificationModel)),
        ("voting_classification", typeof(VotingClassificationModel)),
        ("voting_regression", typeof(VotingRegressionModel)),
        ("stacked_classification", typeof(StackedClassificationModel)),
        ("stacked_regression", typeof(StackedRegressionModel)),
        ("boosted_trees", typeof(BoostedTrees)),
        ("boosting_regression", typeof(BoostingRegressionModel)),
        ("boosting_classification", typeof(BoostingClassificationModel)),
        ("boosting_ranking", typeof(BoostingRankingModel)),
        ("boosted_linear", typeof(BoostedLinear)),
        ("linear_boosting_regression", typeof(LinearBoostingRegressionModel)),
        ("linear_boosting_classification", typeof(LinearBoostingClassificationModel)),
        ("boosting_survival", typeof(BoostingSurvivalModel)),
        ("linear_regression", typeof(LinearRegressionModel)),
        ("linear_classification", typeof(LinearClassificationModel)),
        ("perceptron", typeof(PerceptronModel)),
        ("linear_planes", typeof(PlaneClassificationModel)),
        ("gaussian_naive_bayes", typeof(GaussianNaiveBayesModel)),
        ("neighbors_classification", typeof(NeighborClassificationModel)),
        ("neighbors_regression", typeof(NeighborRegressionModel)),
        ("k_means", typeof(KMeansModel)),
        ("svm_classification", typeof(SvmClassificationModel)),
        ("svm_regression", typeof(SvmRegressionModel)),
        ("gaussian_process_regression", typeof(GaussianProcessRegressionModel)),
        ("gaussian_process_classification", typeof(GaussianProcessClassificationModel)),
        ("mlp_classification", typeof(MlpClassificationModel)),
        ("mlp_regression", typeof(MlpRegressionModel)),
        ("gaussian_mixture", typeof(GaussianMixtureModel)),
        ("isolation_forest", typeof(IsolationForestModel)),
        ("dummy_classification", typeof(DummyClassificationModel)),
        ("dummy_regression", typeof(DummyRegressionModel)),
        ("prepared_classification", typeof(PreparedClassificationModel)),
        ("prepared_regression", typeof(PreparedRegressionModel)),
        ("calibrated_classification", typeof(CalibratedModel)),
        ("threshold_classification", typeof(ThresholdModel)),
        ("conformal_regression", typeof(ConformalRegressionModel)),
        ("conformal_quantile_regression", typeof(ConformalQuantileModel)),
        ("conformal_classification", typeof(ConformalClassificationModel)),
    ];

    /// <summary>How a model is written and read.</summary>
    internal static JsonTypeInfo<IModel> Model => s_model.Value;

    /// <summary>How a pipeline is written and read.</summary>
    internal static JsonTypeInfo<PipelineModel> Pipeline => s_pipeline.Value;

    // The generated part of this class may be set up after this one.
    static readonly Lazy<JsonTypeInfo<IModel>> s_model = new(Info<IModel>);
    static readonly Lazy<JsonTypeInfo<PipelineModel>> s_pipeline = new(Info<PipelineModel>);

    static JsonTypeInfo<T> Info<T>()
    {
        var options = new JsonSerializerOptions(Default.Options) { TypeInfoResolver = JsonTypeInfoResolver.Combine(Default, StepJson.Default).WithAddedModifier(Name).WithAddedModifier(Require) };
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    /// <summary>Generated code gives a list or an object that is left out its default, which is none at all, and not what its type begins with.</summary>
    static void Require(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object) return;
        foreach (var property in info.Properties)
        {
            bool isList = property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(System.Collections.Immutable.ImmutableArray<>);
            if (property.Set is not null && (isList || (!property.PropertyType.IsValueType && !property.IsSetNullable))) property.IsRequired = true;
        }
    }

    /// <summary>Where any model or step may stand, its name says which it is.</summary>
    static void Name(JsonTypeInfo info)
    {
        if (info.Type == typeof(IFittedTransformer)) Name(info, "step", StepJson.Names);
        else if (info.Type.IsInterface && info.Type.IsAssignableTo(typeof(IModel))) Name(info, "model", s_models);
    }

    static void Name(JsonTypeInfo info, string property, (string Name, Type Type)[] table)
    {
        info.PolymorphismOptions = new() { TypeDiscriminatorPropertyName = property, UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization };
        foreach (var (name, type) in table)
            if (type.IsAssignableTo(info.Type)) info.PolymorphismOptions.DerivedTypes.Add(new(type, name));
    }
}
