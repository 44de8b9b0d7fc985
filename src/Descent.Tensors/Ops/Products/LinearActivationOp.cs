using Descent.Tensors.Kernels;

namespace Descent.Tensors;

public static partial class F
{
    /// <summary>
    /// <c>f(x · weightᵀ + bias + residual)</c>: as <see cref="Linear(Tensor, Tensor, Tensor?)"/> and operations after it, of whose
    /// results between none goes through memory.
    /// </summary>
    /// <param name="x">Of shape <c>(..., in)</c>.</param>
    /// <param name="weight">Of shape <c>(out, in)</c>.</param>
    /// <param name="bias">Of shape <c>(out)</c>, or null for none.</param>
    /// <param name="activation">The function f.</param>
    /// <param name="residual">What is added before f, of the result's shape; or null.</param>
    /// <returns>Of shape <c>(..., out)</c>.</returns>
    /// <exception cref="ShapeException">The shapes are not such.</exception>
    /// <exception cref="InvalidOperationException">The element types differ.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias, Activation activation, Tensor? residual = null)
    {
        var form = ActivationForm.Of(activation);
        CheckLinearShapes(x, weight, bias);
        Shape shape = new([.. x.Shape[..^1], weight.Shape[0]]);
        if (residual is not null && residual.Shape != shape)
            throw new ShapeException($"Linear: the residual has shape {residual.Shape}, the result {shape}. Expected the same.");
        if (form.Step is null && residual is null) return Linear(x, weight, bias);
        if (LinearActivationOp.Takes(form, x, weight, bias, residual)) return LinearActivationOp.Run(form, x, weight, bias, residual, shape);
        var y = Linear(x, weight, bias);
        return form.Value(residual is null ? y : y + residual);
    }
}

/// <summary>A linear layer with what follows it as one operation.</summary>
static unsafe class LinearActivationOp
{
    internal readonly record struct State(ActivationForm Form, Saved X, Saved Weight, Saved? Bias, Saved? Residual, Saved? Before, Saved? Result);

    /// <summary>Whether the operations are done as one: on floats, where nobody watches those between.</summary>
    internal static bool Takes(ActivationForm form, Tensor x, Tensor weight, Tensor? bias, Tensor? residual)
    {
        if (!Numerics.Fusion || Autocast.Current is not null || OperationTrace.IsOn || x.Elements == 0 || weight.Shape[0] == 0) return false;
        foreach (var t in (ReadOnlySpan<Tensor?>)[x, weight, bias, residual])
            if (t is not null && t.DType != DType.Float32) return false;
        // The sum before the activation would have to be kept, but the product alone is.
        return residual is null || form.IsOfResult || !IsRecorded(x, weight, bias, residual);
    }

    static bool IsRecorded(Tensor x, Tensor weight, Tensor? bias, Tensor? residual) =>
        Autograd.Wants(x, weight) || bias is not null && Autograd.Wants(bias) || residual is not null && Autograd.Wants(residual);

    internal static Tensor Run(ActivationForm form, Tensor x, Tensor weight, Tensor? bias, Tensor? residual, Shape shape)
    {
        Tensor left = x.Contiguous(), right = weight.Contiguous(), y = Tensor.Uninitialized(shape, DType.Float32);
        Tensor? addend = bias?.Contiguous(), rest = residual?.Contiguous();
        bool isRecorded = IsRecorded(x, weight, bias, residual);
        var before = isRecorded && !form.IsOfResult ? Tensor.Uninitialized(shape, DType.Float32) : null;
        int n = weight.Shape[0], k = weight.Shape[1], m = x.Elements / k;
        fixed (float* px = left.AsSpan<float>(), pw = right.AsSpan<float>(), pb = Span(addend), pr = Span(rest), py = y.AsSpan<float>(), pBefore = Span(before))
        {
            float* sums = before is null ? py : pBefore;
            Gemm.Multiply(m, n, k, 1, px, k, 1, pw, 1, k, 0, sums, n, 1, new GemmBias<float>(pb, perRow: false),
                new ProductEnd(form.End(isAffine: false, rest is not null), sums, before is null ? null : py, pr));
        }
        GC.KeepAlive(left);
        GC.KeepAlive(right);
        GC.KeepAlive(addend);
        GC.KeepAlive(rest);
        // Absent inputs take part as constants, so that places stay the same.
        var none = bias is null || residual is null ? Tensor.Uninitialized([], DType.Float32) : null;
        var state = new State(form, x.Saved, weight.Saved, bias?.Saved, residual?.Saved, before?.Saved, form.IsOfResult && form.Step is not null ? y.Saved : null);
        Autograd.RecordJoint([y], state, [x, weight, bias ?? none!, residual ?? none!], Gradients, owned: before, operation: nameof(F.Linear));
        return y;
    }

    static void Gradients(ReadOnlySpan<Tensor?> dys, State s, ReadOnlySpan<bool> needed, Span<Tensor?> results)
    {
        if (dys[0] is not { } dy) return;
        Tensor x = s.X, weight = s.Weight;
        if (Autograd.IsEnabled)
        {
            Tensor? bias = s.Bias?.Value, residual = s.Residual?.Value;
            var none = bias is null || residual is null ? Tensor.Uninitialized([], DType.Float32) : null;
            CompositeGradient.Run(dys, [x, weight, bias ?? none!, residual ?? none!], needed, results, inputs =>
            {
                var sum = F.Linear(inputs[0], inputs[1], bias is null ? null : inputs[2]);
                return [s.Form.Value(residual is null ? sum : sum + inputs[3])];
            });
            return;
        }
        var d = s.Form.Step is null ? dy : s.Form.Gradient(dy, s.Form.IsOfResult ? s.Result!.Value : s.Before!.Value);
        var rows = MatMulOps.AsRows(d);
        if (needed[0]) results[0] = MatMulOps.Product(rows, weight, false, false).Reshape(x.Shape);
        if (needed[1]) results[1] = MatMulOps.WeightGradient(weight, rows, MatMulOps.AsRows(x));
        if (needed[2]) results[2] = rows.SumTo(s.Bias!.Value.Value.Shape);
        if (needed[3]) results[3] = d;
        else if (!ReferenceEquals(d, dy))
        {
            rows.Dispose();
            d.Dispose();
        }
    }

    static Span<float> Span(Tensor? t) => t is null ? default : t.AsSpan<float>();
}
