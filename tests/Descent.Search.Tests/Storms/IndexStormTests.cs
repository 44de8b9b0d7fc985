using Descent.Search.Storms;

namespace Descent.Search.Tests;

public class IndexStormTests
{
    public static TheoryData<string> Cases => IndexCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void Searches_beside_changes_find_what_is_there_and_nothing_else(string name)
    {
        using var index = IndexCase.All[name].Create(IndexStorm.Dimension);
        var storm = new IndexStorm(index, seed: 3);
        storm.Run(changes: 60, searches: 200);
        Assert.Empty(storm.Wrong);
        Assert.True(storm.Recall >= IndexCase.All[name].Recall - 0.03, $"recall {storm.Recall}");
    }
}
