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
        ["NAdam"] = c => Trajectory(c, p => new NAdam(p, c.Double("lr"), Betas(c), c.Double("eps"), c.Double("weight_decay"), c.Double("momentum_decay"), c.Flag("maximize"))),
        ["RAdam"] = c => Trajectory(c, p => new RAdam(p, c.Double("lr"), Betas(c), c.Double("eps"), c.Double("weight_decay"), c.Flag("maximize"))),
        ["Adamax"] = c => Trajectory(c, p => new Adamax(p, c.Double("lr"), Betas(c), c.Double("eps"), c.Double("weight_decay"), c.Flag("maximize"))),
        ["Adagrad"] = c => Trajectory(c, p => new Adagrad(p, c.Double("lr"), c.Double("lr_decay"), c.Double("weight_decay"), c.Double("initial_accumulator_value"), c.Double("eps"), c.Flag("maximize"))),
        ["Adadelta"] = c => Trajectory(c, p => new Adadelta(p, c.Double("lr"), c.Double("rho"), c.Double("eps"), c.Double("weight_decay"), c.Flag("maximize"))),
        ["RMSprop"] = c => Trajectory(c, p => new RMSprop(p, c.Double("lr"), c.Double("alpha"), c.Double("eps"), c.Double("weight_decay"), c.Double("momentum"), c.Flag("centered"), c.Flag("maximize"))),
        ["ASGD"] = c => Trajectory(c, p => new ASGD(p, c.Double("lr"), c.Double("lambd"), c.Double("alpha"), c.Double("t0"), c.Double("weight_decay"), c.Flag("maximize"))),
        ["Rprop"] = c => Trajectory(c, p => new Rprop(p, c.Double("lr"), Two(c, "etas"), Two(c, "step_sizes"), c.Flag("maximize"))),
        ["LBFGS"] = Minimised,
        ["clip_grad_norm_"] = c => Clipped(c, p => Tensor.Full([], Clipping.ClipGradNorm_(p, c.Double("max_norm"), c.Double("norm_type")), DType.Float32)),
        ["clip_grad_value_"] = c => Clipped(c, p => { Clipping.ClipGradValue_(p, c.Double("clip_value")); return null; }),
    };

    static (double, double) Betas(GoldenCall c) => Two(c, "betas");

    static (double, double) Two(GoldenCall c, string name) => (c.Arg(name)[0].GetDouble(), c.Arg(name)[1].GetDouble());

    static GoldenOutputs Minimised(GoldenCall c)
    {
        // The outputs are in double, and so was the reference run.
        var (x, a, b) = (c["param.0"].To(DType.Float64), c["A"].To(DType.Float64), c["b"].To(DType.Float64));
        x.RequiresGrad = true;
        var optimizer = new LBFGS([x], c.Double("lr"), c.Int("max_iter"), c.MaybeInt("max_eval"), c.Double("tolerance_grad"), c.Double("tolerance_change"),
            c.Int("history_size"), c.Has("line_search_fn"));
        List<Tensor> seen = [], losses = [];
        for (int step = 0; step < c.Int("steps"); step++)
        {
            losses.Add(optimizer.Step(() =>
            {
                optimizer.ZeroGrad();
                var loss = x.Dot(a.MatMul(x)) / 2 - b.Dot(x);
                loss.Backward();
                return loss;
            }).Detach());
            seen.Add(x.Detach().Clone());
        }
        return new() { ["trajectory.0"] = Tensor.Stack([.. seen]), ["loss"] = Tensor.Stack([.. losses]) };
    }

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
