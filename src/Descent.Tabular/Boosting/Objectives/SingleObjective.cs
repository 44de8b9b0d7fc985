using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>One score of a row, and its loss.</summary>
public abstract record SingleObjective : BoostingObjective
{
    const int BlockRows = 4096;

    private protected SingleObjective() { }

    private protected abstract (float Gradient, float Hessian) Slope(float margin, float target);

    /// <summary>The loss of a row.</summary>
    internal abstract double Loss(double margin, double target);

    private protected virtual float Weigh(float weight, float target) => weight;

    internal sealed override unsafe void Gradients(ReadOnlySpan<float> margins, BoostingTargets targets, int round, Span<float> gradients, Span<float> hessians)
    {
        float[] y = targets.Values, weights = targets.Weights;
        fixed (float* m = margins, g = gradients, h = hessians)
        {
            // Spans cannot go into the lambda; the memory stands still while it runs.
            var (from, toGradients, toHessians) = ((nint)m, (nint)g, (nint)h);
            WorkerPool.For((y.Length + BlockRows - 1) / BlockRows, block =>
            {
                int start = block * BlockRows, end = Math.Min(y.Length, start + BlockRows);
                for (int i = start; i < end; i++)
                {
                    var (gradient, hessian) = Slope(((float*)from)[i], y[i]);
                    float weight = Weigh(weights[i], y[i]);
                    (((float*)toGradients)[i], ((float*)toHessians)[i]) = (gradient * weight, hessian * weight);
                }
            });
        }
    }

    internal sealed override double Loss(ReadOnlySpan<float> margins, BoostingTargets targets)
    {
        double sum = 0, total = 0;
        for (int i = 0; i < targets.Rows; i++)
        {
            float weight = Weigh(targets.Weights[i], targets.Values[i]);
            if (weight == 0) continue;
            sum += weight * Loss(margins[i], targets.Values[i]);
            total += weight;
        }
        return sum / total;
    }
}
