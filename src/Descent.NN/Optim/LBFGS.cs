using Descent.Tensors;

namespace Descent.NN;

/// <summary>The parameters of an <see cref="LBFGS"/> with its options.</summary>
/// <param name="parameters">Leaves that require gradients.</param>
public sealed class LbfgsGroup(IEnumerable<Tensor> parameters) : ParameterGroup(parameters, 1)
{
    /// <summary>Iterations of one step.</summary>
    public int MaxIterations { get; set => field = (int)Check(value, value >= 0, "at least 0"); } = 20;

    /// <summary>Evaluations of one step; 5/4 of the iterations if null.</summary>
    public int? MaxEvaluations { get; set; }

    /// <summary>A step ends where no element of the gradient is greater.</summary>
    public double GradientTolerance { get; set; } = 1e-7;

    /// <summary>A step ends where the loss, or every parameter, changes by less.</summary>
    public double ChangeTolerance { get; set; } = 1e-9;

    /// <summary>How many past steps make up the picture of the curvature.</summary>
    public int HistorySize { get; set => field = (int)Check(value, value >= 1, "at least 1"); } = 100;

    /// <summary>Whether the step length is searched for; else it is the learning rate.</summary>
    public bool StrongWolfe { get; set; }

    /// <inheritdoc/>
    public override IEnumerable<GroupOption> Options =>
    [
        .. base.Options,
        new("max_iter", () => MaxIterations, v => MaxIterations = (int)v),
        new("max_eval", () => MaxEvaluations ?? -1, v => MaxEvaluations = v < 0 ? null : (int)v),
        new("tolerance_grad", () => GradientTolerance, v => GradientTolerance = v),
        new("tolerance_change", () => ChangeTolerance, v => ChangeTolerance = v),
        new("history_size", () => HistorySize, v => HistorySize = (int)v),
        new("strong_wolfe", () => StrongWolfe ? 1 : 0, v => StrongWolfe = v != 0),
    ];
}

/// <summary>
/// Quasi-Newton steps <c>p ← p − t · Hg</c>, where H, the inverse of the curvature, is made up from the last steps and changes of
/// the gradient. For whole batches and smooth losses; keeps two vectors of all parameters per step remembered.
/// </summary>
/// <remarks>
/// Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989, in PyTorch's form. A penalty or a
/// weight decay belongs into the closure's loss, and the loss is minimised: the group's own options of this kind are refused.
/// </remarks>
public sealed class LBFGS : Optimizer
{
    readonly LbfgsGroup _group;
    readonly DType _type;
    readonly List<(Tensor Change, Tensor Step, double Inverse)> _history = [];
    long _iterations, _evaluations;
    double _curvature = 1, _length, _lastLoss;
    Tensor? _direction, _lastGradient;

