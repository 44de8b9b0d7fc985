using Descent.Testing;

namespace Descent.Tensors.Tests.Ops;

public sealed class ResamplingTests
{
    public sealed record Case(string Name, InterpolationMode Mode, int[] From, int[] To, bool? AlignCorners = null, bool Antialias = false)
    {
        internal Tensor Apply(Tensor x) => F.Interpolate(x, To, mode: Mode, alignCorners: AlignCorners, antialias: Antialias);

        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases =>
    [
        new("nearest", InterpolationMode.Nearest, [2, 3, 4, 5], [7, 3]),
        new("nearest exact", InterpolationMode.NearestExact, [2, 3, 4, 5], [7, 3]),
        new("linear", InterpolationMode.Linear, [2, 3, 5], [9]),
        new("bilinear", InterpolationMode.Bilinear, [1, 3, 4, 18], [7, 9], AlignCorners: false),
        new("bilinear, corners", InterpolationMode.Bilinear, [1, 2, 4, 5], [3, 19], AlignCorners: true),
        new("bilinear, antialiased", InterpolationMode.Bilinear, [1, 2, 7, 6], [3, 4], Antialias: true),
        new("bicubic", InterpolationMode.Bicubic, [1, 2, 4, 5], [7, 3]),
        new("bicubic, corners", InterpolationMode.Bicubic, [1, 2, 4, 5], [1, 8], AlignCorners: true),
        new("bicubic, antialiased", InterpolationMode.Bicubic, [1, 2, 9, 6], [4, 8], Antialias: true),
        new("trilinear", InterpolationMode.Trilinear, [1, 2, 2, 4, 3], [4, 2, 5]),
        new("area", InterpolationMode.Area, [1, 2, 5, 4], [3, 4]),
    ];

    [Theory, MemberData(nameof(Cases))]
    public void First_and_second_order_gradients_agree_with_finite_differences(Case interpolation)
    {
        var x = Tensor.Randn(interpolation.From, generator: new Generator(1));
        GradientCheck.Verify(t => interpolation.Apply(t[0]), x);
        GradientCheck.VerifySecondOrder(t => interpolation.Apply(t[0] * t[0]), x);
    }

    [Theory, MemberData(nameof(Cases))]
    public void What_is_constant_stays_so(Case interpolation)
    {
        var y = interpolation.Apply(Tensor.Full(interpolation.From, 2.5));
        Assert.Equal([.. interpolation.From[..2], .. interpolation.To], y.Shape);
        Assert.All(y.ToArray<float>(), value => Assert.Equal(2.5f, value, 1e-5f));
    }

    [Theory, MemberData(nameof(Cases))]
    public void The_same_size_gives_the_same(Case interpolation)
    {
        var x = Tensor.Randn(interpolation.From, generator: new Generator(1));
        var y = (interpolation with { To = interpolation.From[2..] }).Apply(x);
        Assert.Null(TensorComparer.Difference(y, x, 1e-6, 1e-6));
    }

    [Fact]
    public void A_ramp_stays_a_ramp_where_interpolation_is_linear_and_corners_stay()
    {
        var x = Tensor.Linspace(0, 3, 4).Reshape(1, 1, 4);
        var y = F.Interpolate(x, [10], mode: InterpolationMode.Linear, alignCorners: true);
        Assert.Null(TensorComparer.Difference(y, Tensor.Linspace(0, 3, 10).Reshape(1, 1, 10), 1e-6, 1e-6));
    }

    [Fact]
    public void Sizes_of_real_images_agree_with_the_definition()
    {
        var x = Tensor.Randn([2, 3, 61, 47], DType.Float64, new Generator(4));
        var y = F.Interpolate(x, [122, 31], mode: InterpolationMode.Bilinear);
        double At(int n, int c, double v, double u)
        {
            (v, u) = (Math.Clamp(v, 0, 60), Math.Clamp(u, 0, 46));
            int top = Math.Min((int)v, 59), left = Math.Min((int)u, 45);
            double X(int i, int j) => x[n, c, top + i, left + j].Item();
            double below = v - top, right = u - left;
            return (X(0, 0) * (1 - right) + X(0, 1) * right) * (1 - below) + (X(1, 0) * (1 - right) + X(1, 1) * right) * below;
        }
        for (int i = 0; i < 122; i += 7)
            for (int j = 0; j < 31; j += 3)
                Assert.Equal(At(1, 2, (i + 0.5) * 0.5 - 0.5, (j + 0.5) * 47 / 31 - 0.5), y[1, 2, i, j].Item(), 1e-12);
    }

