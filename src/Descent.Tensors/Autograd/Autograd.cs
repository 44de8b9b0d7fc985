using System.Runtime.CompilerServices;

namespace Descent.Tensors;

/// <summary>The tape: recording of operations, and derivatives of what was recorded.</summary>
public static class Autograd
{
    [ThreadStatic] static bool t_disabled;

    /// <summary>Whether operations on this thread are being recorded.</summary>
    public static bool IsEnabled => !t_disabled;

    /// <summary>Until disposed, operations on this thread are not recorded.</summary>
    public static GradientMode NoGrad() => new(disabled: true);

    /// <summary>Until disposed, operations on this thread are recorded, also inside <see cref="NoGrad"/>.</summary>
    public static GradientMode EnableGrad() => new(disabled: false);

    /// <summary>
    /// Until disposed, the first operation on this thread that makes a NaN or an infinity, in the forward pass or in its
    /// gradient, throws an <see cref="AnomalyException"/> that says which, and where it was called.
    /// </summary>
    /// <remarks>
    /// Every result is read once more, so this is for debugging. An infinity is an anomaly only where no input of the
    /// operation held one, and never in an operation that writes a constant (a mask of −∞ before a softmax). A gradient is
    /// traced to its forward call only if that was made inside the scope too.
    /// </remarks>
    public static AnomalyMode DetectAnomaly() => new(detect: true);

    /// <summary>Restores on disposal whether anomalies are looked for.</summary>
    public readonly struct AnomalyMode : IDisposable
    {
        readonly bool _previous;

        internal AnomalyMode(bool detect) => (_previous, Anomaly.IsDetecting) = (Anomaly.IsDetecting, detect);

        /// <inheritdoc/>
        public void Dispose() => Anomaly.IsDetecting = _previous;
    }

    /// <summary>Restores on disposal whether operations are recorded.</summary>
    public readonly struct GradientMode : IDisposable
    {
        readonly bool _previous;

        internal GradientMode(bool disabled) => (_previous, t_disabled) = (t_disabled, disabled);

        /// <inheritdoc/>
        public void Dispose() => t_disabled = _previous;
    }

    /// <summary>Gradients of the sum of <paramref name="outputs"/> with respect to <paramref name="inputs"/>.</summary>
    /// <param name="outputs">Tensors that require gradients.</param>
    /// <param name="inputs">Leaves or intermediate tensors; their <see cref="Tensor.Grad"/> is not touched.</param>
    /// <param name="gradOutputs">Weights of the outputs' elements; null where an output is a single number means 1.</param>
    /// <param name="retainGraph">Keep what was saved, for another pass. By default as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the backward pass too, so that its results can be differentiated.</param>
    /// <param name="allowUnused">Return null for an input that no output depends on, instead of an error.</param>
    /// <returns>One gradient per input, of its shape.</returns>
    /// <exception cref="InvalidOperationException">An output needs no gradient, or an input is not used.</exception>
    public static Tensor?[] Grad(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor?> gradOutputs = default,
        bool? retainGraph = null, bool createGraph = false, bool allowUnused = false)
    {
        if (inputs.IsEmpty) throw new ArgumentException("Autograd.Grad: no inputs were given. Name the tensors to differentiate with respect to.", nameof(inputs));
        var captured = Engine.Run(outputs, gradOutputs, inputs, retainGraph ?? createGraph, createGraph);
        for (int i = 0; i < captured.Length; i++)
            if (captured[i] is null && !allowUnused)
                throw new InvalidOperationException($"Autograd.Grad: no output depends on input {i} of shape {inputs[i].Shape}. " +
                    "Leave it out, or pass allowUnused: true to get null for it.");
        return captured;
    }

    /// <summary>The gradient of one output with respect to one input.</summary>
    /// <inheritdoc cref="Grad(ReadOnlySpan{Tensor}, ReadOnlySpan{Tensor}, ReadOnlySpan{Tensor?}, bool?, bool, bool)"/>
    public static Tensor Grad(Tensor output, Tensor input, Tensor? gradOutput = null, bool? retainGraph = null, bool createGraph = false) =>
        Grad([output], [input], [gradOutput], retainGraph, createGraph)[0]!;

