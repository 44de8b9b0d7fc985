using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class SummaryTests
{
    sealed class Pair : Module
    {
        readonly Bilinear _both = new(3, 4, 2);
        readonly Embedding _tokens = new(10, 4);

        public Tensor Forward(Tensor x, Tensor tokens) => Observed(_both.Forward(x, _tokens.Forward(tokens)));
    }

    /// <summary>A layer, its input, and its operations: a multiply-add is two.</summary>
    public static TheoryData<Func<Module>, Shape, long> Layers => new()
    {
        { () => new Linear(5, 3), [2, 5], 2 * 3 * (2 * 5 + 1) },
        { () => new Linear(5, 3, bias: false), [7, 2, 5], 14 * 3 * 2 * 5 },
        { () => new Conv1d(2, 4, 3), [1, 2, 8], 4 * 6 * (2 * 2 * 3 + 1) },
        { () => new Conv2d(4, 6, 3, padding: 1, groups: 2), [2, 4, 5, 5], 2 * 6 * 25 * (2 * 2 * 9 + 1) },
        { () => new Conv3d(1, 2, 2, bias: false), [1, 1, 3, 3, 3], 2 * 8 * 2 * 8 },
        { () => new ConvTranspose2d(3, 2, 2, 2), [1, 3, 4, 4], 3 * 16 * 2 * 2 * 4 + 2 * 64 },
        { () => new BatchNorm2d(3), [2, 3, 4, 4], 2 * 96 },
        { () => new LayerNorm(8), [4, 8], 7 * 32 },
        { () => new RMSNorm(8), [4, 8], 4 * 32 },
        { () => new GroupNorm(2, 4, affine: false), [2, 4, 3], 5 * 24 },
        { () => new LSTM(3, 5, numLayers: 2), [7, 2, 3], 14 * (2 * (20 * 3 + 20 * 5 + 20 * 5 + 20 * 5) + 4 * 20) },
        { () => new GRUCell(3, 5, bias: false), [2, 3], 2 * 2 * (15 * 3 + 15 * 5) },
        { () => new MultiheadAttention(4, 2, batchFirst: true), [2, 3, 4], 4 * 6 * 4 * (2 * 4 + 1) + 2 * 2 * (2 * 3 * 3 * 4) },
        { () => new MultiheadAttention(4, 2, bias: false), [3, 4], 4 * 3 * 4 * 2 * 4 + 2 * (2 * 3 * 3 * 4) },
        { () => new GatedFeedForward(4, 6), [5, 4], 3 * 5 * 2 * 24 },
        { () => new Sequential(new Linear(2, 2), new ReLU(), new Linear(2, 2)), [1, 2], 2 * 2 * 5 },
    };

    [Theory, MemberData(nameof(Layers))]
    public void Operations_are_counted_from_the_shapes(Func<Module> create, Shape input, long flops) =>
        Assert.Contains(FormattableString.Invariant($"; {flops:N0} FLOPs"), create().Summary(input));

    [Fact]
    public void A_module_of_several_inputs_is_run_by_the_function_that_is_given()
    {
        var model = new Pair();
        string text = model.Summary(() => model.Forward(Tensor.Randn(5, 3), Tensor.Zeros([5], DType.Int64)));
        Assert.Contains("both: Bilinear", text);
        Assert.Contains("(5, 2)", text);
        Assert.Contains(FormattableString.Invariant($"; {5 * 2 * (2 * 3 * 4 + 2 * 4 + 1):N0} FLOPs"), text);
    }

    [Fact]
    public void Tokens_are_given_as_an_example() =>
        Assert.Contains("(2, 6, 3)", new Sequential(new Embedding(10, 4), new Linear(4, 3)).Summary(Tensor.Zeros([2, 6], DType.Int64)));

    [Fact]
    public void Without_an_input_there_are_no_shapes_and_no_operations() => Assert.DoesNotContain("FLOPs", new Linear(2, 2).Summary());

    [Fact]
    public void A_summary_leaves_the_mode_and_the_statistics_as_they_are()
    {
        var model = new Sequential(new BatchNorm1d(3), new Dropout());
        model.Summary([4, 3]);
        Assert.True(model[1].IsTraining);
        Assert.Equal(0, ((BatchNorm1d)model[0]).NumBatchesTracked!.Item());
    }
}
