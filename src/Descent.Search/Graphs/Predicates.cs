namespace Descent.Search;

/// <summary>The signs on which plane geometry is built, never wrong: by doubles where their error bound allows it, else exactly.</summary>
/// <remarks>Shewchuk 1997, the first and the last stage of his predicates.</remarks>
static class Predicates
{
    const double Unit = 1.0 / (1L << 53);
    const double OrientationBound = (3 + 16 * Unit) * Unit, CircleBound = (10 + 96 * Unit) * Unit;

    /// <summary>1 where a, b, c turn left, −1 where they turn right, 0 where they lie on one line.</summary>
    internal static int Orientation(PointSet p, int a, int b, int c)
    {
        double ax = p.X(a), ay = p.Y(a), bx = p.X(b), by = p.Y(b), cx = p.X(c), cy = p.Y(c);
        double left = (ax - cx) * (by - cy), right = (ay - cy) * (bx - cx), det = left - right;
        if (Math.Abs(det) > OrientationBound * (Math.Abs(left) + Math.Abs(right))) return Math.Sign(det);
        return (Expansion.Difference(ax, cx) * Expansion.Difference(by, cy)
            - Expansion.Difference(ay, cy) * Expansion.Difference(bx, cx)).Sign;
    }

    /// <summary>1 where d lies inside the circle through a, b, c, which turn left; −1 outside, 0 on it.</summary>
    internal static int InCircle(PointSet p, int a, int b, int c, int d)
    {
        double dx = p.X(d), dy = p.Y(d);
        double adx = p.X(a) - dx, ady = p.Y(a) - dy, bdx = p.X(b) - dx, bdy = p.Y(b) - dy, cdx = p.X(c) - dx, cdy = p.Y(c) - dy;
        double aLift = adx * adx + ady * ady, bLift = bdx * bdx + bdy * bdy, cLift = cdx * cdx + cdy * cdy;
        double det = aLift * (bdx * cdy - cdx * bdy) + bLift * (cdx * ady - adx * cdy) + cLift * (adx * bdy - bdx * ady);
        double permanent = aLift * (Math.Abs(bdx * cdy) + Math.Abs(cdx * bdy)) + bLift * (Math.Abs(cdx * ady) + Math.Abs(adx * cdy))
            + cLift * (Math.Abs(adx * bdy) + Math.Abs(bdx * ady));
        return Math.Abs(det) > CircleBound * permanent ? Math.Sign(det) : ExactInCircle(p, a, b, c, d);
    }

    static int ExactInCircle(PointSet p, int a, int b, int c, int d)
    {
        var (ax, ay) = From(a);
        var (bx, by) = From(b);
        var (cx, cy) = From(c);
        return ((ax * ax + ay * ay) * (bx * cy - cx * by)
            + (bx * bx + by * by) * (cx * ay - ax * cy)
            + (cx * cx + cy * cy) * (ax * by - bx * ay)).Sign;

        (Expansion X, Expansion Y) From(int i) => (Expansion.Difference(p.X(i), p.X(d)), Expansion.Difference(p.Y(i), p.Y(d)));
    }
}
