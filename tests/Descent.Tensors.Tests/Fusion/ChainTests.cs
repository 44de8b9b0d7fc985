using Descent.Tensors.Tests.Threading;

namespace Descent.Tensors.Tests.Fusion;

/// <summary>Operations that are put off, against the same ones run at once.</summary>
[Collection(ThreadCountCollection.Name)]
public sealed class ChainTests : IDisposable
{
    readonly int _threads = Numerics.Threads, _least = Chains.LeastElements, _runs = ChainPlan.RunsBeforeCode;
    readonly bool _fusion = Numerics.Fusion;

    public ChainTests()
    {
        (Chains.LeastElements, ChainPlan.RunsBeforeCode) = (1, 1);
        Numerics.Fusion = true;
    }

    public void Dispose() =>
        (Numerics.Threads, Chains.LeastElements, ChainPlan.RunsBeforeCode, Numerics.Fusion) = (_threads, _least, _runs, _fusion);

    public static TheoryData<int, DType, bool> Programs
    {
        get
        {
            var data = new TheoryData<int, DType, bool>();
            for (int seed = 0; seed < 60; seed++) data.Add(seed, seed % 6 == 2 ? DType.Float64 : DType.Float32, seed % 2 == 1);
            return data;
        }
    }

    [Theory, MemberData(nameof(Programs))]
    public void Random_programs_give_the_same_bits_fused_and_not(int seed, DType type, bool gradients)
    {
        Numerics.Fusion = false;
        var expected = new ChainProgram(seed, type, gradients).Run(steps: 60);
        Numerics.Fusion = true;
        foreach (int threads in (int[])[1, 2])
        {
            Numerics.Threads = threads;
            // Repeated, as what is asked for after a run is stored in the next of its kind.
            for (int again = 0; again < 2; again++) AssertSame(expected, new ChainProgram(seed, type, gradients).Run(steps: 60));
        }
    }

