using Descent.Testing;

namespace Descent.Tensors.Tests.Ops;

/// <summary>Attention by tiles against the formula written out in double precision.</summary>
[Collection(Threading.ThreadCountCollection.Name)]
public sealed class TiledAttentionTests
{
    /// <summary>Sizes and options of one attention.</summary>
    public sealed record Case(string Name, int Queries, int Keys, int Width, int ValueWidth)
    {
        public int[] Batch { get; init; } = [1, 2];

        public int[]? KeyBatch { get; init; }

        public int? Causal { get; init; }

        public int[]? Mask { get; init; }

        public bool Bools { get; init; }

        public double Dropout { get; init; }

        public double? Scale { get; init; }

        public bool Grouped { get; init; }

        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases
    {
        get
        {
            var cases = new TheoryData<Case>();
            // The edges of register tiles, vectors, blocks of queries and blocks of keys.
            foreach (int n in (int[])[1, 2, 7, 8, 9, 15, 16, 17, 47, 48, 49, 63, 64, 65, 96, 127, 128, 129, 145, 257])
            {
                cases.Add(new($"square {n}", n, n, 16, 16) { Causal = null });
                cases.Add(new($"causal {n}", n, n, 16, 16) { Causal = 0 });
            }
            foreach (int width in (int[])[1, 3, 8, 15, 17, 32, 33, 64, 65, 80, 128])
                cases.Add(new($"width {width}", 33, 50, width, 100 - width < 1 ? 1 : width * 3 % 70 + 1) { Causal = 17 });
            foreach (var (queries, keys, offset) in ((int, int, int)[])[(5, 200, 195), (1, 129, 128), (130, 20, 0), (20, 130, 0), (50, 70, -10), (70, 50, -60), (40, 40, 100), (10, 10, -20)])
                cases.Add(new($"offset {offset} of {queries} by {keys}", queries, keys, 12, 10) { Causal = offset });
            foreach (int queries in (int[])[1, 4, 6, 7])
            {
                cases.Add(new($"{queries} queries, many keys", queries, 333, 37, 81) { Batch = [2, 2], Causal = 333 - queries });
                cases.Add(new($"{queries} queries, few seen", queries, 200, 16, 16) { Causal = 2 - queries });
                cases.Add(new($"{queries} queries, dropped", queries, 140, 3, 5) { Dropout = 0.4, Mask = [queries, 140], Bools = true });
                cases.Add(new($"{queries} queries, biased", queries, 140, 64, 64) { Mask = [2, 1, 140] });
                cases.Add(new($"{queries} queries in groups", queries, 90, 16, 16) { Batch = [1, 6], KeyBatch = [1, 2], Grouped = true });
            }
            foreach (bool bools in (bool[])[true, false])
                foreach (int[] mask in (int[][])[[50, 70], [1, 70], [50, 1], [2, 1, 1, 70], [3, 50, 70], [2, 1, 50, 70], [1], [2, 3, 50, 70]])
                    cases.Add(new($"mask {(bools ? "of bools" : "of numbers")} {string.Join('×', mask)}", 50, 70, 9, 8) { Batch = [2, 3], Mask = mask, Bools = bools });
            cases.Add(new("long mask", 200, 300, 16, 16) { Mask = [200, 300], Bools = true });
            cases.Add(new("dropout", 70, 150, 16, 8) { Dropout = 0.3 });
            cases.Add(new("causal dropout", 130, 130, 16, 8) { Dropout = 0.1, Causal = 0 });
            cases.Add(new("masked dropout", 33, 65, 5, 6) { Dropout = 0.5, Mask = [33, 65], Bools = true });
            cases.Add(new("scale", 20, 20, 8, 8) { Scale = 0.01 });
            cases.Add(new("negative scale", 20, 20, 8, 8) { Scale = -1.5, Causal = 0 });
            cases.Add(new("groups", 65, 65, 16, 12) { Batch = [2, 6], KeyBatch = [2, 2], Grouped = true, Causal = 0 });
            cases.Add(new("groups, masked", 33, 65, 7, 12) { Batch = [2, 6], KeyBatch = [2, 2], Grouped = true, Mask = [2, 6, 33, 65] });
            cases.Add(new("groups, mask of all heads", 33, 65, 7, 12) { Batch = [2, 6], KeyBatch = [2, 3], Grouped = true, Mask = [2, 1, 1, 65], Bools = true });
            cases.Add(new("groups, dropped", 33, 65, 7, 12) { Batch = [1, 4], KeyBatch = [1, 1], Grouped = true, Dropout = 0.2 });
            cases.Add(new("keys of one head for all", 40, 130, 8, 8) { Batch = [2, 3], KeyBatch = [1] });
            cases.Add(new("keys of one batch for all", 40, 30, 8, 8) { Batch = [2, 3], KeyBatch = [1, 3] });
            cases.Add(new("few heads, many keys", 300, 1100, 8, 8) { Batch = [1] });
            cases.Add(new("few heads, many keys, causal", 900, 900, 8, 16) { Batch = [1], Causal = 0 });
            cases.Add(new("no batch", 30, 40, 8, 8) { Batch = [] });
            cases.Add(new("three batch dimensions", 9, 10, 4, 4) { Batch = [2, 2, 2] });
            cases.Add(new("no keys", 5, 0, 4, 4));
            cases.Add(new("no queries", 0, 5, 4, 4));
            cases.Add(new("no heads", 5, 5, 4, 4) { Batch = [2, 0] });
            return cases;
        }
    }

