using Descent.Tensors;

namespace Descent.NN;

/// <summary>Optimizers by the names that <c>--optimizer</c> knows.</summary>
public static class OptimizerChoice
{
    static readonly OrderedDictionary<string, Func<IEnumerable<Tensor>, RunConfig, Optimizer>> s_table = new()
    {
        ["adamw"] = (p, c) => new AdamW(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["adam"] = (p, c) => new Adam(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["sgd"] = (p, c) => new SGD(p, learningRate: c.LearningRate, momentum: 0.9, weightDecay: c.WeightDecay, nesterov: true),
        ["nadam"] = (p, c) => new NAdam(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["radam"] = (p, c) => new RAdam(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["rmsprop"] = (p, c) => new RMSprop(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["adagrad"] = (p, c) => new Adagrad(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["lion"] = (p, c) => new Lion(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["adafactor"] = (p, c) => new Adafactor(p, learningRate: c.LearningRate, weightDecay: c.WeightDecay),
        ["muon"] = (p, c) =>
        {
            var all = p.ToLookup(t => t.Rank == 2);
            return new Muon(all[true], all[false], learningRate: c.LearningRate);
        },
        ["sam"] = (p, c) => new SAM(new SGD(p, learningRate: c.LearningRate, momentum: 0.9, weightDecay: c.WeightDecay)),
    };

    /// <summary>The names that a run may choose from, in lower case.</summary>
    public static IReadOnlyList<string> Names => s_table.Keys;

    /// <summary>The optimizer that a configuration asks for, over these parameters.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static Optimizer Create(RunConfig config, IEnumerable<Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(config);
        Check(config.Optimizer);
        return s_table[config.Optimizer](parameters, config);
    }

    internal static void Check(string name)
    {
        if (!s_table.ContainsKey(name)) throw new ArgumentException($"--optimizer {name} is not known; there are: {string.Join(", ", Names)}.");
    }
}
