namespace Descent.Tensors.Tests;

public sealed class EngineTests
{
    [Fact]
    public void Gradients_add_up_over_uses_and_over_passes()
    {
        var x = Leaf.Of(2, 3);
        var y = x * x + x;
        y.Backward(Leaf.Constant(1, 1));
        Assert.Equal([5, 7], x.Grad!.Values());
        (x * 10).Backward(Leaf.Constant(1, 1));
        Assert.Equal([15, 17], x.Grad!.Values());
    }

    [Fact]
    public void A_chain_of_100_000_operations_does_not_overflow()
    {
        var x = Leaf.Of(1);
        var y = x;
        for (int i = 0; i < 100_000; i++) y = y.Add(1).Mul(1.0);
        y.Backward();
        Assert.Equal([1], x.Grad!.Values());
        Assert.Equal(1, Autograd.Grad(x.Mul(1.0), x).Item());
        y = null;
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public void A_ladder_of_shared_results_takes_each_node_once()
    {
        var x = Leaf.Of(1);
        var y = x;
        for (int i = 0; i < 50; i++) y = y + y;
        y.Backward();
        Assert.Equal([Math.Pow(2, 50)], x.Grad!.Values());
    }

    [Fact]
    public void A_second_pass_needs_retainGraph_where_something_was_saved()
    {
        var x = Leaf.Of(3);
        var y = x * x;
        y.Backward();
        var error = Assert.Throws<InvalidOperationException>(() => y.Backward());
        Assert.Contains("Mul", error.Message);
        Assert.Contains("retainGraph", error.Message);

        var z = x * x;
        z.Backward(retainGraph: true);
        z.Backward();
        Assert.Equal([18], x.Grad!.Values());

        var nothingSaved = x.Mul(2);
        nothingSaved.Backward();
        nothingSaved.Backward();
    }

    [Fact]
    public void Roots_that_lead_to_each_other_are_done_in_order()
    {
        var x = Leaf.Of(3);
        var y = x * x;
        var z = y * y;
        var one = Leaf.Constant(1);
        // d(x² + x⁴) = 2x + 4x³, whichever comes first, and y twice counts twice.
        Assert.Equal([114], Autograd.Grad([y, z], [x], [one, one], retainGraph: true)[0]!.Values());
        Assert.Equal([114], Autograd.Grad([z, y], [x], [one, one], retainGraph: true)[0]!.Values());
        Assert.Equal([120], Autograd.Grad([y, z, y], [x], [one, one, one])[0]!.Values());
    }

    [Fact]
    public void Grad_takes_intermediate_tensors_repeated_ones_and_the_output_itself()
    {
        var x = Leaf.Of(3);
        var y = x * x;
        var z = y * y * x;
        var made = Autograd.Grad([z], [y, x, y, z], retainGraph: true);
        Assert.Equal([54], made[0]!.Values());
        Assert.Equal([405], made[1]!.Values());
        Assert.Equal([54], made[2]!.Values());
        Assert.Equal([1], made[3]!.Values());
        Assert.Null(x.Grad);
        Assert.Equal([1], Autograd.Grad(x, x).Values());
    }

    [Fact]
    public void Grad_does_not_run_what_leads_nowhere()
    {
        var (x, w) = (Leaf.Of(3), Leaf.Of(5));
        var dead = x * x;
        dead.Backward();
        // The graph of dead is gone, and not needed for w.
        Assert.Equal([9], Autograd.Grad(dead * w, w).Values());
        // Nor is what lies beneath an intermediate input.
        Assert.Equal([5], Autograd.Grad(dead * w, dead).Values());
    }

    [Fact]
    public void An_input_that_is_not_used_is_an_error_or_null()
    {
        var (x, w) = (Leaf.Of(3), Leaf.Of(5));
        var error = Assert.Throws<InvalidOperationException>(() => Autograd.Grad([x * x], [x, w]));
        Assert.Contains("input 1", error.Message);
        Assert.Null(Autograd.Grad([x * x], [x, w], allowUnused: true)[1]);
        Assert.Null(Autograd.Grad([x, x * x], [w], allowUnused: true)[0]);
        Assert.Throws<InvalidOperationException>(() => Autograd.Grad([x * x], [Leaf.Constant(1)]));
        Assert.Throws<ArgumentException>(() => Autograd.Grad([x * x], []));
        Assert.Null(x.Grad);
    }

    [Fact]
    public void What_does_not_require_gradients_has_no_backward() =>
        Assert.Throws<InvalidOperationException>(() => Leaf.Constant(1).Backward());

    [Fact]
    public void A_leaf_is_its_own_root()
    {
        var x = Leaf.Of(1, 2);
        var seed = Leaf.Constant(3, 4);
        x.Backward(seed);
        x.Grad!.Add_(x.Detach());
        Assert.Equal([4, 6], x.Grad!.Values());
        Assert.Equal([3, 4], seed.Values());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Leaves_do_not_share_one_gradient(bool createGraph)
    {
        var (a, b) = (Leaf.Of(1), Leaf.Of(2));
        var seed = Leaf.Constant(1);
        (a + b).Backward(seed, createGraph: createGraph);
        using (Autograd.NoGrad()) a.Grad!.Add_(Leaf.Constant(10));
        Assert.Equal([1], b.Grad!.Values());
        Assert.Equal([1], seed.Values());
    }

    [Fact]
    public void A_gradient_that_the_user_holds_is_not_changed_or_disposed()
    {
        var x = Leaf.Of(Enumerable.Range(1, 1000).Select(i => (double)i).ToArray());
        var held = new List<Tensor>();
        var y = x * x;
        y.RegisterHook(g => { held.Add(g); return null; });
        var z = y * 2 + y * y;
        z.Backward(Tensor.Ones([1000], DType.Float64));
        Assert.Equal(4, held.Single().Values()[0]);
        Assert.Equal(2_000_002, held.Single().Values()[^1]);
        Assert.Equal(8, x.Grad!.Values()[0]);
    }

    [Fact]
    public void Gradients_of_gradients_reach_any_order()
    {
        var x = Leaf.Of(2);
        var y = x * x * x * x;
        double[] expected = [32, 48, 48, 24];
        foreach (double value in expected)
        {
            y = Autograd.Grad(y, x, createGraph: true);
            Assert.Equal([value], y.Values());
        }
    }

    [Fact]
    public void A_gradient_penalty_reaches_Grad()
    {
        var (x, w) = (Leaf.Of(3), Leaf.Of(5));
        var g = Autograd.Grad(x * x * w, x, createGraph: true);
        (g * g).Backward();
        // g = 2xw, so d(g²)/dw = 8x²w.
        Assert.Equal([360], w.Grad!.Values());
    }

    [Fact]
    public void Backward_with_createGraph_leaves_gradients_that_can_be_differentiated()
    {
        var x = Leaf.Of(3);
        (x * x * x).Backward(createGraph: true);
        var first = x.Grad!;
        Assert.Equal([27], first.Values());
        Assert.Equal([18], Autograd.Grad(first, x).Values());
    }

    [Fact]
    public void Changing_what_was_saved_in_place_is_an_error()
    {
        var x = Leaf.Of(3);
        var y = x * 2;
        var z = y * y;
        using (Autograd.NoGrad()) y.Add_(Leaf.Constant(1));
        var error = Assert.Throws<InvalidOperationException>(() => z.Backward());
        Assert.Contains("in place", error.Message);
    }

    [Fact]
    public void An_in_place_operation_takes_its_place_in_the_graph()
    {
        var (x, w) = (Leaf.Of(3), Leaf.Of(5));
        var y = x.Mul(2);
        y.Mul_(w);
        y.Backward();
        Assert.Equal([10], x.Grad!.Values());
        Assert.Equal([6], w.Grad!.Values());
    }

    static Tensor[] SplitInTwo(Tensor x)
    {
        Tensor[] y;
        using (Autograd.NoGrad()) y = [x * 2, x * 3];
        Autograd.RecordJoint(y, 0, [x], static (gradients, _, needed, results) =>
        {
            if (gradients[0] is { } a) results[0] = a * 2;
            if (gradients[1] is { } b) results[0] = results[0] is { } sum ? sum + b * 3 : b * 3;
        });
        return y;
    }

    [Fact]
    public void Outputs_that_are_not_used_bring_no_gradient()
    {
        var x = Leaf.Of(7);
        Assert.Equal([2], Autograd.Grad(SplitInTwo(x)[0], x).Values());
        Assert.Equal([3], Autograd.Grad(SplitInTwo(x)[1], x).Values());
        var both = SplitInTwo(x);
        Assert.Equal([5 + 2], Autograd.Grad([both[0] + both[1], both[0]], [x], [Leaf.Constant(1), Leaf.Constant(1)], retainGraph: true)[0]!.Values());
        Assert.Equal([1], Autograd.Grad(both[0] + both[1], both[1], retainGraph: true).Values());
        Assert.Equal([5], Autograd.Grad([both[0], both[1]], [x], [Leaf.Constant(1), Leaf.Constant(1)])[0]!.Values());
    }

    [Fact]
    public void Threads_may_share_leaves()
    {
        const int Passes = 300, Width = 500;
        var x = Leaf.Of(Enumerable.Repeat(2.0, Width).ToArray());
        var seed = Tensor.Ones([Width], DType.Float64);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            for (int i = 0; i < Passes; i++) (x * x + x * 3).Backward(seed);
        });
        Assert.All(x.Grad!.Values(), g => Assert.Equal(4 * Passes * 7, g));
    }

