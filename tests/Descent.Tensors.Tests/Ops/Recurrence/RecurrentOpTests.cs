using Descent.Tensors.Kernels;
using Descent.Testing;

namespace Descent.Tensors.Tests;

/// <summary>Recurrences over sequences against the same, written step by step with recorded operations.</summary>
public sealed class RecurrentOpTests
{
    static readonly string[] s_kinds = ["rnn", "relu", "gru", "lstm", "projected lstm"];

    public static TheoryData<string, int, int[], bool, bool> Rows
    {
        get
        {
            var rows = new TheoryData<string, int, int[], bool, bool>();
            foreach (string kind in s_kinds)
            {
                // Hidden size, sequences at each step, backwards, with biases.
                rows.Add(kind, 1, [.. Enumerable.Repeat(1, 20)], false, true);
                rows.Add(kind, 3, [5, 5, 5, 5], true, false);
                rows.Add(kind, 17, [.. Enumerable.Repeat(9, 7)], false, true);
                rows.Add(kind, 16, [.. Enumerable.Repeat(33, 3)], true, true);
                rows.Add(kind, 37, [26, 26, 25, 16, 9, 8, 3, 1, 1], false, true);
                rows.Add(kind, 37, [26, 26, 25, 16, 9, 8, 3, 1, 1], true, true);
                rows.Add(kind, 5, [2], false, true);
                rows.Add(kind, 64, [.. Enumerable.Repeat(4, 65)], false, true);
            }
            return rows;
        }
    }

    static int Gates(string kind) => kind switch { "gru" => 3, "rnn" or "relu" => 1, _ => 4 };

    static Tensor[] Draw(string kind, int hidden, int[] sizes, bool biases, DType dtype)
    {
        const int width = 3;
        var generator = new Generator(5);
        int gates = Gates(kind), state = kind == "projected lstm" ? (hidden + 1) / 2 : hidden;
        double scale = 1.5 / Math.Sqrt(hidden);
        Tensor New(double factor, params int[] shape)
        {
            var x = (Tensor.Randn(shape, DType.Float64, generator) * factor).To(dtype);
            x.RequiresGrad = true;
            return x;
        }
        List<Tensor> all = [New(1, sizes.Sum(), width), New(1, sizes[0], state), New(0.7, gates * hidden, width), New(scale, gates * hidden, state)];
        if (gates == 4) all.Add(New(1, sizes[0], hidden));
        if (kind == "projected lstm") all.Add(New(scale, state, hidden));
        if (biases) all.AddRange(New(0.5, gates * hidden), New(0.5, gates * hidden));
        return [.. all];
    }

    static Tensor[] Fused(string kind, int[] sizes, bool reverse, bool biases, Tensor[] x)
    {
        var (b0, b1) = biases ? (x[^2], x[^1]) : (null, null);
        if (kind is "gru") return F.Gru(x[0], x[1], x[2], x[3], b0, b1, sizes, reverse) is var (y, h) ? [y, h] : [];
        if (Gates(kind) == 1) return F.Rnn(x[0], x[1], x[2], x[3], b0, b1, kind == "relu", sizes, reverse) is var (y, h) ? [y, h] : [];
        return F.Lstm(x[0], x[1], x[4], x[2], x[3], b0, b1, kind == "projected lstm" ? x[5] : null, sizes, reverse) is var (output, state, cell) ? [output, state, cell] : [];
    }

