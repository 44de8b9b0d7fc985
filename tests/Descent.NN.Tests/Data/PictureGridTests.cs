using Descent.Tensors;

namespace Descent.NN.Tests;

public sealed class PictureGridTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_picture_stands_in_its_place_two_pixels_from_the_next(int channels)
    {
        var images = Tensor.Rand([5, channels, 4, 3], generator: new Generator(1));
        var grid = PictureGrid.Of(images, columns: 2);
        Assert.Equal((2 * 3 + 2, 3 * 4 + 2 * 2, channels), (grid.Width, grid.Height, grid.Channels));
        var expected = new byte[grid.Pixels.Length];
        var values = images.ToArray<float>();
        for (int n = 0; n < 5; n++)
            for (int c = 0; c < channels; c++)
                for (int y = 0; y < 4; y++)
                    for (int x = 0; x < 3; x++)
                        expected[((n / 2 * 6 + y) * grid.Width + n % 2 * 5 + x) * channels + c] = (byte)MathF.Round(values[((n * channels + c) * 4 + y) * 3 + x] * 255);
        Assert.Equal(expected, grid.Pixels);
    }

    [Fact]
    public void Values_are_spread_from_black_to_white_and_cut_off()
    {
        var grid = PictureGrid.Of(Tensor.From<float>([-2, -1, 0, 1, 3], [1, 1, 1, 5]), range: (-1, 1));
        Assert.Equal([0, 0, 128, 255, 255], grid.Pixels);
        Assert.Equal((5, 1), (grid.Width, grid.Height));
    }

    [Fact]
    public void What_is_no_row_of_pictures_is_refused()
    {
        Assert.Throws<ShapeException>(() => PictureGrid.Of(Tensor.Zeros(1, 4, 4)));
        Assert.Throws<ShapeException>(() => PictureGrid.Of(Tensor.Zeros(1, 2, 4, 4)));
        Assert.Throws<ShapeException>(() => PictureGrid.Of(Tensor.Zeros(0, 1, 4, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureGrid.Of(Tensor.Zeros(1, 1, 4, 4), columns: 0));
        Assert.Throws<ArgumentException>(() => PictureGrid.Of(Tensor.Zeros(1, 1, 4, 4), range: (1, 1)));
    }
}
