namespace Descent.Tensors;

public static partial class F
{
    /// <summary><c>−(t · log p + (1 − t) · log(1 − p))</c> times the weight, reduced; logarithms are not let below −100.</summary>
    /// <param name="input">Probabilities p, from 0 to 1.</param>
    /// <param name="target">Probabilities t of the same shape.</param>
    /// <param name="weight">Of a shape that broadcasts to the input's.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor BinaryCrossEntropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        CheckSame(input, target, nameof(BinaryCrossEntropy));
        (input, target) = (Autocast.Full(input), Autocast.Full(target));
        Tensor losses;
        using (Autograd.NoGrad())
            losses = (target * input.Log().Clamp(-100, null) + (1 - target) * (1 - input).Log().Clamp(-100, null)).Neg();
        losses = Autograd.Record(losses, (p: input.Saved, t: target.Saved),
            (input, static (dy, s) => dy * (s.p.Value - s.t) / (s.p.Value * (1 - s.p.Value)).Clamp(1e-12, null)),
            (target, static (dy, s) => dy * ((1 - s.p.Value).Log().Clamp(-100, null) - s.p.Value.Log().Clamp(-100, null))));
        return reduction.Apply(weight is null ? losses : losses * weight);
    }

    /// <summary>Binary cross entropy of <c>σ(logits)</c>, from the logits: <c>(1 − t) · x + (1 + (p − 1) · t) · log(1 + e⁻ˣ)</c>.</summary>
    /// <param name="logits">Unnormalised log-odds x.</param>
    /// <param name="target">Probabilities t of the same shape.</param>
    /// <param name="weight">Of a shape that broadcasts to the logits'.</param>
    /// <param name="positiveWeight">The weight p of positive targets, of a shape that broadcasts to the logits'.</param>
    /// <param name="reduction">Mean, sum or none.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor logits, Tensor target, Tensor? weight = null, Tensor? positiveWeight = null, Reduction reduction = Reduction.Mean)
    {
        CheckSame(logits, target, nameof(BinaryCrossEntropyWithLogits));
        (logits, target) = (Autocast.Full(logits), Autocast.Full(target));
        var softplus = (-logits).LogAddExp(Tensor.Zeros([], logits.DType));
        var losses = (1 - target) * logits + (positiveWeight is null ? softplus : ((positiveWeight - 1) * target + 1) * softplus);
        return reduction.Apply(weight is null ? losses : losses * weight);
    }

    static void CheckSame(Tensor input, Tensor target, string operation)
    {
        if (input.Shape != target.Shape)
            throw new ShapeException($"{operation}: the target's shape is {target.Shape}, the input's {input.Shape}. Expected the same; reshape or expand one.");
    }
}