    static Tensor[] StepByStep(string kind, int[] sizes, bool reverse, bool biases, Tensor[] x)
    {
        int gates = Gates(kind), hidden = x[2].Shape[0] / gates;
        var zeros = Tensor.Zeros([gates * hidden], x[0].DType);
        var (b0, b1) = biases ? (x[^2], x[^1]) : (zeros, zeros);
        Tensor h = x[1], c = gates == 4 ? x[4] : h;
        var outputs = new Tensor[sizes.Length];
        foreach (int t in reverse ? Enumerable.Range(0, sizes.Length).Reverse() : Enumerable.Range(0, sizes.Length))
        {
            int n = sizes[t];
            Tensor a = x[0].Narrow(0, sizes[..t].Sum(), n).MatMul(x[2].T) + b0, before = h.Narrow(0, 0, n), b = before.MatMul(x[3].T) + b1;
            Tensor next, cell = c.Narrow(0, 0, n);
            if (gates == 1)
            {
                next = kind == "relu" ? (a + b).Relu() : (a + b).Tanh();
            }
            else if (gates == 3)
            {
                Tensor[] p = a.Chunk(3, 1), q = b.Chunk(3, 1);
                var z = (p[1] + q[1]).Sigmoid();
                next = (1 - z) * (p[2] + (p[0] + q[0]).Sigmoid() * q[2]).Tanh() + z * before;
            }
            else
            {
                var p = (a + b).Chunk(4, 1);
                cell = p[1].Sigmoid() * cell + p[0].Sigmoid() * p[2].Tanh();
                next = p[3].Sigmoid() * cell.Tanh();
                if (kind == "projected lstm") next = next.MatMul(x[5].T);
            }
            outputs[t] = next;
            h = Tensor.Cat([next, h.Narrow(0, n, sizes[0] - n)]);
            c = Tensor.Cat([cell, c.Narrow(0, n, sizes[0] - n)]);
        }
        return gates == 4 ? [Tensor.Cat(outputs), h, c] : [Tensor.Cat(outputs), h];
    }

    /// <summary>Results, and the gradients of a loss in which each result has weights of its own.</summary>
    static Tensor[] WithGradients(Tensor[] results, Tensor[] inputs)
    {
        var generator = new Generator(8);
        Tensor loss = results.Select(y => (y * Tensor.Randn([.. y.Shape], DType.Float64, generator).To(y.DType)).Sum()).Aggregate((a, b) => a + b);
        return [.. results, .. Autograd.Grad([loss], inputs).Select(g => g!)];
    }

    [Theory, MemberData(nameof(Rows))]
    public void A_sequence_and_its_gradients_are_those_of_its_steps(string kind, int hidden, int[] sizes, bool reverse, bool biases)
    {
        var x = Draw(kind, hidden, sizes, biases, DType.Float64);
        var got = WithGradients(Fused(kind, sizes, reverse, biases, x), x);
        var want = WithGradients(StepByStep(kind, sizes, reverse, biases, x), x);
        foreach (var (g, w) in got.Zip(want)) Assert.Null(TensorComparer.Difference(g.Detach(), w.Detach(), 1e-9, 1e-9));
    }

