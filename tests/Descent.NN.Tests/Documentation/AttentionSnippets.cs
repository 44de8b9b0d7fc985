using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests.Documentation;

/// <summary>The examples of the page on attention, as they stand there; alone, since one looks at the memory of the process.</summary>
public sealed class AttentionSnippets
{
    [Fact]
    public void Reading()
    {
        Tensor query = Tensor.Randn(4, 8), key = Tensor.Randn(6, 8), value = Tensor.Randn(6, 5);
        var read = F.ScaledDotProductAttention(query, key, value);    // (4, 5): a mixture of values for each query

        var want = (query.MatMul(key.T) / Math.Sqrt(8)).Softmax(-1).MatMul(value);
        Assert.Null(TensorComparer.Difference(read, want, 1e-4, 1e-5));
    }

    [Fact]
    public void Masks()
    {
        var x = Tensor.Randn(1, 5, 8);
        var seen = F.ScaledDotProductAttention(x, x, x, isCausal: true);
        var triangle = Tensor.Ones(5, 5).Tril().To(DType.Bool);
        var same = F.ScaledDotProductAttention(x, x, x, triangle);

        Assert.Null(TensorComparer.Difference(seen, same, 1e-5, 1e-5));
    }

    [Fact]
    public void Caches()
    {
        Tensor keys = Tensor.Randn(1, 9, 8), newest = Tensor.Randn(1, 2, 8);
        var next = F.ScaledDotProductAttention(newest, keys, keys, isCausal: true, queryOffset: 7);   // query 0 sees keys 0 to 7, query 1 all

        var all = F.ScaledDotProductAttention(newest, keys, keys);
        Assert.Null(TensorComparer.Difference(next.Select(1, 1), all.Select(1, 1), 1e-5, 1e-5));
        Assert.NotNull(TensorComparer.Difference(next.Select(1, 0), all.Select(1, 0), 1e-5, 1e-5));
    }

    [Fact]
    public void Heads()
    {
        var attention = new MultiheadAttention(embedDim: 16, numHeads: 4, batchFirst: true);
        var sequence = Tensor.Randn(2, 5, 16);
        var (mixed, weights) = attention.Forward(sequence, sequence, sequence);    // (2, 5, 16) and, the mean over heads, (2, 5, 5)

        Assert.Equal([2, 5, 16], mixed.Shape.ToArray());
        Assert.Equal([2, 5, 5], weights!.Shape.ToArray());
    }

    [Fact]
    public void Positions()
    {
        Tensor q = Tensor.Randn(1, 4), k = Tensor.Randn(1, 4);
        double near = (F.Rope(q, offset: 3) * F.Rope(k, offset: 1)).Sum().Item();
        double far = (F.Rope(q, offset: 103) * F.Rope(k, offset: 101)).Sum().Item();    // the same distance, the same product

        Assert.Equal(near, far, 1e-4);
    }

    [Fact]
    public void MemoryOfTiles()
    {
        Tensor q = Tensor.Randn(1, 2, 300, 16), k = Tensor.Randn(1, 2, 300, 16), v = Tensor.Randn(1, 2, 300, 16);
        q.RequiresGrad = true;
        long before = Memory.Statistics.OutstandingBytes;
        var y = F.ScaledDotProductAttention(q, k, v, isCausal: true);
        long kept = Memory.Statistics.OutstandingBytes - before;     // the output and a number a row: not a tenth of the 720,000 bytes of scores
        y.Sum().Backward();

        Assert.InRange(kept, 1, 72_000);
        Assert.Equal(q.Shape, q.Grad!.Shape);
    }

    [Fact]
    public void Packing()
    {
        var tokens = Tensor.Randn(12, 2, 8);                          // 12 tokens of 2 heads: sequences of 5, 4 and 3
        var each = F.VarlenAttention(tokens, tokens, tokens, Tensor.From<long>([0, 5, 9, 12]), isCausal: true);

        var middle = tokens.Narrow(0, 5, 4).Transpose(0, 1);
        var alone = F.ScaledDotProductAttention(middle, middle, middle, isCausal: true).Transpose(0, 1);
        Assert.Null(TensorComparer.Difference(each.Narrow(0, 5, 4), alone, 1e-5, 1e-5));
    }

    [Fact]
    public void A_small_language_model()
    {
        var model = new CharGpt(new() { VocabularySize = 20, ContextLength = 16, Layers = 2, Heads = 2, Width = 32 });
        var logits = model.Forward(Tensor.RandInt(0, 20, [1, 16]));                   // (1, 16, 20): the next token at every position
        var text = new Sampler { Temperature = 0.8, TopK = 10 }.Generate(model, [1, 2, 3]).Take(8).ToArray();

        Assert.Equal([1, 16, 20], logits.Shape.ToArray());
        Assert.All(text, token => Assert.InRange(token, 0, 19));
    }
}
