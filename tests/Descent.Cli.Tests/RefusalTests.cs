namespace Descent.Cli.Tests;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("trian", "'trian' is no verb; there are: fit, ", "See descent --help.")]
    [InlineData("index find", "'find' is no verb; there are: build, ", "See descent index --help.")]
    [InlineData("fit --goal x.csv", "'--goal' is no option of descent fit.", "See descent fit --help.")]
    [InlineData("train --epochs many", "'many' for option '--epochs'; expected a whole number.", "See descent train --help.")]
    [InlineData("train --lr fast", "expected a number.", "See descent train --help.")]
    [InlineData("train --threads 0", "--threads is 0; it must be from 1 to 1024.", "See descent train --help.")]
    [InlineData("index build", "'--out' is required.", "See descent index build --help.")]
    [InlineData("fit . --target y", "is a folder; expected a file.", "")]
    public void A_wrong_command_line_is_refused_in_one_line_that_says_where_to_look(string line, string fault, string place)
    {
        var (exit, output, error) = DescentProcess.Run(line.Split(' '));
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.StartsWith("descent: ", error);
        Assert.Contains(fault, error, StringComparison.Ordinal);
        Assert.EndsWith(place, error.TrimEnd(), StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Behind_two_dashes_stands_a_file_whatever_it_is_called()
    {
        var (exit, _, error) = DescentProcess.Run("evaluate", "--", "--model", "--data");
        Assert.Equal(2, exit);
        Assert.Contains("Could not find file", error, StringComparison.Ordinal);
    }
}