    [Theory, MemberData(nameof(Rows))]
    public void Single_precision_agrees_with_double(string kind, int hidden, int[] sizes, bool reverse, bool biases)
    {
        var x = Draw(kind, hidden, sizes, biases, DType.Float32);
        var wide = Array.ConvertAll(x, t => { var y = t.Detach().To(DType.Float64); y.RequiresGrad = true; return y; });
        var got = WithGradients(Fused(kind, sizes, reverse, biases, x), x);
        var want = WithGradients(StepByStep(kind, sizes, reverse, biases, wide), wide);
        foreach (var (g, w) in got.Zip(want))
        {
            double size = Math.Max(1, w.Detach().Abs().Amax().Item());
            Assert.Null(TensorComparer.Difference(g.Detach().To(DType.Float64), w.Detach(), 0, 3e-5 * size));
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Rows_of_a_table_are_as_good_as_the_vectors_themselves(bool packed)
    {
        int[] sizes = packed ? [6, 5, 5, 2] : [6, 6, 6, 6];
        var x = Draw("lstm", 19, sizes, biases: true, DType.Float64);
        var generator = new Generator(4);
        var tokens = Tensor.RandInt(0, 5, packed ? [sizes.Sum()] : [4, 6], generator: generator);
        Tensor table = Tensor.Randn([5, 3], DType.Float64, generator);
        table.RequiresGrad = true;
        Tensor[] inputs = [table, .. x[1..]];
        Tensor[] Run(bool looksUp) => F.Lstm(looksUp ? tokens : F.Embedding(tokens, table), x[1], x[4], x[2], x[3], x[^2], x[^1], null,
            packed ? sizes : default, reverse: packed, looksUp ? table : null) is var (y, h, c) ? [y, h, c] : [];
        foreach (var (got, want) in WithGradients(Run(true), inputs).Zip(WithGradients(Run(false), inputs)))
            Assert.Null(TensorComparer.Difference(got.Detach(), want.Detach(), 1e-10, 1e-10));
        Tensor Loss(bool looksUp) => Run(looksUp)[0].Pow(2).Sum();
        foreach (var (got, want) in Autograd.Grad([Loss(true)], inputs, createGraph: true).Zip(Autograd.Grad([Loss(false)], inputs)))
            Assert.Null(TensorComparer.Difference(got!.Detach(), want!.Detach(), 1e-10, 1e-10));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.Lstm(tokens + 1, x[1], x[4], x[2], x[3], batchSizes: packed ? sizes : default, table: table));
    }

    [Theory, InlineData("gru", 257, 33, 5), InlineData("lstm", 257, 33, 5), InlineData("lstm", 300, 3, 9), InlineData("rnn", 513, 16, 4), InlineData("lstm", 48, 128, 4), InlineData("gru", 48, 100, 8)]
    public void The_number_of_threads_changes_no_bit(string kind, int hidden, int batch, int length)
    {
        int[] sizes = [.. Enumerable.Repeat(batch, length)];
        int threads = Numerics.Threads;
        try
        {
            var runs = new List<float[][]>();
            foreach (int count in (int[])[1, 2, 3, 40])
            {
                Numerics.Threads = count;
                var x = Draw(kind, hidden, sizes, biases: true, DType.Float32);
                runs.Add([.. WithGradients(Fused(kind, sizes, false, true, x), x).Select(t => t.Detach().ToArray<float>())]);
            }
            foreach (var run in runs[1..])
                foreach (var (a, b) in runs[0].Zip(run)) Assert.Equal(a, b);
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Fact]
    public void Sequences_may_run_inside_of_a_parallel_loop()
    {
        int[] sizes = [.. Enumerable.Repeat(8, 6)];
        var x = Draw("lstm", 128, sizes, biases: true, DType.Float32);
        var want = Fused("lstm", sizes, false, true, x)[0].Detach().ToArray<float>();
        var got = new float[4][];
        WorkerPool.For(got.Length, i => got[i] = Fused("lstm", sizes, false, true, x)[0].Detach().ToArray<float>());
        foreach (float[] run in got) Assert.Equal(want, run);
    }

    [Theory, InlineData("rnn"), InlineData("gru"), InlineData("lstm")]
    public void A_number_that_is_none_stays_in_its_sequence(string kind)
    {
        int[] sizes = [.. Enumerable.Repeat(5, 8)];
        var x = Draw(kind, 33, sizes, biases: true, DType.Float32);
        using var _ = Autograd.NoGrad();
        x[0].Narrow(0, 3 * 5 + 2, 1).Fill_(double.NaN);
        var y = Fused(kind, sizes, false, true, x)[0].Reshape(8, 5, 33);
        var lost = y.Ne(y).To(DType.Int64).Sum(2).ToArray<long>();
        for (int i = 0; i < lost.Length; i++) Assert.Equal(i >= 15 && i % 5 == 2 ? 33 : 0, lost[i]);
    }

    [Fact]
    public void Gate_functions_keep_the_digits_of_a_float()
    {
        var lanes = new float[System.Numerics.Vector<float>.Count];
        void Check(float x)
        {
            Array.Fill(lanes, x);
            var v = new System.Numerics.Vector<float>(lanes);
            double sigmoid = 1 / (1 + Math.Exp(-(double)x)), tangent = Math.Tanh(x);
            Assert.InRange(GateFunctions.Sigmoid(v)[0], sigmoid - 3e-7 * sigmoid - 1e-37, sigmoid + 3e-7 * sigmoid + 1e-37);
            Assert.InRange(GateFunctions.Tanh(v)[0], tangent - 4e-7 * Math.Abs(tangent), tangent + 4e-7 * Math.Abs(tangent));
        }
        for (float x = 1e-38f; x < 1e4f; x *= 1.01f)
        {
            Check(x);
            Check(-x);
        }
        Check(0);
        Check(float.PositiveInfinity);
        Check(float.NegativeInfinity);
        Assert.True(float.IsNaN(GateFunctions.Sigmoid(new System.Numerics.Vector<float>(float.NaN))[0]));
        Assert.True(float.IsNaN(GateFunctions.Tanh(new System.Numerics.Vector<float>(float.NaN))[0]));
        Assert.True(float.IsNegative(GateFunctions.Tanh(new System.Numerics.Vector<float>(-0f))[0]));
    }
}