    [Fact]
    public void Options_that_do_not_go_together_are_refused()
    {
        var x = Tensor.Zeros(1, 1, 4, 4);
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, [2], alignCorners: true));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, [2], [2.0]));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, [2], antialias: true));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, [2], recomputeScaleFactor: true));
        Assert.Throws<ShapeException>(() => F.Interpolate(x, [2], mode: InterpolationMode.Linear));
        Assert.Throws<ShapeException>(() => F.Interpolate(x, [2, 2, 2]));
        Assert.Throws<ShapeException>(() => F.Interpolate(x, scaleFactor: [0.1]));
    }

    public static TheoryData<InterpolationMode, PaddingMode, bool, int> Samplings
    {
        get
        {
            var data = new TheoryData<InterpolationMode, PaddingMode, bool, int>();
            foreach (var padding in (PaddingMode[])[PaddingMode.Constant, PaddingMode.Replicate, PaddingMode.Reflect])
                foreach (bool corners in (bool[])[false, true])
                {
                    data.Add(InterpolationMode.Bilinear, padding, corners, 2);
                    data.Add(InterpolationMode.Bilinear, padding, corners, 3);
                    data.Add(InterpolationMode.Nearest, padding, corners, 2);
                    data.Add(InterpolationMode.Bicubic, padding, corners, 2);
                }
            return data;
        }
    }

    [Theory, MemberData(nameof(Samplings))]
    public void Gradients_of_images_and_places_agree_with_finite_differences(InterpolationMode mode, PaddingMode padding, bool corners, int rank)
    {
        var x = Tensor.Randn([2, 2, .. Enumerable.Range(3, rank)], generator: new Generator(1));
        var grid = Tensor.Randn([2, .. Enumerable.Repeat(2, rank), rank], generator: new Generator(2));
        GradientCheck.Verify(t => F.GridSample(t[0], t[1], mode, padding, corners), x, grid);
        GradientCheck.VerifySecondOrder(t => F.GridSample(t[0], t[1], mode, padding, corners), x, grid);
    }

    [Theory, MemberData(nameof(Samplings))]
    public void The_grid_of_the_identity_reads_every_pixel(InterpolationMode mode, PaddingMode padding, bool corners, int rank)
    {
        var x = Tensor.Randn([2, 3, .. Enumerable.Range(3, rank)], DType.Float64, new Generator(1));
        var identity = Tensor.Eye(rank + 1, dtype: DType.Float64).Narrow(0, 0, rank).Expand(2, rank, rank + 1);
        Assert.Null(TensorComparer.Difference(F.GridSample(x, F.AffineGrid(identity, x.Shape, corners), mode, padding, corners), x, 1e-9, 1e-9));
    }

    [Theory, InlineData(PaddingMode.Constant, 0.5), InlineData(PaddingMode.Replicate, 1), InlineData(PaddingMode.Reflect, 1)]
    public void Places_beyond_the_edge_read_the_padding(PaddingMode padding, double share)
    {
        // The outer edge of the last pixel, of value 4; then two pixels further.
        var x = Tensor.From<double>([1, 2, 3, 4], [1, 1, 1, 4]);
        var y = F.GridSample(x, Tensor.From<double>([1, 0, 2, 0], [1, 1, 2, 2]), padding: padding);
        Assert.Equal(4 * share, y[0, 0, 0, 0].Item(), 1e-12);
        Assert.Equal(padding switch { PaddingMode.Constant => 0, PaddingMode.Replicate => 4, _ => 2.5 }, y[0, 0, 0, 1].Item(), 1e-12);
    }

    [Fact]
    public void A_grid_that_stretches_is_bilinear_interpolation()
    {
        var x = Tensor.Randn([1, 2, 5, 4], DType.Float64, new Generator(1));
        var identity = Tensor.From<double>([1, 0, 0, 0, 1, 0], [1, 2, 3]);
        var y = F.GridSample(x, F.AffineGrid(identity, [1, 2, 9, 11]), padding: PaddingMode.Replicate);
        Assert.Null(TensorComparer.Difference(y, F.Interpolate(x, [9, 11], mode: InterpolationMode.Bilinear), 1e-9, 1e-9));
    }
}