    // ---- Of functions -----------------------------------------------------------------------------------------------

    /// <summary><c>f(x)</c> and <c>vᵀ J</c>, the gradient of <c>f(x)</c> weighed with v, with J the Jacobian of f at x.</summary>
    /// <param name="f">The function.</param>
    /// <param name="x">Where.</param>
    /// <param name="v">Weights of the shape of f(x); null where that is a single number.</param>
    /// <param name="createGraph">The results can be differentiated in turn.</param>
    /// <exception cref="ShapeException"><paramref name="v"/> has another shape than f(x).</exception>
    public static (Tensor Output, Tensor Product) Vjp(Func<Tensor, Tensor> f, Tensor x, Tensor? v = null, bool createGraph = false) =>
        Derivatives.Vjp(f, x, v, createGraph);

    /// <summary><c>f(x)</c> and <c>J v</c>, the derivative of f at x along v.</summary>
    /// <remarks>By two backward passes: f must be twice differentiable in this library's terms.</remarks>
    /// <param name="f">The function.</param>
    /// <param name="x">Where.</param>
    /// <param name="v">The direction, of the shape of x.</param>
    /// <param name="createGraph">The results can be differentiated in turn.</param>
    /// <exception cref="ShapeException"><paramref name="v"/> has another shape than x.</exception>
    public static (Tensor Output, Tensor Product) Jvp(Func<Tensor, Tensor> f, Tensor x, Tensor v, bool createGraph = false) =>
        Derivatives.Jvp(f, x, v, createGraph);

    /// <summary><c>J[i.., j..] = ∂f(x)[i..] / ∂x[j..]</c>, of the shape of f(x) followed by that of x.</summary>
    public static Tensor Jacobian(Func<Tensor, Tensor> f, Tensor x) => Derivatives.Jacobian(f, x);

    /// <summary><c>H[i.., j..] = ∂²f(x) / ∂x[i..] ∂x[j..]</c>, of the shape of x twice.</summary>
    /// <exception cref="ShapeException">f(x) is not a single number.</exception>
    public static Tensor Hessian(Func<Tensor, Tensor> f, Tensor x) => Derivatives.Hessian(f, x);

    /// <summary><c>f(x)</c> and <c>H v</c>, with H the Hessian of f at x, which is never formed.</summary>
    /// <param name="f">A function whose result is a single number.</param>
    /// <param name="x">Where.</param>
    /// <param name="v">The direction, of the shape of x.</param>
    /// <param name="createGraph">The results can be differentiated in turn.</param>
    /// <exception cref="ShapeException">f(x) is not a single number, or <paramref name="v"/> has another shape than x.</exception>
    public static (Tensor Output, Tensor Product) Hvp(Func<Tensor, Tensor> f, Tensor x, Tensor v, bool createGraph = false) =>
        Derivatives.Hvp(f, x, v, createGraph);

    /// <summary>
    /// <c>f(inputs)</c>, of which only the inputs are kept: what f saves for backward is given up, and f is run again when
    /// its gradient is asked for.
    /// </summary>
    /// <remarks>
    /// f may close over parameters, and may contain checkpoints. When it is run again, <see cref="Generator.Default"/>
    /// starts from the state that it had, so dropout drops the same. f must not depend on anything else that changes.
    /// </remarks>
    public static Tensor Checkpoint(Func<Tensor[], Tensor> f, params Tensor[] inputs) => Checkpointing.Run(f, inputs);

