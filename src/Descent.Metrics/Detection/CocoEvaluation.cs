namespace Descent.Metrics;

/// <summary>COCO's evaluation of boxes, step by step as pycocotools takes it.</summary>
sealed class CocoEvaluation
{
    const int RecallPoints = 101;

    // The ends and the formula are those of numpy's linspace: 0.75 and 0.95 must be these very numbers.
    static readonly double[] s_thresholds = [.. Enumerable.Range(0, 10).Select(i => i == 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9))];
    static readonly double[] s_recalls = [.. Enumerable.Range(0, RecallPoints).Select(i => i == 100 ? 1 : i * 0.01)];
    static readonly (double Least, double Most)[] s_areas = [(0, 1e10), (0, 1024), (1024, 9216), (9216, 1e10)];
    static readonly int[] s_limits = [1, 10, 100];

    readonly long[] _categories;
    // By threshold, class, area and limit: NaN where there are no objects. Precision is averaged over recall already.
    readonly double[,,,] _precision, _recall;

    internal CocoEvaluation(IReadOnlyList<GroundTruth> truths, IReadOnlyList<Detection> detections, IEnumerable<long> categories)
    {
        _categories = [.. categories.Distinct().Order()];
        _precision = new double[s_thresholds.Length, _categories.Length, s_areas.Length, s_limits.Length];
        _recall = new double[s_thresholds.Length, _categories.Length, s_areas.Length, s_limits.Length];
        var truthsOf = truths.ToLookup(t => (t.Category, t.Image));
        var detectionsOf = detections.ToLookup(d => (d.Category, d.Image));
        var images = truths.Select(t => (t.Category, t.Image)).Concat(detections.Select(d => (d.Category, d.Image))).Distinct()
            .ToLookup(key => key.Category, key => key.Image);
        for (int k = 0; k < _categories.Length; k++)
        {
            long category = _categories[k];
            var pairs = images[category].Order().Select(image => new ImagePair([.. truthsOf[(category, image)]], [.. detectionsOf[(category, image)]])).ToArray();
            for (int a = 0; a < s_areas.Length; a++)
            {
                var matches = Array.ConvertAll(pairs, pair => pair.Match(s_thresholds, s_areas[a].Least, s_areas[a].Most));
                for (int m = 0; m < s_limits.Length; m++) Accumulate(matches, k, a, m);
            }
        }
    }

    internal CocoSummary Summary() => new()
    {
        AP = Mean(_precision, null, null, 0, 2),
        AP50 = Mean(_precision, 0, null, 0, 2),
        AP75 = Mean(_precision, 5, null, 0, 2),
        APSmall = Mean(_precision, null, null, 1, 2),
        APMedium = Mean(_precision, null, null, 2, 2),
        APLarge = Mean(_precision, null, null, 3, 2),
        AR1 = Mean(_recall, null, null, 0, 0),
        AR10 = Mean(_recall, null, null, 0, 1),
        AR100 = Mean(_recall, null, null, 0, 2),
        ARSmall = Mean(_recall, null, null, 1, 2),
        ARMedium = Mean(_recall, null, null, 2, 2),
        ARLarge = Mean(_recall, null, null, 3, 2),
        PerClass = _categories.Select((category, k) => (category, k)).ToDictionary(c => c.category, c => new CocoClassSummary(
            Mean(_precision, null, c.k, 0, 2), Mean(_precision, 0, c.k, 0, 2), Mean(_precision, 5, c.k, 0, 2), Mean(_recall, null, c.k, 0, 2))),
    };

    /// <summary>The mean over the thresholds, or one, and over the classes that have objects, or one.</summary>
    double Mean(double[,,,] figures, int? threshold, int? category, int area, int limit)
    {
        var all = new List<double>();
        for (int t = threshold ?? 0; t <= (threshold ?? s_thresholds.Length - 1); t++)
            for (int k = category ?? 0; k <= (category ?? _categories.Length - 1); k++)
                all.Add(figures[t, k, area, limit]);
        return Means.Of([.. all]);
    }

    void Accumulate(Matched[] images, int k, int a, int m)
    {
        int objects = images.Sum(image => image.Objects);
        double[] scores = [.. images.SelectMany(image => image.Scores.Take(s_limits[m]))];
        int[] order = StableSort.Falling(scores);
        for (int t = 0; t < s_thresholds.Length; t++)
        {
            if (objects == 0)
            {
                _precision[t, k, a, m] = _recall[t, k, a, m] = double.NaN;
                continue;
            }
            Outcome[] outcomes = [.. images.SelectMany(image => image.Outcomes[t].Take(s_limits[m]))];
            double[] precision = new double[order.Length], recall = new double[order.Length];
            double right = 0, wrong = 0;
            for (int i = 0; i < order.Length; i++)
            {
                if (outcomes[order[i]] == Outcome.Right) right++;
                else if (outcomes[order[i]] == Outcome.Wrong) wrong++;
                recall[i] = right / objects;
                // The smallest step above 1 keeps 0 / 0 at 0.
                precision[i] = right / (right + wrong + double.BitIncrement(1) - 1);
            }
            for (int i = precision.Length - 1; i > 0; i--) precision[i - 1] = Math.Max(precision[i - 1], precision[i]);
            _recall[t, k, a, m] = recall.Length == 0 ? 0 : recall[^1];
            double sum = 0;
            for (int r = 0, at = 0; r < RecallPoints; r++)
            {
                while (at < recall.Length && recall[at] < s_recalls[r]) at++;
                if (at < recall.Length) sum += precision[at];
            }
            _precision[t, k, a, m] = sum / RecallPoints;
        }
    }

    enum Outcome : byte { Wrong, Right, Ignored }

    /// <summary>What became of an image's detections, surest first, at each threshold.</summary>
    readonly record struct Matched(int Objects, double[] Scores, Outcome[][] Outcomes);

    /// <summary>The objects and the detections of one class in one image, and how much they overlap.</summary>
    sealed class ImagePair
    {
        readonly GroundTruth[] _truths;
        readonly Detection[] _detections;
        readonly double[,] _overlaps;

        internal ImagePair(GroundTruth[] truths, Detection[] detections)
        {
            int[] order = StableSort.Falling(Array.ConvertAll(detections, d => d.Score));
            _detections = [.. order.Take(s_limits[^1]).Select(i => detections[i])];
            _truths = truths;
            _overlaps = new double[_detections.Length, truths.Length];
            for (int d = 0; d < _detections.Length; d++)
                for (int g = 0; g < truths.Length; g++)
                {
                    // Of a crowd only the detection need be covered.
                    double both = _detections[d].Box.Intersection(truths[g].Box);
                    _overlaps[d, g] = both == 0 ? 0 : both / (truths[g].IsCrowd ? _detections[d].Box.Area : _detections[d].Box.Area + truths[g].Box.Area - both);
                }
        }

        internal Matched Match(double[] thresholds, double least, double most)
        {
            bool[] ignored = Array.ConvertAll(_truths, g => g.IsCrowd || g.Area < least || g.Area > most);
            // Objects that count come first, so that a detection takes one of them if it can.
            int[] order = [.. Enumerable.Range(0, _truths.Length).OrderBy(g => ignored[g])];
            return new(ignored.Count(v => !v), Array.ConvertAll(_detections, d => d.Score), Array.ConvertAll(thresholds, threshold =>
            {
                var taken = new bool[_truths.Length];
                var outcomes = new Outcome[_detections.Length];
                for (int d = 0; d < outcomes.Length; d++)
                {
                    int best = Best(d, order, ignored, taken, threshold);
                    double area = _detections[d].Box.Area;
                    if (best >= 0) taken[best] = true;
                    outcomes[d] = best >= 0 ? ignored[best] ? Outcome.Ignored : Outcome.Right
                        : area < least || area > most ? Outcome.Ignored : Outcome.Wrong;
                }
                return outcomes;
            }));
        }

        int Best(int d, int[] order, bool[] ignored, bool[] taken, double threshold)
        {
            double most = Math.Min(threshold, 1 - 1e-10);
            int best = -1;
            foreach (int g in order)
            {
                if (taken[g] && !_truths[g].IsCrowd) continue;
                if (best >= 0 && !ignored[best] && ignored[g]) break;
                // Of equal overlaps the last one is taken.
                if (_overlaps[d, g] < most) continue;
                (most, best) = (_overlaps[d, g], g);
            }
            return best;
        }
    }
}