    /// <summary>An optimizer of these parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public LBFGS(IEnumerable<Tensor> parameters, double learningRate = 1, int maxIterations = 20, int? maxEvaluations = null,
        double gradientTolerance = 1e-7, double changeTolerance = 1e-9, int historySize = 100, bool strongWolfe = false)
        : this(new LbfgsGroup(parameters)
        {
            LearningRate = learningRate, MaxIterations = maxIterations, MaxEvaluations = maxEvaluations, GradientTolerance = gradientTolerance,
            ChangeTolerance = changeTolerance, HistorySize = historySize, StrongWolfe = strongWolfe,
        }) { }

    /// <summary>An optimizer of one group.</summary>
    public LBFGS(LbfgsGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        _group = group;
        _type = group.Parameters.Any(p => p.DType == DType.Float64) ? DType.Float64 : DType.Float32;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterGroup> Groups => [_group];

    /// <summary>Not for this optimizer.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void Step() => throw new InvalidOperationException("LBFGS computes the loss several times: call Step(closure).");

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The group asks for a weight decay, a penalty or ascent.</exception>
    public override Tensor Step(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        if (_group is not { WeightDecay: 0, L1Penalty: 0, L2Penalty: 0, Maximize: false })
            throw new InvalidOperationException("LBFGS minimises the closure's loss as it is: add decay or penalties to the loss there, and turn its sign to maximise.");

        var first = Evaluate(closure);
        var (loss, gradient) = (first.Item(), Gradient());
        int evaluations = 1, limit = _group.MaxEvaluations ?? _group.MaxIterations * 5 / 4;
        _evaluations++;
        bool optimal = IsOptimal(gradient);
        using var _ = Autograd.NoGrad();
        for (int iteration = 1; iteration <= _group.MaxIterations && !optimal; iteration++)
        {
            var direction = _direction = Direction(gradient);
            (_lastGradient, _lastLoss) = (gradient, loss);
            _length = _iterations == 1 ? Math.Min(1, 1 / gradient.Abs().Sum().Item()) * _group.LearningRate : _group.LearningRate;
            double slope = gradient.Dot(direction).Item(), longest = direction.Abs().Amax().Item();
            if (slope > -_group.ChangeTolerance) break;

            int used = 0;
            if (_group.StrongWolfe)
            {
                var start = _group.Parameters.Select(p => p.Detach().Clone()).ToArray();
                var (point, count) = NN.StrongWolfe.Search(t =>
                {
                    Move(direction, t);
                    double value = Evaluate(closure).Item();
                    var there = Gradient();
                    foreach (var (parameter, before) in _group.Parameters.Zip(start)) parameter.Copy_(before);
                    return new(t, value, there, there.Dot(direction).Item());
                }, new(0, loss, gradient, slope), _length, longest);
                (_length, loss, gradient, used) = (point.At, point.Value, point.Gradient, count);
                Move(direction, _length);
                optimal = IsOptimal(gradient);
            }
            else
            {
                Move(direction, _length);
                if (iteration != _group.MaxIterations)
                {
                    (loss, used) = (Evaluate(closure).Item(), 1);
                    gradient = Gradient();
                    optimal = IsOptimal(gradient);
                }
            }
            evaluations += used;
            _evaluations += used;
            if (evaluations >= limit || longest * Math.Abs(_length) <= _group.ChangeTolerance || Math.Abs(loss - _lastLoss) < _group.ChangeTolerance) break;
        }
        return first;
    }

    bool IsOptimal(Tensor gradient) => gradient.Elements == 0 || gradient.Abs().Amax().Item() <= _group.GradientTolerance;

    /// <summary>−Hg by the two loops over the history, after the last step has entered it.</summary>
    Tensor Direction(Tensor gradient)
    {
        if (++_iterations == 1)
        {
            _history.Clear();
            _curvature = 1;
            return -gradient;
        }
        var (change, step) = (gradient - _lastGradient!, _direction! * _length);
        double product = change.Dot(step).Item();
        if (product > 1e-10)
        {
            if (_history.Count == _group.HistorySize) _history.RemoveAt(0);
            _history.Add((change, step, 1 / product));
            _curvature = product / change.Dot(change).Item();
        }
        var q = -gradient;
        double[] weights = new double[_history.Count];
        for (int i = _history.Count - 1; i >= 0; i--)
        {
            weights[i] = _history[i].Step.Dot(q).Item() * _history[i].Inverse;
            q.Add_(_history[i].Change, -weights[i]);
        }
        q.Mul_(_curvature);
        foreach (var (i, (y, s, inverse)) in _history.Index()) q.Add_(s, weights[i] - y.Dot(q).Item() * inverse);
        return q;
    }

    /// <summary>All gradients as one vector; 0 where there is none.</summary>
    Tensor Gradient()
    {
        using var _ = Autograd.NoGrad();
        return Tensor.Cat([.. _group.Parameters.Select(p => p.Grad is { } g ? g.Detach().To(_type).Reshape(-1) : Tensor.Zeros([p.Elements], _type))]);
    }

    void Move(Tensor direction, double length)
    {
        int from = 0;
        foreach (var parameter in _group.Parameters)
        {
            var part = direction.Narrow(0, from, parameter.Elements).Reshape(parameter.Shape);
            parameter.Copy_(parameter.Detach().To(_type) + part * length);
            from += parameter.Elements;
        }
    }

    /// <inheritdoc/>
    public override OptimizerState StateDict()
    {
        var state = new OptimizerState();
        foreach (var (name, get, _) in Numbers) state.Numbers.Add(name, get());
        foreach (var (i, (_, _, inverse)) in _history.Index()) state.Numbers.Add($"state.0.ro.{i}", inverse);
        if (_direction is not null) state.Tensors.Add("state.0.d", _direction.Clone());
        if (_lastGradient is not null) state.Tensors.Add("state.0.prev_flat_grad", _lastGradient.Clone());
        foreach (var (i, (change, step, _)) in _history.Index())
        {
            state.Tensors.Add($"state.0.old_dirs.{i}", change.Clone());
            state.Tensors.Add($"state.0.old_stps.{i}", step.Clone());
        }
        return state;
    }

    IEnumerable<(string Name, Func<double> Get, Action<double> Set)> Numbers =>
    [
        ("state.0.n_iter", () => _iterations, v => _iterations = (long)v),
        ("state.0.func_evals", () => _evaluations, v => _evaluations = (long)v),
        ("state.0.H_diag", () => _curvature, v => _curvature = v),
        ("state.0.t", () => _length, v => _length = v),
        ("state.0.prev_loss", () => _lastLoss, v => _lastLoss = v),
        .. _group.Options.Select(o => ($"param_groups.0.{o.Name}", o.Get, o.Set)),
    ];

    /// <inheritdoc/>
    public override void LoadStateDict(OptimizerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        int remembered = 0;
        while (state.Numbers.ContainsKey($"state.0.ro.{remembered}")) remembered++;
        var numbers = Numbers.ToArray();
        string[] names = [.. numbers.Select(n => n.Name), .. Enumerable.Range(0, remembered).Select(i => $"state.0.ro.{i}")];
        string[] tensors = state.Numbers.GetValueOrDefault("state.0.n_iter") == 0 ? []
            : ["state.0.d", "state.0.prev_flat_grad", .. Enumerable.Range(0, remembered).SelectMany(i => new[] { $"state.0.old_dirs.{i}", $"state.0.old_stps.{i}" })];
        Shape flat = [_group.Parameters.Sum(p => p.Elements)];
        var difference = new StateDictDifference
        {
            Missing = [.. names.Where(n => !state.Numbers.ContainsKey(n)), .. tensors.Where(n => !state.Tensors.ContainsKey(n))],
            Unexpected = [.. state.Numbers.Keys.Except(names), .. state.Tensors.Keys.Except(tensors)],
            Mismatched = [.. from t in state.Tensors where tensors.Contains(t.Key) && t.Value.Shape != flat select (t.Key, t.Value.Shape, flat)],
        };
        if (!difference.IsEmpty) throw new StateDictException("The state does not fit this LBFGS and its parameters; nothing was loaded.", difference);

        foreach (var (name, _, set) in numbers) set(state.Numbers[name]);
        _direction = _iterations == 0 ? null : Own("state.0.d");
        _lastGradient = _iterations == 0 ? null : Own("state.0.prev_flat_grad");
        _history.Clear();
        for (int i = 0; i < remembered; i++) _history.Add((Own($"state.0.old_dirs.{i}"), Own($"state.0.old_stps.{i}"), state.Numbers[$"state.0.ro.{i}"]));

        Tensor Own(string name) => state.Tensors[name].Detach().To(_type).Clone();
    }
}
