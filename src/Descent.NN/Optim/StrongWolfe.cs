using Descent.Tensors;

namespace Descent.NN;

/// <summary>A point on a line: how far along it, the value, the gradient, and the slope along the line.</summary>
readonly record struct LinePoint(double At, double Value, Tensor Gradient, double Slope);

/// <summary>
/// A step length that lowers the function enough, <c>f(t) ≤ f(0) + c₁ t f′(0)</c>, and flattens it enough,
/// <c>|f′(t)| ≤ c₂ |f′(0)|</c>: a bracket is found by growing, then narrowed by cubic interpolation.
/// </summary>
/// <remarks>Nocedal and Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6, with the safeguards of Schmidt's minFunc that PyTorch uses.</remarks>
static class StrongWolfe
{
    const double C1 = 1e-4, C2 = 0.9, Tolerance = 1e-9;
    const int MaxIterations = 25;

    /// <param name="at">The function on the line.</param>
    /// <param name="start">The point at 0.</param>
    /// <param name="first">The length to try first.</param>
    /// <param name="longest">The greatest element of the direction.</param>
    /// <returns>The point, and how often the function was evaluated.</returns>
    internal static (LinePoint Point, int Evaluations) Search(Func<double, LinePoint> at, LinePoint start, double first, double longest)
    {
        var (now, before, iterations, evaluations) = (at(first), start, 0, 1);
        LinePoint low, high;
        while (true)
        {
            if (iterations == MaxIterations)
            {
                (low, high) = (start, now);
                break;
            }
            if (Rises(now) || (iterations > 1 && now.Value >= before.Value) || (now.Slope >= 0 && !IsFlat(now)))
            {
                (low, high) = (before, now);
                break;
            }
            if (IsFlat(now)) return (now, evaluations);
            double next = Cubic(before, now, now.At + 0.01 * (now.At - before.At), now.At * 10);
            (before, now) = (now, at(next));
            evaluations++;
            iterations++;
        }

        // The better end is kept in low, whichever side it is on.
        if (high.Value < low.Value) (low, high) = (high, low);
        bool wasNearAnEnd = false;
        while (iterations < MaxIterations && Math.Abs(high.At - low.At) * longest >= Tolerance)
        {
            double left = Math.Min(low.At, high.At), right = Math.Max(low.At, high.At);
            double t = Cubic(low, high, left, right), margin = 0.1 * (right - left);
            if (Math.Min(right - t, t - left) < margin)
            {
                bool moves = wasNearAnEnd || t >= right || t <= left;
                if (moves) t = Math.Abs(t - right) < Math.Abs(t - left) ? right - margin : left + margin;
                wasNearAnEnd = !moves;
            }
            else wasNearAnEnd = false;

            now = at(t);
            evaluations++;
            iterations++;
            if (Rises(now) || now.Value >= low.Value)
            {
                high = now;
                if (high.Value < low.Value) (low, high) = (high, low);
                continue;
            }
            if (IsFlat(now)) return (now, evaluations);
            if (now.Slope * (high.At - low.At) >= 0) high = low;
            low = now;
        }
        return (low, evaluations);

        bool Rises(LinePoint p) => p.Value > start.Value + C1 * p.At * start.Slope;
        bool IsFlat(LinePoint p) => Math.Abs(p.Slope) <= -C2 * start.Slope;
    }

    /// <summary>The minimum of the cubic through two points and their slopes, within limits; their middle where there is none.</summary>
    static double Cubic(LinePoint a, LinePoint b, double least, double greatest)
    {
        double d1 = a.Slope + b.Slope - 3 * (a.Value - b.Value) / (a.At - b.At), square = d1 * d1 - a.Slope * b.Slope;
        if (!(square >= 0)) return (least + greatest) / 2;
        double d2 = Math.Sqrt(square);
        double t = a.At <= b.At
            ? b.At - (b.At - a.At) * ((b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2))
            : a.At - (a.At - b.At) * ((a.Slope + d2 - d1) / (a.Slope - b.Slope + 2 * d2));
        return Math.Min(Math.Max(t, least), greatest);
    }
}
