namespace Descent.Tensors.Tests.Threading;

[Collection(ThreadCountCollection.Name)]
public sealed class NumericsTests
{
    [Theory, InlineData("1", 1), InlineData("12", 12)]
    public void The_thread_count_is_read_from_the_environment(string text, int expected) =>
        Assert.Equal(expected, Numerics.ParseThreads(text));

    [Theory, InlineData("0"), InlineData("-2"), InlineData("many"), InlineData("99999")]
    public void A_bad_thread_count_in_the_environment_is_refused(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<InvalidOperationException>(() => Numerics.ParseThreads(text)).Message, StringComparison.Ordinal);

    [Theory, InlineData(0), InlineData(-1), InlineData(1025)]
    public void A_bad_thread_count_is_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Numerics.Threads = threads);

    [Fact]
    public void Without_a_setting_there_is_a_thread_per_processor() =>
        Assert.Equal(Environment.ProcessorCount, Numerics.ParseThreads(null));
}