    static Tensor Draw(ulong seed, int[] shape) => Tensor.Randn(shape, DType.Float64, new Generator(seed));

    static Tensor Run(Case c, Tensor q, Tensor k, Tensor v, Tensor? mask) => F.ScaledDotProductAttention(q, k, v, mask, c.Dropout, c.Causal is not null, c.Scale,
        c.Grouped, c.Causal ?? 0, c.Dropout > 0 ? new Generator(5) : null);

    static (Tensor Q, Tensor K, Tensor V, Tensor? Mask, Tensor Dy) Inputs(Case c)
    {
        int[] keyBatch = c.KeyBatch ?? c.Batch;
        Tensor? mask = c.Mask is null ? null : Draw(4, c.Mask);
        // A number of −∞ hides too, and a row that sees nothing is among those of bools.
        if (mask is not null) mask = c.Bools ? mask.Gt(-0.7) : mask.MaskedFill(mask.Gt(1.2), double.NegativeInfinity);
        if (c.Bools && c.Mask is [.., > 3, > 3]) mask!.Select(-2, 2).Fill_(false);
        return (Draw(1, [.. c.Batch, c.Queries, c.Width]), Draw(2, [.. keyBatch, c.Keys, c.Width]), Draw(3, [.. keyBatch, c.Keys, c.ValueWidth]), mask, Draw(6, [.. c.Batch, c.Queries, c.ValueWidth]));
    }

