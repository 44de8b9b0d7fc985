using Descent.Tensors;
using Descent.Testing;

namespace Descent.NN.Tests;

/// <summary>What holds for every layer. A layer joins by a row in a class that implements <see cref="ILayerRows"/>.</summary>
public sealed class LayerTable
{
    public static TheoryData<LayerRow> Layers => [.. typeof(LayerTable).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && typeof(ILayerRows).IsAssignableFrom(type)).OrderBy(type => type.Name, StringComparer.Ordinal)
        .SelectMany(type => ((ILayerRows)Activator.CreateInstance(type)!).Rows)];

    static Module Create(LayerRow row, ulong seed, DType dtype = DType.Float32)
    {
        Generator.ManualSeed(seed);
        return row.Create().To(dtype);
    }

    static void AssertSame(Tensor got, Tensor want, double tolerance = 0) =>
        Assert.Null(TensorComparer.Difference(got.Detach(), want.Detach(), tolerance, tolerance));

    [Theory, MemberData(nameof(Layers))]
    public void Results_have_the_stated_shape_and_the_type_of_the_input(LayerRow row)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64, DType.BFloat16])
        {
            var y = row.Run(Create(row, 1, dtype), row.Sample(dtype));
            Assert.Equal(row.Output, y.Shape);
            Assert.Equal(dtype, y.DType);
        }
    }

    [Theory, MemberData(nameof(Layers))]
    public void Gradients_of_the_inputs_agree_with_finite_differences(LayerRow row)
    {
        if (!row.IsSmooth) return;
        var layer = Create(row, 1, DType.Float64);
        GradientCheck.Verify(x => row.Run(layer, x), row.Sample(DType.Float64));
        GradientCheck.Verify(x => row.Run(layer, x), Array.ConvertAll(row.Sample(DType.Float64), Layouts.Strided));
    }

    [Theory, MemberData(nameof(Layers))]
    public void Gradients_of_the_parameters_agree_with_slopes_along_random_directions(LayerRow row)
    {
        var layer = Create(row, 1, DType.Float64);
        var inputs = row.Sample(DType.Float64);
        var state = Generator.Default.GetState();
        var weights = Tensor.Randn(row.Output, DType.Float64, new Generator(3));
        Tensor Loss()
        {
            Generator.Default.SetState(state);
            return (row.Run(layer, inputs) * weights).Sum();
        }

        var parameters = layer.NamedParameters().Where(p => p.Parameter.RequiresGrad).ToArray();
        if (parameters.Length == 0) return;
        Loss().Backward();
        using var still = Autograd.NoGrad();
        foreach (var (name, parameter) in parameters)
        {
            const double step = 1e-6;
            var direction = Tensor.Randn(parameter.Shape, DType.Float64, new Generator(5));
            var start = parameter.Detach().Clone();
            parameter.Copy_(start + direction * step);
            double above = Loss().Item();
            parameter.Copy_(start - direction * step);
            double below = Loss().Item();
            parameter.Copy_(start);
            double slope = (above - below) / (2 * step), given = parameter.Grad is { } grad ? (grad * direction).Sum().Item() : 0;
            Assert.True(Math.Abs(given - slope) <= 1e-6 + 1e-5 * Math.Abs(slope), $"{row.Name}, {name}: the gradient along a direction is {given:G9}, the slope {slope:G9}.");
        }
    }

    [Theory, MemberData(nameof(Layers))]
    public void Inputs_of_any_layout_give_the_same(LayerRow row)
    {
        var layer = Create(row, 1).Eval();
        var inputs = row.Sample(DType.Float32);
        AssertSame(row.Run(layer, Array.ConvertAll(inputs, Layouts.Strided)), row.Run(layer, inputs), 1e-5);
    }

    [Theory, MemberData(nameof(Layers))]
    public void Evaluation_gives_the_same_bits_twice(LayerRow row)
    {
        var layer = Create(row, 1).Eval();
        AssertSame(row.Run(layer, row.Sample(DType.Float32)), row.Run(layer, row.Sample(DType.Float32)));
    }

    [Theory, MemberData(nameof(Layers))]
    public void A_saved_layer_loads_into_a_new_one(LayerRow row)
    {
        string path = Path.GetTempFileName();
        try
        {
            Module saved = Create(row, 1), loaded = Create(row, 2);
            saved.Save(path);
            loaded.Load(path);
            AssertSame(row.Run(loaded.Eval(), row.Sample(DType.Float32)), row.Run(saved.Eval(), row.Sample(DType.Float32)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory, MemberData(nameof(Layers))]
    public void One_example_without_a_batch_gives_what_it_gives_within_one(LayerRow row)
    {
        if (!row.TakesUnbatched) return;
        var layer = Create(row, 1).Eval();
        var inputs = row.Sample(DType.Float32);
        var all = row.Run(layer, inputs);
        for (int i = 0; i < row.Output[0]; i++)
            AssertSame(row.Run(layer, Array.ConvertAll(inputs, x => x.Select(0, i))), all.Select(0, i), 1e-5);
    }

    [Theory, MemberData(nameof(Layers))]
    public void A_batch_of_nothing_gives_nothing(LayerRow row)
    {
        if (!row.TakesEmptyBatch) return;
        var layer = Create(row, 1).Eval();
        var y = row.Run(layer, Array.ConvertAll(row.Sample(DType.Float32), x => x.Narrow(0, 0, 0)));
        Assert.Equal(new Shape([0, .. row.Output[1..]]), y.Shape);
    }

    [Theory, MemberData(nameof(Layers))]
    public void Shapes_that_do_not_fit_are_refused_with_the_shape_in_the_message(LayerRow row)
    {
        var layer = Create(row, 1);
        foreach (var shape in row.Refuses)
        {
            Tensor[] inputs = [Tensor.Zeros(shape), .. row.Sample(DType.Float32).Skip(1)];
            Assert.Contains(shape.ToString(), Assert.Throws<ShapeException>(() => row.Run(layer, inputs)).Message);
        }
    }
}
