namespace Descent.NN;

/// <summary>The way from one rate to another.</summary>
public enum Annealing
{
    /// <summary>Half a cosine wave.</summary>
    Cosine,

    /// <summary>A straight line.</summary>
    Linear,
}

static class Annealings
{
    extension(Annealing way)
    {
        /// <summary>The point at a part of the way, from 0 to 1.</summary>
        internal double At(double part, double start, double end) => way == Annealing.Cosine
            ? end + (start - end) / 2 * (Math.Cos(Math.PI * part) + 1)
            : (end - start) * part + start;
    }
}
