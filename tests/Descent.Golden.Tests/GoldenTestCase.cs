using System.ComponentModel;
using Descent.Testing;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Descent.Golden.Tests;

/// <summary>One reference case: displayed as <c>area/case</c>, skipped where what it needs is not built.</summary>
public sealed class GoldenTestCase : XunitTestCase
{
    internal const string Missing = "missing", Unreadable = "unreadable";

    /// <summary>For the deserialiser.</summary>
    [EditorBrowsable(EditorBrowsableState.Never), Obsolete("For the deserialiser, which fills in what is missing.")]
    public GoldenTestCase() { }

    public GoldenTestCase(IMessageSink sink, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method, object[] arguments)
        : base(sink, display, options, method, arguments) { }

    (string Area, string Id) Key => ((string)TestMethodArguments[0], (string)TestMethodArguments[1]);

    protected override string GetDisplayName(IAttributeInfo factAttribute, string displayName) => $"{Key.Area}/{Key.Id}";

    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        var (area, id) = Key;
        if (id == Missing)
            return $"there are no reference cases in {GoldenFolder.Default.Path}; set {GoldenFolder.Variable} to a folder of them";
        return id == Unreadable ? null : GoldenTables.SkipReason(GoldenFolder.Default.Areas[area].Value.Cases[id]);
    }
}
