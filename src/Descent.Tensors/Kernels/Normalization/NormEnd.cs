namespace Descent.Tensors.Kernels;

/// <summary>What follows a normalisation of planes of floats, in the same pass: <c>f((x − centre) · scale + shift)</c>, and dy times its slope.</summary>
sealed unsafe class NormEnd
{
    readonly ChainCode _value, _slope;

    /// <param name="activation">The function f.</param>
    /// <param name="slope">dy times the slope of f: of two operands.</param>
    /// <param name="isOfResult">The slope is a formula of f's result, not of what f takes.</param>
    /// <param name="takesSlopeFirst">The gradient is the first operand of <paramref name="slope"/>.</param>
    internal NormEnd(ChainStep activation, ChainStep slope, bool isOfResult, bool takesSlopeFirst)
    {
        const int singles = 0b1110;
        ChainCall[] affine = [new(ZipStep<float, SubtractKernel>.Instance, -1, -2), new(ZipStep<float, MultiplyKernel>.Instance, 0, -3), new(ZipStep<float, AddKernel>.Instance, 1, -4)];
        _value = new(4, singles, [.. affine, new(activation, 2)]);
        int of = isOfResult ? 3 : 2;
        _slope = new(5, singles, [.. affine, .. isOfResult ? [new ChainCall(activation, 2)] : (ChainCall[])[], takesSlopeFirst ? new(slope, -5, of) : new(slope, of, -5)]);
    }

    internal void Value(float* x, float centre, float scale, float shift, float* y, int count)
    {
        float** inputs = stackalloc float*[] { x, &centre, &scale, &shift };
        _value.Run(inputs, y, count);
    }

    /// <summary>The gradient above f, from that below it.</summary>
    internal void Gradient(float* x, float centre, float scale, float shift, float* dy, float* d, int count)
    {
        float** inputs = stackalloc float*[] { x, &centre, &scale, &shift, dy };
        _slope.Run(inputs, d, count);
    }
}
