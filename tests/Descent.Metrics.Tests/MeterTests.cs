namespace Descent.Metrics.Tests;

/// <summary>A metric that is fed the samples of a range, and gives its figures.</summary>
/// <param name="Name">Shown by the test runner.</param>
/// <param name="Samples">How many samples there are.</param>
/// <param name="Start">An empty one.</param>
public sealed record MeterCase(string Name, int Samples, Func<MeterCase.Meter> Start)
{
    public abstract class Meter
    {
        public abstract void Update(Range range);
        public abstract double[] Compute();
        public abstract void Reset();
        public abstract void Merge(Meter other);
    }

    sealed class Of<T, TResult>(T metric, Action<T, Range> update, Func<TResult, double[]> figures) : Meter where T : IMetric<T, TResult>
    {
        readonly T _metric = metric;

        public override void Update(Range range) => update(_metric, range);
        public override double[] Compute() => figures(_metric.Compute());
        public override void Reset() => _metric.Reset();
        public override void Merge(Meter other) => _metric.Merge(((Of<T, TResult>)other)._metric);
    }

    public static MeterCase Make<T, TResult>(string name, int samples, Func<T> start, Action<T, Range> update, Func<TResult, double[]> figures) where T : IMetric<T, TResult> =>
        new(name, samples, () => new Of<T, TResult>(start(), update, figures));

    public override string ToString() => Name;
}

public sealed class MeterTests
{
    const int N = 60, Classes = 4;

    static readonly Random s_random = new(5);
    static readonly long[] s_truth = Draw(_ => s_random.NextInt64(Classes)), s_predicted = Draw(i => s_random.Next(3) == 0 ? s_random.NextInt64(Classes) : s_truth[i]);
    static readonly bool[] s_holds = Draw(_ => s_random.Next(2) == 0);
    // Rounded, so that scores are equal.
    static readonly double[] s_scores = Draw(i => Math.Round(s_random.NextDouble() * 0.7 + (s_holds[i] ? 0.3 : 0), 1)), s_weights = Draw(_ => s_random.NextDouble() + 0.1);
    static readonly double[] s_real = Draw(_ => 1e6 + s_random.NextDouble()), s_guess = Draw(i => s_real[i] + (s_random.NextDouble() - 0.4) / 10);
    static readonly double[] s_probabilities = [.. Enumerable.Range(0, N).SelectMany(_ => Normalised([s_random.NextDouble(), s_random.NextDouble(), s_random.NextDouble(), s_random.NextDouble()]))];
    static readonly GroundTruth[] s_objects = Draw(i => new GroundTruth(i / 4, i % 3, new(10 * (i % 4), 5, 8 + i % 5, 9)) { IsCrowd = i % 17 == 0, IsDifficult = i % 13 == 0 });
    static readonly Detection[] s_detections = Draw(i => new Detection(i / 4, i % 3, new(10 * (i % 4) + s_random.Next(4), 5 + s_random.Next(3), 9, 9), Math.Round(s_random.NextDouble(), 1)));
    static readonly string[] s_texts = Draw(i => string.Join(' ', Enumerable.Range(0, 3 + i % 7).Select(_ => "abcd"[s_random.Next(4)])));
    static readonly string[] s_heard = Draw(i => string.Join(' ', s_texts[i].Split(' ').Where(_ => s_random.Next(5) > 0)));

    static T[] Draw<T>(Func<int, T> draw) => [.. Enumerable.Range(0, N).Select(draw)];
    static double[] Normalised(double[] row) => Array.ConvertAll(row, p => p / row.Sum());
    static double[] One(double figure) => [figure];

