using Descent.Tensors;

namespace Descent.NN;

/// <summary>Small sets that are drawn rather than read: shapes to tell apart, and functions to learn.</summary>
/// <remarks>
/// Named and defined as scikit-learn's. Inputs are float32, <c>(count, features)</c>; classes are Int64, <c>(count)</c>, and
/// numbers to predict float32, <c>(count, 1)</c>. The examples are in random order.
/// </remarks>
public static class ToyData
{
    /// <summary>Two half circles that reach into one another.</summary>
    /// <param name="noise">Deviation of what is added to each coordinate.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static TensorDataset Moons(int count, double noise = 0, ulong seed = 0) => Classes(count, 2, noise, seed, (label, along, point, _) =>
    {
        var (sine, cosine) = Math.SinCos(Math.PI * along);
        (point[0], point[1]) = label == 0 ? (cosine, sine) : (1 - cosine, 0.5 - sine);
    });

    /// <summary>A circle within a circle of radius 1.</summary>
    /// <param name="noise">Deviation of what is added to each coordinate.</param>
    /// <param name="factor">Radius of the inner circle, which is class 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the factor not below 1.</exception>
    public static TensorDataset Circles(int count, double noise = 0, double factor = 0.8, ulong seed = 0)
    {
        if (!(factor is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, $"Circles: the factor is {factor}; it must be in [0, 1).");
        return Classes(count, 2, noise, seed, (label, along, point, members) =>
        {
            // Once around: the last point stands one step before the first.
            var (sine, cosine) = Math.SinCos(Math.Tau * along * (members - 1) / Math.Max(1, members));
            double radius = label == 0 ? 1 : factor;
            (point[0], point[1]) = (radius * cosine, radius * sine);
        });
    }

    /// <summary>Arms that wind out of one middle, a class each.</summary>
    /// <param name="arms">The number of classes.</param>
    /// <param name="turns">How often an arm goes around.</param>
    /// <param name="noise">Deviation of what is added to each coordinate; the arms end at radius 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or there is no arm.</exception>
    public static TensorDataset Spirals(int count, int arms = 2, double turns = 1, double noise = 0, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(arms, 1);
        return Classes(count, arms, noise, seed, (label, along, point, _) =>
        {
            var (sine, cosine) = Math.SinCos(Math.Tau * (turns * along + (double)label / arms));
            (point[0], point[1]) = (along * cosine, along * sine);
        });
    }

    /// <summary>Round clouds about random middles in [−10, 10], a class each.</summary>
    /// <param name="classes">The number of clouds.</param>
    /// <param name="features">Coordinates of a point.</param>
    /// <param name="deviation">Of each coordinate about the middle.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static TensorDataset Blobs(int count, int classes = 3, int features = 2, double deviation = 1, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        var middles = new double[classes * features];
        new Generator(seed, MiddleStream).Uniform(middles, -10, 10);
        return Classes(count, classes, deviation, seed, (label, _, point, _) => middles.AsSpan(label * features, features).CopyTo(point), features);
    }

    /// <summary>10 sin(π x₀ x₁) + 20 (x₂ − ½)² + 10 x₃ + 5 x₄ + noise; further features say nothing. All are uniform in [0, 1].</summary>
    /// <remarks>Friedman, "Multivariate Adaptive Regression Splines", 1991.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 5 features, or a number is negative.</exception>
    public static TensorDataset Friedman1(int count, int features = 10, double noise = 0, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 5);
        return Function(count, features, noise, seed, static (_, u) => u,
            x => 10 * Math.Sin(Math.PI * x[0] * x[1]) + 20 * (x[2] - 0.5) * (x[2] - 0.5) + 10 * x[3] + 5 * x[4]);
    }

    /// <summary>√(x₀² + (x₁ x₂ − 1 / (x₁ x₃))²) + noise, with x₀ in [0, 100], x₁ in [40π, 560π], x₂ in [0, 1], x₃ in [1, 11].</summary>
    /// <remarks>Friedman, "Multivariate Adaptive Regression Splines", 1991.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static TensorDataset Friedman2(int count, double noise = 0, ulong seed = 0) =>
        Function(count, 4, noise, seed, Circuit, x => Math.Sqrt(x[0] * x[0] + Reactance(x) * Reactance(x)));

    /// <summary>atan((x₁ x₂ − 1 / (x₁ x₃)) / x₀) + noise, with the features of <see cref="Friedman2"/>.</summary>
    /// <remarks>Friedman, "Multivariate Adaptive Regression Splines", 1991.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static TensorDataset Friedman3(int count, double noise = 0, ulong seed = 0) =>
        Function(count, 4, noise, seed, Circuit, x => Math.Atan2(Reactance(x), x[0]));

    /// <summary>x · w + noise for standard normal features, of which some count, with weights of [0, 100].</summary>
    /// <param name="informative">Features whose weight is not 0: the first ones.</param>
    /// <returns>The set, and the weights, <c>(features)</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static (TensorDataset Set, Tensor Weights) Regression(int count, int features = 100, int informative = 10, double noise = 0, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(informative);
        var weights = new double[features];
        new Generator(seed, MiddleStream).Uniform(weights.AsSpan(0, Math.Min(informative, features)), 0, 100);
        var normal = new Generator(seed, FeatureStream);
        var set = Function(count, features, noise, seed, (_, _) => normal.NextNormal(), x =>
        {
            double sum = 0;
            for (int i = 0; i < x.Length; i++) sum += x[i] * weights[i];
            return sum;
        });
        return (set, Tensor.From<float>(Array.ConvertAll(weights, w => (float)w)));
    }

    // What is not drawn point by point has streams of its own.
    const ulong MiddleStream = 1, FeatureStream = 2;

    delegate void Place(int label, double along, Span<double> point, int members);

    /// <summary>Points of classes of about one size, in random order; each is told how far along its class it is, from 0 to 1.</summary>
    static TensorDataset Classes(int count, int classes, double noise, ulong seed, Place place, int features = 2)
    {
        Check(count, noise);
        var generator = new Generator(seed);
        var order = generator.Permutation(count);
        var (points, labels) = (new float[count * features], new long[count]);
        Span<double> point = new double[features];
        Span<double> jitter = new double[features];
        for (int i = 0, label = 0, member = 0; i < count; i++, member++)
        {
            int members = Members(label);
            while (member == members) (label, member, members) = (label + 1, 0, Members(label + 1));
            place(label, members > 1 ? member / (members - 1.0) : 0, point, members);
            generator.Normal(jitter, 0, noise);
            int at = (int)order[i];
            labels[at] = label;
            for (int f = 0; f < features; f++) points[at * features + f] = (float)(point[f] + jitter[f]);
        }
        return new(Tensor.From<float>(points, [count, features]), Tensor.From<long>(labels));

        // The first classes are the smaller ones, as those of scikit-learn's moons.
        int Members(int label) => (int)((label + 1L) * count / classes - (long)label * count / classes);
    }

    /// <summary>Uniform draws, made to features, and the function of them.</summary>
    static TensorDataset Function(int count, int features, double noise, ulong seed, Func<int, double, double> feature, Func<double[], double> function)
    {
        Check(count, noise);
        var generator = new Generator(seed);
        var (inputs, targets, x) = (new float[count * features], new float[count], new double[features]);
        for (int i = 0; i < count; i++)
        {
            generator.Uniform(x);
            for (int f = 0; f < features; f++)
            {
                // The target is that of the features as they are stored.
                inputs[i * features + f] = (float)feature(f, x[f]);
                x[f] = inputs[i * features + f];
            }
            targets[i] = (float)(function(x) + noise * generator.NextNormal());
        }
        return new(Tensor.From<float>(inputs, [count, features]), Tensor.From<float>(targets, [count, 1]));
    }

    static double Circuit(int feature, double u) => feature switch
    {
        0 => 100 * u,
        1 => Math.PI * (40 + 520 * u),
        2 => u,
        _ => 1 + 10 * u,
    };

    static double Reactance(double[] x) => x[1] * x[2] - 1 / (x[1] * x[3]);

    static void Check(int count, double noise)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!(noise >= 0 && double.IsFinite(noise))) throw new ArgumentOutOfRangeException(nameof(noise), noise, $"The noise is {noise}; it must be at least 0 and finite.");
    }
}
