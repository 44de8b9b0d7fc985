using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// One direction of one recurrent layer: <c>hₜ = f(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh)</c>, f the hyperbolic tangent or
    /// the rectifier.
    /// </summary>
    /// <remarks>Elman, "Finding Structure in Time", Cognitive Science 14, 1990.</remarks>
    /// <param name="x">Shape <c>(L, N, in)</c>; with <paramref name="batchSizes"/> the rows of all steps, <c>(rows, in)</c>.</param>
    /// <param name="h0">The first state, <c>(N, hidden)</c>.</param>
    /// <param name="weightIh">Shape <c>(hidden, in)</c>.</param>
    /// <param name="weightHh">Shape <c>(hidden, hidden)</c>.</param>
    /// <param name="biasIh">Shape <c>(hidden)</c>, or null.</param>
    /// <param name="biasHh">Shape <c>(hidden)</c>, or null.</param>
    /// <param name="rectifies">The rectifier in place of the tangent.</param>
    /// <param name="batchSizes">How many sequences have a step 0, 1, …: N at first, then never more.</param>
    /// <param name="reverse">From the last step to the first.</param>
    /// <returns>The states after each step, <c>(L, N, hidden)</c> or <c>(rows, hidden)</c>, and each sequence's last, <c>(N, hidden)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static (Tensor Output, Tensor State) Rnn(Tensor x, Tensor h0, Tensor weightIh, Tensor weightHh, Tensor? biasIh = null, Tensor? biasHh = null,
        bool rectifies = false, ReadOnlySpan<int> batchSizes = default, bool reverse = false)
    {
        if (OperationTrace.IsOn && batchSizes.IsEmpty)
        {
            (Tensor Output, Tensor State) y;
            using (OperationTrace.Pause()) y = Rnn(x, h0, weightIh, weightHh, biasIh, biasHh, rectifies, batchSizes, reverse);
            OperationTrace.Add([y.Output, y.State], RecurrentInput.Operands(x, [h0], weightIh, weightHh, biasIh, biasHh), (reverse, rectifies), nameof(Rnn));
            return y;
        }
        var input = RecurrentInput.Check(nameof(Rnn), 1, x, h0, weightIh, weightHh, biasIh, biasHh, batchSizes, reverse);
        var made = RnnOp.Run(input.Steps, input.Collect(weightHh, biasHh, h0), rectifies);
        return (input.Shaped(made[0]), made[1].To(x.DType));
    }

    /// <summary>
    /// One direction of one layer of long short-term memory: <c>c = f·c + i·g</c>, <c>h = o·tanh(c)</c>, where i, f and o are the
    /// sigmoids and g the tangent of the four parts of <c>W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh</c>, in the order i, f, g, o.
    /// </summary>
    /// <remarks>
    /// Hochreiter and Schmidhuber, "Long Short-Term Memory", Neural Computation 9, 1997; the projection is that of Sak et al.,
    /// 2014, arXiv:1402.1128.
    /// </remarks>
    /// <param name="x">Shape <c>(L, N, in)</c>; with <paramref name="batchSizes"/> the rows of all steps, <c>(rows, in)</c>.</param>
    /// <param name="h0">The first state, <c>(N, projected)</c>.</param>
    /// <param name="c0">The first cell, <c>(N, hidden)</c>.</param>
    /// <param name="weightIh">Shape <c>(4 · hidden, in)</c>.</param>
    /// <param name="weightHh">Shape <c>(4 · hidden, projected)</c>.</param>
    /// <param name="biasIh">Shape <c>(4 · hidden)</c>, or null.</param>
    /// <param name="biasHh">Shape <c>(4 · hidden)</c>, or null.</param>
    /// <param name="weightHr">Shape <c>(projected, hidden)</c>: shortens the state; or null, and projected is hidden.</param>
    /// <param name="batchSizes">How many sequences have a step 0, 1, …: N at first, then never more.</param>
    /// <param name="reverse">From the last step to the first.</param>
    /// <param name="table">If given, <paramref name="x"/> holds integers, <c>(L, N)</c> or <c>(rows)</c>, which name rows of it, <c>(rows of the table, in)</c>: these are then multiplied once each, however often they occur.</param>
    /// <returns>The states after each step, <c>(L, N, projected)</c> or <c>(rows, projected)</c>, and each sequence's last state and cell.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row of the table.</exception>
    public static (Tensor Output, Tensor State, Tensor Cell) Lstm(Tensor x, Tensor h0, Tensor c0, Tensor weightIh, Tensor weightHh,
        Tensor? biasIh = null, Tensor? biasHh = null, Tensor? weightHr = null, ReadOnlySpan<int> batchSizes = default, bool reverse = false, Tensor? table = null)
    {
        if (table is not null && OperationTrace.IsOn) (x, table) = (Embedding(x, table), null);
        if (OperationTrace.IsOn && batchSizes.IsEmpty && weightHr is null)
        {
            (Tensor Output, Tensor State, Tensor Cell) y;
            using (OperationTrace.Pause()) y = Lstm(x, h0, c0, weightIh, weightHh, biasIh, biasHh, weightHr, batchSizes, reverse);
            OperationTrace.Add([y.Output, y.State, y.Cell], RecurrentInput.Operands(x, [h0, c0], weightIh, weightHh, biasIh, biasHh), reverse, nameof(Lstm));
            return y;
        }
        var input = RecurrentInput.Check(nameof(Lstm), 4, x, h0, weightIh, weightHh, biasIh, biasHh, batchSizes, reverse, table);
        Shape cell = new(h0.Shape[0], weightIh.Shape[0] / 4), projection = new(h0.Shape[1], cell[1]);
        if (c0.Shape != cell || (weightHr is null ? h0.Shape[1] != cell[1] : weightHr.Shape != projection))
            throw new ShapeException($"Lstm: the state has shape {h0.Shape}, the cell {c0.Shape} and the projection {(weightHr is null ? "is null" : weightHr.Shape)}. " +
                $"Expected a cell of {cell}, and a state of that shape or a projection of {projection}.");
        var made = LstmOp.Run(input.Steps, input.Collect(weightHh, biasHh, h0, c0, weightHr));
        return (input.Shaped(made[0]), made[1].To((table ?? x).DType), made[2].To((table ?? x).DType));
    }

    /// <summary>
    /// One direction of one layer of gated recurrent units: <c>h = (1 − z)·n + z·h</c>, where r and z are the sigmoids of their
    /// parts of <c>a + b</c> and <c>n = tanh(aₙ + r·bₙ)</c>, for <c>a = W_ih xₜ + b_ih</c> and <c>b = W_hh hₜ₋₁ + b_hh</c>, in the order r, z, n.
    /// </summary>
    /// <remarks>Cho et al., "Learning Phrase Representations using RNN Encoder–Decoder", 2014, arXiv:1406.1078, with r after the product.</remarks>
    /// <param name="x">Shape <c>(L, N, in)</c>; with <paramref name="batchSizes"/> the rows of all steps, <c>(rows, in)</c>.</param>
    /// <param name="h0">The first state, <c>(N, hidden)</c>.</param>
    /// <param name="weightIh">Shape <c>(3 · hidden, in)</c>.</param>
    /// <param name="weightHh">Shape <c>(3 · hidden, hidden)</c>.</param>
    /// <param name="biasIh">Shape <c>(3 · hidden)</c>, or null.</param>
    /// <param name="biasHh">Shape <c>(3 · hidden)</c>, or null.</param>
    /// <param name="batchSizes">How many sequences have a step 0, 1, …: N at first, then never more.</param>
    /// <param name="reverse">From the last step to the first.</param>
    /// <returns>The states after each step, <c>(L, N, hidden)</c> or <c>(rows, hidden)</c>, and each sequence's last, <c>(N, hidden)</c>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static (Tensor Output, Tensor State) Gru(Tensor x, Tensor h0, Tensor weightIh, Tensor weightHh, Tensor? biasIh = null, Tensor? biasHh = null,
        ReadOnlySpan<int> batchSizes = default, bool reverse = false)
    {
        if (OperationTrace.IsOn && batchSizes.IsEmpty)
        {
            (Tensor Output, Tensor State) y;
            using (OperationTrace.Pause()) y = Gru(x, h0, weightIh, weightHh, biasIh, biasHh, batchSizes, reverse);
            OperationTrace.Add([y.Output, y.State], RecurrentInput.Operands(x, [h0], weightIh, weightHh, biasIh, biasHh), reverse, nameof(Gru));
            return y;
        }
        var input = RecurrentInput.Check(nameof(Gru), 3, x, h0, weightIh, weightHh, biasIh, biasHh, batchSizes, reverse);
        var made = GruOp.Run(input.Steps, input.Collect(weightHh, biasHh, h0));
        return (input.Shaped(made[0]), made[1].To(x.DType));
    }
}

