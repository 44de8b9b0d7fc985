using Xunit.Sdk;

namespace Descent.Golden.Tests;

/// <summary>A test that is run for every reference case, each under the name <c>area/case</c>.</summary>
[XunitTestCaseDiscoverer("Descent.Golden.Tests.GoldenDiscoverer", "Descent.Golden.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class GoldenAttribute : FactAttribute;
