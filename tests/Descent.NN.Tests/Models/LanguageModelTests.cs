using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

public sealed class LanguageModelTests
{
    public static TheoryData<string> Models => ["gpt", "rotary", "untied", "lstm"];

    static Module Create(string name, ulong seed = 1)
    {
        var config = new GptConfig { VocabularySize = 11, ContextLength = 8, Layers = 2, Heads = 2, Width = 12 };
        var generator = new Generator(seed);
        return name switch
        {
            "gpt" => new CharGpt(config, generator: generator),
            "rotary" => new CharGpt(config with { Positions = PositionKind.Rotary, Bias = false }, generator: generator),
            "untied" => new CharGpt(config with { TieWeights = false }, generator: generator),
            _ => new CharLstm(11, 6, 10, generator: generator),
        };
    }

    static Tensor Tokens(int n, int length) => Tensor.RandInt(0, 11, [n, length], generator: new Generator(2));

    [Theory, MemberData(nameof(Models))]
    public void No_logits_depend_on_later_tokens(string name)
    {
        var model = Create(name).Eval();
        var tokens = Tokens(2, 8);
        var changed = tokens.Clone();
        changed.Narrow(1, 5, 3).Copy_((tokens.Narrow(1, 5, 3) + 1).Remainder(11));
        Tensor y = model.Forward(tokens), z = model.Forward(changed);
        Assert.Equal([2, 8, 11], y.Shape.ToArray());
        Assert.Null(TensorComparer.Difference(z.Narrow(1, 0, 5).Detach(), y.Narrow(1, 0, 5).Detach(), 1e-6, 1e-6));
        Assert.NotNull(TensorComparer.Difference(z.Narrow(1, 5, 3).Detach(), y.Narrow(1, 5, 3).Detach(), 1e-4, 1e-4));
    }

    [Theory, MemberData(nameof(Models))]
    public void Token_by_token_gives_the_logits_of_the_whole(string name)
    {
        var model = Create(name).Eval();
        var tokens = Tokens(1, 6);
        var state = ((ILanguageModel)model).Begin();
        var whole = model.Forward(tokens);
        var list = tokens.ToArray<long>();
        Assert.Null(TensorComparer.Difference(state.Next(list.AsSpan(0, 3)).Detach(), whole.Select(0, 0).Select(0, 2).Detach(), 1e-5, 1e-5));
        for (int t = 3; t < 6; t++)
            Assert.Null(TensorComparer.Difference(state.Next([list[t]]).Detach(), whole.Select(0, 0).Select(0, t).Detach(), 1e-5, 1e-5));
    }

    [Theory, MemberData(nameof(Models))]
    public void A_short_text_is_learned_by_heart(string name)
    {
        var model = Create(name);
        var optimizer = new AdamW(model.Parameters(), 0.01);
        // No row starts with one token twice: where every token so far is one and the same, a model that knows distances alone cannot tell positions apart.
        Tensor x = Tensor.From<long>([0, 1, 2, 3, 4, 5, 6, 7, 10, 9, 8, 7, 6, 5, 4, 3], [2, 8]), y = Tensor.RandInt(0, 11, [2, 8], generator: new Generator(3));
        double first = 0, last = 0;
        for (int step = 0; step < 150; step++)
        {
            var loss = F.CrossEntropy(model.Forward(x).Reshape(-1, 11), y.Reshape(-1));
            optimizer.ZeroGrad();
            loss.Backward();
            optimizer.Step();
            last = loss.Item();
            if (step == 0) first = last;
        }
        Assert.Equal(Math.Log(11), first, 0.5);
        Assert.True(last < 0.1, $"the loss is {last}");
    }

    [Theory, MemberData(nameof(Models))]
    public void Text_follows_the_seed_alone_and_may_outgrow_the_context(string name)
    {
        var model = (ILanguageModel)Create(name).Eval();
        int[] Text(ulong seed) => [.. new Sampler { Seed = seed }.Generate(model, [1, 2]).Take(30)];
        Assert.Equal(Text(4), Text(4));
        Assert.NotEqual(Text(4), Text(5));
        Assert.Throws<ArgumentException>(() => new Sampler().Generate(model, []));
    }

    [Fact]
    public void Tied_weights_are_one_parameter_under_two_names()
    {
        var model = Create("gpt");
        Assert.Contains("lm_head.weight", model.StateDict().Keys);
        Assert.DoesNotContain(model.NamedParameters(), p => p.Name == "lm_head.weight");
        Assert.Contains(Create("untied").NamedParameters(), p => p.Name == "lm_head.weight");
    }

    [Fact]
    public void Weights_start_as_nanoGPT_starts_them()
    {
        var model = new CharGpt(new() { VocabularySize = 65, Layers = 8, Width = 128 }, generator: new(1));
        double Deviation(string name) => model.StateDict()[name].Std().Item();
        Assert.Equal(0.02, Deviation("transformer.wte.weight"), 0.001);
        Assert.Equal(0.02, Deviation("transformer.h.3.mlp.c_fc.weight"), 0.001);
        Assert.Equal(0.005, Deviation("transformer.h.3.mlp.c_proj.weight"), 0.0003);
        Assert.Equal(0.005, Deviation("transformer.h.3.attn.c_proj.weight"), 0.0003);
        Assert.Equal(0, model.StateDict()["transformer.h.3.attn.c_attn.bias"].Abs().Sum().Item());
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Contains("8", Assert.Throws<ShapeException>(() => Create("gpt").Forward(Tokens(1, 9))).Message);
        Assert.Throws<ArgumentException>(() => new CharGpt(new() { VocabularySize = 5, Heads = 3 }));
    }
}
