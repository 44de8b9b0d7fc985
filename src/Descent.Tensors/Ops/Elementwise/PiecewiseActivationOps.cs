using Descent.Tensors.Kernels;

namespace Descent.Tensors;

/// <summary>Activation functions made of straight pieces, element by element; the results have the input's shape.</summary>
public static class PiecewiseActivationOps
{
    extension(Tensor x)
    {
        /// <summary>1 above 0, 0 below, and <paramref name="valueAtZero"/> at 0; the gradient is 0 everywhere.</summary>
        public Tensor Heaviside(double valueAtZero = 0)
        {
            var number = x.DType.IsFloatingPoint ? x : x.To(Tensor.DefaultDType);
            var y = number.Detach().Gt(0).To(number.DType);
            y = (valueAtZero == 0 ? y : y.MaskedFill(number.Eq(0), valueAtZero)).MaskedFill(number.IsNan(), double.NaN);
            using var parts = OperationTrace.Pause(); // What it is made of is noted already.
            return UnaryOps.Flat(number, y, nameof(Heaviside));
        }

        /// <summary>x above <paramref name="threshold"/>, else <paramref name="value"/>.</summary>
        public Tensor Threshold(double threshold, double value) => ActivationOp.Apply(x, new ThresholdActivation(threshold, value));

        /// <summary>x above 0, else <c>negativeSlope · x</c>.</summary>
        public Tensor LeakyRelu(double negativeSlope = 0.01) => ActivationOp.Apply(x, new LeakyReluActivation(negativeSlope));

        /// <summary>x bounded to <c>[minVal, maxVal]</c>; the gradient at the bounds is 0.</summary>
        /// <exception cref="ArgumentException"><paramref name="minVal"/> is above <paramref name="maxVal"/>.</exception>
        public Tensor Hardtanh(double minVal = -1, double maxVal = 1)
        {
            if (!(minVal <= maxVal)) throw new ArgumentException($"Hardtanh: minVal {minVal} is above maxVal {maxVal}. Expected bounds in order.");
            return ActivationOp.Apply(x, new HardtanhActivation(minVal, maxVal));
        }

        /// <summary>x bounded to <c>[0, 6]</c>; the gradient at the bounds is 0.</summary>
        public Tensor Relu6() => ActivationOp.Apply(x, new HardtanhActivation(0, 6));

        /// <summary><c>clamp(x + 3, 0, 6) / 6</c>; the gradient at the bounds is 0.</summary>
        public Tensor Hardsigmoid() => ActivationOp.Apply(x, new HardsigmoidActivation());

        /// <summary>x moved towards 0 by <paramref name="lambda"/>, and 0 within it.</summary>
        /// <exception cref="ArgumentOutOfRangeException"><paramref name="lambda"/> is negative.</exception>
        public Tensor Softshrink(double lambda = 0.5) => lambda >= 0 ? ActivationOp.Apply(x, new SoftshrinkActivation(lambda))
            : throw new ArgumentOutOfRangeException(nameof(lambda), lambda, $"Softshrink: lambda is {lambda}; it must be at least 0.");

        /// <summary>x, and 0 within <paramref name="lambda"/> of 0.</summary>
        public Tensor Hardshrink(double lambda = 0.5) => ActivationOp.Apply(x, new HardshrinkActivation(lambda));
    }
}

public static partial class F
{
    /// <summary>x above 0, else <c>weight · x</c> with one weight for all or one per channel.</summary>
    /// <remarks>He et al., "Delving Deep into Rectifiers", 2015, arXiv:1502.01852.</remarks>
    /// <param name="x">Shape <c>(N, C, …)</c>; any where there is one weight.</param>
    /// <param name="weight">Shape <c>(1)</c> or <c>(C)</c>.</param>
    /// <exception cref="ShapeException">There are neither one nor C weights.</exception>
    public static Tensor PRelu(Tensor x, Tensor weight)
    {
        int channels = x.Rank >= 2 ? x.Shape[1] : 1;
        if (weight.Rank > 1 || (weight.Elements != 1 && weight.Elements != channels))
            throw new ShapeException($"PRelu: the weight has shape {weight.Shape}, the input {x.Shape}. Expected 1 weight, or {channels}: one per channel.");
        if (weight.Elements != 1)
        {
            var along = new int[x.Rank];
            Array.Fill(along, 1);
            along[1] = channels;
            weight = weight.Reshape(along);
        }
        else weight = weight.Reshape();
        return Tensor.Where(x.Gt(0), x, x * weight);
    }

    /// <summary>x above 0, else <c>a · x</c>: a drawn from <c>[lower, upper)</c> per element in training, else its mean.</summary>
    /// <remarks>Xu et al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015, arXiv:1505.00853.</remarks>
    /// <param name="x">Any shape.</param>
    /// <param name="lower">Least slope.</param>
    /// <param name="upper">Greatest slope.</param>
    /// <param name="training">Whether slopes are drawn.</param>
    /// <param name="generator">Draws them; <see cref="Generator.Default"/> if null.</param>
    /// <exception cref="ArgumentException"><paramref name="lower"/> is above <paramref name="upper"/>.</exception>
    public static Tensor RRelu(Tensor x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false, Generator? generator = null)
    {
        if (!(lower <= upper)) throw new ArgumentException($"RRelu: lower {lower} is above upper {upper}. Expected bounds in order.");
        if (!training) return x.LeakyRelu((lower + upper) / 2);
        var slopes = Tensor.Rand(x.Shape, x.DType, generator).Mul(upper - lower).Add(lower);
        return x * slopes.MaskedFill(x.Detach().Gt(0), 1);
    }
}
