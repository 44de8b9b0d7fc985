using System.Text;
using Descent.Testing;

namespace Descent.Metrics.Tests.Detections;

public sealed class CocoFileTests
{
    const string Annotations = """
        {"info":{"year":2017},"images":[{"id":7,"width":640,"file_name":"a.jpg"},{"id":9}],
         "categories":[{"id":1,"name":"person"},{"id":3,"name":"car"}],
         "annotations":[
          {"id":1,"image_id":7,"category_id":3,"bbox":[1,2.5,30,40],"area":900.5,"iscrowd":0,"segmentation":[[1,2,3,4]]},
          {"id":2,"image_id":9,"category_id":1,"bbox":[0,0,4,5],"iscrowd":1,"difficult":1,"segmentation":{"counts":"x","size":[1,2]}}]}
        """;

    const string Results = """[{"image_id":7,"category_id":3,"bbox":[1,2,30,40],"score":0.25},{"image_id":9,"category_id":1,"bbox":[0,0,4,5],"score":1e-3}]""";

    static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Annotations_are_read()
    {
        var file = CocoFile.ReadAnnotations(Stream(Annotations));
        Assert.Equal([7L, 9], file.Images);
        Assert.Equal("car", file.Categories[3]);
        Assert.Equal([new GroundTruth(7, 3, new(1, 2.5, 30, 40)) { Area = 900.5 }, new GroundTruth(9, 1, new(0, 0, 4, 5)) { IsCrowd = true, IsDifficult = true }], file.Truths);
        Assert.Equal(20, file.Truths[1].Area);
    }

    [Fact]
    public void Results_are_read_and_measured()
    {
        var (file, results) = (CocoFile.ReadAnnotations(Stream(Annotations)), CocoFile.ReadResults(Stream(Results)));
        Assert.Equal([new(7, 3, new(1, 2, 30, 40), 0.25), new(9, 1, new(0, 0, 4, 5), 0.001)], results);
        Assert.Equal(1, DetectionMetrics.Coco(file.Truths, results, file.Categories.Keys).AP50, 12);
    }

    [Theory]
    [InlineData("", "no COCO file")]
    [InlineData("null", "is null")]
    [InlineData("""{"images":[{"id":1},{"id":1}]}""", "image 1 is listed twice")]
    [InlineData("""{"categories":[{"id":1},{"id":1}]}""", "category 1 is listed twice")]
    [InlineData("""{"images":[null]}""", "an image is null")]
    [InlineData("""{"images":[{}]}""", "id")]
    [InlineData("""{"images":[{"id":1.5}]}""", "$.images[0].id")]
    [InlineData("""{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"image_id":2,"category_id":1,"bbox":[0,0,1,1]}]}""", "image 2")]
    [InlineData("""{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"image_id":1,"category_id":2,"bbox":[0,0,1,1]}]}""", "category 2")]
    [InlineData("""{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"image_id":1,"category_id":1,"bbox":[0,0,1]}]}""", "the bbox")]
    [InlineData("""{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"image_id":1,"category_id":1}]}""", "the bbox")]
    [InlineData("""{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"image_id":1,"category_id":1,"bbox":[0,0,-1,1]}]}""", "at least 0")]
    [InlineData("""{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"image_id":1,"category_id":1,"bbox":[0,0,1e400,1]}]}""", "")]
    public void Damaged_annotations_are_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => CocoFile.ReadAnnotations(Stream(text))).Message);

    [Theory]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("""[{"image_id":1,"category_id":1,"bbox":[0,0,1,1]}]""")]
    [InlineData("""[{"image_id":1,"category_id":1,"bbox":[0,0,1,1],"score":"NaN"}]""")]
    [InlineData("""[{"image_id":1,"category_id":1,"bbox":"no","score":1}]""")]
    public void Damaged_results_are_refused(string text) => Assert.Throws<InvalidDataException>(() => CocoFile.ReadResults(Stream(text)));

    [Fact]
    public void Any_damage_is_refused_or_read_without_harm()
    {
        var annotations = Mutator.Mutate(Encoding.UTF8.GetBytes(Annotations), 400, seed: 1);
        Assert.True(Fuzz.Verify(annotations, file => CocoFile.ReadAnnotations(new MemoryStream(file))) > 100);
        Assert.True(Fuzz.Verify(Mutator.Mutate(Encoding.UTF8.GetBytes(Results), 400, seed: 2), file => CocoFile.ReadResults(new MemoryStream(file))) > 100);
    }
}
