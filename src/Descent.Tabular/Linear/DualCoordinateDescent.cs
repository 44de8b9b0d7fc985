using System.Numerics.Tensors;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>A coefficient of a dual problem: where it may lie, and what it is drawn to.</summary>
/// <param name="Target">What a unit of it gains.</param>
/// <param name="Low">Its least value.</param>
/// <param name="High">Its greatest value.</param>
/// <param name="Diagonal">What its square costs beside the row's, for squared losses.</param>
readonly record struct DualRow(double Target, double Low, double High, double Diagonal);

/// <summary>
/// Minimises ½ |Σ βᵢ xᵢ|² + Σ (½ Dᵢ βᵢ² − tᵢ βᵢ + ε |βᵢ|) within bounds, one β at a time: the dual of linear support vector machines.
/// </summary>
/// <remarks>
/// Hsieh, Chang, Lin, Keerthi and Sundararajan, "A Dual Coordinate Descent Method for Large-scale Linear SVM", 2008; Ho and Lin, "Large-scale
/// Linear Support Vector Regression", 2012. Coefficients that rest at a bound are left out until the others have come to rest.
/// </remarks>
static class DualCoordinateDescent
{
    /// <summary>Σ βᵢ xᵢ of the minimum.</summary>
    /// <param name="rows">Rows one after another.</param>
    /// <param name="duals">A coefficient for each.</param>
    /// <param name="epsilon">The cost of a coefficient's size.</param>
    /// <param name="tolerance">How far the slopes of coefficients that can move may differ in the end.</param>
    /// <param name="maxIterations">The greatest number of passes.</param>
    /// <param name="seed">Decides the orders of the passes.</param>
    internal static double[] Minimize(double[] rows, DualRow[] duals, double epsilon, double tolerance, int maxIterations, ulong seed)
    {
        int count = duals.Length, columns = rows.Length / count;
        double[] sum = new double[columns], beta = new double[count], curvatures = new double[count];
        for (int i = 0; i < count; i++) curvatures[i] = TensorPrimitives.SumOfSquares<double>(rows.AsSpan(i * columns, columns)) + duals[i].Diagonal;
        int[] order = [.. Enumerable.Range(0, count).Where(i => duals[i].Low < duals[i].High)];
        int active = order.Length;
        double rest = double.PositiveInfinity;
        for (int iteration = 0; iteration < maxIterations; iteration++)
        {
            new Generator(seed, (ulong)iteration + 1).Shuffle(order.AsSpan(0, active));
            double steepest = 0;
            for (int at = 0; at < active; at++)
            {
                int i = order[at];
                var row = rows.AsSpan(i * columns, columns);
                var dual = duals[i];
                double slope = TensorPrimitives.Dot<double>(row, sum) + dual.Diagonal * beta[i] - dual.Target;
                double violation = Violation(beta[i], slope, dual, epsilon, out bool isResting, rest);
                if (isResting)
                {
                    active--;
                    (order[at], order[active]) = (order[active], order[at]);
                    at--;
                    continue;
                }
                steepest = Math.Max(steepest, violation);
                if (violation < 1e-15) continue;
                double goal = beta[i] - slope / curvatures[i], reach = epsilon / curvatures[i];
                double moved = curvatures[i] > 0 ? Math.CopySign(Math.Max(0, Math.Abs(goal) - reach), goal) : slope > 0 ? dual.Low : dual.High;
                moved = Math.Clamp(moved, dual.Low, dual.High);
                if (moved == beta[i]) continue;
                TensorPrimitives.MultiplyAdd(row, moved - beta[i], sum, sum);
                beta[i] = moved;
            }
            if (steepest > tolerance)
            {
                rest = steepest;
                continue;
            }
            if (active == order.Length) break;
            // Those left out are asked once more.
            (active, rest) = (order.Length, double.PositiveInfinity);
        }
        return sum;
    }

    /// <summary>How steeply the objective falls where the coefficient may go; it rests where it lies at a kink or bound that is steeper than the steepest of the last pass.</summary>
    static double Violation(double beta, double slope, DualRow dual, double epsilon, out bool isResting, double rest)
    {
        // The slopes towards either side.
        double up = slope + (beta >= 0 ? epsilon : -epsilon), down = slope + (beta > 0 ? epsilon : -epsilon);
        double rise = beta < dual.High ? Math.Max(0, -up) : 0, fall = beta > dual.Low ? Math.Max(0, down) : 0;
        bool isAtBound = beta == dual.Low || beta == dual.High || (beta == 0 && epsilon > 0);
        isResting = isAtBound && rise == 0 && fall == 0 && (beta >= dual.High || up > rest) && (beta <= dual.Low || down < -rest);
        return Math.Max(rise, fall);
    }
}
