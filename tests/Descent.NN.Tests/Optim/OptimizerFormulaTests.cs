using Descent.Tensors;

namespace Descent.NN.Tests;

/// <summary>What the trajectories of the reference cases do not show.</summary>
public sealed class OptimizerFormulaTests
{
    static Parameter Leaf(Tensor x, double gradient = 0) => new(x) { Grad = Tensor.Full(x.Shape, gradient, x.DType) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Penalties_pull_towards_0_whichever_way_steps_go(bool maximize)
    {
        var p = Leaf(Tensor.From<float>([2, 0, -2]));
        new SGD([new SgdGroup([p]) { LearningRate = 1, L1Penalty = 0.5, Maximize = maximize }]).Step();
        Assert.Equal([1.5f, 0, -1.5f], p.ToArray<float>());
        new SGD([new SgdGroup([p]) { LearningRate = 1, L2Penalty = 0.5, Maximize = maximize }]).Step();
        Assert.Equal([0.75f, 0, -0.75f], p.ToArray<float>());
        Assert.Equal([0f, 0, 0], p.Grad!.ToArray<float>());
    }

    [Fact]
    public void A_penalty_is_scaled_by_Adam_and_decoupled_decay_is_not()
    {
        var (penalised, decayed) = (Leaf(Tensor.From<float>([2, 200])), Leaf(Tensor.From<float>([2, 200])));
        new AdamW([new AdamGroup([penalised]) { LearningRate = 0.1, L2Penalty = 0.01 }]).Step();
        new AdamW([new AdamGroup([decayed]) { LearningRate = 0.1, WeightDecay = 0.01 }]).Step();
        Assert.Equal([1.9f, 199.9f], penalised.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal([2 * 0.999f, 200 * 0.999f], decayed.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Lion_steps_by_the_sign_and_decays_beside_it()
    {
        var p = new Parameter(Tensor.From<float>([1, 1, 1])) { Grad = Tensor.From<float>([5, -0.01f, 0]) };
        var lion = new Lion([p], 0.1, (0.9, 0.5), weightDecay: 0.5);
        lion.Step();
        Assert.Equal([0.85f, 1.05f, 0.95f], p.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        p.Grad = Tensor.From<float>([-4, 0.1f, 0]);
        // m = g / 2 = (2.5, −0.005, 0): the first direction is 0.9 · 2.5 − 0.4, still up; the second −0.0045 + 0.01, turned.
        lion.Step();
        Assert.Equal([0.85f * 0.95f - 0.1f, 1.05f * 0.95f - 0.1f, 0.95f * 0.95f], p.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(8, 5)]
    [InlineData(5, 8)]
    public void Muon_steps_along_a_nearly_orthogonal_matrix(int rows, int columns)
    {
        var g = Tensor.Randn([rows, columns], generator: new(1));
        var p = new Parameter(Tensor.Zeros(rows, columns)) { Grad = g };
        new Muon([p], [], learningRate: 1).Step();
        double scale = Math.Sqrt(Math.Max(1, (double)rows / columns));
        var values = Linalg.Svd(p.Detach() / scale).S.ToArray<float>();
        Assert.All(values, value => Assert.InRange(value, 0.6, 1.3));
        // The step goes down: its product with the gradient is minus the sum of singular values, roughly.
        Assert.True((p.Detach() * g).Sum().Item() < -0.6 * Linalg.Svd(g).S.Sum().Item());
    }

    [Fact]
    public void Muon_leaves_the_rest_to_AdamW()
    {
        var (matrix, vector, alone) = (Leaf(Tensor.Eye(3), 1), Leaf(Tensor.Ones(3), 1), Leaf(Tensor.Ones(3), 1));
        var muon = new Muon([matrix], [vector], restLearningRate: 0.1, restBetas: (0.9, 0.99), weightDecay: 0.1);
        var adam = new AdamW([alone], 0.1, (0.9, 0.99), weightDecay: 0.1);
        for (int step = 0; step < 3; step++)
        {
            muon.Step();
            adam.Step();
        }
        Assert.Equal(alone.ToArray<float>(), vector.ToArray<float>());
        Assert.Contains("state.0.momentum_buffer", muon.StateDict().Tensors.Keys);
        Assert.Contains("state.1.exp_avg_sq", muon.StateDict().Tensors.Keys);
    }

    [Fact]
    public void Adafactor_keeps_rows_and_columns_of_matrices_only()
    {
        var (matrix, filters, vector) = (Leaf(Tensor.Ones(4, 6), 1), Leaf(Tensor.Ones(2, 3, 5, 7), 1), Leaf(Tensor.Ones(3), 1));
        var optimizer = new Adafactor([matrix, filters, vector], learningRate: 0.5);
        optimizer.Step();
        var shapes = optimizer.StateDict().Tensors.ToDictionary(t => t.Key, t => t.Value.Shape);
        Assert.Equal(5, shapes.Count);
        Assert.Equal([4, 1], shapes["state.0.row_var"].ToArray());
        Assert.Equal([1, 6], shapes["state.0.col_var"].ToArray());
        Assert.Equal([2, 3, 1, 7], shapes["state.1.col_var"].ToArray());
        Assert.Equal([3], shapes["state.2.variance"].ToArray());
        // Equal gradients: v is g², the update 1, and the size of the parameter 1.
        Assert.All(matrix.ToArray<float>(), x => Assert.Equal(0.5f, x, 1e-5f));
    }

    [Fact]
    public void Asgd_averages_from_a_step_on()
    {
        var p = Leaf(Tensor.Zeros(1), 1);
        var optimizer = new ASGD([p], 1, lambda: 0, t0: 1);
        Assert.Null(optimizer.Average(p));
        var seen = new List<double>();
        for (int step = 0; step < 5; step++)
        {
            optimizer.Step();
            seen.Add(p.Item());
        }
        // mu after t steps is 1 / max(1, t − 1), and serves the step after: the mean is over all steps from the third on.
        Assert.Equal(seen.Skip(2).Average(), optimizer.Average(p)!.Item(), 1e-6);
        Assert.Throws<ArgumentException>(() => optimizer.Average(Tensor.Zeros(1)));
    }

    [Fact]
    public void Sam_takes_the_gradient_uphill_and_the_step_from_where_it_was()
    {
        var x = new Parameter(Tensor.From<float>([1]));
        var optimizer = new SAM(new SGD([x], 0.1), rho: 0.1);
        var loss = optimizer.Step(() =>
        {
            optimizer.ZeroGrad();
            var y = (x * x).Sum();
            y.Backward();
            return y;
        });
        Assert.Equal(1f, loss.Item<float>());
        Assert.Equal(1 - 0.1 * 2 * 1.1, x.Item(), 1e-6);
    }

    [Fact]
    public void Lbfgs_with_a_line_search_finds_the_end_of_a_curved_valley()
    {
        var x = new Parameter(Tensor.From<double>([-1.2, 1]));
        var optimizer = new LBFGS([x], maxIterations: 60, maxEvaluations: 200, changeTolerance: 1e-14, strongWolfe: true);
        int evaluations = 0;
        optimizer.Step(() =>
        {
            evaluations++;
            optimizer.ZeroGrad();
            var (a, b) = (x.Select(0, 0), x.Select(0, 1));
            var loss = 100 * (b - a * a).Pow(2) + (1 - a).Pow(2);
            loss.Backward();
            return loss;
        });
        Assert.Equal([1.0, 1.0], x.ToArray<double>(), (e, g) => Math.Abs(e - g) < 1e-6);
        Assert.True(evaluations < 80, $"{evaluations} evaluations");
        Assert.Equal(evaluations, optimizer.StateDict().Numbers["state.0.func_evals"]);
    }

    [Fact]
    public void Lbfgs_refuses_a_state_of_other_parameters()
    {
        var x = new Parameter(Tensor.Ones(2));
        var optimizer = new LBFGS([x], maxIterations: 2);
        optimizer.Step(() => { optimizer.ZeroGrad(); var y = (x * x * x * x).Sum(); y.Backward(); return y; });
        var state = optimizer.StateDict();
        var error = Assert.Throws<StateDictException>(() => new LBFGS([new Parameter(Tensor.Ones(3))]).LoadStateDict(state));
        Assert.Contains(error.Difference.Mismatched, m => m.Key == "state.0.d");
        state.Tensors.Remove("state.0.d");
        Assert.Equal(["state.0.d"], Assert.Throws<StateDictException>(() => optimizer.LoadStateDict(state)).Difference.Missing);
    }
}