    [Fact]
    public void Threads_may_ask_for_different_gradients_of_shared_leaves()
    {
        var (x, w) = (Leaf.Of(2), Leaf.Of(3));
        Parallel.For(0, 2000, i =>
        {
            var y = x * w;
            Assert.Equal(i % 2 == 0 ? [3.0] : [2.0], Autograd.Grad(y, i % 2 == 0 ? x : w).Values());
        });
        Assert.Null(x.Grad);
        Assert.Null(w.Grad);
    }

    [Fact]
    public void Threads_that_meet_a_new_leaf_at_once_see_the_same()
    {
        var leaves = Enumerable.Range(0, 5000).Select(_ => Leaf.Of(2)).ToArray();
        int arrived = 0;
        Tensor[] first = [], second = [];
        Parallel.Invoke(() => first = Use(), () => second = Use());
        Assert.All(first.Concat(second).Zip([.. leaves, .. leaves]), pair => Assert.NotNull(Autograd.Grad([pair.First], [pair.Second], allowUnused: true)[0]));

        Tensor[] Use()
        {
            var results = new Tensor[leaves.Length];
            for (int i = 0; i < leaves.Length; i++)
            {
                // Closer together than a barrier lets them go.
                Interlocked.Increment(ref arrived);
                var wait = new SpinWait();
                while (Volatile.Read(ref arrived) < 2 * (i + 1)) wait.SpinOnce(sleep1Threshold: -1);
                results[i] = leaves[i] * 3;
            }
            return results;
        }
    }

    [Fact]
    public void A_failed_pass_leaves_the_engine_usable()
    {
        var x = Leaf.Of(2);
        var y = x * x;
        y.RegisterHook(_ => throw new TimeoutException());
        Assert.Throws<TimeoutException>(() => y.Backward());
        (x * x).Backward();
        Assert.Equal([4], x.Grad!.Values());
        Assert.True(Autograd.IsEnabled);
    }
}
