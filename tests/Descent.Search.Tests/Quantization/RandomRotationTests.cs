using Descent.Tensors;

namespace Descent.Search.Tests;

public class RandomRotationTests
{
    public static TheoryData<int> Dimensions => [1, 2, 3, 4, 5, 7, 8, 16, 17, 31, 37, 48, 64, 96, 100, 127, 128, 768, 1000];

    [Theory, MemberData(nameof(Dimensions))]
    public void Inner_products_stay(int dimension)
    {
        var rotation = new RandomRotation(dimension, 3);
        float[] a = Draw(dimension, 1), b = Draw(dimension, 2), c = new float[dimension], d = new float[dimension];
        rotation.Apply(a, c);
        rotation.Apply(b, d);
        double scale = Math.Sqrt(Product(a, a) * Product(b, b));
        Assert.Equal(Product(a, b), Product(c, d), 1e-6 * scale);
        Assert.Equal(Product(a, a), Product(c, c), 1e-6 * Product(a, a));
    }

    [Theory, MemberData(nameof(Dimensions))]
    public void A_unit_vector_is_spread_over_all_elements(int dimension)
    {
        foreach (int axis in (int[])[0, dimension / 2, dimension - 1])
        {
            double most = 0, sum = 0;
            const int draws = 20;
            for (int seed = 0; seed < draws; seed++)
            {
                float[] unit = new float[dimension], turned = new float[dimension];
                unit[axis] = 1;
                new RandomRotation(dimension, (ulong)seed).Apply(unit, turned);
                most += turned.Max(MathF.Abs) / draws;
                sum += turned.Sum() / draws;
            }
            // The greatest of d elements of a random direction is about √(2 ln d / d).
            if (dimension >= 16) Assert.InRange(most, 0, 2 * Math.Sqrt(2 * Math.Log(dimension) / dimension));
            // And signs are at random.
            Assert.InRange(sum, -1.2, 1.2);
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        float[] x = Draw(96, 1), first = new float[96], again = new float[96], other = new float[96];
        new RandomRotation(96, 5).Apply(x, first);
        new RandomRotation(96, 5).Apply(x, again);
        new RandomRotation(96, 6).Apply(x, other);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_vector_may_be_turned_in_place()
    {
        float[] x = Draw(100, 1), turned = new float[100];
        var rotation = new RandomRotation(100, 5);
        rotation.Apply(x, turned);
        rotation.Apply(x, x);
        Assert.Equal(turned, x);
    }

    static float[] Draw(int count, ulong seed)
    {
        float[] x = new float[count];
        new Generator(seed).Normal(x);
        return x;
    }

    static double Product(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
