namespace Descent.Tensors;

/// <summary>Elements moved between channels and places.</summary>
public static class PixelShuffling
{
    extension(Tensor x)
    {
        /// <summary>Channels as pixels: <c>(…, C · r², H, W)</c> becomes <c>(…, C, H · r, W · r)</c>.</summary>
        /// <remarks>Shi et al., "Real-Time Single Image and Video Super-Resolution", 2016, arXiv:1609.05158.</remarks>
        /// <param name="upscaleFactor">The factor r.</param>
        /// <exception cref="ShapeException">There are fewer than three dimensions, or the channels do not divide by r².</exception>
        public Tensor PixelShuffle(int upscaleFactor)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(upscaleFactor, 1);
            int r = upscaleFactor;
            if (x.Rank < 3 || x.Shape[^3] % (r * r) != 0)
                throw new ShapeException($"PixelShuffle: the shape is {x.Shape}; expected (…, C · {r * r}, H, W).");
            int n = x.Shape[..^3].Elements, c = x.Shape[^3] / (r * r), h = x.Shape[^2], w = x.Shape[^1];
            return x.Reshape(n, c, r, r, h, w).Permute(0, 1, 4, 2, 5, 3).Reshape([.. x.Shape[..^3], c, h * r, w * r]);
        }

        /// <summary>Pixels as channels: <c>(…, C, H · r, W · r)</c> becomes <c>(…, C · r², H, W)</c>.</summary>
        /// <param name="downscaleFactor">The factor r.</param>
        /// <exception cref="ShapeException">There are fewer than three dimensions, or height and width do not divide by r.</exception>
        public Tensor PixelUnshuffle(int downscaleFactor)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(downscaleFactor, 1);
            int r = downscaleFactor;
            if (x.Rank < 3 || x.Shape[^2] % r != 0 || x.Shape[^1] % r != 0)
                throw new ShapeException($"PixelUnshuffle: the shape is {x.Shape}; expected (…, C, H · {r}, W · {r}).");
            int n = x.Shape[..^3].Elements, c = x.Shape[^3], h = x.Shape[^2] / r, w = x.Shape[^1] / r;
            return x.Reshape(n, c, h, r, w, r).Permute(0, 1, 3, 5, 2, 4).Reshape([.. x.Shape[..^3], c * r * r, h, w]);
        }

        /// <summary>Channels of <c>(N, C, …)</c> dealt out, so that the first of each group come first, then the second of each.</summary>
        /// <remarks>Zhang et al., "ShuffleNet", 2017, arXiv:1707.01083.</remarks>
        /// <param name="groups">The number of groups g.</param>
        /// <exception cref="ShapeException">There are fewer than three dimensions, or the channels do not divide into the groups.</exception>
        public Tensor ChannelShuffle(int groups)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
            if (x.Rank < 3 || x.Shape[1] % groups != 0)
                throw new ShapeException($"ChannelShuffle: the shape is {x.Shape}; expected (N, C, …) with C a multiple of {groups}.");
            return x.Unflatten(1, groups, x.Shape[1] / groups).Transpose(1, 2).Reshape(x.Shape);
        }
    }
}

public static partial class F
{
    /// <inheritdoc cref="PixelShuffling.PixelShuffle(Tensor, int)"/>
    public static Tensor PixelShuffle(Tensor x, int upscaleFactor) => x.PixelShuffle(upscaleFactor);

    /// <inheritdoc cref="PixelShuffling.PixelUnshuffle(Tensor, int)"/>
    public static Tensor PixelUnshuffle(Tensor x, int downscaleFactor) => x.PixelUnshuffle(downscaleFactor);

    /// <inheritdoc cref="PixelShuffling.ChannelShuffle(Tensor, int)"/>
    public static Tensor ChannelShuffle(Tensor x, int groups) => x.ChannelShuffle(groups);
}
