using System.Diagnostics;
using Descent.Tabular;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>Quick fits of the classic learners on a made-up table of 50,000 × 30, and predictions of 10,000 rows.</summary>
static class ClassicTask
{
    const int Train = 50_000, Test = 10_000, Columns = 30, Repetitions = 3;
    const double WarmSeconds = 1;

    public static void Run(Report report)
    {
        var (x, y) = Table();
        int[] rows = [.. Enumerable.Range(0, Train + Test)];
        Features train = x.Take(rows.AsSpan(0, Train)), test = x.Take(rows.AsSpan(Train));
        Labels classes = y.Take(rows.AsSpan(0, Train)), truth = y.Take(rows.AsSpan(Train));

        foreach (var (name, repetitions, learner) in ((string, int, IClassifier<IClassificationModel>)[])
        [
            ("decision tree", Repetitions, new DecisionTreeClassifier()),
            ("random forest 100", 1, new RandomForestClassifier { Trees = 100 }),
            ("extra trees 100", 1, new ExtraTreesClassifier { Trees = 100 }),
            ("adaboost 50 stumps", 1, new AdaBoostClassifier { Rounds = 50, Algorithm = AdaBoostAlgorithm.SammeR }),
            ("logistic regression lbfgs", Repetitions, new LogisticRegression()),
            ("knn brute k5", Repetitions, new KNeighborsClassifier { Neighbors = 5, Algorithm = NeighborAlgorithm.BruteForce }),
            ("linear svm", Repetitions, new LinearSvmClassifier()),
        ])
        {
            if (!report.Wants(name)) continue;
            var model = Fit(report, name, repetitions, () => learner.Fit(train, classes));
            int[] said = model.Predict(test);
            var (seconds, spread) = Stopwatches.Median(() => said = model.Predict(test), warm: 0.3, each: 0.05, runs: 3);
            report.Emit("classic", name, "predict", Test / seconds, "rows/s", spread);
            report.Emit("classic", name, "accuracy", said.Where((c, i) => c == truth.Codes[i]).Count() / (double)Test, "share", 0);
        }
        if (report.Wants("kmeans 50 lloyd 20it"))
            Fit(report, "kmeans 50 lloyd 20it", Repetitions, () => new KMeans { Clusters = 50, Restarts = 1, MaxIterations = 20, Tolerance = 0 }.Fit(train));
    }

    static TModel Fit<TModel>(Report report, string name, int repetitions, Func<TModel> fit)
    {
        // Code is compiled, and compiled better, in the first second; what it is to be compared with came compiled. Long fits do not notice.
        TModel model = default!;
        for (long start = Stopwatch.GetTimestamp(); repetitions > 1 && Stopwatch.GetElapsedTime(start).TotalSeconds < WarmSeconds;) model = fit();
        double[] seconds = new double[repetitions];
        for (int i = 0; i < repetitions; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            model = fit();
            seconds[i] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        Array.Sort(seconds);
        double median = seconds[repetitions / 2];
        report.Emit("classic", name, "fit", median, "s", (seconds[^1] - seconds[0]) / median);
        return model;
    }

    /// <summary>Normal features, of which twelve matter, most of them not linearly.</summary>
    static (Features X, Labels Y) Table()
    {
        const int count = Train + Test;
        var generator = new Generator(99);
        float[] values = new float[count * Columns], noise = new float[count];
        generator.Normal(values);
        generator.Normal(noise);
        int[] codes = new int[count];
        for (int i = 0; i < count; i++)
        {
            var r = values.AsSpan(i * Columns, Columns);
            double score = Math.Sin(r[0] * r[1]) + 0.8 * r[2] - 0.5 * r[3] * r[3] + Math.Abs(r[4]) * r[5] + 0.5 * noise[i];
            for (int j = 6; j < 12; j++) score += 0.4 * r[j];
            codes[i] = score > 0 ? 1 : 0;
        }
        return (Features.FromRows(Array.ConvertAll(values, v => (double)v), Columns), new(codes, ["0", "1"]));
    }
}
