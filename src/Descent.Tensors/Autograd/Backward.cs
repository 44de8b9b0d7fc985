namespace Descent.Tensors;

/// <summary>Backward, and the tensors' place in the graph.</summary>
public static class BackwardOps
{
    extension(Tensor x)
    {
        /// <summary>Adds the gradient of this tensor with respect to every leaf it was computed from to <see cref="Tensor.Grad"/>.</summary>
        /// <param name="gradient">Weights of the elements; not needed for a single number.</param>
        /// <param name="retainGraph">Keep what was saved, for another pass. By default as <paramref name="createGraph"/>.</param>
        /// <param name="createGraph">Record the backward pass too, so that gradients can be differentiated.</param>
        /// <exception cref="InvalidOperationException">The tensor does not require gradients, or its graph was given up.</exception>
        public void Backward(Tensor? gradient = null, bool? retainGraph = null, bool createGraph = false) =>
            Engine.Run([x], [gradient], [], retainGraph ?? createGraph, createGraph);

        /// <summary>The same elements outside the graph.</summary>
        // Not an alias that remembers x, which would keep x's graph alive.
        public Tensor Detach()
        {
            var y = new Tensor(x.Storage, x.Shape, x.IsContiguous ? null : x.StrideArray, x.Offset, x.DType);
            if (OperationTrace.IsOn) OperationTrace.Alias(y, x);
            return y;
        }

        /// <summary>Keep the gradient of this tensor in <see cref="Tensor.Grad"/> too, though it is no leaf.</summary>
        /// <exception cref="InvalidOperationException">The tensor does not require gradients.</exception>
        public void RetainGrad()
        {
            if (!x.RequiresGrad) throw new InvalidOperationException("RetainGrad: the tensor does not require gradients.");
            if (x.Node is not { } node || node.Hooks is { } hooks && hooks.Any(h => h.Retains && h.Slot == x.OutputIndex)) return;
            node.AddHook(new(x.OutputIndex, g => { x.Grad = x.Grad is null ? g : x.Grad + g; return null; }, Retains: true));
        }

        /// <summary>
        /// Calls <paramref name="hook"/> with the gradient of this tensor, once per pass, before it flows on. Hooks run in the
        /// order in which they were registered.
        /// </summary>
        /// <param name="hook">What it returns, if not null, replaces the gradient.</param>
        /// <returns>Removes the hook when disposed.</returns>
        /// <exception cref="InvalidOperationException">The tensor does not require gradients.</exception>
        public IDisposable RegisterHook(Func<Tensor, Tensor?> hook)
        {
            var edge = Autograd.EdgeOf(x);
            if (edge.Target is null) throw new InvalidOperationException("RegisterHook: the tensor does not require gradients.");
            var registered = new GradientHook(edge.Slot, hook);
            edge.Target.AddHook(registered);
            return new HookRegistration(edge.Target, registered);
        }
    }

    sealed class HookRegistration(Node node, GradientHook hook) : IDisposable
    {
        public void Dispose() => node.RemoveHook(hook);
    }
}
