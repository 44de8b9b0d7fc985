namespace Descent.Tensors.Kernels;

/// <summary>One form of what is done to finished sums.</summary>
sealed unsafe class ProductEndCode
{
    readonly ChainCode _code;
    readonly bool _isAffine;

    /// <param name="activation">The last function, or null for none.</param>
    /// <param name="isAffine">A sum is first multiplied by one number of its row, and another is added.</param>
    /// <param name="hasResidual">What stands in the same place elsewhere is added before the last function.</param>
    internal ProductEndCode(ChainStep? activation, bool isAffine, bool hasResidual)
    {
        _isAffine = isAffine;
        // Inputs: the sum, scale and shift if there are such, the residual.
        List<ChainCall> calls = [];
        int Last() => calls.Count - 1;
        if (isAffine) calls.AddRange([new(ZipStep<float, MultiplyKernel>.Instance, -1, -2), new(ZipStep<float, AddKernel>.Instance, 0, -3)]);
        if (hasResidual) calls.Add(new(ZipStep<float, AddKernel>.Instance, Last(), isAffine ? -4 : -2));
        if (activation is not null) calls.Add(new(activation, Last()));
        _code = new((isAffine ? 3 : 1) + (hasResidual ? 1 : 0), isAffine ? 0b110 : 0, [.. calls]);
    }

    /// <summary>y[i] = f(c[i] · scale + shift + residual[i]); y may be c.</summary>
    internal void Run(float* c, float* scale, float* shift, float* residual, float* y, int count)
    {
        float** inputs = stackalloc float*[4];
        int i = 0;
        inputs[i++] = c;
        if (_isAffine)
        {
            inputs[i++] = scale;
            inputs[i++] = shift;
        }
        inputs[i] = residual;
        _code.Run(inputs, y, count);
    }
}
