using System.Text.Json;
using Descent.NN;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>The graph of a model: its sums by one operator of ai.onnx.ml, and what makes predictions of them by common ones.</summary>
sealed class OnnxBuilder(IModel model)
{
    const int Opset = 13;
    internal const string MachineLearning = "ai.onnx.ml", Input = "features";

    readonly List<OnnxNode> _nodes = [];
    readonly OrderedDictionary<string, Tensor> _constants = [];

    internal OnnxGraph Build()
    {
        int columns = model.Schema.Features.Length;
        var metadata = new Dictionary<string, string> { ["features"] = Names(model.Schema.Features.Select(f => f.Name)) };
        var outputs = new List<OnnxValue>();
        string last = Predictions(Sums(out int width));
        if (model is IClassificationModel classifier)
        {
            metadata["classes"] = Names(classifier.Classes);
            // Of one score: that of the second class.
            if (width == 1) last = Add("Concat", [Add("Sub", [Constant("one", 1), last]), last], ("axis", 1L));
            Name(last, "probabilities");
            Named("ArgMax", ["probabilities"], "label", ("axis", 1L), ("keepdims", 0L));
            outputs.Add(new("probabilities", DType.Float32, ["N", classifier.Classes.Length]));
            outputs.Add(new("label", DType.Int64, ["N"]));
        }
        else
        {
            Name(last, "prediction");
            outputs.Add(new("prediction", DType.Float32, ["N", width]));
        }
        return new(Opset, _nodes, _constants, [new(Input, DType.Float32, ["N", columns])], outputs) { Metadata = metadata };
    }

    /// <summary>The sums before they become predictions, (N × width).</summary>
    string Sums(out int width)
    {
        if (TreeSum.Of(model) is { } trees)
        {
            width = trees.Outputs.Length;
            return new OnnxTrees(this, trees).Add();
        }
        var (weights, intercepts) = model switch
        {
            LinearRegressionModel m => (m.Weights, [m.Intercept]),
            LinearClassificationModel { Threshold: null, Link: not ScoreLink.Clip } m => (m.Weights, m.Intercepts),
            _ => throw new NotSupportedException($"SaveOnnx: a {model.GetType().Name} is no sum of trees or of weighted features, which alone are written."),
        };
        width = intercepts.Length;
        return AddMachineLearning("LinearRegressor", [Input], ("coefficients", Floats(weights)), ("intercepts", Floats(intercepts)), ("targets", (long)width));
    }

    string Predictions(string sums) => model switch
    {
        LinearClassificationModel { Intercepts.Length: > 1, Link: ScoreLink.Sigmoid } => Share(Add("Sigmoid", [sums])),
        GradientBoostingClassificationModel { Initial.Length: > 1 } or LinearClassificationModel { Intercepts.Length: > 1 } => Softmax(sums),
        GradientBoostingClassificationModel { Loss: GradientBoostingClassLoss.Exponential } => Add("Sigmoid", [Add("Mul", [sums, Constant("two", 2)])]),
        GradientBoostingClassificationModel or LinearClassificationModel => Add("Sigmoid", [sums]),
        LinearRegressionModel { IsLogarithm: true } => Add("Exp", [sums]),
        // Half the difference of two scores stands for either class.
        AdaBoostClassificationModel { Classes.Length: 2 } => Softmax(Add("MatMul", [sums, Constant("halves", Tensor.From<float>([0.5f, -0.5f, -0.5f, 0.5f], [2, 2]))])),
        AdaBoostClassificationModel m => Softmax(Add("Div", [sums, Constant("others", m.Classes.Length - 1)])),
        _ => TreeSum.Booster(model) is { } booster ? Predictions(booster.Objective, sums) : sums,
    };

    string Predictions(BoostingObjective objective, string sums) => objective switch
    {
        LogisticObjective => Add("Sigmoid", [sums]),
        SoftmaxObjective => Softmax(sums),
        OneVersusAllObjective => Share(Add("Sigmoid", [sums])),
        HingeObjective => Add("Cast", [Add("Greater", [sums, Constant("zero", 0)])], ("to", 1L)),
        LogObjective or CoxObjective or AcceleratedFailureObjective => Add("Exp", [sums]),
        _ when TreeSum.IsPrediction(objective) && objective.Outputs == 1 => sums,
        _ => throw new NotSupportedException($"SaveOnnx: what a {objective.GetType().Name} makes of scores is not written."),
    };

    string Softmax(string x) => Add("Softmax", [x], ("axis", 1L));

    string Share(string x) => Add("Div", [x, Add("ReduceSum", [x, Constant("columns", Tensor.From<long>([1], [1]))], ("keepdims", 1L))]);

    internal string AddMachineLearning(string operation, string[] inputs, params (string Name, object Value)[] attributes) => Append(operation, inputs, Next(), MachineLearning, attributes);

    internal string Add(string operation, string[] inputs, params (string Name, object Value)[] attributes) => Append(operation, inputs, Next(), "", attributes);

    internal string Constant(string name, Tensor value)
    {
        _constants[name] = value;
        return name;
    }

    string Constant(string name, float value) => Constant(name, Tensor.From<float>([value], [1]));

    void Named(string operation, string[] inputs, string output, params (string Name, object Value)[] attributes) => Append(operation, inputs, output, "", attributes);

    string Append(string operation, string[] inputs, string output, string domain, (string Name, object Value)[] attributes)
    {
        _nodes.Add(new(operation, inputs, [output], attributes.ToDictionary(a => a.Name, a => a.Value), domain));
        return output;
    }

    void Name(string value, string name) => Named("Identity", [value], name);

    string Next() => $"v{_nodes.Count}";

    internal static float[] Floats(IEnumerable<double> values) => [.. values.Select(v => (float)v)];

    static string Names(IEnumerable<string> names)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (string name in names) json.WriteStringValue(name);
            json.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
