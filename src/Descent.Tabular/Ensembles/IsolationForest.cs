using System.Collections.Immutable;
using Descent.Tensors;

namespace Descent.Tabular;

/// <summary>Finds rows unlike the others: trees that split at random part them from the rest after few questions.</summary>
/// <remarks>Liu, Ting and Zhou, "Isolation Forest", 2008.</remarks>
public sealed record IsolationForest
{
    /// <summary>The number of trees.</summary>
    public int Trees { get; init => field = Check.AtLeast(1, value); } = 100;

    /// <summary>Rows that each tree is grown from, drawn without return; of fewer rows all.</summary>
    public int SampleRows { get; init => field = Check.AtLeast(2, value); } = 256;

    /// <summary>The share of training rows that are to be outliers; null says that a score above ½ makes one.</summary>
    public double? Contamination { get; init => field = value is { } share ? Check.Within(0, 0.5, share) : null; }

    /// <summary>Decides all draws.</summary>
    public ulong Seed { get; init; }

    /// <summary>Grows the trees. Rows are drawn by their weights.</summary>
    /// <exception cref="ArgumentException">There is no row, or a value is not finite.</exception>
    public IsolationForestModel Fit(Features x, ReadOnlySpan<double> weights = default)
    {
        double[] w = Training.CheckRows(nameof(IsolationForest), x, weights);
        int[] weighty = [.. Enumerable.Range(0, x.Rows).Where(i => w[i] > 0)];
        int sample = Math.Min(SampleRows, weighty.Length), depth = (int)Math.Ceiling(Math.Log2(Math.Max(2, sample)));
        var trees = new Tree[Trees];
        WorkerPool.For(Trees, k =>
        {
            var generator = new Generator(Seed, (ulong)k + 1);
            trees[k] = Grow(x, Draw(weighty, w, sample, generator), depth, generator);
        });
        var model = new IsolationForestModel { Schema = x.Schema, Trees = [.. trees], SampleRows = sample, Threshold = 0.5 };
        return Contamination is { } share ? model with { Threshold = Quantiles.Linear(model.Scores(x), 1 - share) } : model;
    }

    /// <summary>Rows without return, by the exponential races of their weights.</summary>
    static int[] Draw(int[] rows, double[] w, int count, Generator generator)
    {
        double[] times = new double[rows.Length];
        generator.Uniform(times);
        for (int i = 0; i < times.Length; i++) times[i] = -Math.Log(1 - times[i]) / w[rows[i]];
        int[] order = (int[])rows.Clone();
        Array.Sort(times, order);
        return order[..count];
    }

    static Tree Grow(Features x, int[] rows, int maxDepth, Generator generator)
    {
        var nodes = new List<(int Left, int Right, int Feature, double Threshold, double Length, int Rows)>();
        Grow(rows, 0);
        return new()
        {
            Outputs = 1, Left = [.. nodes.Select(n => n.Left)], Right = [.. nodes.Select(n => n.Right)], Feature = [.. nodes.Select(n => n.Feature)],
            Threshold = [.. nodes.Select(n => n.Threshold)], MissingLeft = [.. nodes.Select(_ => false)], Values = [.. nodes.Select(n => n.Length)],
            Cover = [.. nodes.Select(n => (double)n.Rows)], Rows = [.. nodes.Select(n => n.Rows)],
        };

        int Grow(int[] own, int depth)
        {
            int node = nodes.Count;
            // A leaf counts as deep as a random tree of its rows would be.
            nodes.Add((-1, -1, -2, -2, depth + IsolationForestModel.MeanDepth(own.Length), own.Length));
            if (depth == maxDepth || own.Length < 2) return node;
            int[] varied = [.. Enumerable.Range(0, x.Columns).Where(j => Array.Exists(own, i => (float)x.Column(j)[i] != (float)x.Column(j)[own[0]]))];
            if (varied.Length == 0) return node;
            int feature = varied[(int)generator.NextInt64(0, varied.Length)];
            float low = own.Min(i => (float)x.Column(feature)[i]), high = own.Max(i => (float)x.Column(feature)[i]);
            double threshold = low + generator.NextDouble() * ((double)high - low);
            // Rounding must leave a row on either side.
            if (threshold >= high) threshold = low;
            int left = Grow([.. own.Where(i => (float)x.Column(feature)[i] <= threshold)], depth + 1);
            int right = Grow([.. own.Where(i => (float)x.Column(feature)[i] > threshold)], depth + 1);
            nodes[node] = (left, right, feature, threshold, nodes[node].Length, own.Length);
            return node;
        }
    }
}

/// <summary>What <see cref="IsolationForest"/> grew.</summary>
public sealed record IsolationForestModel : IModel
{
    const int BlockRows = 256;
    const double EulerGamma = 0.57721566490153286;

    /// <inheritdoc/>
    public required FeatureSchema Schema { get; init; }

    /// <summary>The trees, whose leaves say how deep a row lies.</summary>
    public required ImmutableArray<Tree> Trees { get; init; }

    /// <summary>Rows that each tree was grown from.</summary>
    public required int SampleRows { get; init; }

    /// <summary>The score above which a row is an outlier.</summary>
    public required double Threshold { get; init; }

    /// <summary>2^(−d / c) of each row, d being its mean depth and c that of a row among as many as trees are grown from: near 1 of outliers, below ½ of others.</summary>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public double[] Scores(Features x)
    {
        double[] scores = new double[ModelPrediction.Match(this, x).Rows];
        double usual = Trees.Length * Math.Max(MeanDepth(SampleRows), double.Epsilon);
        WorkerPool.For((scores.Length + BlockRows - 1) / BlockRows, block =>
        {
            int first = block * BlockRows;
            var own = scores.AsSpan(first, Math.Min(BlockRows, scores.Length - first));
            double[] rows = new double[own.Length * x.Columns];
            x.CopyRows(first, rows);
            foreach (var tree in Trees) TreeVotes.AddNumbers(tree, rows, x.Columns, own, 1);
            foreach (ref double score in own) score = Math.Pow(2, -score / usual);
        });
        return scores;
    }

    /// <summary>Whether each row is an outlier.</summary>
    /// <exception cref="ArgumentException">The features are not as many as the model has.</exception>
    public bool[] Predict(Features x) => Array.ConvertAll(Scores(x), s => s > Threshold);

    /// <summary>The mean depth of a row in a random binary search tree.</summary>
    internal static double MeanDepth(int rows) => rows switch
    {
        <= 1 => 0,
        2 => 1,
        _ => 2 * (Math.Log(rows - 1.0) + EulerGamma) - 2 * (rows - 1.0) / rows,
    };
}
