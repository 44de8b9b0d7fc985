using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>Minimises smooth functions by limited-memory BFGS.</summary>
/// <remarks>Liu and Nocedal, 1989; line search for the weak Wolfe conditions by bisection (Lewis and Overton, 2013).</remarks>
static class Lbfgs
{
    const int Memory = 10, LineSteps = 60;
    const double Decrease = 1e-4, Curvature = 0.9;

    /// <summary>A function of a point that also writes its gradient.</summary>
    internal delegate double Function(double[] x, double[] gradient);

    /// <param name="x">Where to start.</param>
    /// <param name="function">What is minimised.</param>
    /// <param name="tolerance">The greatest gradient at which it stops.</param>
    /// <param name="maxIterations">The greatest number of steps.</param>
    internal static double[] Minimize(double[] x, Function function, double tolerance, int maxIterations)
    {
        double[] gradient = new double[x.Length], direction = new double[x.Length];
        double value = function(x, gradient);
        var pairs = new List<(double[] Step, double[] Change, double Product)>();
        for (int iteration = 0; iteration < maxIterations && TensorPrimitives.MaxMagnitude<double>(gradient) is var steepest && Math.Abs(steepest) > tolerance; iteration++)
        {
            Direct(gradient, pairs, direction);
            double slope = TensorPrimitives.Dot<double>(direction, gradient);
            if (!(slope < 0))
            {
                // Rounding has spoiled what was remembered.
                if (pairs.Count == 0) break;
                pairs.Clear();
                continue;
            }
            double first = pairs.Count == 0 ? Math.Min(1, 1 / TensorPrimitives.SumOfMagnitudes<double>(gradient)) : 1;
            if (Search(x, function, value, slope, direction, first) is not { } found) break;
            double[] step = new double[x.Length], change = new double[x.Length];
            TensorPrimitives.Subtract<double>(found.X, x, step);
            TensorPrimitives.Subtract<double>(found.Gradient, gradient, change);
            double product = TensorPrimitives.Dot<double>(step, change);
            if (product > 1e-300)
            {
                pairs.Add((step, change, product));
                if (pairs.Count > Memory) pairs.RemoveAt(0);
            }
            bool isStuck = value - found.Value <= 1e-16 * Math.Max(1, Math.Abs(value)) && TensorPrimitives.MaxMagnitude<double>(step) == 0;
            (x, gradient, value) = (found.X, found.Gradient, found.Value);
            if (isStuck) break;
        }
        return x;
    }

    /// <summary>Minus the inverse Hessian, as remembered, times the gradient.</summary>
    static void Direct(double[] gradient, List<(double[] Step, double[] Change, double Product)> pairs, double[] direction)
    {
        TensorPrimitives.Negate<double>(gradient, direction);
        double[] factors = new double[pairs.Count];
        for (int i = pairs.Count - 1; i >= 0; i--)
        {
            factors[i] = TensorPrimitives.Dot<double>(pairs[i].Step, direction) / pairs[i].Product;
            TensorPrimitives.MultiplyAdd(pairs[i].Change, -factors[i], direction, direction);
        }
        if (pairs.Count > 0)
        {
            var (_, change, product) = pairs[^1];
            TensorPrimitives.Multiply(direction, product / TensorPrimitives.Dot<double>(change, change), direction);
        }
        for (int i = 0; i < pairs.Count; i++)
        {
            double factor = factors[i] - TensorPrimitives.Dot<double>(pairs[i].Change, direction) / pairs[i].Product;
            TensorPrimitives.MultiplyAdd(pairs[i].Step, factor, direction, direction);
        }
    }

    static (double[] X, double[] Gradient, double Value)? Search(double[] x, Function function, double value, double slope, double[] direction, double first)
    {
        double low = 0, high = double.PositiveInfinity, t = first;
        (double[] X, double[] Gradient, double Value)? lower = null;
        for (int i = 0; i < LineSteps; i++)
        {
            double[] at = new double[x.Length], gradient = new double[x.Length];
            TensorPrimitives.MultiplyAdd(direction, t, x, at);
            double reached = function(at, gradient);
            if (!(reached <= value + Decrease * t * slope)) high = t;
            else
            {
                lower = (at, gradient, reached);
                if (TensorPrimitives.Dot<double>(gradient, direction) >= Curvature * slope) return lower;
                low = t;
            }
            t = double.IsInfinity(high) ? 2 * low : (low + high) / 2;
        }
        return lower;
    }
}
