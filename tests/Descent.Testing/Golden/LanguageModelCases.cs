using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Small language models: logits, loss, greedy text and a short training.</summary>
static class LanguageModelCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["gpt"] = c => Run(c, () => new CharGpt(new()
        {
            VocabularySize = c.Int("vocab_size"), ContextLength = c.Int("block_size"), Layers = c.Int("n_layer"), Heads = c.Int("n_head"), Width = c.Int("n_embd"),
            Epsilon = c.Double("layer_norm_eps"), TieWeights = false,
        })),
        ["llama"] = c => Run(c, () => new LlamaModel(c.Int("vocab"), c.Int("dim"), c.Int("layers"), c.Int("heads"), c.Int("kv_heads"), c.Int("hidden"),
            c.Double("theta"), c.Double("eps"), c.Flag("tie"))),
    };

    static GoldenOutputs Run(GoldenCall c, Func<Module> create)
    {
        // The trained model is another one, so that the gradients of the first loss stay those of the first weights.
        var trained = Weights(c, create());
        var model = SequenceCases.Loaded(c, create());
        var logits = model.Forward(c["idx"]);
        var loss = Loss(c, logits);
        return new() { ["logits"] = logits, ["loss"] = loss, ["greedy"] = Greedy(c, model), ["train_loss"] = Train(c, trained) };
    }

    static Module Weights(GoldenCall c, Module model)
    {
        model.LoadStateDict(c.Case.Params.Keys.ToDictionary(name => name, name => c[name]));
        return model;
    }

    static Tensor Loss(GoldenCall c, Tensor logits) =>
        F.CrossEntropy(logits.Reshape(-1, logits.Shape[^1]), c["targets"].Reshape(-1), ignoreIndex: c.Int("ignore_index"));

    static Tensor Greedy(GoldenCall c, Module model)
    {
        using var _ = Autograd.NoGrad();
        var tokens = c["idx"].Narrow(0, 0, 1).Narrow(1, 0, 3);
        for (int i = 0; i < c.Int("greedy_new_tokens"); i++)
            tokens = Tensor.Cat([tokens, model.Forward(tokens).Select(1, -1).Argmax(-1).Unsqueeze(1)], 1);
        return tokens;
    }

    static Tensor Train(GoldenCall c, Module model)
    {
        var options = c.Arg("train");
        double Number(string name) => options.GetProperty(name).GetDouble();
        var optimizer = new AdamW(model.Parameters(), Number("lr"), (options.GetProperty("betas")[0].GetDouble(), options.GetProperty("betas")[1].GetDouble()),
            Number("eps"), Number("weight_decay"));
        var losses = new List<Tensor>();
        for (int step = 0; step < options.GetProperty("steps").GetInt32(); step++)
        {
            var loss = Loss(c, model.Forward(c["idx"]));
            optimizer.ZeroGrad();
            loss.Backward();
            Clipping.ClipGradNorm_(model.Parameters(), Number("clip_grad_norm"));
            optimizer.Step();
            losses.Add(loss.Detach());
        }
        return Tensor.Stack([.. losses]);
    }
}