    /// <summary>A function with a gradient of its own.</summary>
    /// <remarks>
    /// Forward is not recorded. Backward is, where gradients of gradients are asked for: written with differentiable
    /// operations, it can be differentiated in turn.
    /// <code>
    /// static Tensor Cube(Tensor x) => Autograd.Custom([x],
    ///     (context, t) => { context.Save(t[0]); return t[0] * t[0] * t[0]; },
    ///     (context, dy) => [dy * context.Saved(0) * context.Saved(0) * 3]);
    /// </code>
    /// </remarks>
    /// <param name="inputs">Every tensor that gradients shall flow to.</param>
    /// <param name="forward">Computes the result from the inputs.</param>
    /// <param name="backward">From the gradient of the result to one gradient per input, null where none flows.</param>
    /// <param name="name">The name that errors give the function.</param>
    public static Tensor Custom(Tensor[] inputs, Func<FunctionContext, Tensor[], Tensor> forward,
        Func<FunctionContext, Tensor, Tensor?[]> backward, [CallerMemberName] string name = "Custom") =>
        CustomFunction.Apply(inputs, (context, x) => [forward(context, x)],
            (context, dy) => dy[0] is { } only ? backward(context, only) : new Tensor?[inputs.Length], name)[0];

    /// <summary>A function of several results with a gradient of its own.</summary>
    /// <inheritdoc cref="Custom(Tensor[], Func{FunctionContext, Tensor[], Tensor}, Func{FunctionContext, Tensor, Tensor?[]}, string)"/>
    /// <param name="backward">From the gradients of the results, null for zero, to one gradient per input.</param>
    public static Tensor[] Custom(Tensor[] inputs, Func<FunctionContext, Tensor[], Tensor[]> forward,
        Func<FunctionContext, Tensor?[], Tensor?[]> backward, [CallerMemberName] string name = "Custom") =>
        CustomFunction.Apply(inputs, forward, backward, name);

    // ---- Recording, for operations ---------------------------------------------------------------------------------

    /// <summary>Whether an operation on this input is to be recorded.</summary>
    internal static bool Wants(Tensor a) => !t_disabled && a.RequiresGrad;

    /// <summary>Whether an operation on these inputs is to be recorded.</summary>
    internal static bool Wants(Tensor a, Tensor b) => !t_disabled && (a.RequiresGrad || b.RequiresGrad);

    /// <summary>Records <paramref name="y"/> as computed from one input.</summary>
    /// <param name="y">The result, new or a view.</param>
    /// <param name="saved">What backward reads, and what a trace tells of the operation. Tensors go in as <see cref="Saved"/>.</param>
    /// <param name="a">The input and the function that carries the gradient to it, static so that nothing is captured.</param>
    /// <param name="owned">A buffer that nobody else holds, returned when backward is done with it.</param>
    /// <param name="operation">The operation's name.</param>
    internal static Tensor Record<S>(Tensor y, S saved, (Tensor Input, GradientFunction<S> Gradient) a,
        Tensor? owned = null, [CallerMemberName] string operation = "")
    {
        OperationProfile.Current?.Forward(operation);
        if (Anomaly.IsDetecting) Anomaly.CheckForward(y, [a.Input], operation);
        if (OperationTrace.IsOn) OperationTrace.Record(operation, [y], [a.Input], saved);
        if (!Wants(a.Input) || !y.DType.IsFloatingPoint) return y;
        y.Node = new FunctionNode<S>(operation, saved, owned, EdgeOf(a.Input), a.Gradient) { CallSite = Anomaly.CallSite() };
        return y;
    }

    /// <summary>Records <paramref name="y"/> as computed from two inputs.</summary>
    /// <inheritdoc cref="Record{S}(Tensor, S, ValueTuple{Tensor, GradientFunction{S}}, Tensor?, string)"/>
    internal static Tensor Record<S>(Tensor y, S saved, (Tensor Input, GradientFunction<S> Gradient) a,
        (Tensor Input, GradientFunction<S> Gradient) b, Tensor? owned = null, [CallerMemberName] string operation = "")
    {
        OperationProfile.Current?.Forward(operation);
        if (Anomaly.IsDetecting) Anomaly.CheckForward(y, [a.Input, b.Input], operation);
        if (OperationTrace.IsOn) OperationTrace.Record(operation, [y], [a.Input, b.Input], saved);
        if (!Wants(a.Input, b.Input) || !y.DType.IsFloatingPoint) return y;
        y.Node = new FunctionNode<S>(operation, saved, owned, EdgeOf(a.Input), a.Gradient, EdgeOf(b.Input), b.Gradient)
        { CallSite = Anomaly.CallSite() };
        return y;
    }

