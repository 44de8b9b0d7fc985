using System.Numerics.Tensors;

namespace Descent.Tabular;

/// <summary>−log of the probability of a row's class, of two.</summary>
/// <param name="signs">1 of the second class, −1 of the first.</param>
readonly struct LogisticRowLoss(double[] signs) : ILinearLoss
{
    public int Outputs => 1;

    internal static double[] Signs(ReadOnlySpan<int> codes, int positive)
    {
        double[] signs = new double[codes.Length];
        for (int i = 0; i < signs.Length; i++) signs[i] = codes[i] == positive ? 1 : -1;
        return signs;
    }

    public double Rows(int first, ReadOnlySpan<double> weights, Span<double> scores)
    {
        var own = signs.AsSpan(first, scores.Length);
        double[] buffer = new double[2 * scores.Length];
        Span<double> powers = buffer.AsSpan(0, scores.Length), losses = buffer.AsSpan(scores.Length);
        // z says how far a row is on the wrong side; its loss is log(1 + eᶻ) = max(z, 0) + log(1 + e^−|z|), its slope 1 / (1 + e^−z).
        TensorPrimitives.Multiply(scores, own, scores);
        TensorPrimitives.Negate(scores, scores);
        TensorPrimitives.Abs(scores, powers);
        TensorPrimitives.Negate(powers, powers);
        TensorPrimitives.Exp(powers, powers);
        TensorPrimitives.Add(powers, 1, losses);
        for (int i = 0; i < scores.Length; i++) powers[i] = scores[i] >= 0 ? 1 : powers[i];
        TensorPrimitives.Divide(powers, losses, powers);
        TensorPrimitives.Log(losses, losses);
        TensorPrimitives.Max(scores, 0, scores);
        double sum = TensorPrimitives.Dot(losses, weights) + TensorPrimitives.Dot(scores, weights);
        TensorPrimitives.Multiply(powers, own, powers);
        TensorPrimitives.Multiply(powers, weights, powers);
        TensorPrimitives.Negate(powers, scores);
        return sum;
    }
}

/// <summary>−log of the softmax of a row's own class.</summary>
readonly struct SoftmaxRowLoss(int[] codes, int classes) : ILinearLoss
{
    public int Outputs => classes;

    public double Rows(int first, ReadOnlySpan<double> weights, Span<double> scores)
    {
        int rows = weights.Length;
        double[] buffer = new double[2 * rows];
        Span<double> most = buffer.AsSpan(0, rows), sums = buffer.AsSpan(rows);
        most.Fill(double.NegativeInfinity);
        for (int k = 0; k < classes; k++) TensorPrimitives.Max(most, scores.Slice(k * rows, rows), most);
        double loss = 0;
        for (int i = 0; i < rows; i++) loss += weights[i] * (most[i] - scores[codes[first + i] * rows + i]);
        for (int k = 0; k < classes; k++)
        {
            var own = scores.Slice(k * rows, rows);
            TensorPrimitives.Subtract(own, most, own);
            TensorPrimitives.Exp(own, own);
            TensorPrimitives.Add(sums, own, sums);
        }
        TensorPrimitives.Log(sums, most);
        loss += TensorPrimitives.Dot(most, weights);
        TensorPrimitives.Divide(weights, sums, sums);
        for (int k = 0; k < classes; k++) TensorPrimitives.Multiply(scores.Slice(k * rows, rows), sums, scores.Slice(k * rows, rows));
        for (int i = 0; i < rows; i++) scores[codes[first + i] * rows + i] -= weights[i];
        return loss;
    }
}

/// <summary>max(0, 1 − y f)² of each class against the rest; of two classes only of the second.</summary>
readonly struct SquaredHingeRowLoss(int[] codes, int classes) : ILinearLoss
{
    public int Outputs => classes == 2 ? 1 : classes;

    public double Rows(int first, ReadOnlySpan<double> weights, Span<double> scores)
    {
        double loss = 0;
        for (int k = 0; k < Outputs; k++)
        {
            int positive = Outputs == 1 ? 1 : k;
            var own = scores.Slice(k * weights.Length, weights.Length);
            for (int i = 0; i < own.Length; i++)
            {
                double sign = codes[first + i] == positive ? 1 : -1, gap = Math.Max(0, 1 - sign * own[i]);
                loss += weights[i] * gap * gap;
                own[i] = -2 * weights[i] * sign * gap;
            }
        }
        return loss;
    }
}

/// <summary>max(0, |y − f| − ε)².</summary>
readonly struct SquaredEpsilonRowLoss(double[] y, double epsilon) : ILinearLoss
{
    public int Outputs => 1;

    public double Rows(int first, ReadOnlySpan<double> weights, Span<double> scores)
    {
        double loss = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            double residual = scores[i] - y[first + i], gap = Math.Max(0, Math.Abs(residual) - epsilon);
            loss += weights[i] * gap * gap;
            scores[i] = 2 * weights[i] * Math.CopySign(gap, residual);
        }
        return loss;
    }
}

/// <summary>Half the deviance of Tweedie's distribution, of which the score is the logarithm of the mean.</summary>
readonly struct TweedieRowLoss(double[] y, double power) : ILinearLoss
{
    public int Outputs => 1;

    public double Rows(int first, ReadOnlySpan<double> weights, Span<double> scores)
    {
        double loss = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (weights[i] == 0)
            {
                scores[i] = 0;
                continue;
            }
            double score = scores[i], target = y[first + i], low = Math.Exp((1 - power) * score), high = Math.Exp((2 - power) * score);
            // The integrals of both terms, of which one is the score itself at either end.
            loss += weights[i] * ((power == 2 ? score : high / (2 - power)) - target * (power == 1 ? score : low / (1 - power)));
            scores[i] = weights[i] * (high - target * low);
        }
        return loss;
    }
}