    public static TheoryData<MeterCase> Meters =>
    [
        MeterCase.Make("accuracy", N, () => new AccuracyMeter(), (m, r) => m.Update(s_truth.AsSpan(r), s_predicted.AsSpan(r)), (Func<double, double[]>)One),
        MeterCase.Make("confusion", N, () => new ConfusionMatrix(Classes), (m, r) => m.Update(s_truth.AsSpan(r), s_predicted.AsSpan(r)),
            (ClassificationReport c) => [c.Accuracy, c.Macro.F1, c.Weighted.Precision, c.Macro.Recall, .. c.PerClass.Select(p => p.F1)]),
        MeterCase.Make("mean", N, () => new MeanMeter(), (m, r) => { for (int i = r.Start.Value; i < r.End.Value; i++) m.Update(s_real[i], s_weights[i]); }, (Func<double, double[]>)One),
        MeterCase.Make("regression", N, () => new RegressionMeter(), (m, r) => m.Update(s_real.AsSpan(r), s_guess.AsSpan(r)), (Func<RegressionSummary, double[]>)Figures),
        MeterCase.Make("weighted regression", N, () => new RegressionMeter(), (m, r) => m.Update(s_real.AsSpan(r), s_guess.AsSpan(r), s_weights.AsSpan(r)), (Func<RegressionSummary, double[]>)Figures),
        MeterCase.Make("roc auc", N, () => new RocAucMeter(), (m, r) => m.Update(s_holds.AsSpan(r), s_scores.AsSpan(r)), (Func<double, double[]>)One),
        MeterCase.Make("binned roc auc", N, () => new BinnedRocAucMeter(20), (m, r) => m.Update(s_holds.AsSpan(r), s_scores.AsSpan(r)), (Func<double, double[]>)One),
        MeterCase.Make("calibration", N, () => new CalibrationMeter(10), (m, r) => m.Update(s_holds.AsSpan(r), s_scores.AsSpan(r)), (Func<CalibrationSummary, double[]>)Figures),
        MeterCase.Make("calibration of classes", N, () => new CalibrationMeter(10),
            (m, r) => m.Update(s_truth.AsSpan(r), s_probabilities.AsSpan((r.Start.Value * Classes)..(r.End.Value * Classes)), Classes), (Func<CalibrationSummary, double[]>)Figures),
        MeterCase.Make("segmentation", N, () => new SegmentationMeter(Classes, ignored: 2), (m, r) => m.Update(s_truth.AsSpan(r), s_predicted.AsSpan(r)),
            (SegmentationSummary s) => [s.PixelAccuracy, s.MeanAccuracy, s.MeanIou, s.MeanDice, s.FrequencyWeightedIou]),
        MeterCase.Make("detection", N, () => new DetectionMeter(), (m, r) => m.Update(s_objects.AsSpan(r), s_detections.AsSpan(r)),
            (CocoSummary c) => [c.AP, c.AP50, c.APSmall, c.AR1, c.AR100, .. c.PerClass.Values.Select(k => k.AP75)]),
        MeterCase.Make("perplexity", N, () => new PerplexityMeter(), (m, r) => m.Update(Array.ConvertAll(s_weights[r], w => -w)), (Func<double, double[]>)One),
        MeterCase.Make("bleu", N, () => new BleuMeter(3), (m, r) => { for (int i = r.Start.Value; i < r.End.Value; i++) m.Update(s_heard[i].Split(' '), [s_texts[i].Split(' ')]); }, (Func<double, double[]>)One),
        MeterCase.Make("word error rate", N, () => new ErrorRateMeter(ErrorUnit.Word), (m, r) => { for (int i = r.Start.Value; i < r.End.Value; i++) m.Update(s_texts[i], s_heard[i]); }, (Func<double, double[]>)One),
    ];

    static double[] Figures(RegressionSummary s) => [s.MeanSquaredError, s.MeanAbsoluteError, s.MeanError, s.MaxError, s.R2, s.ExplainedVariance, s.RootMeanSquaredError];
    static double[] Figures(CalibrationSummary s) => [s.ExpectedError, s.MaximumError, .. s.Bins.Where(b => b.Count > 0).SelectMany(b => new[] { b.Confidence, b.Frequency })];

    static MeterCase.Meter Fed(MeterCase meter, params Range[] ranges)
    {
        var one = meter.Start();
        foreach (var range in ranges) one.Update(range);
        return one;
    }

    [Theory, MemberData(nameof(Meters))]
    public void Batches_are_one_pass_to_the_bit(MeterCase meter)
    {
        double[] whole = Fed(meter, 0..N).Compute();
        Assert.All(whole, figure => Assert.True(double.IsFinite(figure)));
        Assert.Equal(whole, Fed(meter, 0..1, 1..1, 1..20, 20..N).Compute());
    }

    [Theory, MemberData(nameof(Meters))]
    public void Merged_parts_are_one_pass_to_the_bit(MeterCase meter)
    {
        var (first, second, third) = (Fed(meter, 0..20), Fed(meter, 20..44), Fed(meter, 44..N));
        first.Merge(second);
        first.Merge(third);
        first.Merge(meter.Start());
        Assert.Equal(Fed(meter, 0..N).Compute(), first.Compute());
        // What was merged from is left as it was.
        Assert.Equal(Fed(meter, 20..44).Compute(), second.Compute());
    }

