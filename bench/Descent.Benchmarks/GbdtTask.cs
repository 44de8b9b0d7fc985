using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Descent.Metrics;
using Descent.Tabular;
using Descent.Tensors;

namespace Descent.Benchmarks;

/// <summary>
/// Gradient boosting by histograms on the tables of the peers' script, read from its files where they are (in <c>PEERS_DATA</c>, or
/// <c>data</c> below <c>PEERS_DIR</c>), and made up alike where they are not.
/// </summary>
static class GbdtTask
{
    const int Rounds = 100;

    public static void Run(Report report)
    {
        foreach (string name in (string[])["higgs", "regr"])
        {
            string task = $"gbdt-{name}";
            (string Config, BoostingRegressor Options)[] configs =
            [
                ($"leaves63 bins255 lr0.1 r{Rounds}", Leaves(63)),
                ($"leaves63 bins255 lr0.1 r{Rounds} quantgrad", Leaves(63) with { QuantizedGradients = true }),
                ($"depth6 bins255 lr0.1 r{Rounds}", new() { MaxDepth = 6, LearningRate = 0.1f, Rounds = Rounds, Method = TreeMethod.Histogram }),
            ];
            if (!configs.Any(c => report.Wants(task, c.Config))) continue;
            var table = GbdtTable.Load(name);
            foreach (var (config, options) in configs)
                if (report.Wants(task, config)) Measure(report, task, config, options, table);
        }
    }

    public static void RunGrowth(Report report)
    {
        foreach (int rows in (int[])[100_000, 400_000, 1_000_000, 2_000_000, 4_000_000])
        {
            string config = $"rows{rows} leaves63 bins255 lr0.1 r{Rounds}";
            if (report.Wants(config)) Measure(report, "gbdt-growth", config, Leaves(63), GbdtTable.Make(rows, 50_000));
        }
    }

    /// <summary>LightGBM's defaults but for the number of leaves.</summary>
    static BoostingRegressor Leaves(int leaves) => new()
    {
        Rounds = Rounds, LearningRate = 0.1f, Growth = TreeGrowth.LeafWise, MaxLeaves = leaves, MaxDepth = 0, MinRowsInLeaf = 20, MinChildWeight = 1e-3f, Lambda = 0, Method = TreeMethod.Histogram,
    };

    static void Measure(Report report, string task, string config, BoostingRegressor options, GbdtTable table)
    {
        if (table.IsBinary) options = options with { Objective = new LogisticObjective() };
        // The code is compiled on a part of the table.
        var few = Features.FromRows(table.X.AsSpan(0, 20_000 * table.Columns), table.Columns);
        (options with { Rounds = 30 }).Fit(few, table.Y.AsSpan(0, 20_000));

        var watch = Stopwatch.StartNew();
        var x = Features.FromRows(table.X.AsSpan(0, table.Train * table.Columns), table.Columns);
        double read = watch.Elapsed.TotalSeconds;
        watch.Restart();
        _ = new BinnedFeatures(x, options.MaxBins);
        double bin = watch.Elapsed.TotalSeconds;
        GC.Collect();
        watch.Restart();
        var model = options.Fit(x, table.Y.AsSpan(0, table.Train)).Booster;
        double fit = watch.Elapsed.TotalSeconds;
        report.Emit(task, config, "read", read, "s", 0);
        report.Emit(task, config, "bin", bin, "s", 0);
        report.Emit(task, config, "train", fit - bin, "s", 0);
        // From float32 rows to the model, as the peers' figure is.
        report.Emit(task, config, "total", read + fit, "s", 0);

        int test = table.Y.Length - table.Train;
        float[] scores = new float[test];
        float[] rows = table.X[(table.Train * table.Columns)..];
        var (seconds, spread) = Stopwatches.Median(() => model.Predict(rows, scores), runs: 3);
        double[] truth = table.Y[table.Train..], predicted = Array.ConvertAll(scores, s => (double)s);
        if (table.IsBinary) report.Emit(task, config, "auc", CurveMetrics.RocAuc(Array.ConvertAll(truth, y => y == 1), predicted), "auc", 0);
        else report.Emit(task, config, "rmse", RegressionMetrics.RootMeanSquaredError(truth, predicted), "rmse", 0);
        report.Emit(task, config, "predict", test / seconds, "rows/s", spread);
        report.Emit(task, config, "rss", Process.GetCurrentProcess().WorkingSet64 / 1e6, "MB", 0);
    }
}

