namespace Descent.Metrics.Tests.Detections;

public sealed class DetectionTests
{
    static readonly Box s_box = new(10, 10, 20, 20);

    static GroundTruth Object(long image = 1, long category = 1, double x = 10) => new(image, category, s_box with { X = x });
    static Detection Claim(double score, long image = 1, long category = 1, double x = 10) => new(image, category, s_box with { X = x }, score);

    [Fact]
    public void What_is_found_exactly_is_1_everywhere()
    {
        var coco = DetectionMetrics.Coco([Object(), Object(2)], [Claim(0.9), Claim(0.8, 2)]);
        foreach (double figure in (double[])[coco.AP, coco.AP50, coco.AP75, coco.APSmall, coco.AR1, coco.AR10, coco.AR100, coco.ARSmall]) Assert.Equal(1, figure, 12);
        Assert.True(double.IsNaN(coco.APLarge) && double.IsNaN(coco.ARMedium));
        var voc = DetectionMetrics.Voc([Object(), Object(2)], [Claim(0.9), Claim(0.8, 2)]);
        Assert.Equal((1, 1), (Math.Round(voc.MAP07, 12), voc.MAP10));
    }

    [Fact]
    public void A_second_claim_of_the_same_object_is_wrong()
    {
        // Right, wrong, right: precision 1 up to recall ½, then ⅔.
        var voc = DetectionMetrics.Voc([Object(), Object(x: 100)], [Claim(0.9), Claim(0.8), Claim(0.7, x: 100)]);
        Assert.Equal(0.5 * 1 + 0.5 * 2 / 3, voc.MAP10, 12);
        var (meter, other) = (new DetectionMeter(), new DetectionMeter());
        meter.Update([Object()], [Claim(0.9), Claim(0.8)]);
        other.Update([Object(x: 100)], [Claim(0.7, x: 100)]);
        meter.Merge(other);
        Assert.Equal(voc.MAP10, meter.ComputeVoc().MAP10);
        Assert.Equal((6 + 5 * 2 / 3.0) / 11, voc.MAP07, 12);
        var coco = DetectionMetrics.Coco([Object(), Object(x: 100)], [Claim(0.9), Claim(0.8), Claim(0.7, x: 100)]);
        Assert.Equal((51 + 50 * 2 / 3.0) / 101, coco.AP50, 12);
        Assert.Equal(0.5, coco.AR1, 12);
    }

    [Fact]
    public void Crowds_and_difficult_objects_count_for_nothing()
    {
        GroundTruth crowd = new(1, 1, new(100, 10, 40, 20)) { IsCrowd = true }, difficult = Object(x: 100) with { IsDifficult = true };
        // Two claims inside the crowd, surer than the right one.
        Detection[] claims = [Claim(0.9, x: 100), Claim(0.8, x: 102), Claim(0.7)];
        Assert.Equal(1, DetectionMetrics.Coco([Object(), crowd], claims).AP, 12);
        var voc = DetectionMetrics.Voc([Object(), difficult], claims);
        Assert.Equal((1, 1), (voc.MAP10, voc.PerClass[1].Objects));
    }

    [Fact]
    public void An_overlap_at_the_threshold_is_enough()
    {
        // Half as wide inside: IoU ½.
        var half = new Detection(1, 1, new(10, 10, 10, 20), 1);
        Assert.Equal(1, DetectionMetrics.Voc([Object()], [half]).MAP10);
        Assert.Equal(0, DetectionMetrics.Voc([Object()], [half], 0.51).MAP10);
        var coco = DetectionMetrics.Coco([Object()], [half]);
        Assert.Equal((1, 0, 0.1), (Math.Round(coco.AP50, 12), coco.AP75, Math.Round(coco.AP, 12)));
    }

    [Fact]
    public void Classes_without_objects_have_no_figures_and_are_left_out_of_means()
    {
        Detection[] claims = [Claim(0.9), Claim(0.8, category: 7)];
        var coco = DetectionMetrics.Coco([Object()], claims, [9]);
        Assert.Equal([1L, 7, 9], coco.PerClass.Keys.Order());
        Assert.True(double.IsNaN(coco.PerClass[7].AP) && double.IsNaN(coco.PerClass[9].AR100));
        Assert.Equal(1, coco.AP, 12);
        Assert.True(double.IsNaN(DetectionMetrics.Voc([], claims).MAP07));
    }

    [Fact]
    public void Coco_does_not_depend_on_the_order_of_images()
    {
        GroundTruth[] objects = [.. Enumerable.Range(0, 12).Select(i => Object(i / 2, 1, 10 + 50 * (i % 2)))];
        Detection[] claims = [.. Enumerable.Range(0, 24).Select(i => Claim(i % 5 / 5.0, i / 4, 1, 10 + 50 * (i % 2) + i % 3))];
        var coco = DetectionMetrics.Coco(objects, claims);
        var other = DetectionMetrics.Coco([.. objects.OrderByDescending(o => o.Image)], [.. claims.OrderByDescending(c => c.Image)]);
        Assert.Equal((coco.AP, coco.AR10), (other.AP, other.AR10));
    }
}
