namespace Descent.Tensors.Tests;

/// <summary>Single groups of words, set by hand where the answer is known or the arithmetic is at its edge.</summary>
public sealed class DrawTests
{
    public static TheoryData<uint> Words => [0u, 1u, 0xffu, 0x7fff_ffffu, 0x8000_0000u, 0xffff_feffu, 0xffff_ffffu];

    static uint[] Same(uint word) => Enumerable.Repeat(word, Philox4x32.GroupWords).ToArray();

    [Theory, MemberData(nameof(Words))]
    public void Uniform_stays_below_its_upper_end_at_the_extreme_words(uint word)
    {
        foreach (var (low, high) in new[] { (0f, 1f), (1f, 2f), (-3e38f, 0f), (5f, 5f), (1e8f, 1.0000001e8f) })
        {
            var single = new float[64];
            new UniformSingle(low, high).Group(Same(word), single);
            Assert.All(single, x => Assert.True(x >= low && (x < high || low == high), $"{x} of [{low}, {high})"));

            var @double = new double[32];
            new UniformDouble(low, high).Group(Same(word), @double);
            Assert.All(@double, x => Assert.True(x >= low && (x < high || low == high), $"{x} of [{low}, {high})"));
        }
    }

    [Theory, MemberData(nameof(Words))]
    public void Normal_agrees_with_the_formula_in_double(uint word)
    {
        foreach (var angle in new[] { 0u, 0x1fff_ff00u, 0x2000_0000u, 0x6000_0000u, 0x9abc_de00u, 0xdfff_ff00u, 0xffff_ff00u })
        {
            var words = Same(word);
            words.AsSpan(16, 16).Fill(angle);
            words.AsSpan(48, 16).Fill(angle);
            var y = new float[64];
            new NormalSingle(2, 3).Group(words, y);

            double u = (float)word * Math.Pow(2, -32) + Math.Pow(2, -33);
            var radius = 3 * Math.Sqrt(-2 * Math.Log((float)u));
            var turn = Math.Tau * (angle >> 8) / (1 << 24);
            Assert.Equal(2 + radius * Math.Cos(turn), y[5], 5e-6);
            Assert.Equal(2 + radius * Math.Sin(turn), y[21], 5e-6);
            Assert.Equal(y[5], y[37]);

            var wide = new double[32];
            words.AsSpan(32, 16).Fill(angle);
            new NormalDouble(2, 3).Group(words, wide);
            // The lower word stands first: rows are (low u, high u, low v, high v).
            var k = ((ulong)angle << 32 | word) >> 11;
            var v = ((ulong)angle << 32 | angle) >> 11;
            radius = 3 * Math.Sqrt(-2 * Math.Log(1 - k * Math.Pow(2, -53)));
            Assert.Equal(2 + radius * Math.Cos(Math.Tau * (v * Math.Pow(2, -53))), wide[3], 1e-12);
            Assert.Equal(2 + radius * Math.Sin(Math.Tau * (v * Math.Pow(2, -53))), wide[19], 1e-12);
        }
    }

    [Theory]
    [InlineData(0, 10, 0u, 0)]
    [InlineData(0, 10, uint.MaxValue, 9)]
    [InlineData(-5, 6, 0x8000_0000u, 0)]
    [InlineData(long.MinValue, long.MaxValue, 0u, long.MinValue)]
    [InlineData(long.MinValue, long.MaxValue, uint.MaxValue, long.MaxValue - 1)]
    public void Integers_scale_the_word_into_the_range(long low, long high, uint word, long expected)
    {
        var y = new long[16];
        new IntegerDraw(low, (ulong)high - (ulong)low).Group(Same(word), y);
        Assert.All(y, x => Assert.Equal(expected, x));
    }

    [Theory]
    [InlineData(0, 0u, false)]
    [InlineData(1, uint.MaxValue, true)]
    [InlineData(0.5, 0x7fff_ffffu, true)]
    [InlineData(0.5, 0x8000_0000u, false)]
    public void Bernoulli_compares_the_word_with_the_probability(double probability, uint word, bool expected)
    {
        var flags = new bool[64];
        var mask = new float[64];
        new BernoulliBoolean(probability).Group(Same(word), flags);
        new BernoulliSingle(probability, 2.5f).Group(Same(word), mask);
        Assert.All(flags, x => Assert.Equal(expected, x));
        Assert.All(mask, x => Assert.Equal(expected ? 2.5f : 0, x));
    }
}
