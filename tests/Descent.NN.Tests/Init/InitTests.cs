using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class InitTests
{
    /// <summary>Every initialiser, with the mean and the deviation of a draw of (200, 100).</summary>
    public static TheoryData<string, Action<Tensor, Generator>, double, double> Draws => new()
    {
        { "uniform", (x, g) => Init.Uniform_(x, -1, 3, g), 1, 4 / Math.Sqrt(12) },
        { "normal", (x, g) => Init.Normal_(x, 2, 0.5, g), 2, 0.5 },
        { "truncated normal", (x, g) => Init.TruncNormal_(x, generator: g), 0, 0.8796 },
        { "truncated normal far out", (x, g) => Init.TruncNormal_(x, 1, 2, 11, 12, g), 1 + 2 * 5.1521018, 2 * 0.1231831 },
        { "truncated normal of one tail", (x, g) => Init.TruncNormal_(x, low: double.NegativeInfinity, high: -7, generator: g), -7.1375456, 0.1351366 },
        { "truncated normal, narrow", (x, g) => Init.TruncNormal_(x, low: 0, high: 0.5, generator: g), 0.2448363, 0.1436814 },
        { "Kaiming uniform", (x, g) => Init.KaimingUniform_(x, nonlinearity: Nonlinearity.Relu, generator: g), 0, Math.Sqrt(2.0 / 100) },
        { "Kaiming normal", (x, g) => Init.KaimingNormal_(x, mode: FanMode.FanOut, nonlinearity: Nonlinearity.Linear, generator: g), 0, Math.Sqrt(1.0 / 200) },
        { "Xavier uniform", (x, g) => Init.XavierUniform_(x, 2, g), 0, 2 * Math.Sqrt(2.0 / 300) },
        { "Xavier normal", (x, g) => Init.XavierNormal_(x, generator: g), 0, Math.Sqrt(2.0 / 300) },
        { "orthogonal", (x, g) => Init.Orthogonal_(x, 3, g), 0, 3 / Math.Sqrt(200) },
        { "sparse", (x, g) => Init.Sparse_(x, 0.75, 1, g), 0, 0.5 },
    };

    [Theory, MemberData(nameof(Draws))]
    public void Draws_have_their_mean_and_deviation_in_every_type_and_layout(string name, Action<Tensor, Generator> draw, double mean, double std)
    {
        foreach (var type in (DType[])[DType.Float32, DType.Float64, DType.BFloat16, DType.Float16])
        {
            Tensor plain = Tensor.Zeros([200, 100], type), turned = Tensor.Zeros([100, 200], type).T;
            draw(plain, new(3));
            draw(turned, new(3));
            var values = plain.To(DType.Float64);
            Assert.True(Math.Abs(values.Mean().Item() - mean) < 0.03 * std + 1e-3, $"{name}, {type}: mean {values.Mean().Item()}");
            Assert.True(Math.Abs(values.Std().Item() / std - 1) < 0.03, $"{name}, {type}: deviation {values.Std().Item()}");
            Assert.Equal(values.ToArray<double>(), turned.To(DType.Float64).Contiguous().ToArray<double>());
            draw(turned, new(4));
            Assert.NotEqual(values.ToArray<double>(), turned.To(DType.Float64).Contiguous().ToArray<double>());
        }
    }

    [Theory, MemberData(nameof(Draws))]
    public void Parameters_are_filled_outside_the_graph_and_empty_ones_left(string name, Action<Tensor, Generator> draw, double mean, double std)
    {
        var parameter = new Parameter(Tensor.Zeros(20, 10));
        int version = parameter.Version;
        draw(parameter, new(1));
        Assert.True(parameter.IsLeaf && parameter.RequiresGrad && parameter.Version != version, $"{name} {mean} {std}");
        if (!name.StartsWith('K')) draw(Tensor.Zeros(0, 3), new(1));
    }

    [Theory]
    [InlineData(4, 9)]
    [InlineData(9, 4)]
    [InlineData(5, 5)]
    public void The_fewer_of_rows_and_columns_are_orthonormal(int rows, int columns)
    {
        var x = Init.Orthogonal_(Tensor.Empty([rows, columns], DType.Float64), 2, new(1));
        var gram = rows < columns ? x.MatMul(x.T) : x.T.MatMul(x);
        var expected = Tensor.Eye(Math.Min(rows, columns), dtype: DType.Float64) * 4;
        Assert.True((gram - expected).Abs().Amax().Item() < 1e-12);
        var filters = Init.Orthogonal_(Tensor.Empty([3, 2, 3, 3]), generator: new(1)).Reshape(3, 18);
        Assert.True((filters.MatMul(filters.T) - Tensor.Eye(3)).Abs().Amax().Item() < 1e-5);
    }

    [Fact]
    public void Each_column_of_a_sparse_matrix_has_its_zeros_in_places_of_its_own()
    {
        var x = Init.Sparse_(Tensor.Empty([10, 40]), 0.25, 1, new(1));
        var zeros = x.Eq(Tensor.Zeros(1));
        Assert.All(zeros.To(DType.Int64).Sum(0).ToArray<long>(), count => Assert.Equal(3, count));
        Assert.All(zeros.To(DType.Int64).Sum(1).ToArray<long>(), count => Assert.InRange(count, 1, 30));
    }

    [Fact]
    public void What_cannot_be_filled_is_refused()
    {
        Assert.Throws<ShapeException>(() => Init.Orthogonal_(Tensor.Empty([3])));
        Assert.Throws<ShapeException>(() => Init.Sparse_(Tensor.Empty([3, 3, 3]), 0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Init.Sparse_(Tensor.Empty([3, 3]), 1.1));
        Assert.Throws<ShapeException>(() => Init.KaimingNormal_(Tensor.Empty([3])));
        Assert.Throws<ShapeException>(() => Init.Eye_(Tensor.Empty([3])));
        Assert.Throws<ShapeException>(() => Init.Dirac_(Tensor.Empty([3, 3, 3]), groups: 2));
        Assert.Throws<ArgumentException>(() => Init.Ones_(Tensor.Zeros([3], DType.Int64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Init.TruncNormal_(Tensor.Empty([3]), low: 3, high: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Init.TruncNormal_(Tensor.Empty([3]), mean: 4, std: 0));
        Assert.Equal([1f, 1], Init.Ones_(Tensor.Empty([2])).ToArray<float>());
        Assert.Equal([0f, 0], Init.Zeros_(Tensor.Ones(2)).ToArray<float>());
    }

    [Fact]
    public void After_lsuv_every_layer_gives_variance_1()
    {
        var model = new Sequential(new Conv2d(1, 4, 3), new ReLU(), new Flatten(), new Linear(4 * 36, 32), new Dropout(0.5), new ReLU(), new Linear(32, 5));
        foreach (var p in model.Parameters()) Init.Normal_(p, 0, 3, new(2));
        var batch = Tensor.Randn([64, 1, 8, 8], generator: new(1)) * 5 + 1;
        var layers = Lsuv.Init_(model, batch, tolerance: 0.01, generator: new(3));
        Assert.Equal(["0", "3", "6"], layers.Select(l => l.Layer));
        Assert.All(layers, l => Assert.InRange(l.Variance, 0.99, 1.01));
        Assert.True(model.IsTraining);
        Assert.InRange(model.Eval().Forward(batch).Var().Item(), 0.99, 1.01);
        Assert.Throws<InvalidOperationException>(() => Lsuv.Init_(new Sequential(new Linear(3, 2, bias: false)), Tensor.Zeros(8, 3)));
    }
}
