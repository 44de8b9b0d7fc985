using Descent.NN;
using Descent.Tensors;

namespace Descent.Testing;

/// <summary>Trajectories of optimizers under given gradients, and clipping.</summary>
static class OptimizerCases
{
    internal static readonly Dictionary<string, Func<GoldenCall, GoldenOutputs>> Table = new()
    {
        ["SGD"] = c => Trajectory(c, p => new SGD(p, c.Double("lr"), c.Double("momentum"), c.Double("dampening"), c.Double("weight_decay"), c.Flag("nesterov"), c.Flag("maximize"))),
        ["Adam"] = c => Trajectory(c, p => new Adam(p, c.Double("lr"), Betas(c), c.Double("eps"), c.Double("weight_decay"), c.Flag("amsgrad"), c.Flag("maximize"))),
        ["AdamW"] = c => Trajectory(c, p => new AdamW(p, c.Double("lr"), Betas(c), c.Double("eps"), c.Double("weight_decay"), c.Flag("amsgrad"), c.Flag("maximize"))),
        ["clip_grad_norm_"] = c => Clipped(c, p => Tensor.Full([], Clipping.ClipGradNorm_(p, c.Double("max_norm"), c.Double("norm_type")), DType.Float32)),
        ["clip_grad_value_"] = c => Clipped(c, p => { Clipping.ClipGradValue_(p, c.Double("clip_value")); return null; }),
    };

    static (double, double) Betas(GoldenCall c) => (c.Arg("betas")[0].GetDouble(), c.Arg("betas")[1].GetDouble());

    static GoldenOutputs Trajectory(GoldenCall c, Func<IEnumerable<Tensor>, Optimizer> make)
    {
        var (parameters, gradients) = (c.List("param"), c.List("grad"));
        foreach (var parameter in parameters) parameter.RequiresGrad = true;
        var seen = Array.ConvertAll(parameters, _ => new List<Tensor>());
        var optimizer = make(parameters);
        for (int step = 0; step < c.Int("steps"); step++)
        {
            for (int i = 0; i < parameters.Length; i++) parameters[i].Grad = gradients[i].Select(0, step);
            optimizer.Step();
            for (int i = 0; i < parameters.Length; i++) seen[i].Add(parameters[i].Detach().Clone());
        }
        var outputs = new GoldenOutputs();
        for (int i = 0; i < parameters.Length; i++) outputs.Add($"trajectory.{i}", Tensor.Stack([.. seen[i]]));
        return outputs;
    }

    static GoldenOutputs Clipped(GoldenCall c, Func<IEnumerable<Tensor>, Tensor?> clip)
    {
        var parameters = Array.ConvertAll(c.List("grad"), gradient => new Parameter(Tensor.ZerosLike(gradient)) { Grad = gradient });
        var outputs = new GoldenOutputs();
        if (clip(parameters) is { } norm) outputs.Add("total_norm", norm);
        for (int i = 0; i < parameters.Length; i++) outputs.Add($"grad.{i}", parameters[i].Grad!);
        return outputs;
    }
}
