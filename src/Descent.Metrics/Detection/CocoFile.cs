using System.Text.Json;
using System.Text.Json.Serialization;

namespace Descent.Metrics;

/// <summary>What a COCO annotation file says of boxes.</summary>
/// <param name="Images">The numbers of the images.</param>
/// <param name="Categories">The classes' names by number.</param>
/// <param name="Truths">The objects, in the file's order.</param>
public sealed record CocoAnnotations(IReadOnlyList<long> Images, IReadOnlyDictionary<long, string> Categories, IReadOnlyList<GroundTruth> Truths);

/// <summary>Reads COCO's JSON files of annotations and results; masks and captions are passed over.</summary>
public static class CocoFile
{
    /// <summary>Reads <c>images</c>, <c>categories</c> and <c>annotations</c>, with <c>bbox</c> as x, y, width, height.</summary>
    /// <remarks>Besides COCO's own fields, <c>difficult</c> is read. An object without an area has that of its box.</remarks>
    /// <exception cref="InvalidDataException">The file is no JSON of this kind, a number is repeated or unknown, or a box is not sound.</exception>
    public static CocoAnnotations ReadAnnotations(Stream stream)
    {
        var file = Parse(stream, CocoJson.Default.AnnotationFile);
        var images = new HashSet<long>();
        foreach (var image in file.Images ?? [])
            if (!images.Add(image?.Id ?? throw Bad("an image is null"))) throw Bad($"the image {image.Id} is listed twice");
        var categories = new Dictionary<long, string>();
        foreach (var category in file.Categories ?? [])
            if (!categories.TryAdd(category?.Id ?? throw Bad("a category is null"), category.Name ?? "")) throw Bad($"the category {category.Id} is listed twice");

        var truths = new List<GroundTruth>();
        foreach (var annotation in file.Annotations ?? [])
        {
            if (annotation is null) throw Bad("an annotation is null");
            if (!images.Contains(annotation.ImageId)) throw Bad($"an annotation is of image {annotation.ImageId}, which is not listed");
            if (!categories.ContainsKey(annotation.CategoryId)) throw Bad($"an annotation is of category {annotation.CategoryId}, which is not listed");
            var box = ToBox(annotation.Bbox, "annotation", annotation.ImageId);
            double area = annotation.Area ?? box.Area;
            if (!double.IsFinite(area)) throw Bad($"an annotation of image {annotation.ImageId} has the area {area}");
            truths.Add(new(annotation.ImageId, annotation.CategoryId, box) { Area = area, IsCrowd = annotation.IsCrowd != 0, IsDifficult = annotation.Difficult != 0 });
        }
        return new([.. images], categories, truths);
    }

    /// <summary>Reads a list of results, each with <c>image_id</c>, <c>category_id</c>, <c>bbox</c> and <c>score</c>.</summary>
    /// <exception cref="InvalidDataException">The file is no JSON of this kind, or a number is not finite.</exception>
    public static IReadOnlyList<Detection> ReadResults(Stream stream)
    {
        var detections = new List<Detection>();
        foreach (var result in Parse(stream, CocoJson.Default.ResultItemArray))
        {
            if (result is null) throw Bad("a result is null");
            if (!double.IsFinite(result.Score)) throw Bad($"a result in image {result.ImageId} has the score {result.Score}");
            detections.Add(new(result.ImageId, result.CategoryId, ToBox(result.Bbox, "result", result.ImageId), result.Score));
        }
        return detections;
    }

    static T Parse<T>(Stream stream, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            return JsonSerializer.Deserialize(stream, type) ?? throw Bad("it is null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"This is no COCO file: at {error.Path}, line {error.LineNumber + 1}, byte {error.BytePositionInLine}: {error.Message}", error);
        }
    }

    static Box ToBox(double[]? bbox, string what, long image) =>
        bbox is [var x, var y, var width, var height] && new Box(x, y, width, height) is var box && DetectionMetrics.IsSound(box) && double.IsFinite(box.Area) ? box
            : throw Bad($"the bbox of an {what} of image {image} is [{string.Join(", ", (bbox ?? []).Take(5))}]; expected x, y, width and height, finite, the last two at least 0");

    static InvalidDataException Bad(string what) => new($"This is no COCO file: {what}.");
}

sealed record ImageItem([property: JsonRequired] long Id);

sealed record CategoryItem([property: JsonRequired] long Id, string? Name);

sealed record AnnotationItem([property: JsonRequired] long ImageId, [property: JsonRequired] long CategoryId, double[]? Bbox, double? Area, int Difficult)
{
    [JsonPropertyName("iscrowd")]
    public int IsCrowd { get; init; }
}

sealed record AnnotationFile(ImageItem?[]? Images, CategoryItem?[]? Categories, AnnotationItem?[]? Annotations);

sealed record ResultItem([property: JsonRequired] long ImageId, [property: JsonRequired] long CategoryId, double[]? Bbox, [property: JsonRequired] double Score);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnnotationFile))]
[JsonSerializable(typeof(ResultItem[]))]
sealed partial class CocoJson : JsonSerializerContext;
