namespace Descent.Search;

/// <summary>What searches of a graph do, whatever the time that memory takes over it.</summary>
public record struct SearchWork
{
    /// <summary>Vectors whose edges are followed, in all layers.</summary>
    public double Visits { get; private set; }

    /// <summary>Distances measured to vectors, or to codes where the graph is walked by them.</summary>
    public double Measured { get; private set; }

    /// <summary>Distances estimated many at once from lists of edges.</summary>
    public double Estimated { get; private set; }

    /// <summary>The work of one search, on average over so many.</summary>
    public static SearchWork operator /(SearchWork work, double searches) =>
        new() { Visits = work.Visits / searches, Measured = work.Measured / searches, Estimated = work.Estimated / searches };

    internal void Add(int visits, int measured, int estimated)
    {
        Visits += visits;
        Measured += measured;
        Estimated += estimated;
    }
}