    /// <summary>The formula in recorded operations of doubles, everything written out.</summary>
    static Tensor Formula(Case c, Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        int[] scores = [.. c.Batch, c.Queries, c.Keys];
        if (c.Grouped) (k, v) = (k.RepeatInterleave(c.Batch[^1] / c.KeyBatch![^1], -3), v.RepeatInterleave(c.Batch[^1] / c.KeyBatch[^1], -3));
        var s = q.MatMul(k.T) * (c.Scale ?? 1 / Math.Sqrt(c.Width));
        if (c.Causal is { } offset) s = s.MaskedFill(Tensor.Ones([c.Queries, c.Keys]).Tril(offset).Eq(0), double.NegativeInfinity);
        if (mask is not null) s = mask.DType == DType.Bool ? s.MaskedFill(mask.LogicalNot(), double.NegativeInfinity) : s + mask.To(s.DType);
        var blind = s.Detach().Eq(double.NegativeInfinity).All(-1, keepDim: true);
        var p = s.MaskedFill(blind, 0).Softmax(-1).MaskedFill(blind, 0);
        if (c.Dropout > 0) p = p * F.Dropout(Tensor.Ones(scores, DType.Float64), c.Dropout, generator: new Generator(5));
        return p.MatMul(v);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_agree_with_the_formula(Case c)
    {
        var (q, k, v, mask, dy) = Inputs(c);
        Tensor[] exact = [q, k, v];
        foreach (var x in exact) x.RequiresGrad = true;
        var want = Formula(c, q, k, v, mask);
        if (want.Elements > 0) want.Backward(dy);
        foreach (var (type, tolerance) in ((DType, double)[])[(DType.Float64, 1e-11), (DType.Float32, 1e-5), (DType.Float16, 2e-2), (DType.BFloat16, 1e-1)])
        {
            Tensor[] inputs = Array.ConvertAll(exact, x => x.Detach().To(type).Clone());
            if (type.IsReduced)
            {
                // What is lost by rounding the inputs is not the kernel's.
                exact = Array.ConvertAll(inputs, x => x.To(DType.Float64));
                foreach (var x in exact) x.RequiresGrad = true;
                want = Formula(c, exact[0], exact[1], exact[2], mask);
                if (want.Elements > 0) want.Backward(dy.To(type).To(DType.Float64));
            }
            foreach (var x in inputs) x.RequiresGrad = true;
            var got = Run(c, inputs[0], inputs[1], inputs[2], mask);
            Close(got, want);
            if (want.Elements == 0) continue;
            got.Backward(dy.To(type));
            for (int i = 0; i < 3; i++) Close(inputs[i].Grad!, exact[i].Grad!);

            void Close(Tensor a, Tensor b)
            {
                Assert.Equal(type, a.DType);
                Assert.Null(TensorComparer.Difference(a.Detach().To(DType.Float64), b.Detach(), tolerance, tolerance));
            }
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Layout_and_threads_change_no_bit(Case c)
    {
        var (q, k, v, mask, dy) = Inputs(c);
        if (mask is { DType: not DType.Bool }) mask = mask.To(DType.Float32);
        int threads = Numerics.Threads;
        try
        {
            Tensor[]? first = null;
            foreach (int count in (int[])[1, 2, 3])
                foreach (bool strided in (bool[])[false, true])
                {
                    Numerics.Threads = count;
                    Tensor[] inputs = Array.ConvertAll((Tensor[])[q, k, v], x => strided ? Layouts.Strided(x.To(DType.Float32)) : x.To(DType.Float32).Clone());
                    foreach (var x in inputs) x.RequiresGrad = true;
                    var y = Run(c, inputs[0], inputs[1], inputs[2], mask is null || !strided ? mask : Layouts.Strided(mask));
                    if (y.Elements > 0) y.Backward(strided ? Layouts.Strided(dy.To(DType.Float32)) : dy.To(DType.Float32));
                    Tensor[] got = y.Elements == 0 ? [y.Detach()] : [y.Detach(), .. inputs.Select(x => x.Grad!)];
                    first ??= got;
                    for (int i = 0; i < got.Length; i++) Assert.Null(TensorComparer.Difference(got[i], first[i], 0, 0));
                }
        }
        finally
        {
            Numerics.Threads = threads;
        }
    }

    [Fact]
    public void Queries_keys_and_values_may_be_parts_of_one_projection()
    {
        var all = Tensor.Randn([2, 70, 3, 4, 16], DType.Float64, new Generator(1));
        all.RequiresGrad = true;
        var parts = Enumerable.Range(0, 3).Select(i => all.Select(2, i).Transpose(1, 2)).ToArray();
        var y = F.ScaledDotProductAttention(parts[0], parts[1], parts[2], isCausal: true);
        y.Sum().Backward();
        var copies = Array.ConvertAll(parts, x => x.Detach().Clone());
        foreach (var x in copies) x.RequiresGrad = true;
        var want = F.ScaledDotProductAttention(copies[0], copies[1], copies[2], isCausal: true);
        want.Sum().Backward();
        Assert.Null(TensorComparer.Difference(y.Detach(), want.Detach(), 0, 0));
        for (int i = 0; i < 3; i++) Assert.Null(TensorComparer.Difference(all.Grad!.Select(2, i).Transpose(1, 2), copies[i].Grad!, 0, 0));
    }

    [Fact]
    public void Attention_with_a_cache_goes_on_where_the_whole_would()
    {
        Tensor q = Draw(1, [1, 2, 90, 8]), k = Draw(2, [1, 2, 90, 8]), v = Draw(3, [1, 2, 90, 8]);
        var whole = F.ScaledDotProductAttention(q, k, v, isCausal: true);
        foreach (int cached in (int[])[0, 1, 48, 89])
        {
            var rest = F.ScaledDotProductAttention(q.Narrow(2, cached, 90 - cached), k, v, isCausal: true, queryOffset: cached);
            Assert.Null(TensorComparer.Difference(rest, whole.Narrow(2, cached, 90 - cached), 1e-12, 1e-12));
        }
    }

    [Fact]
    public void Scores_of_any_size_lose_nothing()
    {
        // Softmax does not change when all scores of a row do; far from 0 the weights must not underflow.
        Tensor q = Draw(1, [1, 60, 4]), k = Draw(2, [1, 200, 4]), v = Draw(3, [1, 200, 4]), up = Tensor.Full([1, 60, 1], 1, DType.Float64);
        var want = F.ScaledDotProductAttention(q, k, v, scale: 1);
        foreach (double shift in (double[])[-3000, -200, 200, 3000])
        {
            Tensor further = Tensor.Cat([q, up], -1), keys = Tensor.Cat([k, Tensor.Full([1, 200, 1], shift, DType.Float64)], -1);
            Assert.Null(TensorComparer.Difference(F.ScaledDotProductAttention(further, keys, v, scale: 1), want, 1e-9, 1e-9));
            var single = F.ScaledDotProductAttention(further.To(DType.Float32), keys.To(DType.Float32), v.To(DType.Float32), scale: 1);
            Assert.Null(TensorComparer.Difference(single.To(DType.Float64), want, 1e-2, 1e-2));
        }
        // Scores that rise from key to key move the maximum in every block.
        var rising = Tensor.Arange(0, 200, dtype: DType.Float64).Reshape(1, 200, 1);
        Assert.Null(TensorComparer.Difference(F.ScaledDotProductAttention(Tensor.Ones([1, 60, 1], DType.Float64), rising, v, scale: 4).Select(1, 7), v.Select(1, 199), 0.05, 0.1));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_not_a_number_stays_in_the_rows_that_see_it(double poison)
    {
        foreach (var type in (DType[])[DType.Float32, DType.Float64])
        {
            var q = Draw(1, [1, 150, 8]).To(type);
            Tensor k = Draw(2, [1, 150, 8]).To(type), v = Draw(3, [1, 150, 8]).To(type);
            var clean = F.ScaledDotProductAttention(q, k, v, isCausal: true);
            k.Select(1, 140).Fill_(poison);
            var y = F.ScaledDotProductAttention(q, k, v, isCausal: true);
            Assert.Null(TensorComparer.Difference(y.Narrow(1, 0, 140), clean.Narrow(1, 0, 140), 1e-5, 1e-5));
            // An infinite key gives scores of +∞ or −∞, by the sign of the product: then the row is NaN or without that key.
            if (double.IsNaN(poison)) Assert.All(y.Narrow(1, 140, 10).To(DType.Float64).ToArray<double>(), x => Assert.True(double.IsNaN(x)));
        }
    }

    [Fact]
    public void A_key_of_minus_infinity_weighs_nothing()
    {
        foreach (int queries in (int[])[1, 20])
        {
            Tensor q = Tensor.Ones([1, queries, 1]), k = Tensor.Ones([1, 300, 1]), v = Tensor.Randn([1, 300, 5], generator: new Generator(1));
            k.Narrow(1, 0, 150).Fill_(double.NegativeInfinity);
            Assert.Equal(0, F.ScaledDotProductAttention(q, k, v, isCausal: true, queryOffset: 120).Abs().Sum().Item());
            var y = F.ScaledDotProductAttention(q, k, v);
            for (int i = 0; i < queries; i++) Assert.Null(TensorComparer.Difference(y.Select(1, i), v.Narrow(1, 150, 150).Mean(1), 1e-5, 1e-6));
        }
    }

    [Fact]
    public void Few_queries_see_what_is_not_a_number()
    {
        Tensor q = Tensor.Ones([1, 2, 4]), k = Tensor.Ones([1, 200, 4]), v = Tensor.Ones([1, 200, 3]);
        k.Select(1, 190).Fill_(double.NaN);
        var y = F.ScaledDotProductAttention(q, k, v, isCausal: true, queryOffset: 189);
        Assert.Equal([1, 1, 1, float.NaN, float.NaN, float.NaN], y.ToArray<float>());
    }

    [Fact]
    public void A_gradient_can_be_differentiated_again()
    {
        Tensor q = Draw(1, [1, 3, 3]), k = Draw(2, [1, 4, 3]), v = Draw(3, [1, 4, 3]);
        GradientCheck.VerifySecondOrder(x => F.ScaledDotProductAttention(x[0], x[1], x[2], dropoutP: 0.3, isCausal: true, queryOffset: 1, generator: new Generator(1)), q, k, v);
    }

    [Fact]
    public void Everything_dropped_is_zero() =>
        Assert.Equal(0, F.ScaledDotProductAttention(Draw(1, [2, 3, 4]), Draw(2, [2, 3, 4]), Draw(3, [2, 3, 4]), dropoutP: 1).Abs().Sum().Item());

    public static TheoryData<int[], int[], int, bool, double> Packed => new()
    {
        { [5, 70, 1, 130], [5, 70, 1, 130], 2, true, 0 },
        { [5, 70, 0, 130], [9, 70, 12, 150], 1, true, 0 },
        { [64, 48], [1, 200], 3, false, 0 },
        { [20, 3], [0, 40], 1, true, 0 },
        { [50, 33], [50, 33], 2, true, 0.25 },
    };

    [Theory, MemberData(nameof(Packed))]
    public void Packed_sequences_are_attended_one_by_one(int[] queries, int[] keys, int group, bool causal, double dropout)
    {
        const int heads = 2;
        Tensor q = Draw(1, [queries.Sum(), heads * group, 6]), k = Draw(2, [keys.Sum(), heads, 6]), v = Draw(3, [keys.Sum(), heads, 9]), dy = Draw(4, [queries.Sum(), heads * group, 9]);
        Tensor[] inputs = [q, k, v], copies = Array.ConvertAll(inputs, x => x.Clone());
        foreach (var x in (Tensor[])[.. inputs, .. copies]) x.RequiresGrad = true;
        var y = F.VarlenAttention(q, k, v, Sums(queries), Sums(keys).To(DType.Int32), dropout, causal, generator: new Generator(3));
        y.Backward(dy);
        int threads = Numerics.Threads;
        Numerics.Threads = 1;
        var alone = F.VarlenAttention(q.Detach(), k.Detach(), v.Detach(), Sums(queries), Sums(keys), dropout, causal, generator: new Generator(3));
        Numerics.Threads = threads;
        Assert.Null(TensorComparer.Difference(y.Detach(), alone, 0, 0));

        if (dropout > 0)
        {
            // The draws have an order of their own: that the gradient takes the same ones as the output is what finite differences see.
            Assert.NotEqual(0, (y.Detach() - F.VarlenAttention(q.Detach(), k.Detach(), v.Detach(), Sums(queries), Sums(keys), 0, causal)).Abs().Sum().Item());
            Tensor[] few = [Draw(1, [5, 2, 2]), Draw(2, [5, 1, 2]), Draw(3, [5, 1, 2])];
            GradientCheck.Verify(x => F.VarlenAttention(x[0], x[1], x[2], Sums([2, 3]), null, dropout, causal, generator: new Generator(3)), few);
            GradientCheck.VerifySecondOrder(x => F.VarlenAttention(x[0], x[1], x[2], Sums([2, 3]), null, dropout, causal, generator: new Generator(3)), few);
            return;
        }
        var parts = new List<Tensor>();
        for (int n = 0, i = 0, j = 0; n < queries.Length; i += queries[n], j += keys[n], n++)
        {
            Tensor Part(Tensor x, int from, int length) => x.Narrow(0, from, length).Transpose(0, 1);
            parts.Add(F.ScaledDotProductAttention(Part(copies[0], i, queries[n]), Part(copies[1], j, keys[n]), Part(copies[2], j, keys[n]), isCausal: causal, enableGqa: true,
                queryOffset: keys[n] - queries[n]).Transpose(0, 1));
        }
        var want = Tensor.Cat([.. parts]);
        want.Backward(dy);
        Assert.Null(TensorComparer.Difference(y.Detach(), want.Detach(), 1e-11, 1e-11));
        for (int i = 0; i < 3; i++) Assert.Null(TensorComparer.Difference(inputs[i].Grad!, copies[i].Grad!, 1e-11, 1e-11));
    }

    [Fact]
    public void Sums_of_lengths_that_do_not_fit_are_refused()
    {
        var x = Draw(1, [5, 2, 4]);
        foreach (long[] sums in (long[][])[[0, 4], [1, 5], [0, 6, 5], [5]])
            Assert.Contains("cuSeqQ", Assert.Throws<ArgumentException>(() => F.VarlenAttention(x, x, x, Tensor.From<long>(sums))).Message);
        Assert.Throws<ShapeException>(() => F.VarlenAttention(x, x, x, Sums([5]), Sums([2, 3])));
        Assert.Throws<ShapeException>(() => F.VarlenAttention(x, Draw(1, [5, 2, 3]), x, Sums([5])));
    }

    static Tensor Sums(int[] lengths)
    {
        var sums = new long[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++) sums[i + 1] = sums[i] + lengths[i];
        return Tensor.From<long>(sums);
    }
}
