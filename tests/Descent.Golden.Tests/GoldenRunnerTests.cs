using Descent.Tensors;
using Descent.Tensors.Formats;
using Descent.Testing;
using Xunit.Sdk;

namespace Descent.Golden.Tests;

/// <summary>The runner itself, on a folder of cases made here.</summary>
public sealed class GoldenRunnerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("descent-golden-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_right_case_of_another_set_passes() => GoldenTables.Verify(Case(output: [4, 10, 18], gradient: [4, 5, 6]));

    [Theory]
    [InlineData(4.5f, 4, "output output: 1 of 3 elements differ; the first at [0]: 4, expected 4.5")]
    [InlineData(4, 4.5f, "gradient of input: 1 of 3 elements differ; the first at [0]: 4, expected 4.5")]
    [InlineData(float.NaN, 4, "expected NaN")]
    public void A_wrong_number_is_told(float output, float gradient, string message)
    {
        var error = Assert.Throws<FailException>(() => GoldenTables.Verify(Case([output, 10, 18], [gradient, 5, 6])));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void An_unknown_operation_of_a_complete_area_fails()
    {
        var golden = Case(output: [4, 10, 18], gradient: [4, 5, 6], op: "mull");
        Assert.Null(GoldenTables.SkipReason(golden));
        Assert.Throws<NotSupportedException>(() => GoldenTables.Verify(golden));
    }

    [Fact]
    public void An_unknown_area_is_skipped_with_a_reason() =>
        Assert.Contains("'mystery'", GoldenTables.SkipReason(Case([4, 10, 18], [4, 5, 6], area: "mystery")));

    [Fact]
    public void A_missing_folder_has_no_areas() => Assert.Empty(new GoldenFolder(Path.Combine(_folder, "nowhere")).Areas);

    [Theory]
    [InlineData(1, 1.05, true)]
    [InlineData(1, 1.2, false)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, false)]
    [InlineData(1e300, double.PositiveInfinity, false)]
    public void Numbers_agree_within_the_tolerance(double got, double want, bool agree) =>
        Assert.Equal(agree, TensorComparer.Difference(Tensor.From<double>([got]), Tensor.From<double>([want]), relative: 0.1, absolute: 0) is null);

    [Fact]
    public void Types_shapes_and_integers_must_be_the_same()
    {
        var x = Tensor.From<long>([1, 2]);
        Assert.Contains("type", TensorComparer.Difference(x, x.To(DType.Int32), 1, 1));
        Assert.Contains("shape", TensorComparer.Difference(x, x.Reshape(2, 1), 1, 1));
        Assert.Contains("[1]: 2, expected 3", TensorComparer.Difference(x, Tensor.From<long>([1, 3]), 1, 1));
    }

    [Fact]
    public void A_strided_copy_has_the_same_elements_in_another_layout()
    {
        var x = Tensor.From<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        var strided = Layouts.Strided(x);
        Assert.False(strided.IsContiguous);
        Assert.Null(TensorComparer.Difference(strided, x, 0, 0));
    }

    GoldenCase Case(float[] output, float[] gradient, string op = "mul", string area = "ops")
    {
        Safetensors.Save(Path.Combine(_folder, $"{area}.safetensors"), new Dictionary<string, Tensor>
        {
            ["a"] = Tensor.From<float>([1, 2, 3]),
            ["b"] = Tensor.From<float>([4, 5, 6]),
            ["y"] = Tensor.From<float>(output),
            ["dy"] = Tensor.Ones(3),
            ["da"] = Tensor.From<float>(gradient),
        });
        File.WriteAllText(Path.Combine(_folder, $"{area}.json"), $$"""
            {"area":"{{area}}","set":"own","file":"{{area}}.safetensors","cases":[
            {"id":"{{op}}.00","op":"{{op}}","args":{},"inputs":{"input":"a","other":"b"},"params":{},"outputs":{"output":"y"},
             "grad_outputs":{"output":"dy"},"grads":{"input":"da"},"rtol":1e-5,"atol":1e-6}]}
            """);
        return new GoldenFolder(_folder).Areas[area].Value.Cases[$"{op}.00"];
    }
}
