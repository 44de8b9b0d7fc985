namespace Descent.Tensors;

/// <summary>How an attention weighs.</summary>
/// <param name="Scale">Factor of the scores.</param>
/// <param name="Causal">Query i sees keys 0 to i plus this; null without such a limit.</param>
/// <param name="Dropout">Probability of dropping a weight.</param>
/// <param name="Seed">Of the generator that draws what is dropped.</param>
/// <param name="Stream">Of the generator.</param>
/// <param name="Words">Where its draws for this attention start.</param>
readonly record struct AttentionSettings(double Scale, int? Causal, double Dropout, ulong Seed, ulong Stream, ulong Words)
{
    /// <summary>With draws reserved for every score.</summary>
    internal static AttentionSettings Of(double scale, int? causal, double dropout, Generator? generator, long scores)
    {
        if (dropout is 0 or 1) return new(scale, causal, dropout, 0, 0, 0);
        generator ??= Generator.Default;
        var state = generator.GetState();
        return new(scale, causal, dropout, state.Seed, state.Stream, generator.Reserve(scores, wordsEach: 1));
    }

    /// <summary>What every weight is multiplied by under dropout, written out; null without.</summary>
    internal Tensor? Kept(Shape scores, DType dtype)
    {
        if (Dropout == 0) return null;
        if (Dropout == 1) return Tensor.Zeros(scores, dtype);
        var kept = Tensor.Uninitialized(scores, DType.Float32);
        new Generator(Seed, Stream).FillBernoulli(kept.AsSpan<float>(), Words, 1 - Dropout, 1);
        return kept.To(dtype).Mul(1 / (1 - Dropout));
    }
}

/// <summary>Attention as one operation, by tiles: what is kept for its gradient is the output and one number a row.</summary>
static class AttentionOp
{
    const string Name = nameof(F.ScaledDotProductAttention);

    sealed record State(Saved Query, Saved Key, Saved Value, Saved Output, Tensor LogSums, Tensor? Mask, AttentionSettings Settings);

    internal static void Check(Tensor query, Tensor key, Tensor value, bool grouped)
    {
        bool fits = query.Rank >= 2 && key.Rank >= 2 && value.Rank >= 2 && query.Shape[^1] == key.Shape[^1] && key.Shape[^2] == value.Shape[^2];
        if (fits && grouped)
            fits = query.Rank > 2 && key.Rank > 2 && value.Rank > 2 && key.Shape[^3] == value.Shape[^3] && key.Shape[^3] > 0 && query.Shape[^3] % key.Shape[^3] == 0;
        if (!fits)
            throw new ShapeException($"{Name}: query {query.Shape}, key {key.Shape} and value {value.Shape} do not fit. Expected (…, L, E), (…, S, E) and (…, S, Ev)" +
                (grouped ? ", the heads of key and value equal and a divisor of the query's." : "."));
        if (!query.DType.IsFloatingPoint || key.DType != query.DType || value.DType != query.DType)
            throw new ArgumentException($"{Name}: query, key and value are {query.DType}, {key.DType} and {value.DType}. Expected one floating-point type.");
    }

