namespace Descent.Metrics;

/// <summary>A rectangle with sides along the axes, in continuous coordinates: a width is the difference of the ends, without one more.</summary>
/// <param name="X">Left.</param>
/// <param name="Y">Top.</param>
/// <param name="Width">At least 0.</param>
/// <param name="Height">At least 0.</param>
public readonly record struct Box(double X, double Y, double Width, double Height)
{
    /// <summary>Width times height.</summary>
    public double Area => Width * Height;

    /// <summary>A box from its left, top, right and bottom.</summary>
    public static Box FromCorners(double left, double top, double right, double bottom) => new(left, top, right - left, bottom - top);

    /// <summary>The area of the part that both cover.</summary>
    public double Intersection(Box other)
    {
        double width = Math.Min(X + Width, other.X + other.Width) - Math.Max(X, other.X);
        double height = Math.Min(Y + Height, other.Y + other.Height) - Math.Max(Y, other.Y);
        return width <= 0 || height <= 0 ? 0 : width * height;
    }

    /// <summary>Intersection over union, 0 to 1; 0 of two empty boxes.</summary>
    public double Iou(Box other)
    {
        double both = Intersection(other);
        return both == 0 ? 0 : both / (Area + other.Area - both);
    }

    /// <summary>IoU less the share of the smallest box around both that neither covers, −1 to 1; 0 where that box is empty.</summary>
    /// <remarks>Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019, arXiv:1902.09630.</remarks>
    public double GeneralizedIou(Box other)
    {
        double hull = (Math.Max(X + Width, other.X + other.Width) - Math.Min(X, other.X)) * (Math.Max(Y + Height, other.Y + other.Height) - Math.Min(Y, other.Y));
        if (hull == 0) return 0;
        return Iou(other) - (hull - (Area + other.Area - Intersection(other))) / hull;
    }
}

/// <summary>An object that is in an image.</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="Category">Number of the class.</param>
/// <param name="Box">Where it is.</param>
public sealed record GroundTruth(long Image, long Category, Box Box)
{
    /// <summary>The area by which COCO calls objects small, medium or large; that of a mask may be less than the box's.</summary>
    public double Area { get; init; } = Box.Area;

    /// <summary>COCO: a group of objects, which any number of detections may match without being right or wrong.</summary>
    public bool IsCrowd { get; init; }

    /// <summary>VOC: an object that counts neither if found nor if missed.</summary>
    public bool IsDifficult { get; init; }
}

/// <summary>An object that a model claims to be in an image.</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="Category">Number of the class.</param>
/// <param name="Box">Where it is.</param>
/// <param name="Score">How sure the model is.</param>
public sealed record Detection(long Image, long Category, Box Box, double Score);
