namespace Descent.Metrics;

/// <summary>How well predicted probabilities are probabilities.</summary>
public static class CalibrationMetrics
{
    /// <summary>The mean square of the difference of the predicted probability and what was true, 0 or 1; NaN of nothing.</summary>
    /// <remarks>Brier, "Verification of forecasts expressed in terms of probability", 1950.</remarks>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Brier(ReadOnlySpan<bool> truth, ReadOnlySpan<double> probabilities, ReadOnlySpan<double> weights = default)
    {
        Check.SameLength(truth.Length, probabilities.Length, weights.Length);
        double sum = 0, total = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            double d = (truth[i] ? 1 : 0) - probabilities[i], w = weights.At(i);
            sum += w * d * d;
            total += w;
        }
        return sum / total;
    }

    /// <summary>ECE, MCE and the reliability curve of events.</summary>
    /// <param name="truth">What came true.</param>
    /// <param name="confidences">How sure it was said to be, 0 to 1.</param>
    /// <param name="bins">Bins of equal width, each without its lower end.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a confidence is not from 0 to 1.</exception>
    public static CalibrationSummary Calibration(ReadOnlySpan<bool> truth, ReadOnlySpan<double> confidences, int bins = 15)
    {
        var meter = new CalibrationMeter(bins);
        meter.Update(truth, confidences);
        return meter.Compute();
    }

    /// <summary>ECE, MCE and the reliability curve of the greatest probability of each sample.</summary>
    /// <param name="truth">True classes, 0 to <c>classes − 1</c>.</param>
    /// <param name="probabilities">Samples × classes, row by row.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="bins">Bins of equal width, each without its lower end.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or a probability is not from 0 to 1.</exception>
    public static CalibrationSummary Calibration(ReadOnlySpan<long> truth, ReadOnlySpan<double> probabilities, int classes, int bins = 15)
    {
        var meter = new CalibrationMeter(bins);
        meter.Update(truth, probabilities, classes);
        return meter.Compute();
    }
}