    [Theory, MemberData(nameof(Meters))]
    public void Reset_forgets_everything(MeterCase meter)
    {
        var used = Fed(meter, 0..N);
        used.Reset();
        used.Update(0..20);
        Assert.Equal(Fed(meter, 0..20).Compute(), used.Compute());
    }

    [Theory, MemberData(nameof(Meters))]
    public void A_figure_of_nothing_is_NaN(MeterCase meter)
    {
        double[] figures = meter.Start().Compute();
        Assert.True(double.IsNaN(figures[0]), $"{meter}: {figures[0]}");
        var reset = Fed(meter, 0..N);
        reset.Reset();
        Assert.Equal(figures, reset.Compute());
    }

    [Fact]
    public void Meters_agree_with_the_figures_of_one_call()
    {
        var regression = new RegressionMeter();
        regression.Update(s_real, s_guess, s_weights);
        var summary = regression.Compute();
        Assert.Equal(RegressionMetrics.MeanSquaredError(s_real, s_guess, s_weights), summary.MeanSquaredError, 1e-12);
        Assert.Equal(RegressionMetrics.MeanAbsoluteError(s_real, s_guess, s_weights), summary.MeanAbsoluteError, 1e-12);
        Assert.Equal(RegressionMetrics.R2(s_real, s_guess, s_weights), summary.R2, 1e-7);
        Assert.Equal(RegressionMetrics.ExplainedVariance(s_real, s_guess, s_weights), summary.ExplainedVariance, 1e-7);
        Assert.Equal(RegressionMetrics.MaxError(s_real, s_guess), summary.MaxError);

        var confusion = new ConfusionMatrix(Classes);
        confusion.Update(s_truth, s_predicted);
        Assert.Equal(ClassificationMetrics.F1(s_truth, s_predicted, Average.Macro), confusion.Compute().Macro.F1, 1e-12);
        Assert.Equal(AgreementMetrics.Matthews(s_truth, s_predicted), confusion.Matthews(), 1e-12);
        Assert.Equal(AgreementMetrics.CohenKappa(s_truth, s_predicted, KappaWeights.Linear), confusion.CohenKappa(KappaWeights.Linear), 1e-12);
        Assert.Contains("weighted", confusion.Compute().ToString());

        var auc = new RocAucMeter();
        auc.Update(s_holds, s_scores);
        Assert.Equal(CurveMetrics.RocAuc(s_holds, s_scores), auc.Compute());
        Assert.Equal(CurveMetrics.AveragePrecision(s_holds, s_scores), auc.ComputeAveragePrecision());
        Assert.Equal(CurveMetrics.Roc(s_holds, s_scores).Thresholds, auc.ComputeCurve().Thresholds);
    }

    [Fact]
    public void Binned_areas_are_wrong_by_no_more_than_the_pairs_in_one_bin()
    {
        double[] scores = Draw(_ => s_random.NextDouble());
        foreach (int bins in (int[])[5, 50])
        {
            var meter = new BinnedRocAucMeter(bins);
            meter.Update(s_holds, scores);
            double together = 0, pairs = 0;
            for (int i = 0; i < N; i++)
                for (int j = 0; j < N; j++)
                    if (s_holds[i] && !s_holds[j]) (together, pairs) = (together + ((int)(scores[i] * bins) == (int)(scores[j] * bins) ? 1 : 0), pairs + 1);
            Assert.InRange(Math.Abs(meter.Compute() - CurveMetrics.RocAuc(s_holds, scores)), 0, together / pairs / 2 + 1e-12);
        }
    }

    [Fact]
    public void Meters_of_other_settings_are_not_merged()
    {
        Assert.Throws<ArgumentException>(() => new CalibrationMeter(5).Merge(new CalibrationMeter(6)));
        Assert.Throws<ArgumentException>(() => new BinnedRocAucMeter(5).Merge(new BinnedRocAucMeter(6)));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix(5).Merge(new ConfusionMatrix(6)));
        Assert.Throws<ArgumentException>(() => new SegmentationMeter(5).Merge(new SegmentationMeter(6)));
        Assert.Throws<ArgumentException>(() => new SegmentationMeter(5, ignored: 0).Merge(new SegmentationMeter(5)));
        Assert.Throws<ArgumentException>(() => new CalibrationMeter(5).Update([2], [0.4, 0.6], 2));
        Assert.Throws<ArgumentException>(() => new BleuMeter(3).Merge(new BleuMeter(4)));
        Assert.Throws<ArgumentException>(() => new ErrorRateMeter(ErrorUnit.Word).Merge(new ErrorRateMeter(ErrorUnit.Character)));
    }
}
