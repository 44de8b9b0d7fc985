using System.Text.Json;

namespace Descent.Cli.Tests;

public sealed class InfoTests
{
    [Fact]
    public void The_machine_is_described_and_every_figure_is_a_positive_number()
    {
        var (exit, output, error) = DescentProcess.Run("info", "--json");
        Assert.True(exit == 0, error);
        using var json = JsonDocument.Parse(output);
        var info = json.RootElement;
        Assert.NotEmpty(info.GetProperty("processor").GetString()!);
        Assert.InRange(info.GetProperty("cores").GetInt32(), 1, 100_000);
        Assert.Contains(info.GetProperty("tier").GetString(), new[] { "portable", "avx2", "avx512", "amx" });
        foreach (string rate in (string[])["flops", "memory"])
        {
            Assert.True(info.GetProperty(rate).GetProperty("one").GetDouble() > 1e6);
            Assert.True(info.GetProperty(rate).GetProperty("all").GetDouble() > 1e6);
        }
        Assert.All(info.GetProperty("reads").EnumerateArray(), r => Assert.True(r.GetProperty("rate").GetDouble() > 1e6));
        Assert.True(info.GetProperty("forkJoin").GetDouble() > 0);
        Assert.All(info.GetProperty("products").EnumerateArray(), p => Assert.NotEmpty(p.GetProperty("path").GetString()!));
    }

    [Fact]
    public void The_text_names_caches_kernels_and_products()
    {
        var (exit, output, error) = DescentProcess.Run("info");
        Assert.True(exit == 0, error);
        foreach (string part in (string[])["processor", "threads", "kernels", "L1 ", "GFLOP/s", "GB/s", "64x64x64 transposed"])
            Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_shows_examples()
    {
        var (exit, output, _) = DescentProcess.Run("info", "--help");
        Assert.Equal(0, exit);
        Assert.Contains("DESCENT_ISA=avx2", output, StringComparison.Ordinal);
    }
}