/// <summary>A table of which the first rows are for training.</summary>
sealed record GbdtTable(float[] X, double[] Y, int Columns, int Train, bool IsBinary)
{
    internal static GbdtTable Load(string name)
    {
        string folder = Environment.GetEnvironmentVariable("PEERS_DATA") ?? Path.Combine(Environment.GetEnvironmentVariable("PEERS_DIR") ?? "peers", "data");
        string meta = Path.Combine(folder, name + ".meta.json");
        if (!File.Exists(meta)) return name == "higgs" ? Make(1_000_000, 200_000) : throw new ArgumentException($"There is no {meta}; the peers' script writes it.");
        using var json = JsonDocument.Parse(File.ReadAllText(meta));
        int columns = json.RootElement.GetProperty("cols").GetInt32(), train = json.RootElement.GetProperty("train").GetInt32();
        return new(Read("X"), Array.ConvertAll(Read("y"), y => (double)y), columns, train, name == "higgs");

        float[] Read(string part)
        {
            using var file = File.OpenRead(Path.Combine(folder, $"{name}.{part}.f32"));
            float[] values = new float[file.Length / sizeof(float)];
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }

    /// <summary>28 columns like those of a physics table: normal, exponential, of few values, and mixtures of these, which decide the odds.</summary>
    internal static GbdtTable Make(int train, int test)
    {
        const int Columns = 28;
        int rows = train + test;
        float[] x = new float[(long)rows * Columns];
        double[] y = new double[rows];
        const int BlockRows = 10_000;
        WorkerPool.For((rows + BlockRows - 1) / BlockRows, block =>
        {
            var generator = new Generator(20240611, (ulong)block);
            int start = block * BlockRows, count = Math.Min(BlockRows, rows - start);
            float[] normal = new float[count * 19], uniform = new float[count * 10];
            generator.Normal(normal);
            generator.Uniform(uniform);
            for (int i = 0; i < count; i++)
            {
                var n = normal.AsSpan(i * 19, 19);
                var u = uniform.AsSpan(i * 10, 10);
                var row = x.AsSpan((start + i) * Columns, Columns);
                n[..12].CopyTo(row);
                for (int j = 0; j < 5; j++) row[12 + j] = -MathF.Log(1 - u[j]);
                for (int j = 0; j < 4; j++) row[17 + j] = MathF.Floor(u[5 + j] * (3 + j % 3));
                var e = row.Slice(12, 5);
                var t = row.Slice(17, 4);
                var h = row[21..];
                h[0] = MathF.Sqrt((n[0] + n[1]) * (n[0] + n[1]) + (e[0] + 0.2f) * (e[0] + 0.2f));
                h[1] = MathF.Sqrt(MathF.Abs(e[0] * e[1] * (1.5f - MathF.Cos(n[2] - n[3]))));
                h[2] = MathF.Sqrt(n[4] * n[4] + n[5] * n[5] + n[6] * n[6]);
                h[3] = e[2] / (0.3f + e[3]);
                h[4] = MathF.Tanh(n[7]) * e[4];
                h[5] = MathF.Max(n[8], n[9]);
                h[6] = MathF.Cos(2 * n[10]) + 0.5f * n[11];
                for (int j = 0; j < 7; j++) h[j] += 0.15f * n[12 + j];
                float score = 0.9f * MathF.Sin(1.3f * h[0]) + (h[1] > 0.8f ? 0.8f : 0) - 0.5f * (h[2] - 1.6f) * (h[2] - 1.6f) + 0.6f * MathF.Log(1 + MathF.Max(0, h[3]))
                    + 0.7f * h[4] * (t[0] - 1) + 0.6f * h[5] - (t[1] > 1.5f ? 0.7f * h[6] : 0) + 0.4f * n[0] * n[4] - 0.3f * MathF.Abs(n[9]) + (e[0] > 1 ? 0.3f * t[3] : 0);
                y[start + i] = u[9] < 1 / (1 + MathF.Exp(-score)) ? 1 : 0;
            }
        });
        return new(x, y, Columns, train, true);
    }
}