    [Theory]
    [InlineData(65_537)]
    [InlineData(98_303)]
    [InlineData(8_193)]
    [InlineData(40_000)]
    public void Long_chains_give_the_same_bits_on_one_thread_and_two(int length)
    {
        var runs = new List<float[]>();
        foreach (var (fusion, threads) in new[] { (false, 1), (true, 1), (true, 2) })
        {
            (Numerics.Fusion, Numerics.Threads) = (fusion, threads);
            Generator.ManualSeed(7);
            Tensor x = Tensor.Randn([length]), r = Tensor.Randn([length]);
            runs.Add((((x + 0.5).Gelu() + r).Exp() / r.Sigmoid() - x.Tanh()).ToArray<float>());
        }
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);
    }

    [Theory]
    [InlineData(1000, 64)]
    [InlineData(70, 1001)]
    [InlineData(9, 8192)]
    [InlineData(70_001, 1)]
    public void Results_stored_past_the_caches_are_the_same_bits(int rows, int columns)
    {
        Generator.ManualSeed(3);
        Tensor x = Tensor.Randn([rows, columns]), bias = Tensor.Randn([columns]), r = Tensor.Randn([rows, columns]);
        long most = ChainRun.MostInCaches;
        try
        {
            float[]? expected = null;
            foreach (long bytes in (long[])[long.MaxValue, 1 << 10])
            {
                ChainRun.MostInCaches = bytes;
                for (int again = 0; again < 5; again++)
                {
                    var sum = x + bias;
                    float[] result = [.. (sum.Sigmoid() * r).ToArray<float>(), .. sum.ToArray<float>()];
                    Assert.Equal(expected ??= result, result);
                }
            }
        }
        finally
        {
            ChainRun.MostInCaches = most;
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1000)]
    [InlineData(70, 13)]
    [InlineData(3, 1025)]
    [InlineData(5, 70_001)]
    [InlineData(2000, 77)]
    [InlineData(1, 300_007)]
    public void Reductions_at_the_end_of_a_chain_give_the_bits_of_stored_elements(int rows, int columns)
    {
        var expected = new List<double[]>();
        foreach (var (fusion, threads) in new[] { (false, 1), (true, 1), (true, 2) })
        {
            (Numerics.Fusion, Numerics.Threads) = (fusion, threads);
            for (int again = 0; again < 4; again++)
            {
                Generator.ManualSeed(5);
                Tensor x = Tensor.Randn([rows, columns]), y = Tensor.Randn([rows, columns]), bias = Tensor.Randn([columns]), side = Tensor.Randn([rows, 1]);
                x.RequiresGrad = true;
                Tensor difference = x - y, square = difference * difference, once = (x * side + bias).Tanh(), odd = (y / 0).Abs() - bias;
                var loss = square.Mean() + once.Sum(-1).Square().Sum();
                loss.Backward();
                Tensor[] seen = [loss, once.Amax(1), square.Sum(), square.Sum([0, 1], keepDim: true), (y + bias).Amin(), (x * y).Sum(0), odd.Sum(), odd.Amax(1),
                    once, x.Grad!, (y * side).Prod(1), difference.Reshape(-1).Mean()];
                for (int i = 0; i < seen.Length; i++)
                {
                    double[] values = seen[i].Detach().To(DType.Float64).ToArray<double>();
                    if (expected.Count == i) expected.Add(values);
                    Assert.Equal(expected[i], values);
                }
            }
        }
    }

    [Fact]
    public void Elements_that_only_a_reduction_reads_are_not_stored()
    {
        Tensor x = Tensor.Ones(100, 50), y = Tensor.Ones(100, 50);
        for (int step = 0; step < 5; step++)
        {
            var square = (x - y * 3).Square();
            Assert.Equal(4, square.Mean().Item());
            Assert.Equal(step > 0 && Numerics.Isa != IsaTier.Portable, IsPending(square));
        }
        bool stored = false;
        for (int step = 0; step < 5; step++)
        {
            var e = (x * 2).Exp();
            var sum = e.Sum(-1, keepDim: true);
            stored |= sum.Elements > 0 && !IsPending(e) && step > 2;
            Assert.Equal(0.02, (e / sum).ToArray<float>()[0], 1e-6);
        }
        Assert.True(stored);
    }

    [Fact]
    public void Results_that_nobody_asks_for_hold_no_large_memory_of_which_they_read_a_part()
    {
        Tensor data = Tensor.Ones(1000, 50), y = Tensor.Ones(100, 50);
        for (int step = 0; step < 5; step++)
        {
            Assert.Equal(4, (data[100..200] - y * 3).Square().Mean().Item());
            y.Sub_(data[300..400]).Add_(1);
            Assert.Equal(2, ((data[5] + y) * 1).ToArray<float>()[0]);
            var value = data.Storage.Hold(data.DType);
            Assert.Equal(1, value.Readers);
            value.Release();
        }
    }

    [Fact]
    public void A_chain_has_not_run_until_its_result_is_used()
    {
        Tensor x = Tensor.Ones(1000), y = (x + 1).Exp();
        Assert.True(IsPending(y));
        Assert.Equal(MathF.Exp(2), y.ToArray<float>()[999], 1e-6);
        Assert.False(IsPending(y));
        Assert.False(IsPending((x + 1).Materialize()));
    }

    [Fact]
    public void An_operand_changed_in_place_was_read_before_its_change()
    {
        var x = Tensor.Ones(1000);
        var y = x * 3;
        x.Add_(5);
        x[..1].Fill_(100);
        var z = x + y;
        x.Zero_();
        Assert.Equal(3, y.ToArray<float>()[500]);
        Assert.Equal([103, 9], z.ToArray<float>()[..2]);
        Assert.Equal(0, x.ToArray<float>()[0]);
    }

    [Fact]
    public void A_span_written_to_later_does_not_reach_results_from_before()
    {
        var x = Tensor.Ones(1000);
        var before = x * 3;
        var span = TensorSpans.AsSpan<float>(x);
        var after = x * 2;
        span.Fill(10);
        Assert.Equal(3, before.ToArray<float>()[1]);
        Assert.Equal(2, after.ToArray<float>()[1]);
        Assert.Equal(20, (x * 2).ToArray<float>()[1]);
        x.Mul_(2);
        Assert.Equal(20, span[1]);
    }

    [Fact]
    public void Rows_that_repeat_are_read_anew_where_they_may_have_changed()
    {
        Tensor x = Tensor.Zeros(10, 100), bias = Tensor.Ones(100), column = Tensor.Ones(10, 1), long_ = Tensor.Ones(500);
        float First(Tensor row) => (x + row).Neg().ToArray<float>()[0];
        for (int again = 0; again < 6; again++)
        {
            Assert.Equal([-1f, -1, -1], new[] { First(bias), First(column), First(long_[100..200]) });
            bias.Add_(1);
            Assert.Equal(-2, First(bias));
            bias.Sub_(1);
            long_[100..].Fill_(3);
            Assert.Equal(-3, First(long_[100..200]));
            long_[100..].Fill_(1);
            Assert.Equal(-1, (x.Reshape(5, 200) + Tensor.Ones(200)).Neg().ToArray<float>()[999]);
        }
        var span = TensorSpans.AsSpan<float>(bias);
        for (int again = 0; again < 6; again++)
        {
            span[0] = again;
            Assert.Equal(-again, First(bias));
        }
    }

    [Fact]
    public void A_disposed_operand_is_still_read_by_what_was_called_before()
    {
        var x = Tensor.Ones(1000);
        var y = x * 3;
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x * 2);
        Assert.Throws<ObjectDisposedException>(() => x.ToArray<float>());
        Assert.Equal(3, y.ToArray<float>()[7]);
        var z = y + 1;
        z.Dispose();
        Assert.Throws<ObjectDisposedException>(() => z.ToArray<float>());
        Assert.Throws<ObjectDisposedException>(() => z + 1);
    }

    [Fact]
    public void Errors_come_at_the_call()
    {
        var x = Tensor.Ones(30, 40) + 1;
        Assert.Throws<ShapeException>(() => x + Tensor.Ones(41));
        Assert.Throws<ShapeException>(() => x.Add_(Tensor.Ones(2, 30, 40)));
        var leaf = Tensor.Ones(1000);
        leaf.RequiresGrad = true;
        var y = leaf * 2 + 3;
        Assert.Throws<InvalidOperationException>(() => leaf.Add_(1));
        y.Mul_(2);
        y.Sum().Backward();
        Assert.Equal(10, y.ToArray<float>()[0]);
        Assert.Equal(4, leaf.Grad!.ToArray<float>()[0]);
    }

    [Fact]
    public void What_backward_needs_and_was_changed_since_is_an_error_as_ever()
    {
        var x = Tensor.Ones(1000);
        x.RequiresGrad = true;
        var y = (x * 2).Exp();
        var z = y * y;
        using (Autograd.NoGrad()) y.Add_(1);
        Assert.Throws<InvalidOperationException>(() => z.Sum().Backward());
    }

    [Fact]
    public void Values_of_a_loop_that_are_asked_for_later_are_stored_in_its_pass()
    {
        // m is read by the next step only: the first runs compute it twice, the later ones store it beside p.
        Tensor g = Tensor.Ones(1000), m = Tensor.Zeros(1000), p = Tensor.Ones(1000);
        bool stored = false;
        for (int step = 0; step < 40; step++)
        {
            m = m * 0.5 + g;
            p -= m * 0.01;
            p.Materialize();
            stored |= !IsPending(m);
        }
        Assert.True(stored);
        Assert.Equal(2, m.ToArray<float>()[3], 1e-5);
    }

    [Fact]
    public void Chains_without_end_are_run_in_parts()
    {
        var x = Tensor.Ones(1000);
        for (int i = 0; i < 1000; i++) x = x * 0.5 + x * 0.5;
        Assert.All(x.ToArray<float>(), v => Assert.Equal(1, v));
        var sum = Tensor.Zeros(1000);
        for (int i = 0; i < 300; i++) sum.Add_(Tensor.Ones(1000));
        Assert.All(sum.ToArray<float>(), v => Assert.Equal(300, v));
    }

    [Fact]
    public async Task Threads_may_share_what_is_pending()
    {
        for (int round = 0; round < 50; round++)
        {
            Tensor x = Tensor.Ones(5000), shared = (x + 1) * 2, other = shared.Sqrt();
            var tasks = Enumerable.Range(0, 4).Select(i => Task.Run(() => i % 2 == 0
                ? (shared * i).ToArray<float>()[17] : (other.Square() + x * i).ToArray<float>()[17])).ToArray();
            x.Add_(1);
            float[] values = await Task.WhenAll(tasks);
            Assert.Equal([0, 8], [values[0], values[2]]);
            Assert.All([values[1], values[3]], v => Assert.True(v > 4));
        }
    }

    [Fact]
    public void Traces_profiles_and_anomalies_see_each_operation()
    {
        Tensor x = Tensor.Ones(1000);
        using (var trace = OperationTrace.Start())
        {
            Assert.False(IsPending((x + 1).Exp()));
            Assert.Equal(["Add", "Exp"], trace.Operations.Select(o => o.Name));
        }
        using (var profile = OperationProfile.Start())
        {
            Assert.False(IsPending((x + 1).Exp()));
            Assert.Equal(2, profile.Costs.Count);
        }
        using (Autograd.DetectAnomaly())
            Assert.Contains("Log", Assert.Throws<AnomalyException>(() => ((x - 2).Log() + 1).Exp()).Message);
        Numerics.Fusion = false;
        Assert.False(IsPending(x + 1));
    }

    static bool IsPending(Tensor x)
    {
        var value = x.Storage.Hold(x.DType);
        bool pending = value.IsPending;
        value.Release();
        return pending;
    }

    static void AssertSame(List<double> expected, List<double> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
            Assert.True(BitConverter.DoubleToInt64Bits(expected[i]) == BitConverter.DoubleToInt64Bits(actual[i]),
                $"value {i} of {expected.Count} is {actual[i]:R}, expected {expected[i]:R}");
    }
}
