using Descent.Tensors;

namespace Descent.NN.Tests.Losses;

public sealed class LossTests
{
    public static TheoryData<LossCase> Cases => [.. RegressionRows.All, .. ClassRows.All, .. PairRows.All, .. MaskRows.All];

    [Theory, MemberData(nameof(Cases))]
    public void Elements_are_those_of_a_double_loop(LossCase loss)
    {
        var inputs = loss.Inputs();
        Close(loss.Elements(LossCase.Numbers(inputs)), loss.Make(Reduction.None)(inputs), 1e-11);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Reductions_are_those_of_the_elements(LossCase loss)
    {
        var inputs = loss.Inputs();
        double[] elements = loss.Elements(LossCase.Numbers(inputs));
        Close([elements.Sum()], loss.Make(Reduction.Sum)(inputs), 1e-11);
        Close([elements.Sum() / (loss.Divisor ?? elements.Length)], loss.Make(Reduction.Mean)(inputs), 1e-11);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_are_slopes(LossCase loss)
    {
        foreach (var reduction in (Reduction[])[Reduction.None, Reduction.Mean])
            GradientCheck.Verify(loss.Make(reduction), loss.Inputs());
    }

    [Theory, MemberData(nameof(Cases))]
    public void Gradients_of_gradients_are_slopes(LossCase loss)
    {
        if (loss.IsSmooth) GradientCheck.VerifySecondOrder(loss.Make(Reduction.Mean), loss.Inputs());
    }

    [Theory, MemberData(nameof(Cases))]
    public void Single_precision_and_views_give_the_same(LossCase loss)
    {
        var inputs = loss.Inputs();
        double[] elements = loss.Elements(LossCase.Numbers(inputs));
        // A transposed copy of each input, transposed back: the same numbers in another layout.
        var strided = Array.ConvertAll(inputs, x => x.Rank < 2 ? x : x.Transpose(0, -1).Contiguous().Transpose(0, -1));
        Close(elements, loss.Make(Reduction.None)(Array.ConvertAll(strided, x => x.DType == DType.Float64 ? x.To(DType.Float32) : x)), 2e-5);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Sixteen_bit_inputs_are_computed_in_single_precision(LossCase loss)
    {
        var inputs = Array.ConvertAll(loss.Inputs(), x => x.DType == DType.Float64 ? x.To(DType.BFloat16) : x);
        var y = loss.Make(Reduction.None)(inputs);
        Assert.True(y.DType is DType.BFloat16 or DType.Float32, $"{loss} gave {y.DType}");
        double[] elements = loss.Elements(LossCase.Numbers(inputs)), got = y.To(DType.Float64).ToArray<double>();
        for (int i = 0; i < elements.Length; i++) Assert.Equal(elements[i], got[i], 0.02 * Math.Max(1, Math.Abs(elements[i])));
    }

    [Theory, MemberData(nameof(Cases))]
    public void In_mixed_precision_a_loss_is_float32(LossCase loss)
    {
        using var region = Autocast.Enter(DType.BFloat16);
        Assert.Equal(DType.Float32, loss.Make(Reduction.Mean)(Array.ConvertAll(loss.Inputs(), x => x.DType == DType.Float64 ? x.To(DType.BFloat16) : x)).DType);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Shapes_that_do_not_fit_are_refused(LossCase loss) =>
        Assert.Throws<ShapeException>(() => loss.Make(Reduction.Mean)(loss.Misfit()));

    static void Close(double[] expected, Tensor got, double tolerance)
    {
        double[] values = got.Detach().To(DType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }
}
