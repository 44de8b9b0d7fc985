using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// Rotary positions: pairs of features are turned by <c>(offset + t) · theta^(−2i / rotaryDim)</c>, t the position and i the pair.
    /// </summary>
    /// <remarks>Su et al., "RoFormer", 2021, arXiv:2104.09864.</remarks>
    /// <param name="x">Shape <c>(…, T, D)</c>.</param>
    /// <param name="rotaryDim">The first so many features are turned, an even number; all if null.</param>
    /// <param name="theta">Base of the angles.</param>
    /// <param name="offset">The first position.</param>
    /// <param name="interleaved">Pairs are neighbours (GPT-J, GGUF); otherwise feature i and i + rotaryDim / 2 (GPT-NeoX, Llama as Hugging Face has it).</param>
    /// <exception cref="ShapeException">There are fewer than two dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rotaryDim"/> is odd, below 0 or above D.</exception>
    public static Tensor Rope(Tensor x, int? rotaryDim = null, double theta = 10000, int offset = 0, bool interleaved = false)
    {
        if (x.Rank < 2 || !x.DType.IsFloatingPoint)
            throw new ShapeException($"Rope: the input is {x.DType} {x.Shape}. Expected floating-point (…, T, D).");
        int turned = rotaryDim ?? x.Shape[^1];
        if (turned < 0 || turned > x.Shape[^1] || turned % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(rotaryDim), turned, $"Rope: rotaryDim is {turned} for {x.Shape}; it must be even and at most {x.Shape[^1]}.");
        if (x.DType.IsReduced) return Rope(x.To(DType.Float32), rotaryDim, theta, offset, interleaved).To(x.DType);
        return RotaryOp.Turn(x, RotaryOp.Angles(x.Shape[^2], turned, theta, offset, x.DType), interleaved, 1);
    }
}

/// <summary>Turning of feature pairs, and back, which is its gradient.</summary>
static class RotaryOp
{
    [ThreadStatic] static ((int, int, double, int, DType) Key, Tensor Angles) t_last;

    /// <summary>Cosines and sines of the angles, <c>(2, T, rotaryDim / 2)</c>; computed in double precision.</summary>
    internal static Tensor Angles(int positions, int rotaryDim, double theta, int offset, DType dtype)
    {
        // Every layer of a model asks for the same.
        var key = (positions, rotaryDim, theta, offset, dtype);
        if (t_last.Angles is { } last && t_last.Key == key) return last;
        int half = rotaryDim / 2;
        var values = new double[2 * positions * half];
        for (int i = 0; i < half; i++)
        {
            double rate = Math.Pow(theta, -2.0 * i / rotaryDim);
            for (int t = 0; t < positions; t++)
                (values[(positions + t) * half + i], values[t * half + i]) = Math.SinCos((offset + t) * rate);
        }
        var angles = Tensor.From<double>(values, [2, positions, half]).To(dtype);
        t_last = (key, angles);
        return angles;
    }

    /// <param name="x">Shape <c>(…, T, D)</c>.</param>
    /// <param name="angles">What <see cref="Angles"/> gives.</param>
    /// <param name="interleaved">Whether pairs are neighbours.</param>
    /// <param name="direction">1, or −1 to turn back.</param>
    internal static Tensor Turn(Tensor x, Tensor angles, bool interleaved, int direction)
    {
        if (OperationTrace.IsOn) return Composite(x, angles, interleaved, direction);
        var y = Tensor.Uninitialized(x.Shape, x.DType);
        if (y.Elements > 0)
        {
            var source = x.Detach();
            if (source.StrideArray[^1] != 1) source = source.Contiguous();
            var layout = new LoopNest(x.Shape[..^1].AsSpan(), y.StrideArray[..^1], source.StrideArray[..^1]);
            int half = angles.Shape[^1];
            if (x.DType == DType.Float32) RotaryRows.Turn(layout, ref y.First<float>(), ref source.First<float>(), angles.AsSpan<float>(), x.Shape[^2], x.Shape[^1], half, interleaved, direction);
            else RotaryRows.Turn(layout, ref y.First<double>(), ref source.First<double>(), angles.AsSpan<double>(), x.Shape[^2], x.Shape[^1], half, interleaved, direction);
            GC.KeepAlive(source);
        }
        return Autograd.Record(y, (angles, interleaved, direction), (x, static (dy, s) => Turn(dy, s.angles, s.interleaved, -s.direction)), operation: nameof(F.Rope));
    }

    /// <summary>The same in operations that a trace knows.</summary>
    static Tensor Composite(Tensor x, Tensor angles, bool interleaved, int direction)
    {
        int half = angles.Shape[^1], turned = 2 * half;
        Tensor cos = angles.Select(0, 0), sin = angles.Select(0, 1) * direction;
        var a = interleaved ? x.Slice(-1, 0, turned, 2) : x.Narrow(-1, 0, half);
        var b = interleaved ? x.Slice(-1, 1, turned, 2) : x.Narrow(-1, half, half);
        Tensor[] parts = [a * cos - b * sin, b * cos + a * sin];
        var y = interleaved ? Tensor.Stack(parts, -1).Flatten(-2) : Tensor.Cat(parts, -1);
        return turned == x.Shape[^1] ? y : Tensor.Cat([y, x.Narrow(-1, turned, x.Shape[^1] - turned)], -1);
    }
}