    /// <summary>Records <paramref name="y"/> as computed from three inputs.</summary>
    /// <inheritdoc cref="Record{S}(Tensor, S, ValueTuple{Tensor, GradientFunction{S}}, Tensor?, string)"/>
    internal static Tensor Record<S>(Tensor y, S saved, (Tensor Input, GradientFunction<S> Gradient) a,
        (Tensor Input, GradientFunction<S> Gradient) b, (Tensor Input, GradientFunction<S> Gradient) c,
        Tensor? owned = null, [CallerMemberName] string operation = "")
    {
        OperationProfile.Current?.Forward(operation);
        if (Anomaly.IsDetecting) Anomaly.CheckForward(y, [a.Input, b.Input, c.Input], operation);
        if (OperationTrace.IsOn) OperationTrace.Record(operation, [y], [a.Input, b.Input, c.Input], saved);
        if ((!Wants(a.Input, b.Input) && !Wants(c.Input)) || !y.DType.IsFloatingPoint) return y;
        y.Node = new FunctionNode<S>(operation, saved, owned, EdgeOf(a.Input), a.Gradient, EdgeOf(b.Input), b.Gradient,
            EdgeOf(c.Input), c.Gradient)
        { CallSite = Anomaly.CallSite() };
        return y;
    }

    /// <summary>Records outputs whose inputs' gradients are computed together.</summary>
    /// <param name="outputs">The results; those of non-floating type take no part.</param>
    /// <param name="saved">What backward reads, and what a trace tells of the operation. Tensors go in as <see cref="Saved"/>.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="gradient">Computes the gradients of the inputs that want one; static.</param>
    /// <param name="keepsNoGradient">False where the function may keep the gradients it is given.</param>
    /// <param name="owned">A buffer that nobody else holds, returned when backward is done with it.</param>
    /// <param name="operation">The operation's name.</param>
    internal static void RecordJoint<S>(ReadOnlySpan<Tensor> outputs, S saved, ReadOnlySpan<Tensor> inputs, JointGradient<S> gradient,
        bool keepsNoGradient = true, Tensor? owned = null, [CallerMemberName] string operation = "")
    {
        OperationProfile.Current?.Forward(operation);
        if (Anomaly.IsDetecting)
            foreach (var y in outputs) Anomaly.CheckForward(y, inputs, operation);
        if (OperationTrace.IsOn) OperationTrace.Record(operation, outputs, inputs, saved);
        if (t_disabled) return;
        bool wanted = false;
        foreach (var x in inputs) wanted |= x.RequiresGrad;
        if (!wanted) return;
        var edges = new Edge[inputs.Length];
        for (int i = 0; i < edges.Length; i++) edges[i] = EdgeOf(inputs[i]);
        var node = new JointNode<S>(operation, saved, edges, outputs.Length, gradient, keepsNoGradient, owned) { CallSite = Anomaly.CallSite() };
        for (int i = 0; i < outputs.Length; i++)
            if (outputs[i].DType.IsFloatingPoint)
                (outputs[i].Node, outputs[i].OutputIndex) = (node, i);
    }

    /// <summary>Where the gradient of this tensor goes.</summary>
    /// <exception cref="InvalidOperationException">It is a view whose base was changed in place on the tape since.</exception>
    internal static Edge EdgeOf(Tensor x)
    {
        if (x.ViewOf is not null && x.RequiresGrad && x.Storage.LastRecordedChange > x.ViewVersion)
            throw new InvalidOperationException($"A view of shape {x.Shape} was made before the tensor it views was changed in place, so its gradient " +
                "would follow the old values. Make the view again after the change, or clone it before.");
        return x.Node is { } node ? new(node, x.OutputIndex)
            : x.RequiresGrad ? new(x.Accumulator, 0)
            : default;
    }
}
