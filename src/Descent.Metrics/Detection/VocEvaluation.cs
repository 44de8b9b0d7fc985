namespace Descent.Metrics;

/// <summary>VOC's evaluation of boxes.</summary>
static class VocEvaluation
{
    internal static VocSummary Summary(IEnumerable<GroundTruth> truths, IEnumerable<Detection> detections, IEnumerable<long> categories, double threshold)
    {
        var truthsOf = truths.ToLookup(t => t.Category);
        var detectionsOf = detections.ToLookup(d => d.Category);
        var perClass = categories.Distinct().Order().ToDictionary(category => category, category => Of([.. truthsOf[category]], [.. detectionsOf[category]], threshold));
        return new(Means.Of([.. perClass.Values.Select(c => c.AP07)]), Means.Of([.. perClass.Values.Select(c => c.AP10)]), perClass);
    }

    static VocClassSummary Of(GroundTruth[] truths, Detection[] detections, double threshold)
    {
        int objects = truths.Count(t => !t.IsDifficult);
        if (objects == 0) return new(0, double.NaN, double.NaN);
        var inImage = Enumerable.Range(0, truths.Length).ToLookup(g => truths[g].Image);
        var taken = new bool[truths.Length];
        List<double> precision = [], recall = [];
        int right = 0, wrong = 0;
        foreach (int d in StableSort.Falling(Array.ConvertAll(detections, d => d.Score)))
        {
            int best = -1;
            double most = double.NegativeInfinity;
            foreach (int g in inImage[detections[d].Image])
                if (detections[d].Box.Iou(truths[g].Box) is var overlap && overlap > most) (most, best) = (overlap, g);
            bool hits = best >= 0 && most >= threshold;
            if (hits && truths[best].IsDifficult) continue;
            if (hits && !taken[best])
            {
                taken[best] = true;
                right++;
            }
            else wrong++;
            precision.Add((double)right / (right + wrong));
            recall.Add((double)right / objects);
        }
        // From here precision[i] is the greatest at recall[i] or more.
        for (int i = precision.Count - 1; i > 0; i--) precision[i - 1] = Math.Max(precision[i - 1], precision[i]);

        double eleven = 0, area = 0, before = 0;
        for (int k = 0; k <= 10; k++)
            if (recall.FindIndex(r => r >= k / 10.0) is >= 0 and var at) eleven += precision[at] / 11;
        for (int i = 0; i < recall.Count; i++)
        {
            area += (recall[i] - before) * precision[i];
            before = recall[i];
        }
        return new(objects, eleven, area);
    }
}
