using Descent.Testing;

namespace Descent.Golden.Tests;

public sealed class GoldenTests
{
    [Golden, Trait("Category", "Golden")]
    public void Agrees_with_the_reference(string area, string id) =>
        GoldenTables.Verify(GoldenFolder.Default.Areas[area].Value.Cases[id]);
}