    /// <param name="query">Shape <c>(…, L, E)</c>, at least three dimensions.</param>
    /// <param name="key">Shape <c>(…, S, E)</c>.</param>
    /// <param name="value">Shape <c>(…, S, Ev)</c>.</param>
    /// <param name="mask">Broadcasts to <c>(…, L, S)</c>.</param>
    /// <param name="scale">Factor of the scores.</param>
    /// <param name="causal">Query i sees keys 0 to i plus this; null without such a limit.</param>
    /// <param name="dropout">Probability of dropping a weight.</param>
    /// <param name="generator">Draws what is dropped.</param>
    /// <param name="weights">Whether the weights are asked for.</param>
    /// <returns>The output, and the weights if they are asked for.</returns>
    internal static Tensor[] Run(Tensor query, Tensor key, Tensor value, Tensor? mask, double scale, int? causal, double dropout, Generator? generator, bool weights)
    {
        var batch = Shape.Broadcast(Shape.Broadcast(query.Shape[..^2], key.Shape[..^2], Name), value.Shape[..^2], Name);
        int rows = query.Shape[^2], columns = key.Shape[^2];
        CheckMask(mask, [.. batch, rows, columns]);
        var settings = AttentionSettings.Of(scale, causal, dropout, generator, (long)batch.Elements * rows * columns);
        if (weights) return PlainAttention.Run(query, key, value, mask, scale, settings.Kept([.. batch, rows, columns], query.DType));
        if ((mask is { RequiresGrad: true } && Autograd.IsEnabled) || OperationTrace.IsOn || dropout == 1)
            return PlainAttention.Composite([query, key, value], mask, scale, causal, settings.Kept([.. batch, rows, columns], query.DType));

        var computed = query.DType.IsReduced ? DType.Float32 : query.DType;
        mask = mask is null || mask.DType == DType.Bool ? mask?.Detach() : mask.Detach().To(computed);
        var y = PlainAttention.Beside([.. batch, rows, value.Shape[^1]], query.DType);
        var logSums = Tensor.Uninitialized([.. batch, rows], computed);
        new AttentionCall { Query = query, Key = key, Value = value, Output = y, LogSums = logSums, Mask = mask, Settings = settings }.Forward();
        Autograd.RecordJoint([y], new State(query.Saved, key.Saved, value.Saved, y.Detach().Saved, logSums, mask, settings), [query, key, value], Gradients, operation: Name);
        return [y];
    }

    /// <param name="mask">The mask.</param>
    /// <param name="scores">Sizes of the scores, of which there may be more than a tensor can hold.</param>
    static void CheckMask(Tensor? mask, ReadOnlySpan<int> scores)
    {
        if (mask is null) return;
        bool fits = mask.Rank <= scores.Length;
        for (int i = 1; fits && i <= mask.Rank; i++) fits = mask.Shape[^i] == scores[^i] || mask.Shape[^i] == 1;
        if (!fits)
            throw new ShapeException($"{Name}: the mask has shape {mask.Shape}; expected one that broadcasts to the scores, ({string.Join(", ", scores.ToArray())}).");
        if (mask.DType != DType.Bool && !mask.DType.IsFloatingPoint)
            throw new ArgumentException($"{Name}: the mask is {mask.DType}; expected Bool or a floating-point type.", nameof(mask));
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        Tensor q = s.Query, k = s.Key, v = s.Value, y = s.Output;
        if (dys[0] is not { } dy) return;
        if (Autograd.IsEnabled)
        {
            CompositeGradient.Run(dys, [q, k, v], needed, results, x => [Composite(x, s)]);
            return;
        }
        var batch = y.Shape[..^2];
        // Keys shared by a group of heads gather their gradients in the kernel.
        bool grouped = AttentionCall.IsGrouped(batch, k, v);
        Shape keyBatch = grouped ? [.. batch[..^1], 1] : batch;
        var room = needed[0] && needed[1] && needed[2] && !grouped && q.Shape[..^2] == batch ? PlainAttention.AsParts([q, k, v]) : null;
        var call = new AttentionCall
        {
            Query = q, Key = k, Value = v, Output = y, LogSums = s.LogSums, Mask = s.Mask, Settings = s.Settings, OutputGradient = dy.To(y.DType),
            QueryGradient = room?[0] ?? (needed[0] ? PlainAttention.Beside([.. batch, q.Shape[^2], q.Shape[^1]], q.DType) : null),
            KeyGradient = room?[1] ?? (needed[1] ? PlainAttention.Beside([.. keyBatch, k.Shape[^2], k.Shape[^1]], k.DType) : null),
            ValueGradient = room?[2] ?? (needed[2] ? PlainAttention.Beside([.. keyBatch, v.Shape[^2], v.Shape[^1]], v.DType) : null),
        };
        call.Backward();
        results[0] = call.QueryGradient?.SumTo(q.Shape);
        results[1] = call.KeyGradient?.SumTo(k.Shape);
        results[2] = call.ValueGradient?.SumTo(v.Shape);
    }

    static Tensor Composite(Tensor[] x, State s)
    {
        var type = x[0].DType;
        if (type.IsReduced) x = Array.ConvertAll(x, t => t.To(DType.Float32));
        Shape scores = [.. s.Output.Value.Shape[..^1], x[1].Shape[^2]];
        return PlainAttention.Composite(x, s.Mask, s.Settings.Scale, s.Settings.Causal, s.Settings.Kept(scores, x[0].DType))[0].To(type);
    }
}
