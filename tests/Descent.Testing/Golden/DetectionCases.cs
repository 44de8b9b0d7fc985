using System.Globalization;
using System.Text.Json;
using Descent.Metrics;
using Xunit;

namespace Descent.Testing;

/// <summary>Mean average precision of boxes, by COCO's and by VOC's rules.</summary>
static class DetectionCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["detection_map"] = Verify,
    };

    static GoldenOutputs Verify(GoldenCall c)
    {
        var json = c.Case.Json;
        GroundTruth[] truths = [.. json.GetProperty("annotations").EnumerateArray().Select(a => new GroundTruth(a.GetProperty("image_id").GetInt64(), a.GetProperty("category_id").GetInt64(), ToBox(a))
        {
            Area = a.GetProperty("area").GetDouble(),
            IsCrowd = Flag(a, "iscrowd"),
            IsDifficult = Flag(a, "difficult"),
        })];
        Detection[] detections = [.. json.GetProperty("detections").EnumerateArray().Select(d =>
            new Detection(d.GetProperty("image_id").GetInt64(), d.GetProperty("category_id").GetInt64(), ToBox(d), d.GetProperty("score").GetDouble()))];
        long[] categories = [.. json.GetProperty("categories").EnumerateArray().Select(k => k.GetProperty("id").GetInt64())];
        var expected = json.GetProperty("expected");

        var got = new Dictionary<string, double>();
        Coco(got, DetectionMetrics.Coco(truths, detections, categories));
        Voc(got, DetectionMetrics.Voc(truths, detections, expected.GetProperty("voc").GetProperty("iou_threshold").GetDouble(), categories));
        Compare(c.Case, expected, "", got);
        return [];
    }

    static void Coco(Dictionary<string, double> got, CocoSummary summary)
    {
        // pycocotools writes -1 where there is nothing to measure.
        double Number(double figure) => double.IsNaN(figure) ? -1 : figure;
        (string Name, double Value)[] stats =
        [
            ("AP", summary.AP), ("AP50", summary.AP50), ("AP75", summary.AP75), ("AP_small", summary.APSmall), ("AP_medium", summary.APMedium), ("AP_large", summary.APLarge),
            ("AR1", summary.AR1), ("AR10", summary.AR10), ("AR100", summary.AR100), ("AR_small", summary.ARSmall), ("AR_medium", summary.ARMedium), ("AR_large", summary.ARLarge),
        ];
        foreach (var (name, value) in stats) got[$"/coco/stats/{name}"] = Number(value);
        foreach (var (category, figures) in summary.PerClass)
            foreach (var (name, value) in new[] { ("AP", figures.AP), ("AP50", figures.AP50), ("AP75", figures.AP75), ("AR100", figures.AR100) })
                got[string.Create(CultureInfo.InvariantCulture, $"/coco/per_class/{category}/{name}")] = Number(value);
    }

    static void Voc(Dictionary<string, double> got, VocSummary summary)
    {
        (got["/voc/map07"], got["/voc/map10"]) = (summary.MAP07, summary.MAP10);
        foreach (var (category, figures) in summary.PerClass)
            foreach (var (name, value) in new[] { ("npos", figures.Objects), ("ap07", figures.AP07), ("ap10", figures.AP10) })
                got[string.Create(CultureInfo.InvariantCulture, $"/voc/per_class/{category}/{name}")] = value;
    }

    /// <summary>Every number that is expected, by its path; null is NaN.</summary>
    static void Compare(GoldenCase golden, JsonElement expected, string path, Dictionary<string, double> got)
    {
        if (expected.ValueKind == JsonValueKind.Object)
        {
            foreach (var item in expected.EnumerateObject()) Compare(golden, item.Value, $"{path}/{item.Name}", got);
            return;
        }
        if (path == "/voc/iou_threshold") return;
        double want = expected.ValueKind == JsonValueKind.Null ? double.NaN : expected.GetDouble();
        Assert.True(got.TryGetValue(path, out double value), $"{golden}: {path} was not computed.");
        bool agree = double.IsNaN(want) ? double.IsNaN(value) : Math.Abs(value - want) <= golden.AbsoluteTolerance + golden.RelativeTolerance * Math.Abs(want);
        Assert.True(agree, $"{golden}: {path} is {value}, expected {want}.");
    }

    static bool Flag(JsonElement annotation, string name) => annotation.TryGetProperty(name, out var value) && value.GetInt32() != 0;

    static Box ToBox(JsonElement item) => item.GetProperty("bbox").EnumerateArray().Select(v => v.GetDouble()).ToArray() is [var x, var y, var width, var height]
        ? new(x, y, width, height) : throw new InvalidDataException("A bbox is no list of four numbers.");
}
