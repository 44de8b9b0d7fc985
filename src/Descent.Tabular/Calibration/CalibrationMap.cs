using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>How scores become probabilities.</summary>
public enum CalibrationMethod
{
    /// <summary>A logistic curve of two parameters, for each class against the rest: Platt's.</summary>
    Sigmoid,

    /// <summary>The rising step function that fits best, for each class against the rest; wants a thousand rows or so.</summary>
    Isotonic,

    /// <summary>All scores divided by one temperature: the classes keep their order.</summary>
    Temperature,
}

/// <summary>A rising function from a score to a probability (or of a temperature, to a score).</summary>
public sealed record CalibrationMap
{
    /// <summary>What the score is multiplied with.</summary>
    public double Slope { get; init; } = 1;

    /// <summary>What is added to the scaled score before the sigmoid.</summary>
    public double Offset { get; init; }

    /// <summary>Scores at which the function is known, rising; between them it is straight. Empty of a logistic curve.</summary>
    public ImmutableArray<double> Knots { get; init; } = [];

    /// <summary>The probabilities there.</summary>
    public ImmutableArray<double> Heights { get; init; } = [];

    internal double Of(double score)
    {
        if (Knots.IsEmpty) return StageLoss.Sigmoid(Slope * score + Offset);
        int next = Knots.BinarySearch(score);
        if (next >= 0) return Heights[next];
        next = ~next;
        if (next == 0) return Heights[0];
        if (next == Knots.Length) return Heights[^1];
        double share = (score - Knots[next - 1]) / (Knots[next] - Knots[next - 1]);
        return Heights[next - 1] + share * (Heights[next] - Heights[next - 1]);
    }

    /// <summary>The logistic curve of most likelihood, with targets drawn in by what so few rows cannot know.</summary>
    /// <remarks>Platt, "Probabilistic Outputs for Support Vector Machines", 1999; Newton's steps: Lin, Lin and Weng, 2007.</remarks>
    internal static CalibrationMap Sigmoid(double[] scores, bool[] holds, double[] weights)
    {
        double positive = 0, negative = 0;
        for (int i = 0; i < holds.Length; i++)
            if (holds[i]) positive += weights[i];
            else negative += weights[i];
        double high = (positive + 1) / (positive + 2), low = 1 / (negative + 2);
        double[] targets = Array.ConvertAll(holds, h => h ? high : low);
        var (slope, offset) = Newton(scores, targets, weights, 0, Math.Log((positive + 1) / (negative + 1)), true);
        return new() { Slope = slope, Offset = offset };
    }

    /// <summary>Minimises Σ w (log(1 + exp(a s + b)) − t (a s + b)) over a and, if asked for, b.</summary>
    internal static (double Slope, double Offset) Newton(double[] scores, double[] targets, double[] weights, double slope, double offset, bool fitOffset)
    {
        const int MostSteps = 100;
        double loss = Loss(slope, offset);
        for (int step = 0; step < MostSteps; step++)
        {
            double ga = 0, gb = 0, haa = 1e-12, hab = 0, hbb = 1e-12;
            for (int i = 0; i < scores.Length; i++)
            {
                double p = StageLoss.Sigmoid(slope * scores[i] + offset), d = weights[i] * (p - targets[i]), h = weights[i] * p * (1 - p);
                ga += d * scores[i];
                gb += d;
                haa += h * scores[i] * scores[i];
                hab += h * scores[i];
                hbb += h;
            }
            double det = haa * hbb - hab * hab;
            var (da, db) = fitOffset && det > 0 ? ((hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det) : (ga / haa, 0.0);
            double length = 1, reached = double.NaN;
            for (; length > 1e-10; length /= 2)
            {
                reached = Loss(slope - length * da, offset - length * db);
                if (reached <= loss) break;
            }
            if (!(reached <= loss)) break;
            (slope, offset) = (slope - length * da, offset - length * db);
            bool isDone = loss - reached <= 1e-14 * Math.Max(1, Math.Abs(loss));
            loss = reached;
            if (isDone) break;
        }
        return (slope, offset);

        double Loss(double a, double b)
        {
            double sum = 0;
            for (int i = 0; i < scores.Length; i++)
            {
                double s = a * scores[i] + b;
                sum += weights[i] * (StageLoss.SoftPlus(s) - targets[i] * s);
            }
            return sum;
        }
    }

    /// <summary>The rising function of least squared error: neighbours that fall are pooled.</summary>
    /// <remarks>Barlow et al., "Statistical Inference under Order Restrictions", 1972; Zadrozny and Elkan, 2002.</remarks>
    internal static CalibrationMap Isotonic(double[] scores, bool[] holds, double[] weights)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).Where(i => weights[i] > 0).OrderBy(i => scores[i])];
        var blocks = new List<(double First, double Last, double Mean, double Weight)>();
        for (int i = 0; i < order.Length;)
        {
            double score = scores[order[i]], sum = 0, weight = 0;
            for (; i < order.Length && scores[order[i]] == score; i++)
            {
                weight += weights[order[i]];
                if (holds[order[i]]) sum += weights[order[i]];
            }
            var block = (First: score, Last: score, Mean: sum / weight, Weight: weight);
            while (blocks.Count > 0 && blocks[^1].Mean >= block.Mean)
            {
                var before = blocks[^1];
                double total = before.Weight + block.Weight;
                block = (before.First, block.Last, (before.Mean * before.Weight + block.Mean * block.Weight) / total, total);
                blocks.RemoveAt(blocks.Count - 1);
            }
            blocks.Add(block);
        }
        static double[] Ends((double First, double Last, double Mean, double Weight) b) => b.First == b.Last ? [b.First] : [b.First, b.Last];
        return new() { Knots = [.. blocks.SelectMany(Ends)], Heights = [.. blocks.SelectMany(b => Ends(b).Select(_ => b.Mean))] };
    }

    /// <summary>The temperature of least cross entropy, as the factor 1 / T of scores.</summary>
    /// <remarks>Guo et al., "On Calibration of Modern Neural Networks", 2017.</remarks>
    /// <param name="scores">(rows × sums) scores.</param>
    /// <param name="codes">The class of each row.</param>
    /// <param name="weights">The weight of each row.</param>
    /// <param name="sums">One for two classes, else one a class.</param>
    internal static CalibrationMap Temperature(double[] scores, ReadOnlySpan<int> codes, double[] weights, int sums)
    {
        if (sums == 1)
        {
            double[] targets = new double[codes.Length];
            for (int i = 0; i < targets.Length; i++) targets[i] = codes[i];
            return new() { Slope = Math.Max(1e-6, Newton(scores, targets, weights, 1, 0, false).Slope) };
        }
        // The loss is convex in the factor; its slope is a difference of means, and rises.
        int[] own = codes.ToArray();
        double low = 1e-6, high = 1e3;
        double[] p = new double[sums];
        for (int step = 0; step < 80; step++)
        {
            double middle = Math.Sqrt(low * high), slope = 0;
            for (int i = 0; i < own.Length; i++)
            {
                var row = scores.AsSpan(i * sums, sums);
                TensorPrimitives.Multiply(row, middle, p);
                TensorPrimitives.SoftMax<double>(p, p);
                slope += weights[i] * (TensorPrimitives.Dot<double>(p, row) - row[own[i]]);
            }
            if (slope > 0) high = middle;
            else low = middle;
        }
        return new() { Slope = Math.Sqrt(low * high) };
    }
}
