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

    // ---- Recording, for operations ---------------------------------------------------------------------------------

    /// <summary>Whether an operation on this input is to be recorded.</summary>
    internal static bool Wants(Tensor a) => !t_disabled && a.RequiresGrad;

    /// <summary>Whether an operation on these inputs is to be recorded.</summary>
    internal static bool Wants(Tensor a, Tensor b) => !t_disabled && (a.RequiresGrad || b.RequiresGrad);

    /// <summary>Records <paramref name="y"/> as computed from one input.</summary>
    /// <param name="y">The result, new or a view.</param>
    /// <param name="saved">What backward reads. Tensors go in as <see cref="Saved"/>.</param>
    /// <param name="a">The input and the function that carries the gradient to it, static so that nothing is captured.</param>
    /// <param name="owned">A buffer that nobody else holds, returned when backward is done with it.</param>
    /// <param name="operation">The operation's name.</param>
    internal static Tensor Record<S>(Tensor y, S saved, (Tensor Input, GradientFunction<S> Gradient) a,
        Tensor? owned = null, [CallerMemberName] string operation = "")
    {
        if (Anomaly.IsDetecting) Anomaly.CheckForward(y, operation);
        if (!Wants(a.Input) || !y.DType.IsFloatingPoint) return y;
        y.Node = new FunctionNode<S>(operation, saved, owned, EdgeOf(a.Input), a.Gradient) { CallSite = Anomaly.CallSite() };
        return y;
    }

    /// <summary>Records <paramref name="y"/> as computed from two inputs.</summary>
    /// <inheritdoc cref="Record{S}(Tensor, S, ValueTuple{Tensor, GradientFunction{S}}, Tensor?, string)"/>
    internal static Tensor Record<S>(Tensor y, S saved, (Tensor Input, GradientFunction<S> Gradient) a,
        (Tensor Input, GradientFunction<S> Gradient) b, Tensor? owned = null, [CallerMemberName] string operation = "")
    {
        if (Anomaly.IsDetecting) Anomaly.CheckForward(y, operation);
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
        if (Anomaly.IsDetecting) Anomaly.CheckForward(y, operation);
        if ((!Wants(a.Input, b.Input) && !Wants(c.Input)) || !y.DType.IsFloatingPoint) return y;
        y.Node = new FunctionNode<S>(operation, saved, owned, EdgeOf(a.Input), a.Gradient, EdgeOf(b.Input), b.Gradient,
            EdgeOf(c.Input), c.Gradient)
        { CallSite = Anomaly.CallSite() };
        return y;
    }

    /// <summary>Records outputs whose inputs' gradients are computed together.</summary>
    /// <param name="outputs">The results; those of non-floating type take no part.</param>
    /// <param name="saved">What backward reads. Tensors go in as <see cref="Saved"/>.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="gradient">Computes the gradients of the inputs that want one; static.</param>
    /// <param name="keepsNoGradient">False where the function may keep the gradients it is given.</param>
    /// <param name="operation">The operation's name.</param>
    internal static void RecordJoint<S>(ReadOnlySpan<Tensor> outputs, S saved, ReadOnlySpan<Tensor> inputs, JointGradient<S> gradient,
        bool keepsNoGradient = true, [CallerMemberName] string operation = "")
    {
        if (Anomaly.IsDetecting)
            foreach (var y in outputs) Anomaly.CheckForward(y, operation);
        if (t_disabled) return;
        bool wanted = false;
        foreach (var x in inputs) wanted |= x.RequiresGrad;
        if (!wanted) return;
        var edges = new Edge[inputs.Length];
        for (int i = 0; i < edges.Length; i++) edges[i] = EdgeOf(inputs[i]);
        var node = new JointNode<S>(operation, saved, edges, outputs.Length, gradient, keepsNoGradient) { CallSite = Anomaly.CallSite() };
        for (int i = 0; i < outputs.Length; i++)
            if (outputs[i].DType.IsFloatingPoint)
                (outputs[i].Node, outputs[i].OutputIndex) = (node, i);
    }

    /// <summary>Where the gradient of this tensor goes.</summary>
    internal static Edge EdgeOf(Tensor x) =>
        x.Node is { } node ? new(node, x.OutputIndex)
        : x.RequiresGrad ? new(x.Accumulator ??= new AccumulateGrad(x), 0)
        : default;
}
