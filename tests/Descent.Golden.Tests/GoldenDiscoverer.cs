using Descent.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Descent.Golden.Tests;

/// <summary>Lists the cases of whatever folder is there.</summary>
public sealed class GoldenDiscoverer(IMessageSink sink) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var (display, options) = (discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault());
        foreach (var (area, id) in Cases())
            yield return new GoldenTestCase(sink, display, options, testMethod, [area, id]);
    }

    static IEnumerable<(string Area, string Id)> Cases()
    {
        var folder = GoldenFolder.Default;
        if (folder.Areas.Count == 0) return [("folder", GoldenTestCase.Missing)];
        return folder.Areas.SelectMany(area => Ids(area.Value).Select(id => (area.Key, id)));
    }

    static IEnumerable<string> Ids(Lazy<GoldenArea> area)
    {
        try
        {
            return area.Value.Cases.Keys;
        }
        catch (Exception)
        {
            // The case itself reads the area again, and fails with the reason.
            return [GoldenTestCase.Unreadable];
        }
    }
}