/// <summary>A checked input of a recurrent layer.</summary>
sealed record RecurrentInput(RecurrentSteps Steps, DType Type, Tensor X, Tensor? Table, Tensor Weight, Tensor? Bias)
{
    internal static RecurrentInput Check(string operation, int gates, Tensor x, Tensor h0, Tensor weightIh, Tensor weightHh, Tensor? biasIh, Tensor? biasHh,
        ReadOnlySpan<int> batchSizes, bool reverse, Tensor? table = null)
    {
        bool packed = !batchSizes.IsEmpty;
        var input = table ?? x;
        if (table is not null && (table.Rank != 2 || x.Rank != (packed ? 1 : 2)))
            throw new ShapeException($"{operation}: the input is {x.Shape} and its table {table.Shape}. Expected rows of a matrix, named by integers {(packed ? "(rows)" : "(L, N)")}.");
        if (x.Rank + (table is null ? 0 : 1) != (packed ? 2 : 3) || h0.Rank != 2 || weightIh.Rank != 2 || weightHh.Rank != 2 || !input.DType.IsFloatingPoint)
            throw new ShapeException($"{operation}: the input is {x.DType} {x.Shape}, the state {h0.Shape}, the weights {weightIh.Shape} and {weightHh.Shape}. " +
                $"Expected a floating-point input of {(packed ? "(rows, in)" : "(L, N, in)")}, a state of (N, hidden) and matrices.");
        int[] sizes = packed ? batchSizes.ToArray() : [.. Enumerable.Repeat(x.Shape[1], x.Shape[0])];
        if (sizes.Length == 0)
            throw new ShapeException($"{operation}: the input {x.Shape} has no steps; expected at least one.");
        int batch = h0.Shape[0], hidden = h0.Shape[1], width = weightIh.Shape[0];
        bool fits = sizes[0] == batch && sizes.Sum() == (packed ? x.Shape[0] : x.Shape[0] * x.Shape[1]);
        for (int t = 1; t < sizes.Length; t++) fits &= sizes[t] <= sizes[t - 1] && sizes[t] > 0 | !packed;
        if (!fits)
            throw new ShapeException($"{operation}: an input of {x.Shape} with {(packed ? $"batch sizes ({string.Join(", ", sizes)})" : $"{sizes[0]} sequences")} " +
                $"does not fit a state of {h0.Shape}. Expected as many states as sequences, and batch sizes that never rise and add up to the rows.");
        if (width % gates != 0 || weightIh.Shape[1] != input.Shape[^1] || weightHh.Shape != new Shape(width, hidden) || (gates != 4 && width != gates * hidden)
            || biasIh is not null && biasIh.Shape != new Shape(width) || biasHh is not null && biasHh.Shape != new Shape(width))
            throw new ShapeException($"{operation}: the input {input.Shape} and the state {h0.Shape} do not fit the weights {weightIh.Shape} and {weightHh.Shape}" +
                (biasIh is null ? "" : $" and the biases {biasIh.Shape} and {biasHh?.Shape}") +
                $". Expected ({gates} · hidden, {input.Shape[^1]}), ({gates} · hidden, {hidden}) and biases of ({gates} · hidden,).");
        return new(new(sizes, reverse), input.DType.IsReduced ? DType.Float32 : input.DType, x, table, weightIh, biasIh);
    }

