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
        public Tensor Detach() => x.Alias(x.Shape, x.IsContiguous ? null : x.StrideArray, x.Offset);

        /// <summary>Keep the gradient of this tensor too, though it is no leaf.</summary>
        public void RetainGrad()
        {
            if (x.Node is not { } node) return;
            int slot = x.OutputIndex;
            node.AddHook(new(slot, g => { x.Grad = x.Grad is null ? g : x.Grad + g; return null; }));
        }

        /// <summary>Calls <paramref name="hook"/> with the gradient of this tensor whenever one is computed.</summary>
        /// <param name="hook">What it returns, if not null, replaces the gradient.</param>
        /// <exception cref="InvalidOperationException">The tensor does not require gradients.</exception>
        public void RegisterHook(Func<Tensor, Tensor?> hook)
        {
            var edge = Autograd.EdgeOf(x);
            if (edge.Target is null) throw new InvalidOperationException("RegisterHook: the tensor does not require gradients.");
            edge.Target.AddHook(new(edge.Slot, hook));
        }
    }
}