    /// <summary>What a trace tells of a layer: input, states, weights and, where there are any, both biases.</summary>
    internal static Tensor[] Operands(Tensor x, ReadOnlySpan<Tensor> states, Tensor weightIh, Tensor weightHh, Tensor? biasIh, Tensor? biasHh) =>
        biasIh is null && biasHh is null ? [x, .. states, weightIh, weightHh]
            : [x, .. states, weightIh, weightHh, biasIh ?? Tensor.ZerosLike(biasHh!), biasHh ?? Tensor.ZerosLike(biasIh!)];

    /// <summary>All that the operation takes, in the type that it computes in.</summary>
    internal RecurrentInputs Collect(Tensor weightHh, Tensor? biasHh, params ReadOnlySpan<Tensor?> rest)
    {
        var rows = Table is null ? null : Indexed.Checked(X, 0, Table.Shape).Reshape(-1);
        Tensor?[] all = [Table ?? X.Reshape(Steps.Rows, X.Shape[^1]), Weight, Bias, biasHh, weightHh, .. rest];
        return new(rows, Array.ConvertAll(all, x => x?.To(Type)));
    }

    /// <summary>Rows of all steps in the form of the input.</summary>
    internal Tensor Shaped(Tensor rows) =>
        (X.Rank == (Table is null ? 3 : 2) ? rows.Reshape(X.Shape[0], X.Shape[1], rows.Shape[1]) : rows).To((Table ?? X).DType);

    /// <summary>The recurrence as recorded operations, one step after another.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="gates">What the inputs give, (rows, width).</param>
    /// <param name="first">The states before the first step, each (N, …).</param>
    /// <param name="step">From the step's gates and the states before to the states after; the first is the output.</param>
    /// <returns>The output of all steps, and the last states.</returns>
    internal static Tensor[] Unrolled(RecurrentSteps steps, Tensor gates, Tensor[] first, Func<Tensor, Tensor[], Tensor[]> step)
    {
        var outputs = new Tensor[steps.Count];
        Tensor[] state = [.. first];
        for (int i = 0; i < steps.Count; i++)
        {
            int t = steps.At(i), n = steps.Sizes[t];
            var next = step(gates.Narrow(0, steps.Offsets[t], n), [.. state.Select(s => s.Narrow(0, 0, n))]);
            outputs[t] = next[0];
            for (int k = 0; k < state.Length; k++)
                state[k] = n == state[k].Shape[0] ? next[k] : Tensor.Cat([next[k], state[k].Narrow(0, n, state[k].Shape[0] - n)]);
        }
        return [Tensor.Cat(outputs), .. state];
    }
}
